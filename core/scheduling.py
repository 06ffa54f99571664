"""Words that are to be said later: ports between desk and memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.ids import StaffId, TenantId


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wants to be said later."""

    text: str
    staff_id: StaffId


@dataclass(frozen=True, slots=True)
class DueWords:
    """Words whose moment has come; they may have been taken back or put off since."""

    id: str
    tenant_id: TenantId
    conversation_id: str
    due_ms: int


class Planned(Protocol):
    """What is to be said later in one conversation, inside a change of it."""

    async def add(self, words: Words, at: datetime) -> str:
        """Keep words until then; returns their id."""
        ...

    async def drop(self, planned_id: str) -> None:
        """Take them back; raises NotFound where they are said already, or never were."""
        ...

    async def due(self, planned_id: str, due_ms: int) -> Words | None:
        """Return the words that are due; None where they were taken back or said meanwhile."""
        ...

    async def refuse(self, planned_id: str, reason: str) -> None:
        """Note why they were not said when they were due."""
        ...


class PlanStore(Protocol):
    """Where it is known what is due."""

    async def due(self, limit: int) -> Sequence[DueWords]:
        """Return what is due now."""
        ...

    async def done(self, due: Sequence[DueWords]) -> None:
        """Look for these no more."""
        ...
