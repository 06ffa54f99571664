"""Telling people that somebody waits for them: what is told, whom, on which device. Ports between desk and memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol

from core.ids import StaffId, TenantId
from core.nouns import Role
from core.policy import quiet_until


class NoticeKind(StrEnum):
    """What somebody is told of."""

    WAITING = "waiting"
    """A customer asked for a person, and nobody has taken it yet."""
    LATE = "late"
    """Nobody took it in the time that the business sets itself."""
    REPLY = "reply"
    """A customer of theirs wrote."""
    ASSIGNED = "assigned"
    """Somebody gave them a conversation."""
    MENTIONED = "mentioned"
    """A colleague calls them in a note."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell of; never what was said."""

    kind: NoticeKind
    conversation_id: str
    staff_id: StaffId | None = None
    """Who alone is meant; None: everybody who works there."""
    role: Role | None = None
    """Only people who may do what this role may; None: whatever they may."""

    def concerns(self, device: "PushDevice") -> bool:
        """Tell whether whoever is signed in there is meant."""
        return self.staff_id in (None, device.staff_id) and (self.role is None or device.role.covers(self.role))


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """How one person wants to be told, in one business."""

    mail_after_minutes: int | None = None
    """A handoff that nobody took for so long is told by e-mail; None: never."""
    quiet: tuple[time, time] | None = None
    timezone: str = "UTC"

    def is_quiet(self, now: datetime) -> bool:
        """Tell whether the person wants to hear nothing now."""
        return quiet_until(self.quiet, self.timezone, now) is not None


@dataclass(frozen=True, slots=True)
class PushKeys:
    """How to reach one browser: the push service's address, and what only that browser opens (RFC 8291)."""

    endpoint: str
    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A browser that wants to be told, of somebody who is signed in there."""

    id: str
    staff_id: StaffId
    role: Role
    locale: str | None
    keys: PushKeys
    settings: NoticeSettings


@dataclass(frozen=True, slots=True)
class News:
    """What happened in a business since it was last looked at, and who wants to hear of it."""

    tenant_id: TenantId
    business: str
    locale: str
    notices: Sequence[Notice]
    devices: Sequence[PushDevice]


@dataclass(frozen=True, slots=True)
class Overdue:
    """Handoffs that nobody took, for one person who wants a letter about that."""

    business: str
    email: str
    locale: str
    count: int
    minutes: int
    """How long the first of them has waited."""


class NoticeStore(Protocol):
    """What is to be told, each once: whoever takes it tells it."""

    async def take_news(self) -> Sequence[News]:
        """Take what happened where somebody wants to hear of it."""
        ...

    async def take_overdue(self) -> Sequence[Overdue]:
        """Take the letters that are due."""
        ...

    async def drop_device(self, device_id: str) -> None:
        """Forget a browser that its push service knows no more."""
        ...

    async def push_key(self) -> bytes:
        """Return the private key that this installation's pushes are signed with (RFC 8292), made once."""
        ...
