"""Record what was asked of the simulator and what it told the server, for assertions and for the page's drawer."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.state import Channel, Json

LOG_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """A message request that was accepted."""

    account: str
    channel: Channel
    customer: str
    body: Json
    id: str
    at: datetime
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The words the customer reads, whatever the kind of message."""
        return words_of(self.body)


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was answered with an error."""

    account: str
    path: str
    body: Json
    status: int
    error: Json
    at: datetime
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """Meta's error code."""
        return int(self.error.get("code", 0))


@dataclass(frozen=True, slots=True)
class Signal:
    """A typing indicator or read mark that was accepted."""

    account: str
    customer: str
    kind: str
    message_id: str
    at: datetime


@dataclass(slots=True)
class Exchange:
    """One line of the raw log: a webhook we posted or a request we answered."""

    seq: int
    at: datetime
    direction: str
    """`webhook` (simulator to server) or `request` (server to simulator)."""
    title: str
    body: Any
    account: str = ""
    customer: str = ""
    status: int | None = None
    response: Any = None
    attempts: list[Json] = field(default_factory=list)
    note: str = ""

    @property
    def failed(self) -> bool:
        """Whether this line deserves the reader's eye."""
        return self.note == "gave up" or (self.status is not None and self.status >= 400)


class Ledger:
    """Keep the lists that tests read and the bounded log that people read."""

    def __init__(self, on_log: Callable[[Exchange], None] = lambda exchange: None) -> None:
        self.sent: list[Sent] = []
        self.refused: list[Refused] = []
        self.signals: list[Signal] = []
        self.log: deque[Exchange] = deque(maxlen=LOG_LENGTH)
        self._seq = itertools.count(1)
        self._on_log = on_log

    def note(self, at: datetime, direction: str, title: str, body: object) -> Exchange:
        """Begin a log line; call `changed` once more is known."""
        exchange = Exchange(next(self._seq), at, direction, title, body)
        self.log.append(exchange)
        return exchange

    def changed(self, exchange: Exchange) -> None:
        """Tell the page that a line was added or grew."""
        self._on_log(exchange)

    def clear(self) -> None:
        """Forget everything; log numbers go on counting."""
        for entries in (self.sent, self.refused, self.signals, self.log):
            entries.clear()


def words_of(body: Json) -> str:
    """Pull the readable text out of any send body."""
    message = body.get("message") or {}
    payload = (message.get("attachment") or {}).get("payload") or {}
    kind = str(body.get("type", ""))
    content = body.get(kind) if isinstance(body.get(kind), dict) else {}
    candidates = (
        (body.get("text") or {}).get("body") if isinstance(body.get("text"), dict) else None,
        ((body.get("interactive") or {}).get("body") or {}).get("text"),
        message.get("text"),
        payload.get("text"),
        (content or {}).get("caption"),
        (content or {}).get("name"),
    )
    return next((str(c) for c in candidates if c), "")
