"""Leads: listed with the contact they are about."""

from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import InvalidInput, NotFound
from core.ids import TenantId, is_id
from core.views import LeadView, Named, Page
from memory.crypto import Sealer
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, mine
from memory.repositories.auditing import LAST_ID, note
from memory.repositories.base import Store, from_text, show_listed
from memory.repositories.conversations import open_name
from memory.repositories.events import read_number
from memory.tables import contacts, leads, stages

d, p = leads, contacts
_PIPELINE, _CONTACT = sa.bindparam("pipeline", type_=sa.Text), sa.bindparam("contact_id", type_=d.c.contact_id.type)
_LIST = Query(
    sa.select(d, p.c.name.label("contact_name"))
    .join(p, sa.and_(bool_eq(p.c.tenant_id, d.c.tenant_id), bool_eq(p.c.id, d.c.contact_id)))
    .where(
        mine(d),
        d.c.id < sa.bindparam("before", type_=d.c.id.type),
        sa.or_(_PIPELINE.is_(None), bool_eq(d.c.pipeline, _PIPELINE)),
        sa.or_(_CONTACT.is_(None), bool_eq(d.c.contact_id, _CONTACT)),
    )
    .order_by(d.c.id.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_MOVE = Query(
    d.update()
    .where(mine(d), bool_eq(d.c.id, sa.bindparam("lead_id")))
    .values(stage=sa.bindparam("new_stage"), updated_ms=sa.bindparam("now_ms"), version=d.c.version + 1)
    .returning(d.c.pipeline, d.c.conversation_id, d.c.version)
)
_STAGE = Query(
    sa.select(stages.c.key).where(
        mine(stages),
        bool_eq(stages.c.pipeline, sa.bindparam("the_pipeline")),
        bool_eq(stages.c.key, sa.bindparam("the_stage")),
    )
)


class Leads:
    """Keeps leads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(
        self,
        tenant_id: TenantId,
        *,
        pipeline: str | None = None,
        contact_id: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page[LeadView]:
        """Return leads, newest first."""
        sealer = await self._store.sealer(tenant_id)
        before = cursor if cursor and is_id(cursor) else LAST_ID
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_LIST, pipeline=pipeline, contact_id=contact_id, before=before, n=limit + 1)
            event_no = await read_number(tx)
        sealed = ("name", "phone", "email", "fields", "contact_name")
        items = [show_listed(lambda each: _lead(each, sealer), row, *sealed) for row in rows[:limit]]
        return Page[LeadView](items=items, next_cursor=items[-1].id if len(rows) > limit else None, event_no=event_no)

    async def move(self, tenant_id: TenantId, lead_id: str, *, stage: str, actor: str) -> int:
        """Put a lead into another stage of its pipeline; returns the event number."""
        sealer, now = await self._store.sealer(tenant_id), self._store.now_ms
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(_MOVE, lead_id=lead_id, new_stage=stage, now_ms=now)
            if row is None:
                raise NotFound
            if await tx.first(_STAGE, the_pipeline=row["pipeline"], the_stage=stage) is None:
                raise InvalidInput(errors=[{"field": "stage", "why": "this pipeline has no such stage"}])
            await note(tx, self._store, sealer, actor=actor, action="lead.moved", entity=lead_id, stage=stage)
            moved = Noted("lead.updated", row["conversation_id"], lead_id, row["version"])
            return await number_events(tx, [moved], actor=actor, now_ms=now)


def _lead(row: Any, sealer: Sealer) -> LeadView:
    lead_id = row["id"]
    return LeadView(
        id=lead_id,
        name=sealer.open_text("leads.name", lead_id, row["name"]),
        phone=sealer.open_text("leads.phone", lead_id, row["phone"]),
        email=sealer.open_text("leads.email", lead_id, row["email"]),
        pipeline=row["pipeline"],
        stage=row["stage"],
        fields=sealer.open_json("leads.fields", lead_id, row["fields"]) or {},
        tags=from_text(row["tags"]) or [],
        created_at=from_ms(row["created_ms"]),
        conversation_id=row["conversation_id"],
        contact=Named(id=row["contact_id"], name=open_name(sealer, row["contact_id"], row["contact_name"])),
        source_message_id=row["source_message_id"],
        version=row["version"],
    )
