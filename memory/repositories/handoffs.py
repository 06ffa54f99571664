"""Handoffs as the queue lists them; claiming one is a change of its conversation (``changing.py``)."""

from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound
from core.ids import TenantId, is_id
from core.views import HandoffItem, Named, Page
from memory.crypto import Sealer
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store, show_listed
from memory.repositories.conversations import open_brief, open_name
from memory.repositories.events import read_number
from memory.tables import contacts, conversations, handoffs

h, c, p = handoffs, conversations, contacts
_STATE = sa.bindparam("state", type_=sa.Text)
_LIST = Query(
    sa.select(h, p.c.id.label("contact_id"), p.c.name.label("contact_name"))
    .join(c, sa.and_(bool_eq(c.c.tenant_id, h.c.tenant_id), bool_eq(c.c.id, h.c.conversation_id)))
    .join(p, sa.and_(bool_eq(p.c.tenant_id, c.c.tenant_id), bool_eq(p.c.id, c.c.contact_id)))
    .where(
        mine(h),
        sa.or_(_STATE.is_(None), bool_eq(h.c.state, _STATE)),
        h.c.id > sa.bindparam("after", type_=h.c.id.type),
    )
    .order_by(h.c.id)
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_WHERE = Query(sa.select(h.c.conversation_id).where(mine(h), bool_eq(h.c.id, sa.bindparam("handoff_id"))))
_COUNTS = Query(
    sa.select(h.c.queue, sa.func.count().label("n"))
    .where(mine(h), bool_eq(h.c.state, "waiting"))
    .group_by(h.c.queue)
    .order_by(h.c.queue)
)
FIRST_ID = "00000000-0000-0000-0000-000000000000"


class Handoffs:
    """Reads handoffs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(
        self, tenant_id: TenantId, *, state: str | None, cursor: str | None, limit: int = 100
    ) -> Page[HandoffItem]:
        """Return handoffs, the one that has waited longest first."""
        sealer = await self._store.sealer(tenant_id)
        after = cursor if cursor and is_id(cursor) else FIRST_ID
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_LIST, state=state, after=after, n=limit + 1)
            event_no = await read_number(tx)
        items = [show_listed(lambda each: _item(each, sealer), row, "brief", "contact_name") for row in rows[:limit]]
        return Page[HandoffItem](
            items=items, next_cursor=items[-1].id if len(rows) > limit else None, event_no=event_no
        )

    async def conversation_of(self, tenant_id: TenantId, handoff_id: str) -> str:
        """Return the conversation of a handoff; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_WHERE, handoff_id=handoff_id)
        if row is None:
            raise NotFound
        return str(row["conversation_id"])

    async def waiting(self, tenant_id: TenantId) -> dict[str, int]:
        """Return how many wait in each queue where somebody does."""
        async with self._store.read(tenant_id) as tx:
            return {row["queue"]: row["n"] for row in await tx.all(_COUNTS)}


def _item(row: Any, sealer: Sealer) -> HandoffItem:
    return HandoffItem(
        id=row["id"],
        state=row["state"],
        reason=row["reason"],
        queue=row["queue"],
        created_at=from_ms(row["created_ms"]),
        escalated_at=from_ms(row["escalated_ms"]) if row["escalated_ms"] else None,
        brief=open_brief(sealer, row["id"], row["brief"]),
        conversation_id=row["conversation_id"],
        priority=row["priority"],
        due_at=from_ms(row["due_ms"]) if row["due_ms"] else None,
        claimed_by=row["claimed_by"],
        version=row["version"],
        contact=Named(id=row["contact_id"], name=open_name(sealer, row["contact_id"], row["contact_name"])),
    )
