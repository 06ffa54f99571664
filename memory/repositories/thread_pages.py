"""Pages of a thread: from its end, from a message on, or around what somebody looks for."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.errors import NotFound
from core.ids import is_id
from memory.database import Tx
from memory.query import Query, among, bool_eq, mine
from memory.tables import conversations, messages, notes

m = messages
_of = sa.bindparam("conversation_id", type_=conversations.c.id.type)
PAGE = Query(
    sa.select(m)
    .where(mine(m), bool_eq(m.c.conversation_id, _of), m.c.no < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(m.c.no.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_SINCE = Query(
    sa.select(m)
    .where(mine(m), bool_eq(m.c.conversation_id, _of), m.c.no > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(m.c.no)
    .limit(sa.bindparam("n", type_=sa.Integer))
)
BY_IDS = Query(sa.select(m).where(mine(m), bool_eq(m.c.conversation_id, _of), among(m.c.id, "ids")))
_NOTED = Query(
    sa.select(notes.c.created_ms).where(
        mine(notes),
        bool_eq(notes.c.conversation_id, _of),
        bool_eq(notes.c.id, sa.bindparam("note_id", type_=notes.c.id.type)),
    )
)
_SAID_BY = Query(
    sa.select(sa.func.max(m.c.no).label("no")).where(
        mine(m), bool_eq(m.c.conversation_id, _of), m.c.created_ms <= sa.bindparam("at_ms", type_=sa.BigInteger)
    )
)
NO_END = 1 << 62


class Part(NamedTuple):
    """What was read to one side of a place, and whether more stands there."""

    rows: Sequence[Any]
    more: bool


async def read_page(tx: Tx, conversation_id: str, cursor: str, *, limit: int) -> tuple[Part, Part]:
    """Return what is newer and what is older than where a cursor points."""
    if cursor[:1] not in (">", "@"):
        return Part((), more=False), await _older(tx, conversation_id, number_of(cursor), limit=limit)
    if cursor[0] == ">":
        rows = await tx.all(_SINCE, conversation_id=conversation_id, after=number_of(cursor[1:]), n=limit + 1)
        return Part(rows[:limit], len(rows) > limit), Part((), more=True)
    no, half = await _no_at(tx, conversation_id, cursor[1:]), limit // 2
    rows = await tx.all(_SINCE, conversation_id=conversation_id, after=no, n=half + 1)
    older = await _older(tx, conversation_id, no + 1, limit=limit - half)
    return Part(rows[:half], len(rows) > half), older


async def _no_at(tx: Tx, conversation_id: str, entry: str) -> int:
    """Return the number of a message, or of what was said last before a note (0: nothing); raises NotFound."""
    if not is_id(entry):
        raise NotFound
    if found := await tx.all(BY_IDS, conversation_id=conversation_id, ids=[entry]):
        return int(found[0]["no"])
    noted = await tx.first(_NOTED, conversation_id=conversation_id, note_id=entry)
    if noted is None:
        raise NotFound
    before = await tx.first(_SAID_BY, conversation_id=conversation_id, at_ms=noted["created_ms"])
    return int(before["no"] or 0) if before else 0


async def _older(tx: Tx, conversation_id: str, before: int, *, limit: int) -> Part:
    rows = await tx.all(PAGE, conversation_id=conversation_id, before=before, n=limit + 1)
    return Part(rows[:limit], len(rows) > limit)


def number_of(cursor: str | None) -> int:
    """Return the number that a cursor says; without one, behind the end."""
    return int(cursor) if cursor and cursor.isdigit() and len(cursor) < 19 else NO_END
