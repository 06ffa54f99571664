"""Search over what is encrypted: names, numbers and words, found by keyed hashes and proven by opening (rule 34)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.ids import TenantId
from core.policy import Author
from core.views import Named
from core.views_search import MessageFound, PersonFound, Piece, SearchAnswer
from memory.crypto import Sealer
from memory.database import Tx
from memory.index import statements as sql
from memory.index.finding import catch_up, find_docs, find_people
from memory.index.following import Indexer, said
from memory.index.notes import NOTES, NOTES_OF_PEOPLE, noted
from memory.index.numbers import open_numbers, read_keys
from memory.index.terms import TALK, Wanted, find_wanted, parse_wanted
from memory.query import Query, among, bool_eq, mine
from memory.repositories.base import Store, show_listed
from memory.repositories.conversations import open_name
from memory.repositories.events import read_number
from memory.tables import contacts, conversations

PEOPLE = 8
"""Most people shown above the messages; the list of contacts has the others."""

SNIPPET, BEFORE_HIT = 160, 48
"""Letters shown of a message, and how many of them stand before the first hit."""

FILL_AT_ONCE = 20
"""How much more than usual a step takes where nobody else waits for the store."""

c, p = conversations, contacts
_TALKS = Query(
    sa.select(c.c.id, c.c.channel, c.c.status, c.c.contact_id, p.c.name)
    .join(p, sa.and_(bool_eq(p.c.tenant_id, c.c.tenant_id), bool_eq(p.c.id, c.c.contact_id)))
    .where(mine(c), among(c.c.id, "talks"))
)
_TALKS_OF = Query(
    sa.select(c.c.id, c.c.channel, c.c.contact_id, c.c.last_message_ms, c.c.recent_ms).where(
        mine(c), among(c.c.contact_id, "people")
    )
)


class Search:
    """Finds people and messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, tenant_id: TenantId, q: str, *, cursor: str | None = None, limit: int = 20) -> SearchAnswer:
        """Return who is called so or has such a number, and what was said, the newest first."""
        complete = await catch_up(self._store, tenant_id)
        sealer, wanted = await self._store.sealer(tenant_id), parse_wanted(q)
        async with self._store.read(tenant_id) as tx:
            state, event_no = await tx.first(sql.STATE), await read_number(tx)
            if not wanted or state is None:
                return SearchAnswer(people=[], items=[], complete=complete, event_no=event_no)
            newest = int(cursor) - 1 if cursor and cursor.isdigit() and len(cursor) < 10 else state["talks"]
            people = [] if cursor else await _people(tx, sealer, q, wanted)
            numbers = await find_docs(tx, sealer, wanted, kind=TALK, newest=newest, most=limit + 1)
            items = await _messages(tx, sealer, wanted, numbers[:limit])
        following = str(numbers[limit - 1]) if len(numbers) > limit else None
        return SearchAnswer(people=people, items=items, next_cursor=following, complete=complete, event_no=event_no)

    async def fill(self, tenant_id: TenantId) -> AsyncIterator[int]:
        """Index everything that is not yet, in large steps; yields how many sittings are, and once at the end."""
        indexer, more = Indexer(self._store, at_once=FILL_AT_ONCE), True
        while more:
            more = await indexer.step(tenant_id)
            async with self._store.read(tenant_id) as tx:
                state = await tx.first(sql.STATE)
            yield int(state["talks"]) if state else 0


async def _people(tx: Tx, sealer: Sealer, q: str, wanted: Sequence[Wanted]) -> list[PersonFound]:
    whom = (await find_people(tx, sealer, q))[:PEOPLE]
    rows = {row["id"]: row for row in await tx.all(sql.PEOPLE, people=whom)}
    keys = await read_keys(tx, whom)
    talks = await _newest_talks(tx, whom)
    return [
        _person(rows[who], open_numbers(keys.get(who, ()), sealer), talks.get(who), sealer=sealer, wanted=wanted)
        for who in whom
    ]


async def _newest_talks(tx: Tx, people: Sequence[str]) -> dict[str, Any]:
    """Return each person's conversation with the newest message."""
    rows = await tx.all(_TALKS_OF, people=people)
    return {row["contact_id"]: row for row in sorted(rows, key=lambda each: int(each["recent_ms"]))}


def _person(row: Any, numbers: Sequence[str], talk: Any, *, sealer: Sealer, wanted: Sequence[Wanted]) -> PersonFound:
    def name_of(each: Any) -> str | None:
        return open_name(sealer, each["id"], each["name"])

    name = show_listed(name_of, row, "name")
    ending = wanted[0].number
    number = next((each for each in numbers if ending and each.endswith(ending)), None)
    shown = _pieces(name or "", wanted)
    if number and ending:
        shown = [Piece(text=number[: -len(ending)]), Piece(text=ending, hit=True)]
    last = talk["last_message_ms"] if talk else None
    return PersonFound(
        contact=Named(id=row["id"], name=name),
        shown=[piece for piece in shown if piece.text],
        conversation_id=talk["id"] if talk else None,
        channel=talk["channel"] if talk else None,
        at=from_ms(last) if last else None,
    )


async def _messages(tx: Tx, sealer: Sealer, wanted: Sequence[Wanted], numbers: Sequence[int]) -> list[MessageFound]:
    docs = {row["no"]: row for row in await tx.all(sql.DOCS, kind=TALK, numbers=sorted(numbers))}
    every = [docs[no] for no in numbers if no in docs]
    # Messages are numbered from one: what stands at none is a note.
    asked, notes = [doc for doc in every if doc["last_no"]], await _notes(tx, every)
    rows = await tx.each(
        sql.SAID_WITHIN, [{"talk": doc["of_id"], "first": doc["first_no"], "last": doc["last_no"]} for doc in asked]
    )
    said_at = {(row["conversation_id"], row["no"]): row for row in rows}
    whom = {doc["of_id"] for doc in asked} | {talk for talk, _ in notes}
    talks = {row["id"]: row for row in await tx.all(_TALKS, talks=sorted(whom))}
    found = [
        _found(row, text, talks[talk], note=True, sealer=sealer, wanted=wanted)
        for talk, row in notes
        if talk in talks and find_wanted(wanted, text := noted(row, sealer)) >= set(wanted)
    ]
    for doc in asked:
        places = ((doc["of_id"], no) for no in range(doc["first_no"], doc["last_no"] + 1))
        within = [said_at[place] for place in places if place in said_at]
        best = _best(within, sealer, wanted)
        if best is not None and doc["of_id"] in talks:
            found.append(_found(*best, talks[doc["of_id"]], note=False, sealer=sealer, wanted=wanted))
    return sorted(found, key=lambda item: item.at, reverse=True)


async def _notes(tx: Tx, docs: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return the notes among documents, each with its conversation: of a note on a person, their newest."""
    ids = sorted(doc["of_id"] for doc in docs if not doc["last_no"])
    if not ids:
        return []
    on_people = await tx.all(NOTES_OF_PEOPLE, ids=ids)
    newest = await _newest_talks(tx, sorted({row["contact_id"] for row in on_people})) if on_people else {}
    return [
        *((row["conversation_id"], row) for row in await tx.all(NOTES, ids=ids)),
        *((newest[row["contact_id"]]["id"], row) for row in on_people if row["contact_id"] in newest),
    ]


def _best(rows: Sequence[Any], sealer: Sealer, wanted: Sequence[Wanted]) -> tuple[Any, str] | None:
    """Return the message with most of the words, of several the newest; None where not all stand among them."""
    best: tuple[Any, str] | None = None
    most, missing = 0, set(wanted)
    for row in reversed(rows):
        text = said(row, sealer)
        here = find_wanted(wanted, text)
        missing -= here
        if len(here) > most:
            best, most = (row, text), len(here)
        if most == len(wanted):
            break
    return None if missing else best


def _found(row: Any, text: str, talk: Any, *, note: bool, sealer: Sealer, wanted: Sequence[Wanted]) -> MessageFound:
    def name_of(each: Any) -> str | None:
        return open_name(sealer, each["contact_id"], each["name"])

    return MessageFound(
        conversation_id=talk["id"],
        message_id=row["id"],
        contact=Named(id=talk["contact_id"], name=show_listed(name_of, talk, "name")),
        channel=talk["channel"],
        status=talk["status"],
        note=note,
        on_contact=note and row["sealed_in"] == "contact_notes.body",
        author=Author.STAFF if note else row["author"],
        at=from_ms(row["created_ms"] if note else row["event_ms"]),
        shown=_pieces(text, wanted),
    )


def _pieces(text: str, wanted: Sequence[Wanted]) -> list[Piece]:
    """Return a stretch of ``text`` around the first hit, cut where it is a hit and where not."""
    hits = sorted({place for one in wanted for place in one.find(text)})
    start = max(0, hits[0][0] - BEFORE_HIT) if hits else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(text), start + SNIPPET)
    pieces, at = [Piece(text="…")] if start else [], start
    for first, last in hits:
        if first >= at and last <= end:
            pieces += [Piece(text=text[at:first]), Piece(text=text[first:last], hit=True)]
            at = last
    pieces += [Piece(text=text[at:end]), *([Piece(text="…")] if end < len(text) else [])]
    return [piece for piece in pieces if piece.text]
