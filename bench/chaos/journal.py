"""What the generator itself knows: every token that a customer or staff wrote, and what came back. No table of ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\b[CS][0-9]{6}\b")
CUSTOMER, STAFF = "C", "S"


def token(kind: str, number: int) -> str:
    """Return a word that occurs once in a run."""
    return f"{kind}{number:06d}"


def tokens_in(text: str) -> list[str]:
    """Return the tokens that a text names."""
    return _TOKEN.findall(text)


@dataclass(slots=True)
class Written:
    """One message of a customer, or of staff. Times are counts of the journal: what came before what."""

    token: str
    customer: str
    begun: int
    acked: int | None = None
    """The server had answered 200, or the API 2xx, before this."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message request that the provider accepted, in their order."""

    place: int
    customer: str
    text: str
    row: str
    """Our id of the request where it travels with it, else empty."""
    id: str
    """The provider's."""
    at: float


@dataclass(slots=True)
class Hold:
    """A span in which a person held a conversation: nothing of the agent may start in it."""

    customer: str
    first: int
    """The place in the provider's list when the take-over was answered."""
    last: int | None = None
    """The place when the hand-back was asked for; None: never."""
    going: tuple[str, ...] = ()
    """The words that the answer to the take-over named as being at the door."""
    begun: int = 0
    """The journal's count when it was asked for."""
    ended: int | None = None
    """The journal's count when the hand-back was answered."""


@dataclass(slots=True)
class Journal:
    """Everything that the judge reads."""

    written: dict[str, Written] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    given_back: set[str] = field(default_factory=set)
    """Customers whose conversations waited for a person (their words were set aside) until one gave them back."""
    reported: dict[str, float] = field(default_factory=dict)
    """When the server had acknowledged the first receipt of a provider's id."""
    on_record: dict[str, str] = field(default_factory=dict)
    """Of tokens that no customer saw an answer to: how the inbox shows the answer (``unknown``, ``failed``…)."""
    count: int = 0

    def tick(self) -> int:
        """Count on."""
        self.count += 1
        return self.count

    def write(self, token: str, customer: str) -> Written:
        """Note that a message is about to be written."""
        entry = self.written[token] = Written(token, customer, self.tick())
        return entry

    def show(self, tokens: set[str], messages: Sequence[Mapping[str, Any]]) -> None:
        """Note how the inbox shows the answers to these tokens; of several answers to one, the newest tells."""
        for item in reversed(messages):
            for name in tokens & set(tokens_in(item["text"])):
                if item["author"] == ("agent" if name[0] == CUSTOMER else "staff"):
                    self.on_record[name] = item["delivery"]

    def answered(self) -> set[str]:
        """Return the tokens that some accepted message names."""
        return {token for heard in self.heard for token in tokens_in(heard.text)}
