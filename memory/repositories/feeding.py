"""Events of our own for a conversation's flow: rows beside what customers send, consumed by a turn as these are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import Conflict
from memory.repositories import changing_queries as q

if TYPE_CHECKING:
    from memory.repositories.changing import Change

MOST_TOLD = 50
"""Words of other programs that wait unread: who wrote must not stand behind more than one load takes in."""


async def leave_told(change: "Change", body: Mapping[str, Any]) -> None:
    """Leave the flow what another program told; raises Conflict where too much waits for the agent already."""
    rows = await change.tx.all(q.TOLD, conversation_id=change.state.id, n=MOST_TOLD)
    if len(rows) >= MOST_TOLD:
        raise Conflict("Too many events wait until the agent holds the conversation.", reason="too_many_events")
    await leave_flow(change, "event", body)


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
