"""Erasure: what was said and known of a person goes; a content-free hash of each event stays for eight days.

Without it the provider's redelivery would bring back what was erased (ENGINE rule 34).
"""

from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.ids import TenantId
from memory.counting import Standing, count_moves
from memory.crypto import Sealer
from memory.database import Tx
from memory.index.notes import note_ids
from memory.index.writing import forget_docs
from memory.numbering import Noted, number_events
from memory.query import Query, among, bool_eq, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.repositories.files import DROP_PIECES, drop_unsent
from memory.repositories.previews import drop_previews
from memory.repositories.traces import blank_traces, find_traces
from memory.tables import (
    account_events,
    aliases,
    consents,
    contact_notes,
    contacts,
    conversation_queue,
    conversations,
    effects,
    events,
    facts,
    files,
    handoffs,
    happenings,
    idempotency,
    identities,
    identity_keys,
    inbound,
    leads,
    merges,
    messages,
    model_journal,
    notes,
    outbox,
    planned_dues,
    planned_messages,
    reactions,
    receipts,
    runs,
    send_queue,
    stream_events,
    timers,
    turns,
    usage,
    waits,
    wakes,
)

DAY_MS = 86_400_000
EVENTS_KEPT_MS, HASHES_KEPT_MS, KEYS_KEPT_MS = 30 * DAY_MS, 8 * DAY_MS, 2 * DAY_MS

_LOCK = Query(
    sa.select(conversations.c.id)
    .where(mine(conversations), bool_eq(conversations.c.contact_id, sa.bindparam("contact_id")))
    .order_by(conversations.c.id)
    .with_for_update()
)
_HELD = Query(
    sa.select(
        conversations.c.id,
        conversations.c.identity_id,
        conversations.c.status,
        conversations.c.owner,
        conversations.c.team,
    ).where(mine(conversations), bool_eq(conversations.c.contact_id, sa.bindparam("contact_id")))
)


def _of_talks(table: sa.Table) -> Query:
    return Query(table.delete().where(mine(table), among(table.c.conversation_id, "talks")))


def _of_contact(table: sa.Table) -> Query:
    return Query(table.delete().where(mine(table), bool_eq(table.c.contact_id, sa.bindparam("contact_id"))))


_BY_TALK = tuple(
    _of_talks(table)
    for table in (
        outbox, receipts, reactions, notes, turns, timers, effects, model_journal, handoffs, happenings, stream_events,
        planned_messages, files,
        messages, identity_keys, usage, runs,
    )
)  # fmt: skip
_BY_CONTACT = tuple(_of_contact(table) for table in (leads, facts, consents, contact_notes))
_JOINED = Query(
    sa.select(contacts.c.id).where(
        mine(contacts), bool_eq(contacts.c.merged_into, sa.bindparam("contact_id", type_=contacts.c.id.type))
    )
)
_DROP_MERGES = Query(merges.delete().where(mine(merges), among(merges.c.kept_id, "people")))
_QUEUES = tuple(
    Query(
        table.delete().where(
            bool_eq(table.c.tenant_id, sa.bindparam("tenant_id")), among(table.c.conversation_id, "talks")
        ),
        scope="directory",
    )
    for table in (conversation_queue, send_queue, waits, wakes, planned_dues)
)
_BLANK = Query(
    inbound.update()
    .where(mine(inbound), among(inbound.c.conversation_id, "talks"))
    .values(body=sa.null(), state="done", conversation_id=sa.null(), turn_id=sa.null())
)
_DROP_ALIASES = Query(
    aliases.delete().where(
        bool_eq(aliases.c.tenant_id, sa.bindparam("tenant_id")),
        sa.or_(among(aliases.c.one_id, "talks"), among(aliases.c.other_id, "talks")),
    ),
    scope="directory",
)
_UNPOINT = Query(
    conversations.update()
    .where(mine(conversations), among(conversations.c.joined_into, "talks"))
    .values(joined_into=None)
)
"""One that was taken apart from this person stays; it goes on nowhere."""
_DROP_TALKS = Query(conversations.delete().where(mine(conversations), among(conversations.c.id, "talks")))
_DROP_IDENTITIES = Query(identities.delete().where(mine(identities), among(identities.c.id, "whom")))
_DROP_CONTACT = Query(contacts.delete().where(mine(contacts), bool_eq(contacts.c.id, sa.bindparam("contact_id"))))
_before, _most = sa.bindparam("before_ms", type_=sa.BigInteger), sa.bindparam("most", type_=sa.Integer)


def _oldest(table: sa.Table, at: sa.Column[int], *keys: sa.Column[Any], done: Any = None) -> Query:
    """Return the deletion of a batch of what is past its time: background work holds nobody up (ENGINE rule 35)."""
    due = (
        sa.select(*keys).where(mine(table), at < _before, *(() if done is None else (done,))).order_by(at).limit(_most)
    )
    return Query(table.delete().where(mine(table), sa.tuple_(*keys).in_(due)))


_first = sa.select(sa.func.min(events.c.no)).where(mine(events)).scalar_subquery()
_EXPIRED = {
    "inbound": _oldest(inbound, inbound.c.received_ms, inbound.c.id, done=bool_eq(inbound.c.state, "done")),
    # Numbered without a gap, and in the order of time.
    "events": Query(events.delete().where(mine(events), events.c.no < _first + _most, events.c.at_ms < _before)),
    "idempotency": _oldest(idempotency, idempotency.c.created_ms, idempotency.c.scope, idempotency.c.key_hash),
    "stream_events": _oldest(stream_events, stream_events.c.at_ms, stream_events.c.conversation_id, stream_events.c.no),
    "account_events": _oldest(account_events, account_events.c.at_ms, account_events.c.id),
}
_KEPT = {
    "inbound": HASHES_KEPT_MS,
    "events": EVENTS_KEPT_MS,
    "idempotency": KEYS_KEPT_MS,
    "stream_events": EVENTS_KEPT_MS,
    # Longer than a provider repeats itself: the row is what a repetition is known by.
    "account_events": EVENTS_KEPT_MS,
}


class Erasing:
    """Deletes people on request, and what has served its time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def erase_contact(self, tenant_id: TenantId, contact_id: str, *, actor: str) -> int:
        """Delete a person and everything said with them; returns the event number; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        traces = await find_traces(self._store, tenant_id, contact_id)
        async with self._store.write(tenant_id) as tx:
            # Conversations first, as every other change does, or a receipt and this lock each other out.
            await tx.all(_LOCK, contact_id=contact_id)
            rows = await tx.all(_HELD, contact_id=contact_id)
            await _forget(tx, sealer, contact_id, rows)
            await _erase(tx, contact_id, rows)
            # Whoever was joined into this person is this person: what they had goes, too.
            await _erase_joined(tx, contact_id)
            await blank_traces(tx, traces)
            await note(tx, self._store, sealer, actor=actor, action="contact.erased", entity=contact_id)
            await count_moves(tx, [(Standing(row["status"], row["owner"], row["team"]), None) for row in rows])
            return await number_events(
                tx, [Noted("contact.erased", None, contact_id)], actor=actor, now_ms=self._store.now_ms
            )

    async def drop_expired(self, tenant_id: TenantId, *, most: int) -> dict[str, int]:
        """Delete at most so many of each that is past its time: consumed raw events, numbers, old answers, previews."""
        dropped = {}
        for name, query in _EXPIRED.items():
            async with self._store.write(tenant_id) as tx:
                dropped[name] = await tx.run(query, before_ms=self._store.now_ms - _KEPT[name], most=most)
        dropped["files"] = await drop_unsent(self._store, tenant_id)
        async with self._store.write(tenant_id) as tx:
            dropped["previews"] = await drop_previews(tx, self._store.now_ms)
        return dropped


async def _forget(tx: Tx, sealer: Sealer, contact_id: str, rows: Any) -> None:
    """Take what was said and who it was out of the index."""
    people = await _everybody(tx, contact_id)
    talks = [row["id"] for row in rows]
    notes_of = await note_ids(tx, talks=talks, people=people)
    await forget_docs(tx, sealer, talks=[*talks, *notes_of], people=people)


async def _everybody(tx: Tx, contact_id: str) -> list[str]:
    """Return a person with all who were joined into them."""
    people = [contact_id]
    for who in people:
        people += [row["id"] for row in await tx.all(_JOINED, contact_id=who)]
    return people


async def _erase_joined(tx: Tx, contact_id: str) -> None:
    people = await _everybody(tx, contact_id)
    for who in people[1:]:
        for query in (*_BY_CONTACT, _DROP_CONTACT):
            await tx.run(query, contact_id=who)
    await tx.run(_DROP_MERGES, people=sorted(people))


async def _erase(tx: Tx, contact_id: str, rows: Any) -> None:
    talks = sorted(row["id"] for row in rows)
    await tx.run(_BLANK, talks=talks)
    await tx.run(DROP_PIECES, talks=talks)
    for query in (*_BY_TALK, *_QUEUES, _DROP_ALIASES, _UNPOINT):
        await tx.run(query, talks=talks)
    for query in _BY_CONTACT:
        await tx.run(query, contact_id=contact_id)
    await tx.run(_DROP_TALKS, talks=talks)
    await tx.run(_DROP_IDENTITIES, whom=sorted({row["identity_id"] for row in rows}))
    if not await tx.run(_DROP_CONTACT, contact_id=contact_id):
        raise NotFound
