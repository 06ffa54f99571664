"""A handoff as people change it: claimed, done, and open again (ENGINE rules 25 and 43)."""

import sqlalchemy as sa

from core.errors import AlreadyClaimed
from memory.query import Query, bool_eq, mine
from memory.tables import handoffs, timers
from memory.writing import Ledger

SLA = "handoff_sla"
"""Name of the timer that a handoff waits by; the agent arms it."""

h = handoffs
_this = sa.and_(mine(h), bool_eq(h.c.id, sa.bindparam("handoff_id")))
CLAIM = Query(
    h.update()
    .where(_this, bool_eq(h.c.state, "waiting"))
    .values(
        state="claimed",
        claimed_by=sa.bindparam("new_owner"),
        claimed_ms=sa.bindparam("now_ms"),
        version=h.c.version + 1,
    )
    .returning(h.c.version)
)
END = Query(
    h.update()
    .where(_this, h.c.state.in_(("waiting", "claimed")))
    .values(state="done", ended_ms=sa.bindparam("now_ms"), version=h.c.version + 1)
    .returning(h.c.version)
)
MOVE = Query(
    h.update()
    .where(_this, h.c.state.in_(("waiting", "claimed")))
    .values(queue=sa.bindparam("new_queue"), version=h.c.version + 1)
    .returning(h.c.version)
)
_new = sa.bindparam("to_state", type_=sa.Text)
RESTORE = Query(
    h.update()
    .where(_this, bool_eq(h.c.conversation_id, sa.bindparam("conversation_id")), h.c.state != _new)
    .values(
        state=_new,
        claimed_by=sa.case((bool_eq(_new, "claimed"), h.c.claimed_by)),
        claimed_ms=sa.case((bool_eq(_new, "claimed"), h.c.claimed_ms)),
        ended_ms=sa.null(),
        version=h.c.version + 1,
    )
    .returning(h.c.version, h.c.visit, h.c.due_ms)
)
REARM = Query(
    timers.update()
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(timers.c.name, SLA),
        bool_eq(timers.c.visit, sa.bindparam("visit", type_=sa.Text)),
        timers.c.state.in_(("void", "held")),
    )
    .values(state="armed", held_ms=sa.null(), due_ms=sa.bindparam("due_ms", type_=sa.BigInteger))
)


async def claim(ledger: Ledger, handoff_id: str, staff_id: str | None) -> None:
    """Take a waiting handoff; raises AlreadyClaimed."""
    row = await ledger.tx.first(CLAIM, handoff_id=handoff_id, new_owner=staff_id, now_ms=ledger.now_ms)
    if row is None:
        raise AlreadyClaimed
    ledger.event("handoff.claimed", handoff_id, row["version"])


async def end(ledger: Ledger, handoff_id: str) -> None:
    """It is done, where it is not already."""
    row = await ledger.tx.first(END, handoff_id=handoff_id, now_ms=ledger.now_ms)
    if row is not None:
        ledger.event("handoff.done", handoff_id, row["version"])


async def move(ledger: Ledger, handoff_id: str, queue: str) -> None:
    """Put it into another queue."""
    row = await ledger.tx.first(MOVE, handoff_id=handoff_id, new_queue=queue)
    if row is not None:
        ledger.event("handoff.moved", handoff_id, row["version"])


async def restore(ledger: Ledger, handoff_id: str, state: str) -> None:
    """Open it again as it stood; one that waits has the time that it had (ENGINE rule 43)."""
    talk = ledger.conversation_id
    row = await ledger.tx.first(RESTORE, handoff_id=handoff_id, conversation_id=talk, to_state=state)
    if row is None:
        return
    ledger.event("handoff.reopened", handoff_id, row["version"])
    if state == "waiting" and row["due_ms"] is not None:
        await ledger.tx.run(REARM, conversation_id=talk, visit=row["visit"], due_ms=row["due_ms"])
        ledger.wake_worker(row["due_ms"])
