"""People who write to a business: what is known of them, shown and exported."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound
from core.fold import fold
from core.ids import TenantId, is_id
from core.views import ContactDetail, ContactItem, Page
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, among, bool_eq, mine
from memory.repositories.auditing import LAST_ID
from memory.repositories.base import Store, from_text, show_listed
from memory.repositories.conversations import open_name
from memory.repositories.leads import Leads, LeadsWanted
from memory.repositories.threads import Threads
from memory.repositories.timeline import Timeline
from memory.tables import consents, contacts, conversations, facts, identity_keys

p = contacts
_who = sa.bindparam("contact_id", type_=p.c.id.type)
LOOKED_THROUGH = 5000
"""Most contacts that one search by name opens: names are sealed, so they are compared one by one."""
SHORTEST_NUMBER = 7
_NUMBER = re.compile(r"[+\d][\d\s().-]*")

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
_BY_NUMBER = Query(
    sa.select(p)
    .where(
        mine(p),
        p.c.id.in_(
            sa.select(conversations.c.contact_id)
            .join(
                identity_keys,
                sa.and_(
                    bool_eq(identity_keys.c.tenant_id, conversations.c.tenant_id),
                    bool_eq(identity_keys.c.conversation_id, conversations.c.id),
                ),
            )
            .where(mine(conversations), among(identity_keys.c.key_hash, "hashes"))
        ),
    )
    .order_by(p.c.id.desc())
)
_FACTS = Query(sa.select(facts).where(mine(facts), bool_eq(facts.c.contact_id, _who)))
_CONVERSATIONS = Query(
    sa.select(conversations.c.id)
    .where(mine(conversations), bool_eq(conversations.c.contact_id, _who))
    .order_by(conversations.c.created_ms)
)
_KEYS = Query(
    sa.select(identity_keys)
    .join(
        conversations,
        sa.and_(
            bool_eq(conversations.c.tenant_id, identity_keys.c.tenant_id),
            bool_eq(conversations.c.id, identity_keys.c.conversation_id),
        ),
    )
    .where(mine(identity_keys), bool_eq(conversations.c.contact_id, _who))
)
_CONSENTS = Query(
    sa.select(consents).where(mine(consents), bool_eq(consents.c.contact_id, _who)).order_by(consents.c.at_ms)
)


class Contacts:
    """Reads contacts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = Threads(store)
        self._timeline = Timeline(store)
        self._leads = Leads(store)

    async def page(
        self, tenant_id: TenantId, *, cursor: str | None, limit: int = 50, q: str | None = None
    ) -> Page[ContactItem]:
        """Return contacts, newest first.

        ``q``: a whole phone number is found among all by its keyed hash; a part of a name among the newest
        LOOKED_THROUGH, and the cursor goes on from there.
        """
        sealer = await self._store.sealer(tenant_id)
        if q and (hashes := _number_hashes(q, sealer)):
            async with self._store.read(tenant_id) as tx:
                return Page[ContactItem](items=await _items(tx, await tx.all(_BY_NUMBER, hashes=hashes), sealer))
        words, before = fold(q) if q else "", cursor if cursor and is_id(cursor) else LAST_ID
        found: list[Any] = []
        size, looked, more = (200 if words else limit + 1), 0, True
        async with self._store.read(tenant_id) as tx:
            while more and looked < LOOKED_THROUGH and len(found) <= limit:
                rows = await tx.all(_PAGE, before=before, n=size)
                looked, more = looked + len(rows), len(rows) == size
                found += [row for row in rows if not words or words in _folded_name(row, sealer)]
                before = rows[-1]["id"] if rows else before
            items = await _items(tx, found[:limit], sealer)
        following = found[limit - 1]["id"] if len(found) > limit else before if more else None
        return Page[ContactItem](items=items, next_cursor=following)

    async def get(self, tenant_id: TenantId, contact_id: str) -> ContactDetail:
        """Return what is known of a person; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_ONE, contact_id=contact_id)
            if row is None:
                raise NotFound
            known = await tx.all(_FACTS, contact_id=contact_id)
            keys = await tx.all(_KEYS, contact_id=contact_id)
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
        detail = await self.get(tenant_id, contact_id)
        async with self._store.read(tenant_id) as tx:
            given = await tx.all(_CONSENTS, contact_id=contact_id)
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
            talks.append({"id": conversation_id, "messages": messages[::-1], "notes": kept, "happenings": told})
        leads = await self._leads.page(tenant_id, LeadsWanted(contact_id=contact_id), limit=1000)
        return {
            "contact": detail.model_dump(mode="json"),
            "consents": [
                {"topic": r["topic"], "granted": bool(r["granted"]), "source": r["source"],
                 "at": from_ms(r["at_ms"]).isoformat()}
                for r in given
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


def _folded_name(row: Any, sealer: Sealer) -> str:
    return fold(show_listed(lambda each: open_name(sealer, each["id"], each["name"]), row, "name") or "")


def _number_hashes(q: str, sealer: Sealer) -> list[str]:
    """Return how a phone number in international form is looked up; none for other words."""
    digits = re.sub(r"\D", "", q).removeprefix("00")
    if not _NUMBER.fullmatch(q.strip()) or len(digits) < SHORTEST_NUMBER:
        return []
    return [sealer.hash("identity.wa_id", digits)]


def _fact(row: Any, sealer: Sealer) -> Any:
    return sealer.open_json("facts.value", f"{row['contact_id']}|{row['name']}", row["value"])


def open_key(row: Any, sealer: Sealer) -> str:
    """Return what an identity's key is."""
    place = f"{row['account_id']}|{row['kind']}|{row['key_hash']}"
    return sealer.open("identity_keys.value", place, row["value"]).decode("utf-8", "replace")
