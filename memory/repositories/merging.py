"""Two contacts that are one person: joined, and taken apart again (ENGINE rule 29).

A contact is a pointer that identities, conversations, leads, consents and notes hold. Joining re-points those of one
contact to the other and keeps a record of what moved; what was known only of the one is copied. The one that is gone
keeps what it had, so that taking them apart brings it back as it was.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.ids import TenantId
from memory.crypto import Sealer
from memory.database import Tx
from memory.numbering import Noted, number_events
from memory.query import Query, among, bool_eq, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text, to_text
from memory.tables import (
    consents,
    contact_notes,
    contacts,
    conversations,
    facts,
    identities,
    identity_keys,
    leads,
    merges,
)

p, c, f = contacts, conversations, facts
_of_two = among(c.c.contact_id, "both")
_LOCK_TALKS = Query(sa.select(c.c.id).where(mine(c), _of_two).order_by(c.c.id).with_for_update(key_share=True))
_LOCK = Query(sa.select(p).where(mine(p), among(p.c.id, "both")).order_by(p.c.id).with_for_update())
_FACTS = Query(sa.select(f).where(mine(f), among(f.c.contact_id, "both")))
_ADD_FACT = Query(insert_into(f).on_conflict_do_nothing())
_DROP_FACT = Query(
    f.delete().where(
        mine(f),
        bool_eq(f.c.contact_id, sa.bindparam("kept", type_=f.c.contact_id.type)),
        bool_eq(f.c.name, sa.bindparam("fact")),
        bool_eq(f.c.updated_ms, sa.bindparam("copied_ms", type_=sa.BigInteger)),
    )
)
_SET = Query(
    p.update()
    .where(mine(p), bool_eq(p.c.id, sa.bindparam("whom", type_=p.c.id.type)))
    .values(
        name=sa.bindparam("new_name"),
        fields=sa.bindparam("new_fields"),
        tags=sa.bindparam("new_tags"),
        opted_out=sa.bindparam("new_opted_out"),
        merged_into=sa.bindparam("new_merged_into", type_=p.c.merged_into.type),
        version=p.c.version + 1,
    )
)
_ADD = Query(insert_into(merges), columns=("tenant_id", "id", "kept_id", "gone_id", "moved", "actor", "at_ms"))
_GET = Query(
    sa.select(merges).where(
        mine(merges),
        bool_eq(merges.c.id, sa.bindparam("merge_id", type_=merges.c.id.type)),
        merges.c.undone_ms.is_(None),
    )
)
_UNDONE = Query(
    merges.update()
    .where(
        mine(merges),
        bool_eq(merges.c.id, sa.bindparam("merge_id", type_=merges.c.id.type)),
        merges.c.undone_ms.is_(None),
    )
    .values(undone_ms=sa.bindparam("now_ms"))
)

_MOVED = {"identities": identities, "conversations": conversations, "leads": leads, "consents": consents,
          "notes": contact_notes}  # fmt: skip


def _point(table: sa.Table) -> Query:
    """Return what re-points every row of one contact to another."""
    there = sa.bindparam("there", type_=table.c.contact_id.type)
    return Query(
        table.update()
        .where(mine(table), bool_eq(table.c.contact_id, sa.bindparam("here", type_=table.c.contact_id.type)))
        .values(contact_id=there)
        .returning(table.c.id)
    )


def _point_back(table: sa.Table) -> Query:
    """Return what re-points the rows that had moved, where they still are."""
    return Query(
        table.update()
        .where(
            mine(table),
            bool_eq(table.c.contact_id, sa.bindparam("here", type_=table.c.contact_id.type)),
            among(table.c.id, "moved"),
        )
        .values(contact_id=sa.bindparam("there", type_=table.c.contact_id.type))
    )


_POINT = {name: _point(table) for name, table in _MOVED.items()}
_POINT_BACK = {name: _point_back(table) for name, table in _MOVED.items()}
_LEADS_SINCE = Query(
    leads.update()
    .where(
        mine(leads),
        bool_eq(leads.c.contact_id, sa.bindparam("here", type_=leads.c.contact_id.type)),
        among(leads.c.conversation_id, "moved"),
    )
    .values(contact_id=sa.bindparam("there", type_=leads.c.contact_id.type))
)


k = identity_keys
_talk = sa.bindparam("talk", type_=c.c.id.type)
_LEAD_BACK = Query(
    k.update()
    .where(
        mine(k),
        bool_eq(k.c.account_id, sa.bindparam("account", type_=k.c.account_id.type)),
        bool_eq(k.c.kind, sa.bindparam("of_kind")),
        bool_eq(k.c.key_hash, sa.bindparam("digest")),
        # Unless it was given on meanwhile: then it is somebody else's.
        k.c.conversation_id.in_(sa.select(c.c.joined_into).where(mine(c), bool_eq(c.c.id, _talk))),
    )
    .values(conversation_id=_talk)
)
_STANDS = Query(c.update().where(mine(c), bool_eq(c.c.id, _talk)).values(joined_into=None))


class Merging:
    """Joins contacts and takes them apart."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def merge(self, tenant_id: TenantId, kept_id: str, gone_id: str, *, actor: str) -> tuple[str, int]:
        """Join ``gone`` into ``kept``; returns the record's id and the event number; raises NotFound, Conflict."""
        if kept_id == gone_id:
            raise Conflict("These are the same contact already.", reason="same_contact")
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            noted = await join_contacts(tx, self._store, sealer, kept_id=kept_id, gone_id=gone_id, actor=actor)
            return noted.id, await number_events(tx, noted.events, actor=actor, now_ms=self._store.now_ms)

    async def undo(self, tenant_id: TenantId, merge_id: str, *, actor: str) -> tuple[str, int]:
        """Take two contacts apart; returns the one that is back and the event number; raises NotFound, Conflict.

        What came since stays where its conversation goes. Both stay opted out where the joined one is: nobody can tell
        any more whose wish it was, and no message is the smaller harm.
        """
        sealer, now = await self._store.sealer(tenant_id), self._store.now_ms
        async with self._store.write(tenant_id) as tx:
            record = await tx.first(_GET, merge_id=merge_id)
            if record is None:
                raise NotFound
            kept_id, gone_id, moved = record["kept_id"], record["gone_id"], from_text(record["moved"])
            kept, gone = await _lock(tx, kept_id, gone_id)
            if kept["merged_into"]:
                raise Conflict("Take apart the later one first.", reason="merged_again")
            if not await tx.run(_UNDONE, merge_id=merge_id, now_ms=now):
                raise NotFound
            for name, query in _POINT_BACK.items():
                await tx.run(query, here=kept_id, there=gone_id, moved=moved[name])
            await _lead_back(tx, moved.get("talk"))
            await tx.run(_LEADS_SINCE, here=kept_id, there=gone_id, moved=moved["conversations"])
            await _part(tx, sealer, kept, gone, moved=moved)
            await note(
                tx, self._store, sealer, actor=actor, action="contact.unmerged", entity=kept_id, back=gone_id,
                identities=moved["identities"],
            )  # fmt: skip
            told = _tell([kept_id, gone_id], moved["conversations"])
            return gone_id, await number_events(tx, told, actor=actor, now_ms=now)


class Merge(NamedTuple):
    """A merge that is on record, and the events that tell of it."""

    id: str
    events: list[Noted]


async def join_contacts(
    tx: Tx, store: Store, sealer: Sealer, *, kept_id: str, gone_id: str, actor: str,
    talk: Mapping[str, Any] | None = None,
) -> Merge:  # fmt: skip
    """Join ``gone`` into ``kept`` in the caller's transaction, which numbers the events; raises NotFound.

    ``talk`` tells which conversation of theirs goes on in another one, and which keys led to it.
    """
    merge_id = store.ids.new()
    kept, gone = await _lock(tx, kept_id, gone_id)
    if kept["merged_into"] or gone["merged_into"]:
        raise NotFound
    moved: dict[str, Any] = {
        name: [row["id"] for row in await tx.all(query, here=gone_id, there=kept_id)] for name, query in _POINT.items()
    }
    moved |= await _join(tx, sealer, kept, gone)
    moved["talk"] = talk
    await tx.run(
        _ADD, id=merge_id, kept_id=kept_id, gone_id=gone_id, moved=to_text(moved), actor=actor, at_ms=store.now_ms
    )
    await note(
        tx, store, sealer, actor=actor, action="contact.merged", entity=kept_id, gone=gone_id,
        identities=moved["identities"],
    )  # fmt: skip
    return Merge(merge_id, _tell([kept_id, gone_id], moved["conversations"]))


async def _lead_back(tx: Tx, talk: Mapping[str, Any] | None) -> None:
    """Let a conversation that went on in another one stand by itself again, and its keys lead to it."""
    if talk is None:
        return
    for kind, digest in talk["keys"]:
        await tx.run(_LEAD_BACK, talk=talk["id"], account=talk["account"], of_kind=kind, digest=digest)
    await tx.run(_STANDS, talk=talk["id"])


async def _lock(tx: Tx, kept_id: str, gone_id: str) -> tuple[Any, Any]:
    """Lock conversations before contacts, each in the order of ids, as every other change does."""
    both = sorted((kept_id, gone_id))
    await tx.all(_LOCK_TALKS, both=both)
    rows = {row["id"]: row for row in await tx.all(_LOCK, both=both)}
    if len(rows) != len(both):
        raise NotFound
    return rows[kept_id], rows[gone_id]


async def _join(tx: Tx, sealer: Sealer, kept: Any, gone: Any) -> dict[str, Any]:
    """Copy what is known of ``gone`` alone; returns what was copied."""
    known = await tx.all(_FACTS, both=sorted((kept["id"], gone["id"])))
    own = {row["name"] for row in known if row["contact_id"] == kept["id"]}
    copied: dict[str, int] = {}
    for row in known:
        if row["contact_id"] == gone["id"] and row["name"] not in own:
            value = sealer.open_json("facts.value", f"{gone['id']}|{row['name']}", row["value"])
            await tx.run(
                _ADD_FACT,
                contact_id=kept["id"],
                name=row["name"],
                value=sealer.seal_json("facts.value", f"{kept['id']}|{row['name']}", value),
                source_id=row["source_id"],
                updated_ms=row["updated_ms"],
            )
            copied[row["name"]] = row["updated_ms"]
    mine_, theirs = _fields(sealer, kept), _fields(sealer, gone)
    more = {name: value for name, value in theirs.items() if name not in mine_}
    tags = _tags(kept)
    new_tags = [tag for tag in _tags(gone) if tag not in tags]
    opted_out = max(kept["opted_out"], gone["opted_out"])
    await _write(tx, sealer, kept, fields={**mine_, **more}, tags=[*tags, *new_tags], opted_out=opted_out, into=None)
    await _write(tx, sealer, gone, fields=theirs, tags=_tags(gone), opted_out=gone["opted_out"], into=kept["id"])
    return {"facts": copied, "fields": sorted(more), "tags": new_tags}


async def _part(tx: Tx, sealer: Sealer, kept: Any, gone: Any, *, moved: dict[str, Any]) -> None:
    """Take back what was copied, where it is still as it was."""
    for name, copied_ms in moved["facts"].items():
        await tx.run(_DROP_FACT, kept=kept["id"], fact=name, copied_ms=copied_ms)
    mine_, theirs = _fields(sealer, kept), _fields(sealer, gone)
    stays = {name: value for name, value in mine_.items() if name not in moved["fields"] or theirs.get(name) != value}
    tags = [tag for tag in _tags(kept) if tag not in moved["tags"]]
    opted_out = max(kept["opted_out"], gone["opted_out"])
    await _write(tx, sealer, kept, fields=stays, tags=tags, opted_out=kept["opted_out"], into=None)
    await _write(tx, sealer, gone, fields=theirs, tags=_tags(gone), opted_out=opted_out, into=None)


async def _write(
    tx: Tx, sealer: Sealer, row: Any, *, fields: dict[str, Any], tags: list[str], opted_out: int, into: str | None
) -> None:
    await tx.run(
        _SET,
        whom=row["id"],
        new_name=sealer.seal_text("contacts.name", row["id"], fields.get("name")),
        new_fields=sealer.seal_json("contacts.fields", row["id"], fields),
        new_tags=to_text(tags),
        new_opted_out=opted_out,
        new_merged_into=into,
    )


def _fields(sealer: Sealer, row: Any) -> dict[str, Any]:
    fields: dict[str, Any] = sealer.open_json("contacts.fields", row["id"], row["fields"]) or {}
    name = sealer.open_text("contacts.name", row["id"], row["name"])
    return fields if name is None else {"name": name, **fields}


def _tags(row: Any) -> list[str]:
    return list(from_text(row["tags"]) or [])


def _tell(people: Sequence[str], talks: Sequence[str]) -> list[Noted]:
    noted = [Noted("contact.updated", None, who) for who in people]
    return noted + [Noted("conversation.updated", talk, talk) for talk in sorted(talks)]
