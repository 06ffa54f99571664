"""People who write to a business: what is known of them, shown and exported."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound
from core.ids import TenantId, is_id
from core.views import ContactDetail, ContactItem, Page
from memory.crypto import Sealer
from memory.database import Tx
from memory.index.finding import catch_up, find_people
from memory.query import Query, among, bool_eq, mine
from memory.repositories.auditing import LAST_ID
from memory.repositories.base import Store, from_text, show_listed
from memory.repositories.conversations import open_name
from memory.repositories.files import Files
from memory.repositories.leads import Leads, LeadsWanted
from memory.repositories.planning import Plans
from memory.repositories.threads import Threads
from memory.repositories.timeline import Timeline
from memory.tables import consents, contact_notes, contacts, conversations, facts, identity_keys

p = contacts
_who = sa.bindparam("contact_id", type_=p.c.id.type)
_PAGE = Query(
    sa.select(p)
    .where(mine(p), p.c.merged_into.is_(None), p.c.id < sa.bindparam("before", type_=p.c.id.type))
    .order_by(p.c.id.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_ONE = Query(sa.select(p).where(mine(p), p.c.merged_into.is_(None), bool_eq(p.c.id, _who)))
_CHANNELS = Query(
    sa.select(conversations.c.contact_id, conversations.c.channel)
    .where(mine(conversations), among(conversations.c.contact_id, "people"))
    .distinct()
)
_FOUND = Query(sa.select(p).where(mine(p), p.c.merged_into.is_(None), among(p.c.id, "people")))
_FACTS = Query(sa.select(facts).where(mine(facts), bool_eq(facts.c.contact_id, _who)))
_CONVERSATIONS = Query(
    sa.select(conversations.c.id)
    .where(mine(conversations), bool_eq(conversations.c.contact_id, _who))
    .order_by(conversations.c.created_ms)
)
KEYS = Query(
    sa.select(identity_keys).where(
        mine(identity_keys),
        # Joined, SQLite would look through every key of the tenant.
        identity_keys.c.conversation_id.in_(
            sa.select(conversations.c.id).where(mine(conversations), bool_eq(conversations.c.contact_id, _who))
        ),
    )
)
_CONSENTS = Query(
    sa.select(consents).where(mine(consents), bool_eq(consents.c.contact_id, _who)).order_by(consents.c.at_ms)
)
_NOTES = Query(
    sa.select(contact_notes)
    .where(mine(contact_notes), bool_eq(contact_notes.c.contact_id, _who))
    .order_by(contact_notes.c.created_ms, contact_notes.c.id)
)


class Contacts:
    """Reads contacts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = Threads(store)
        self._files = Files(store)
        self._timeline = Timeline(store)
        self._leads = Leads(store)
        self._plans = Plans(store)

    async def page(
        self, tenant_id: TenantId, *, cursor: str | None, limit: int = 50, q: str | None = None
    ) -> Page[ContactItem]:
        """Return contacts, newest first; with ``q`` those of that name or number, the 200 newest (PEOPLE)."""
        if q:
            await catch_up(self._store, tenant_id)
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            if q:
                found = {row["id"]: row for row in await tx.all(_FOUND, people=await find_people(tx, sealer, q))}
                rows = [found[who] for who in sorted(found, reverse=True) if cursor is None or who < cursor][
                    : limit + 1
                ]
            else:
                before = cursor if cursor and is_id(cursor) else LAST_ID
                rows = list(await tx.all(_PAGE, before=before, n=limit + 1))
            items = await _items(tx, rows[:limit], sealer)
        return Page[ContactItem](items=items, next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None)

    async def get(self, tenant_id: TenantId, contact_id: str) -> ContactDetail:
        """Return what is known of a person; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_ONE, contact_id=contact_id)
            if row is None:
                raise NotFound
            known = await tx.all(_FACTS, contact_id=contact_id)
            keys = await tx.all(KEYS, contact_id=contact_id)
            held = await tx.all(_CONVERSATIONS, contact_id=contact_id)
            channels = await _channels(tx, [contact_id])
        own = sealer.open_json("contacts.fields", contact_id, row["fields"]) or {}
        return ContactDetail(
            **_item(row, sealer),
            channels=channels.get(contact_id, []),
            facts=own | {f["name"]: _fact(f, sealer) for f in known},
            identities=[{"kind": key["kind"], "value": open_key(key, sealer)} for key in keys],
            conversations=[each["id"] for each in held],
        )

    async def export(self, tenant_id: TenantId, contact_id: str) -> dict[str, Any]:
        """Return everything that is kept of a person, as JSON; raises NotFound."""
        detail, sealer = await self.get(tenant_id, contact_id), await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            given = await tx.all(_CONSENTS, contact_id=contact_id)
            noted = await tx.all(_NOTES, contact_id=contact_id)
        talks: list[dict[str, Any]] = []
        for conversation_id in detail.conversations:
            messages: list[dict[str, Any]] = []
            cursor: str | None = None
            while True:
                page = await self._threads.messages(tenant_id, conversation_id, cursor=cursor, limit=500)
                messages.extend(message.model_dump(mode="json") for message in page.items)
                cursor = page.next_cursor
                if cursor is None:
                    break
            notes = await self._threads.notes(tenant_id, conversation_id)
            kept = [each.model_dump(mode="json") for each in notes.items]
            happened = await self._timeline.page(tenant_id, conversation_id)
            told = [each.model_dump(mode="json") for each in happened.items]
            sent = await self._files.sent(tenant_id, conversation_id)
            planned = [
                each.model_dump(mode="json") for each in (await self._plans.page(tenant_id, conversation_id)).items
            ]
            talks.append(
                {"id": conversation_id, "messages": messages[::-1], "notes": kept, "happenings": told, "files": sent,
                 "planned": planned}
            )  # fmt: skip
        leads = await self._leads.page(tenant_id, LeadsWanted(contact_id=contact_id), limit=1000)
        return {
            "contact": detail.model_dump(mode="json"),
            "consents": [
                {"topic": r["topic"], "granted": bool(r["granted"]), "source": r["source"],
                 "at": from_ms(r["at_ms"]).isoformat()}
                for r in given
            ],
            "notes": [
                {"text": sealer.open_text("contact_notes.body", r["id"], r["body"]),
                 "at": from_ms(r["created_ms"]).isoformat()}
                for r in noted
            ],
            "conversations": talks,
            "leads": [lead.model_dump(mode="json") for lead in leads.items],
        }  # fmt: skip


def _item(row: Any, sealer: Sealer) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": open_name(sealer, row["id"], row["name"]),
        "locale": row["locale"],
        "opted_out": bool(row["opted_out"]),
        "created_at": from_ms(row["created_ms"]),
        "tags": from_text(row["tags"]) or [],
    }


async def _items(tx: Tx, rows: Sequence[Any], sealer: Sealer) -> list[ContactItem]:
    channels = await _channels(tx, [row["id"] for row in rows])

    def show(row: Any) -> ContactItem:
        return ContactItem(**_item(row, sealer), channels=channels.get(row["id"], []))

    return [show_listed(show, row, "name") for row in rows]


async def _channels(tx: Tx, people: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in await tx.all(_CHANNELS, people=sorted(people)):
        found.setdefault(row["contact_id"], []).append(row["channel"])
    return {who: sorted(channels) for who, channels in found.items()}


def _fact(row: Any, sealer: Sealer) -> Any:
    return sealer.open_json("facts.value", f"{row['contact_id']}|{row['name']}", row["value"])


def open_key(row: Any, sealer: Sealer) -> str:
    """Return what an identity's key is."""
    place = f"{row['account_id']}|{row['kind']}|{row['key_hash']}"
    return sealer.open("identity_keys.value", place, row["value"]).decode("utf-8", "replace")
