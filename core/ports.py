"""What the runtime needs of the outside: channels here; the store's ports are in ``core.store``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct

from core.arriving import Arrived
from core.channel_types import Capabilities, ChannelType
from core.content import MediaPart, Part
from core.files import FileAtHand
from core.secret import Secret


class RawRequest(Struct, frozen=True):
    """A webhook exactly as it came: the signature covers these bytes."""

    body: bytes
    headers: Mapping[str, str]
    """Looked up by names in lower case."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a customer is reached, read at the door: the keys we hold of them, by kind (``Person.keys``)."""

    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """What a channel needs of the account that it sends from."""

    provider_id: str
    token: Secret
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One provider request without recipient and token, as stored in the outbox.

    ``body`` is JSON in the provider's own shape; ``says`` is what of the message it carries, for logs of staff.
    """

    kind: Literal["message", "signal"]
    body: Mapping[str, Any]
    says: str = ""
    file: str | None = None
    """The file that goes with it, by its id here: put in at the door."""


@dataclass(frozen=True, slots=True)
class SendOrder:
    """One attempt at the door."""

    rendered: Rendered
    address: Address
    account: AccountAccess
    our_id: str
    """The outbox id; travels with the request where the provider allows."""
    tag: Literal["human_agent"] | None = None
    file: FileAtHand | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The provider accepted the request (which is not delivery)."""

    provider_id: str | None
    person: Mapping[str, str] = field(default_factory=dict)
    """Keys of the recipient that the answer revealed."""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that a customer sent; kind and name are what others say of it."""

    body: bytes
    kind: str
    name: str | None = None


class Channel(Protocol):
    """One way to reach customers. Pure where it does not ask the provider; it never sees aiohttp.web."""

    type: ChannelType
    capabilities: Capabilities

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        """Split and shape parts into provider requests within the channel's limits; raises Rejected."""
        ...

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        """Shape a read mark or typing indicator; None where the channel has none."""
        ...

    async def send(self, order: SendOrder) -> SendResult:
        """Send one request; raises SendError."""
        ...

    async def read_back(self, order: SendOrder, since: datetime) -> list[str]:
        """Return the ids of our messages there that say what ``order`` says, since then, oldest first.

        Raises SendError. Only where ``Capabilities.reads_back``.
        """
        ...

    async def fetch_file(self, part: MediaPart, account: AccountAccess) -> FetchedFile:
        """Fetch a file that a customer sent; raises FileUnavailable, SendError."""
        ...

    async def check(self, account: AccountAccess) -> "AccountHealth":
        """Ask the provider whether this account works; never raises for what it reports."""
        ...

    async def subscribe(self, account: AccountAccess) -> "AccountHealth":
        """Ask the provider to send us this account's events, for some seconds at most; never raises for what it says.

        Where there is nothing to ask for, all is well.
        """
        ...


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How an account stands at the provider, in words with the next step."""

    ok: bool
    problem: str | None = None
    fix: str | None = None
    name: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False
    """The provider definitely lets nothing leave until somebody connects the account again: its token is dead."""
    unasked: bool = False
    """The provider gave no answer that means anything: how the account stands is not known."""


class WebhookSource(Protocol):
    """What one provider's webhook endpoint understands; pure."""

    def handshake(self, query: Mapping[str, str]) -> str:
        """Return the challenge to echo; raises Forbidden on a wrong verify token."""
        ...

    def verify(self, request: RawRequest) -> None:
        """Check the signature over the raw body in constant time; raises InvalidSignature."""
        ...

    def parse(self, body: bytes) -> list[Arrived]:
        """Return every event of the body, total over any JSON; raises MalformedPayload where it is not JSON."""
        ...


@dataclass(frozen=True, slots=True)
class StreamDelta:
    """Provisional words of a draft, for the widget and the inbox; no ``text`` retracts the draft (ENGINE rule 37)."""

    draft: str
    offset: int = 0
    text: str | None = None


class Live(Protocol):
    """Doorbells: who waits is woken; what happened is read from the store (DESIGN §3)."""

    def ring_tenant(self, tenant_id: str, number: int) -> None:
        """Tell that the tenant's events have reached ``number``."""
        ...

    def ring_conversation(self, conversation_id: str) -> None:
        """Tell the widget streams of a conversation to look."""
        ...

    def delta(self, tenant_id: str, conversation_id: str, delta: StreamDelta) -> None:
        """Pass on draft words, or that a draft is retracted."""
        ...

    def typing(self, conversation_id: str, author: str) -> None:
        """Tell that somebody types; provisional."""
        ...

    def present(self, tenant_id: str, conversation_id: str, staff_id: str, state: str) -> None:
        """Tell that a member of staff is ``viewing`` a conversation, ``typing`` in it, or ``gone``; provisional."""
        ...


class HearsLive(Live, Protocol):
    """The live streams of this process."""

    def follows(self, tenant_id: str, conversation_id: str) -> bool:
        """Tell whether any stream here would show words of the conversation."""
        ...


class Rings(Protocol):
    """Who works on conversations is woken; what is to be done is read from the store."""

    def work(self, conversation_id: str) -> None:
        """The workers have something to do."""
        ...

    def send(self, conversation_id: str) -> None:
        """The sender has something to send."""
        ...

    def receipts(self, tenant_id: str) -> None:
        """A tenant got receipts."""
        ...

    def sent(self, channel: str, account_id: str, conversation_id: str) -> None:
        """A message went out: it counts against the provider's limits (ENGINE rule 20)."""
        ...


class Elsewhere(Rings, Protocol):
    """The workers of the other processes; telling them never raises and never waits."""

    def away(self) -> str | None:
        """Say in words that they cannot be told just now."""
        ...
