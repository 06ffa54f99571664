"""Previews: the editor's test chat, kept checkpoint by checkpoint so that it can be wound back (docs/decisions/0012).

Nothing else keeps checkpoints in these tables. A session is a thread, and its id tells when it began.
"""

from typing import Any

import sqlalchemy as sa

from core.desk_ports import Preview
from core.ids import TenantId
from memory.checkpointer import StoreSaver
from memory.database import Tx
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store
from memory.tables import checkpoint_writes, checkpoints

PREVIEWS_KEPT_MS = 86_400_000
SESSIONS_KEPT = 20
"""A tenant's newest."""
TURNS_KEPT = 200
"""The newest of one session, when it is opened again."""

_TABLES = (checkpoint_writes, checkpoints)  # writes first: what they belong to is told by the checkpoints
_other = checkpoints.alias("other")
_nth_session = (
    sa.select(_other.c.thread_id)
    .where(mine(_other))
    .distinct()
    .order_by(_other.c.thread_id.desc())
    .limit(1)
    .offset(SESSIONS_KEPT - 2)  # one more is about to begin
    .scalar_subquery()
)
_nth_turn = (
    sa.select(_other.c.checkpoint_id)
    .where(mine(_other), bool_eq(_other.c.thread_id, sa.bindparam("thread")))
    .distinct()
    .order_by(_other.c.checkpoint_id.desc())
    .limit(1)
    .offset(TURNS_KEPT - 1)
    .scalar_subquery()
)
_EXPIRED = tuple(Query(t.delete().where(mine(t), t.c.thread_id < sa.bindparam("begun"))) for t in _TABLES)
_CROWDED = tuple(Query(t.delete().where(mine(t), t.c.thread_id < _nth_session)) for t in _TABLES)
_LONG = tuple(
    Query(t.delete().where(mine(t), bool_eq(t.c.thread_id, sa.bindparam("thread")), t.c.checkpoint_id < _nth_turn))
    for t in _TABLES
)


class Previews:
    """Keeps each tenant's previews apart, sealed, and for a day."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, tenant_id: TenantId, session: str | None) -> Preview:
        """Begin a session, or go on with one; what is past its time makes room."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            await drop_previews(tx, self._store.now_ms)
            for query in _LONG if session else _CROWDED:
                await tx.run(query, **({"thread": session} if session else {}))
        saver = StoreSaver(self._store.database, sealer, tenant_id, history=True)
        return Preview(session or _first_id(self._store.now_ms)[:13] + self._store.ids.new()[13:], saver)


async def drop_previews(tx: Tx, now_ms: int) -> int:
    """Delete the sessions that began too long ago; returns how many checkpoints they had."""
    dropped = [await tx.run(query, begun=_first_id(now_ms - PREVIEWS_KEPT_MS)) for query in _EXPIRED]
    return dropped[-1]


def _first_id(ms: int) -> Any:
    """Return the least id that can be made at this time: sessions take the clock's, which ids otherwise do not."""
    text = f"{ms:012x}"
    return f"{text[:8]}-{text[8:]}-7000-8000-000000000000"
