"""How people get in: who is asked, what a mailed link carries, who sends letters. Ports between desk and memory."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.ids import TenantId
from core.nouns import Role


class TicketKind(StrEnum):
    """What a mailed link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - what a ticket is for


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a business asks in, as what, and in which language."""

    email: str
    role: Role
    locale: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A mailed link that still opens."""

    id: str
    kind: TicketKind
    email: str
    locale: str
    created_ms: int
    expires_ms: int
    tenant_id: TenantId | None = None
    role: Role | None = None


class TicketStore(Protocol):
    """Where tickets are kept."""

    async def add_password(self, email: str, *, locale: str, lasts_ms: int) -> str:
        """Make one to set a password; returns the token."""
        ...

    async def add_invitation(self, tenant_id: TenantId, guest: Guest, *, lasts_ms: int, actor: str) -> tuple[str, str]:
        """Ask somebody in; returns its id and the token."""
        ...

    async def find(self, token: str) -> Ticket | None:
        """Return the ticket that a token is, where it still opens."""
        ...

    async def set_password(self, token: str, password_hash: str) -> str:
        """Use one to set a password; returns whose; raises NotFound."""
        ...

    async def accept(self, token: str, *, name: str | None, password_hash: str | None) -> Ticket:
        """Use one to become a member; raises NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person: the same words as plain text and as simple HTML."""

    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    """Sends letters."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server; raises MailFailed."""
        ...

    @property
    def is_connected(self) -> bool:
        """Tell whether letters leave this machine."""
        ...
