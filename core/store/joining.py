"""Conversations that turned out to be one person's: joined by a job, never by intake (ENGINE rule 29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.ids import TenantId


@dataclass(frozen=True, slots=True)
class Alias:
    """Two conversations of which intake noticed that they are one person's."""

    tenant_id: TenantId
    account_id: str
    one_id: str
    other_id: str
    noted_ms: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A conversation that goes on, the one that went into it, and the event that says so."""

    tenant_id: TenantId
    kept_id: str
    gone_id: str
    event_no: int


class JoinStore(Protocol):
    """Joins conversations."""

    async def due(self, *, limit: int) -> Sequence[Alias]:
        """Return what is to be joined, at most so many; each is due again later, unless it was joined by then."""
        ...

    async def join(self, alias: Alias) -> Joined | None:
        """Join two conversations; None where there is nothing to join, or not yet."""
        ...
