"""A person's profile: keys, facts with where they were said, consents, tags, notes, conversations, who was joined."""

from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound
from core.ids import TenantId
from core.views import Named
from core.views_people import (
    ConsentView,
    ContactNoteView,
    FactView,
    IdentityView,
    MergeView,
    Profile,
    TalkView,
)
from memory.crypto import Sealer
from memory.database import Tx
from memory.directory import Directory
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, to_text
from memory.repositories.contacts import Contacts, open_key
from memory.repositories.conversations import open_name
from memory.repositories.leads import Leads, LeadsWanted
from memory.tables import (
    channel_accounts,
    consents,
    contact_notes,
    contacts,
    conversations,
    facts,
    identity_keys,
    merges,
    messages,
)

p, c, a, k, f, n = contacts, conversations, channel_accounts, identity_keys, facts, contact_notes
_who = sa.bindparam("contact_id", type_=p.c.id.type)


def _beside(left: Any, right: Any, condition: Any) -> Any:
    return sa.and_(bool_eq(left.c.tenant_id, right.c.tenant_id), condition)


_FACTS = Query(
    sa.select(f, messages.c.conversation_id)
    .outerjoin(messages, _beside(messages, f, bool_eq(messages.c.id, f.c.source_id)))
    .where(mine(f), bool_eq(f.c.contact_id, _who))
    .order_by(f.c.name)
)
_talks_of = sa.select(c.c.id).where(mine(c), bool_eq(c.c.contact_id, _who))
# Step by step: joined, SQLite would look through every key of the tenant.
_KEYS = Query(
    sa.select(k, a.c.channel, a.c.name.label("account_name"))
    .join(a, _beside(a, k, bool_eq(a.c.id, k.c.account_id)))
    .where(mine(k), k.c.conversation_id.in_(_talks_of))
    .order_by(k.c.created_ms, k.c.kind)
)
_TALKS = Query(
    sa.select(c, a.c.name.label("account_name"))
    .join(a, _beside(a, c, bool_eq(a.c.id, c.c.account_id)))
    .where(mine(c), bool_eq(c.c.contact_id, _who))
    .order_by(sa.func.coalesce(c.c.last_message_ms, c.c.created_ms).desc())
)
_CONSENTS = Query(
    sa.select(consents).where(mine(consents), bool_eq(consents.c.contact_id, _who)).order_by(consents.c.at_ms.desc())
)
_NOTES = Query(sa.select(n).where(mine(n), bool_eq(n.c.contact_id, _who)).order_by(n.c.id))
_MERGED = Query(
    sa.select(merges, p.c.name)
    .join(p, _beside(p, merges, bool_eq(p.c.id, merges.c.gone_id)))
    .where(mine(merges), bool_eq(merges.c.kept_id, _who), merges.c.undone_ms.is_(None))
    .order_by(merges.c.at_ms.desc())
)
_k2, _c2 = k.alias("other_keys"), c.alias("other_talks")
_SAME_KEY = Query(
    sa.select(p.c.id, p.c.name)
    .join(_c2, _beside(_c2, p, bool_eq(_c2.c.contact_id, p.c.id)))
    .join(_k2, _beside(_k2, _c2, bool_eq(_k2.c.conversation_id, _c2.c.id)))
    .join(k, _beside(k, _k2, sa.and_(bool_eq(k.c.kind, _k2.c.kind), bool_eq(k.c.key_hash, _k2.c.key_hash))))
    .join(c, _beside(c, k, bool_eq(c.c.id, k.c.conversation_id)))
    .where(mine(p), bool_eq(c.c.contact_id, _who), p.c.id != _who)
    .distinct()
)
_SET_TAGS = Query(
    p.update()
    .where(mine(p), p.c.merged_into.is_(None), bool_eq(p.c.id, _who))
    .values(tags=sa.bindparam("new_tags"), version=p.c.version + 1)
    .returning(p.c.version)
)
_HAS = Query(sa.select(p.c.id).where(mine(p), p.c.merged_into.is_(None), bool_eq(p.c.id, _who)))
_ADD_NOTE = Query(insert_into(n))


class Profiles:
    """Reads profiles, and keeps what staff note of people."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._contacts = Contacts(store)
        self._leads = Leads(store)
        self._directory = Directory(store)

    async def get(self, tenant_id: TenantId, contact_id: str) -> Profile:
        """Return everything that staff see of a person; raises NotFound."""
        detail = await self._contacts.get(tenant_id, contact_id)
        leads = await self._leads.page(tenant_id, LeadsWanted(contact_id=contact_id), limit=50)
        sealer = await self._store.sealer(tenant_id)
        names: dict[str, str] = {
            each.id: each.name or each.email for each in await self._directory.list_members(tenant_id)
        }
        async with self._store.read(tenant_id) as tx:
            shown = await _read(tx, contact_id, sealer, names)
        kept = {fact.name for fact in shown["known"]}
        told = [FactView(name=name, value=value) for name, value in detail.facts.items() if name not in kept]
        shown["known"] = sorted([*shown["known"], *told], key=lambda fact: fact.name)
        return Profile(**detail.model_dump(), **shown, leads=leads.items)

    async def set_tags(self, tenant_id: TenantId, contact_id: str, tags: list[str], *, actor: str) -> int:
        """Replace a person's tags; returns the event number; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(_SET_TAGS, contact_id=contact_id, new_tags=to_text(sorted(set(tags))))
            if row is None:
                raise NotFound
            await note(tx, self._store, sealer, actor=actor, action="contact.tagged", entity=contact_id, tags=tags)
            changed = Noted("contact.updated", None, contact_id, row["version"])
            return await number_events(tx, [changed], actor=actor, now_ms=self._store.now_ms)

    async def add_note(self, tenant_id: TenantId, contact_id: str, text: str, *, staff_id: str | None) -> int:
        """Leave a note on a person for colleagues; returns the event number; raises NotFound."""
        sealer, note_id, now = await self._store.sealer(tenant_id), self._store.ids.new(), self._store.now_ms
        async with self._store.write(tenant_id) as tx:
            if await tx.first(_HAS, contact_id=contact_id) is None:
                raise NotFound
            await tx.run(
                _ADD_NOTE,
                id=note_id,
                contact_id=contact_id,
                staff_id=staff_id,
                body=sealer.seal_text("contact_notes.body", note_id, text),
                created_ms=now,
            )
            changed = Noted("contact.updated", None, contact_id)
            return await number_events(tx, [changed], actor=f"staff:{staff_id}" if staff_id else "api", now_ms=now)


async def _read(tx: Tx, contact_id: str, sealer: Sealer, names: dict[str, str]) -> dict[str, Any]:
    return {
        "known": [
            FactView(
                name=row["name"],
                value=sealer.open_json("facts.value", f"{row['contact_id']}|{row['name']}", row["value"]),
                at=from_ms(row["updated_ms"]),
                message_id=row["source_id"] if row["conversation_id"] else None,
                conversation_id=row["conversation_id"],
            )
            for row in await tx.all(_FACTS, contact_id=contact_id)
        ],
        "keys": [
            IdentityView(
                kind=row["kind"], value=open_key(row, sealer), channel=row["channel"], account=row["account_name"]
            )
            for row in await tx.all(_KEYS, contact_id=contact_id)
        ],
        "talks": [_talk(row, names) for row in await tx.all(_TALKS, contact_id=contact_id)],
        "consents": [
            ConsentView(
                topic=row["topic"], granted=bool(row["granted"]), source=row["source"], at=from_ms(row["at_ms"])
            )
            for row in await tx.all(_CONSENTS, contact_id=contact_id)
        ],
        "notes": [
            ContactNoteView(
                id=row["id"],
                text=sealer.open_text("contact_notes.body", row["id"], row["body"]) or "",
                author_name=names.get(row["staff_id"] or ""),
                created_at=from_ms(row["created_ms"]),
            )
            for row in await tx.all(_NOTES, contact_id=contact_id)
        ],
        "merged": [
            MergeView(
                id=row["id"],
                name=open_name(sealer, row["gone_id"], row["name"]),
                at=from_ms(row["at_ms"]),
                by=names.get(row["actor"].removeprefix("staff:")),
            )
            for row in await tx.all(_MERGED, contact_id=contact_id)
        ],
        "same_key": [
            Named(id=row["id"], name=open_name(sealer, row["id"], row["name"]))
            for row in await tx.all(_SAME_KEY, contact_id=contact_id)
        ],
    }


def _talk(row: Any, names: dict[str, str]) -> TalkView:
    return TalkView(
        id=row["id"],
        channel=row["channel"],
        account=row["account_name"],
        status=row["status"],
        owner=row["owner"],
        owner_name=names.get(row["owner"].removeprefix("staff:")),
        last_at=from_ms(row["last_message_ms"]) if row["last_message_ms"] else None,
        created_at=from_ms(row["created_ms"]),
    )
