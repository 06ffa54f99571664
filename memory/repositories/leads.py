"""Leads: listed with the contact they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.content import load_parts, plain_text
from core.errors import InvalidInput, NotFound
from core.fold import fold
from core.ids import TenantId, is_id
from core.views import LeadView, Named, Page
from core.views_people import LeadDetail, LeadSource, StageSum
from memory.crypto import Sealer
from memory.directory import Directory
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, mine
from memory.repositories.auditing import LAST_ID, note
from memory.repositories.base import Store, from_text, show_listed
from memory.repositories.conversations import open_name
from memory.repositories.events import read_number
from memory.tables import contacts, conversations, leads, messages, stages
from memory.writing import open_body

LOOKED_THROUGH = 5000
"""Most leads that one search by words opens: what they say is sealed, so they are compared one by one."""
_CSV_ROWS = 500

d, p, c = leads, contacts, conversations


def _param(name: str, column: Any) -> Any:
    return sa.bindparam(name, type_=column.type)


def _or_any(column: Any, name: str) -> Any:
    given = _param(name, column)
    return sa.or_(given.is_(None), bool_eq(column, given))


_JOINED = (
    sa.select(d, p.c.name.label("contact_name"), c.c.channel.label("channel"))
    .join(p, sa.and_(bool_eq(p.c.tenant_id, d.c.tenant_id), bool_eq(p.c.id, d.c.contact_id)))
    .outerjoin(c, sa.and_(bool_eq(c.c.tenant_id, d.c.tenant_id), bool_eq(c.c.id, d.c.conversation_id)))
)
_FITS = (
    mine(d),
    _or_any(d.c.pipeline, "pipeline"),
    _or_any(d.c.stage, "in_stage"),
    _or_any(d.c.owner_id, "owner"),
    _or_any(d.c.contact_id, "contact_id"),
    _or_any(c.c.channel, "channel"),
)
_LIST = Query(
    _JOINED.where(*_FITS, d.c.id < _param("before", d.c.id))
    .order_by(d.c.id.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_ONE = Query(_JOINED.where(mine(d), bool_eq(d.c.id, _param("lead_id", d.c.id))))
_SUMS = Query(
    sa.select(
        d.c.stage,
        d.c.currency,
        sa.func.count().label("n"),
        sa.cast(sa.func.sum(d.c.value_cents), sa.BigInteger).label("cents"),
    )
    .where(mine(d), bool_eq(d.c.pipeline, _param("pipeline", d.c.pipeline)))
    .group_by(d.c.stage, d.c.currency)
)
_COUNTS = Query(sa.select(d.c.pipeline, sa.func.count().label("n")).where(mine(d)).group_by(d.c.pipeline))
_SOURCE = Query(sa.select(messages).where(mine(messages), bool_eq(messages.c.id, _param("message_id", messages.c.id))))
_CHANGE = Query(
    d.update()
    .where(mine(d), bool_eq(d.c.id, _param("lead_id", d.c.id)))
    .values(
        owner_id=sa.bindparam("new_owner"),
        value_cents=sa.bindparam("new_value"),
        currency=sa.bindparam("new_currency"),
        updated_ms=sa.bindparam("now_ms"),
        version=d.c.version + 1,
    )
    .returning(d.c.conversation_id, d.c.version)
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


_SEALED = ("name", "phone", "email", "fields", "contact_name")


@dataclass(frozen=True, slots=True)
class LeadsWanted:
    """Which leads; None: any."""

    pipeline: str | None = None
    stage: str | None = None
    owner: str | None = None
    channel: str | None = None
    contact_id: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class LeadChange:
    """Who works on a lead, and what it is worth."""

    owner_id: str | None
    value_cents: int | None
    currency: str | None


class Leads:
    """Keeps leads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._directory = Directory(store)

    async def page(
        self, tenant_id: TenantId, wanted: LeadsWanted | None = None, *, cursor: str | None = None, limit: int = 100
    ) -> Page[LeadView]:
        """Return leads, newest first; words are looked for in LOOKED_THROUGH at a time."""
        wanted = wanted or LeadsWanted()
        sealer = await self._store.sealer(tenant_id)
        words, before = fold(wanted.words or ""), cursor if cursor and is_id(cursor) else LAST_ID
        found: list[LeadView] = []
        size, looked, more = (_CSV_ROWS if words else limit + 1), 0, True

        def show(row: Any) -> LeadView:
            return LeadView(**_lead(row, sealer, {}))

        async with self._store.read(tenant_id) as tx:
            event_no = await read_number(tx)
            while more and looked < LOOKED_THROUGH and len(found) <= limit:
                rows = await tx.all(
                    _LIST,
                    pipeline=wanted.pipeline,
                    in_stage=wanted.stage,
                    owner=wanted.owner,
                    contact_id=wanted.contact_id,
                    channel=wanted.channel,
                    before=before,
                    n=size,
                )
                looked, more = looked + len(rows), len(rows) == size
                shown = [show_listed(show, row, *_SEALED) for row in rows]
                found += [each for each in shown if not words or _says(each, words)]
                before = rows[-1]["id"] if rows else before
        following = found[limit - 1].id if len(found) > limit else before if more else None
        items = await self._named(tenant_id, found[:limit])
        return Page[LeadView](items=items, next_cursor=following, event_no=event_no)

    async def get(self, tenant_id: TenantId, lead_id: str) -> LeadDetail:
        """Return a lead with the message that it was captured from; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_ONE, lead_id=lead_id)
            if row is None:
                raise NotFound
            told = row["source_message_id"]
            message = await tx.first(_SOURCE, message_id=told) if told else None
        names = await self._directory.names_of(tenant_id, [row["owner_id"]])
        source = None
        if message is not None:
            parts = load_parts(open_body(sealer, message["id"], message["body"]).parts) if message["body"] else ()
            source = LeadSource(
                message_id=message["id"],
                conversation_id=message["conversation_id"],
                text=plain_text(parts),
                at=from_ms(message["event_ms"]),
            )
        return LeadDetail(**_lead(row, sealer, names), updated_at=from_ms(row["updated_ms"]), source=source)

    async def counts(self, tenant_id: TenantId) -> dict[str, int]:
        """Return how many leads stand in each pipeline."""
        async with self._store.read(tenant_id) as tx:
            return {row["pipeline"]: row["n"] for row in await tx.all(_COUNTS)}

    async def sums(self, tenant_id: TenantId, pipeline: str) -> list[StageSum]:
        """Return what stands in each stage of a pipeline."""
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_SUMS, pipeline=pipeline)
        counts: dict[str, int] = {}
        values: dict[str, dict[str, float]] = {}
        for row in rows:
            counts[row["stage"]] = counts.get(row["stage"], 0) + row["n"]
            if row["currency"] and row["cents"]:
                values.setdefault(row["stage"], {})[row["currency"]] = row["cents"] / 100
        return [StageSum(stage=stage, count=n, values=values.get(stage, {})) for stage, n in sorted(counts.items())]

    async def change(self, tenant_id: TenantId, lead_id: str, new: LeadChange, *, actor: str) -> int:
        """Give a lead an owner and a value; returns the event number; raises NotFound."""
        sealer, now = await self._store.sealer(tenant_id), self._store.now_ms
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(
                _CHANGE,
                lead_id=lead_id,
                new_owner=new.owner_id,
                new_value=new.value_cents,
                new_currency=new.currency,
                now_ms=now,
            )
            if row is None:
                raise NotFound
            await note(tx, self._store, sealer, actor=actor, action="lead.changed", entity=lead_id, owner=new.owner_id)
            changed = Noted("lead.updated", row["conversation_id"], lead_id, row["version"])
            return await number_events(tx, [changed], actor=actor, now_ms=now)

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

    async def _named(self, tenant_id: TenantId, shown: list[LeadView]) -> list[LeadView]:
        """Tell the owners' names; only those of these leads are asked for."""
        names = await self._directory.names_of(tenant_id, [lead.owner.id for lead in shown if lead.owner])

        def named(lead: LeadView) -> LeadView:
            owner = lead.owner and Named(id=lead.owner.id, name=names.get(lead.owner.id))
            return lead.model_copy(update={"owner": owner})

        return [named(lead) for lead in shown]


def _lead(row: Any, sealer: Sealer, names: Mapping[str, str]) -> dict[str, Any]:
    lead_id, owner = row["id"], row["owner_id"]
    return {
        "id": lead_id,
        "name": sealer.open_text("leads.name", lead_id, row["name"]),
        "phone": sealer.open_text("leads.phone", lead_id, row["phone"]),
        "email": sealer.open_text("leads.email", lead_id, row["email"]),
        "pipeline": row["pipeline"],
        "stage": row["stage"],
        "fields": sealer.open_json("leads.fields", lead_id, row["fields"]) or {},
        "tags": from_text(row["tags"]) or [],
        "created_at": from_ms(row["created_ms"]),
        "conversation_id": row["conversation_id"],
        "contact": Named(id=row["contact_id"], name=open_name(sealer, row["contact_id"], row["contact_name"])),
        "source_message_id": row["source_message_id"],
        "version": row["version"],
        "owner": Named(id=owner, name=names.get(owner)) if owner else None,
        "value": row["value_cents"] / 100 if row["value_cents"] is not None else None,
        "currency": row["currency"],
        "channel": row["channel"],
    }


def _says(lead: LeadView, words: str) -> bool:
    """Tell whether what a lead told holds these words; digits are compared as digits."""
    said = [lead.name, lead.contact.name, lead.email, *lead.tags, *(str(value) for value in lead.fields.values())]
    digits = "".join(letter for letter in words if letter.isdigit())
    number = "".join(letter for letter in lead.phone or "" if letter.isdigit())
    return words in fold(" ".join(each for each in said if each)) or (len(digits) > 2 and digits in number)
