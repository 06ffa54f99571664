"""What outside writes and model spend ask of the store. Rule numbers are those of ``docs/ENGINE.md``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from core.ids import TenantId
from core.store.work import Claim
from core.turns import ModelReply, ModelUsage


@dataclass(frozen=True, slots=True)
class EffectKey:
    """Names one outside write (rule 12)."""

    conversation_id: str
    turn_no: int
    node: str
    place: str
    """The event that it answers, and the how-manieth visit of the node for it."""
    tool: str
    arguments: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A model's reply; ``name`` tells the calls of one turn apart, the same when it is replayed (rule 12)."""

    turn_no: int
    name: str
    reply: ModelReply


class UsageStore(Protocol):
    """Keeps what model calls cost, each on its own: a discarded turn's spend stays on record (rule 15)."""

    async def record(self, usage: "UsageWrite") -> None:
        """Store one call."""
        ...

    async def spent_micro_usd(self, tenant_id: TenantId, conversation_id: str) -> int:
        """Return what a conversation has cost so far."""
        ...


class EffectStore(Protocol):
    """The ledger of outside writes, and the journal of model replies that asked for them."""

    async def begin(
        self, claim: Claim, key: EffectKey, *, replies: Sequence[JournalEntry] = (), repeatable: bool = False
    ) -> tuple[Literal["run", "done", "unknown"], Any, str]:
        """Put ``started`` on record, and with it the model replies that led there; raises LostLease.

        Returns what to do, the stored result for ``done``, and an idempotency key. Where it was started before and
        never finished, that is ``run`` if ``repeatable``, else ``unknown``.
        """
        ...

    async def recall(self, claim: Claim, *, turn_no: int, name: str) -> ModelReply | None:
        """Return a journalled reply."""
        ...

    async def finish(self, claim: Claim, key: EffectKey, result: Any, *, failed: bool = False) -> None:
        """Put the result on record."""
        ...


@dataclass(frozen=True, slots=True)
class UsageWrite:
    """What one model call cost; committed outside the turn (rule 15)."""

    tenant_id: TenantId
    conversation_id: str | None
    turn_no: int
    purpose: str
    outcome: str
    usage: ModelUsage
