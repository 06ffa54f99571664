"""What the store offers for conversations that were put aside until a moment (rule 43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.ids import TenantId


@dataclass(frozen=True, slots=True)
class Woken:
    """A conversation that came back, and the event that says so."""

    tenant_id: TenantId
    conversation_id: str
    event_no: int


class WakeStore(Protocol):
    """Opens what is due."""

    async def wake(self, *, limit: int) -> Sequence[Woken]:
        """Open what was put aside until now, at most so many; returns those that this call opened."""
        ...
