"""What became of requests, put on record for many conversations at once (ENGINE rules 18, 21, 22)."""

from collections.abc import Sequence

from core.channel_types import ChannelType
from core.clock import to_ms
from core.store import Outcome
from memory import fates
from memory.database import Tx
from memory.engine import door_sql as sql
from memory.engine.delivery import Shown, show_all
from memory.writing import Ledger, provider_hash

Told = tuple[Ledger, Outcome]


async def record_outcomes(tx: Tx, told: Sequence[tuple[Ledger, Sequence[Outcome]]]) -> None:
    """Record them, tell flows that wait for them, and bring messages up to date."""
    every = [(ledger, outcome) for ledger, outcomes in told for outcome in outcomes]
    for ledger, outcome in every:
        # Who was told under a lease that has ended still says what is true.
        ledger.streamed = outcome.attempt.channel is ChannelType.WIDGET
        if outcome.at is not None:
            ledger.tx.later(
                sql.HOLD,
                row=outcome.attempt.outbox_id,
                to_state=outcome.state,
                why=outcome.error,
                at_ms=to_ms(outcome.at),
            )
    await _settle(tx, [(ledger, outcome) for ledger, outcome in every if outcome.at is None])
    await show_all(tx, [
        Shown(ledger, outcome.attempt.message_id, outcome.provider_id)
        for ledger, outcome in every
        if outcome.attempt.message_id is not None
    ])  # fmt: skip


async def _settle(tx: Tx, told: Sequence[Told]) -> None:
    rows = await tx.each(sql.SETTLE, [
        {"tenant_id": ledger.tx.tenant_id, "row": outcome.attempt.outbox_id, "to_state": outcome.state,
         "why": outcome.error, "why_code": outcome.code, "new_fix": outcome.fix, "now_ms": ledger.now_ms,
         "digest": provider_hash(ledger.sealer, outcome.provider_id)}
        for ledger, outcome in told
    ])  # fmt: skip
    settled = {row["id"]: row for row in rows}
    for ledger, outcome in told:
        if outcome.provider_id is not None and outcome.attempt.outbox_id not in settled:
            # A receipt settled it first: the id is needed all the same, for receipts that know no other.
            ledger.tx.later(
                sql.KNOW, row=outcome.attempt.outbox_id, digest=provider_hash(ledger.sealer, outcome.provider_id)
            )
    waited = [
        (ledger, outcome, settled[outcome.attempt.outbox_id])
        for ledger, outcome in told
        if outcome.attempt.outbox_id in settled and settled[outcome.attempt.outbox_id]["visit"] is not None
    ]
    running = await tx.each(fates.START, [
        {"tenant_id": ledger.tx.tenant_id, "conversation_id": ledger.conversation_id, "visit": row["visit"],
         "late_ms": ledger.now_ms - int(row["created_ms"])}
        for ledger, outcome, row in waited
        if outcome.state not in fates.LOST
    ])  # fmt: skip
    for ledger, outcome, row in waited:
        due = (int(timer["due_ms"]) for timer in running if timer["conversation_id"] == ledger.conversation_id)
        await ledger.told_of(row, outcome.state, min(due, default=None))
