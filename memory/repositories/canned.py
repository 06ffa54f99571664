"""Replies that staff keep at hand: a shortcut, and its words in each language."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import Conflict, NotFound
from core.ids import TenantId
from core.views import Page
from core.views_composing import CannedReply
from memory.database import Tx
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text, to_text
from memory.repositories.events import read_number
from memory.tables import canned_replies

MOST = 1000

c = canned_replies
_this = bool_eq(c.c.id, sa.bindparam("reply_id"))
_LIST = Query(sa.select(c).where(mine(c)).order_by(c.c.shortcut).limit(MOST))
_NAMED = Query(sa.select(c.c.id).where(mine(c), bool_eq(c.c.shortcut, sa.bindparam("named"))))
_ADD = Query(insert_into(c).on_conflict_do_nothing())
_CHANGE = Query(
    c.update()
    .where(mine(c), _this)
    .values(
        shortcut=sa.bindparam("new_shortcut"),
        texts=sa.bindparam("new_texts"),
        updated_ms=sa.bindparam("now_ms"),
        version=c.c.version + 1,
    )
    .returning(c.c.version)
)
_DROP = Query(c.delete().where(mine(c), _this))


class Canned:
    """Keeps canned replies."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(self, tenant_id: TenantId) -> Page[CannedReply]:
        """Return all of them, by their shortcuts."""
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_LIST)
            event_no = await read_number(tx)
        return Page[CannedReply](items=[_view(row) for row in rows], event_no=event_no)

    async def add(self, tenant_id: TenantId, shortcut: str, texts: Mapping[str, str], *, actor: str) -> tuple[str, int]:
        """Add one; returns its id and the event number; raises Conflict where the shortcut is taken."""
        reply_id = self._store.ids.new()
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            added = await tx.run(
                _ADD,
                id=reply_id,
                shortcut=shortcut,
                texts=to_text(dict(texts)),
                updated_ms=self._store.now_ms,
                version=1,
            )
            if not added:
                raise _taken(shortcut)
            await note(tx, self._store, sealer, actor=actor, action="canned_reply.added", entity=reply_id)
            return reply_id, await self._told(tx, reply_id, actor=actor, version=1)

    async def change(
        self, tenant_id: TenantId, reply_id: str, shortcut: str, texts: Mapping[str, str], *, actor: str
    ) -> int:
        """Replace one; returns the event number; raises NotFound, Conflict."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            holder = await tx.first(_NAMED, named=shortcut)
            if holder is not None and holder["id"] != reply_id:
                raise _taken(shortcut)
            row = await tx.first(
                _CHANGE,
                reply_id=reply_id,
                new_shortcut=shortcut,
                new_texts=to_text(dict(texts)),
                now_ms=self._store.now_ms,
            )
            if row is None:
                raise NotFound
            await note(tx, self._store, sealer, actor=actor, action="canned_reply.changed", entity=reply_id)
            return await self._told(tx, reply_id, actor=actor, version=row["version"])

    async def drop(self, tenant_id: TenantId, reply_id: str, *, actor: str) -> int:
        """Delete one; returns the event number; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            if not await tx.run(_DROP, reply_id=reply_id):
                raise NotFound
            await note(tx, self._store, sealer, actor=actor, action="canned_reply.deleted", entity=reply_id)
            return await self._told(tx, reply_id, actor=actor)

    async def _told(self, tx: Tx, reply_id: str, *, actor: str, version: int = 0) -> int:
        noted = Noted("canned_reply.changed", None, reply_id, version)
        return await number_events(tx, [noted], actor=actor, now_ms=self._store.now_ms)


def _taken(shortcut: str) -> Conflict:
    return Conflict(f"There is another reply with the shortcut /{shortcut}.", reason="shortcut_taken")


def _view(row: Any) -> CannedReply:
    return CannedReply(
        id=row["id"],
        shortcut=row["shortcut"],
        texts=from_text(row["texts"]),
        updated_at=from_ms(row["updated_ms"]),
        version=row["version"],
    )
