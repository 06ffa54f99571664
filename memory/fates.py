"""What became of a request, told to the flow that waits for it (ENGINE rule 22).

A flow's question and its template carry the visit that waits. The fate reaches the flow as an inbound row of our own,
``delivery``; time-outs of a question run from the moment that the provider has taken it.
"""

from typing import Any

import sqlalchemy as sa

from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, bool_eq, insert_into, mine
from memory.tables import conversations, inbound, outbox, runs, timers

LOST = frozenset({"failed", "blocked", "cancelled"})
"""The customer never saw it."""

FATE = (outbox.c.id, outbox.c.no, outbox.c.visit, outbox.c.is_template, outbox.c.repeated, outbox.c.created_ms)
"""What is read of a request to tell its fate."""

_this = sa.bindparam("conversation_id", type_=conversations.c.id.type)
_WAITS = Query(
    sa.select(runs.c.id)
    .join(conversations, sa.and_(mine(conversations), conversations.c.run_id == runs.c.id))
    .where(
        mine(runs),
        bool_eq(conversations.c.id, _this),
        bool_eq(runs.c.status, "live"),
        bool_eq(runs.c.visit, sa.bindparam("visit")),
    )
)
_NEWER = Query(
    sa.select(outbox.c.id)
    .where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, _this),
        bool_eq(outbox.c.visit, sa.bindparam("visit")),
        outbox.c.no > sa.bindparam("after_no", type_=sa.BigInteger),
        outbox.c.state.not_in(("failed", "cancelled")),
    )
    .limit(1)
)
_TELL = Query(
    insert_into(inbound).on_conflict_do_nothing(),
    columns=(
        "tenant_id", "id", "account_id", "kind", "conversation_id", "lane", "state", "body", "event_ms",
        "received_ms",
    ),
)  # fmt: skip
START = Query(
    timers.update()
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(timers.c.visit, sa.bindparam("visit")),
        bool_eq(timers.c.state, "pending"),
    )
    .values(state="armed", due_ms=timers.c.due_ms + sa.bindparam("late_ms", type_=sa.BigInteger))
    .returning(timers.c.conversation_id, timers.c.due_ms)
)
"""Lets the time-outs of a question run, so much later than it was asked."""


async def is_news(tx: Tx, row: Any, port: str, *, conversation_id: str) -> bool:
    """Tell whether the flow hears of this: of a template in any case, of a question that it was lost, or seen at last.

    Where the question was asked again since, only that counts.
    """
    if port not in LOST:
        return bool(row["is_template"] or row["repeated"])
    newer = await tx.first(_NEWER, conversation_id=conversation_id, visit=row["visit"], after_no=row["no"])
    return newer is None


async def tell(
    tx: Tx, seal: Sealer, *, conversation_id: str, account_id: str, visit: str, ref: str, port: str, now_ms: int
) -> bool:
    """Leave the flow a ``delivery`` event, if that visit still waits; each fate of a request is told once."""
    if await tx.first(_WAITS, conversation_id=conversation_id, visit=visit) is None:
        return False
    row_id = seal.derive_id("inbound", f"delivery|{ref}|{port}")
    told = await tx.run(
        _TELL,
        id=row_id,
        account_id=account_id,
        kind="delivery",
        conversation_id=conversation_id,
        lane="turn",
        state="pending",
        body=seal.seal_json("inbound.body", row_id, {"port": port, "visit": visit, "ref": ref}),
        event_ms=now_ms,
        received_ms=now_ms,
    )
    return bool(told)


async def start_timers(tx: Tx, *, conversation_id: str, visit: str, late_ms: int) -> int | None:
    """Let time-outs of a question run, so much later than it was asked; returns when the first is due."""
    rows = await tx.all(START, conversation_id=conversation_id, visit=visit, late_ms=late_ms)
    return min((int(row["due_ms"]) for row in rows), default=None)
