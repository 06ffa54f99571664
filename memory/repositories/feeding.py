"""Events of our own for a conversation's flow: rows beside what customers send, consumed by a turn as these are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memory.repositories import changing_queries as q

if TYPE_CHECKING:
    from memory.repositories.changing import Change


async def leave_flow(change: "Change", kind: str, body: Mapping[str, Any]) -> None:
    """Leave the flow an event in the change's transaction, and wake a worker for it."""
    row_id, now = change.store.ids.new(), change.ledger.now_ms
    await change.tx.run(
        q.ADD_INBOUND,
        id=row_id,
        account_id=change.state.account_id,
        kind=kind,
        conversation_id=change.state.id,
        lane="turn",
        state="pending",
        body=change.sealer.seal_json("inbound.body", row_id, body),
        event_ms=now,
        received_ms=now,
    )
    change.ledger.wake_worker(now)
