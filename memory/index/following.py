"""Keeping the index: first everything that is there, then what the tenant's numbered events tell of (ENGINE rule 34).

Nothing of it is on a message's way. A step reads, then folds and hashes outside of any transaction, then writes in a
short one that begins by moving the tenant's state on: where somebody else moved it, or erased a person, it is void.

Documents are numbered as time goes: what was said newest is found first. Of what was there before, conversations are
taken in the order of their newest message.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.content import load_parts, plain_text
from core.errors import NotFound, TamperedCiphertext
from core.ids import TenantId
from memory.crypto import Sealer
from memory.database import Tx
from memory.directory import Directory
from memory.index import statements as sql
from memory.index.notes import note_docs, read_new_notes
from memory.index.numbers import open_numbers, read_keys
from memory.index.terms import PERSON, TALK, hash_terms, person_terms, said_terms
from memory.index.writing import Doc, read_doc, write_docs
from memory.repositories.base import Store
from memory.repositories.events import read_number
from memory.writing import open_body

MESSAGES, TALKS, EVENTS = 200, 25, 400
"""Most of each that one step takes: a few milliseconds of the loop, and of SQLite's only writer."""

TENANTS = 500
SITTING_MS, SITTING = 24 * 3_600_000, 32
"""How long a sitting lasts, and how many numbers of messages it spans."""

BEFORE_ALL = (-1, "00000000-0000-0000-0000-000000000000")


@dataclass(slots=True)
class Found:
    """What a step has to look at, and where the state stands after it."""

    state: Any
    event_no: int
    filled_to: tuple[int, str]
    filled: bool
    more: bool = False
    talks: list[str] = field(default_factory=list)
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Where the conversations stand that are filled in."""
    edited: list[tuple[str, int]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    noted: list[Any] = field(default_factory=list)
    """Notes of staff that are new."""
    docs: dict[str, Doc] = field(default_factory=dict)
    """The newest sitting of each conversation."""
    said: list[Any] = field(default_factory=list)
    again: list[tuple[Doc, list[Any]]] = field(default_factory=list)
    """Sittings in which something was changed, with everything said in them."""
    persons: list[tuple[str, Any, list[Any], Doc | None]] = field(default_factory=list)


class Indexer:
    """Implements ``core.store.IndexStore``."""

    def __init__(self, store: Store, *, at_once: int = 1) -> None:
        self._store = store
        self._directory = Directory(store)
        self._at_once = at_once
        """How many steps' worth one takes: more where nobody else waits for the store."""

    async def follow(self) -> bool:
        """Take a step for each tenant that is behind; returns whether more is left."""
        every = await self._directory.list_tenant_ids()
        more = False
        for start in range(0, len(every), TENANTS):
            some = every[start : start + TENANTS]
            async with self._store.database.mixed(some, write=False) as tx:
                behind = [row["tenant_id"] for row in await tx.all(sql.BEHIND, tenants=some)]
            for tenant_id in behind:
                try:
                    more = await self.step(TenantId(tenant_id)) or more
                except NotFound:  # its keys are destroyed: nothing of it can be read any more
                    continue
        return more

    async def catch_up(self, tenant_id: TenantId, *, steps: int) -> bool:
        """Take at most so many steps; returns whether everything is in the index."""
        for _ in range(steps):
            if not await self.step(tenant_id):
                return True
        return False

    async def step(self, tenant_id: TenantId) -> bool:
        """Bring the index a little further; returns whether more is left."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            state = await tx.first(sql.STATE)
            head = await read_number(tx)
            if state is not None and state["filled"] and state["event_no"] >= head:
                return False
            found = None if state is None else await self._look(tx, state, head)
        if found is None:
            async with self._store.write(tenant_id) as tx:
                await tx.run(sql.START, event_no=head)
            return True
        docs, talks, people = _docs(found, sealer)
        async with self._store.write(tenant_id) as tx:
            moved = await tx.run(
                sql.MOVE, seen=found.state["version"], to_event=found.event_no, to_talks=talks, to_people=people,
                to_filled_ms=found.filled_to[0], to_filled=found.filled_to[1], is_filled=int(found.filled),
            )  # fmt: skip
            if moved:
                await write_docs(tx, sealer, docs)
        return found.more or not moved

    async def _look(self, tx: Tx, state: Any, head: int) -> Found:
        """Read what is to be indexed next."""
        found = Found(state, state["event_no"], _place(state), bool(state["filled"]))
        if found.filled:
            await self._read_events(tx, found, head)
        else:
            await self._read_everything(tx, found, head)
        filled_in = () if found.state["filled"] else found.talks
        found.noted = await read_new_notes(tx, ids=found.notes, talks=filled_in, people=found.people)
        await self._read_said(tx, found)
        for talk, no in found.edited:
            row = await tx.first(sql.DOC_AROUND, kind=TALK, of=talk, no=no)
            # What the newest sitting is told of now is read with it.
            if row is not None and row["first_no"] <= no:
                doc = read_doc(row)
                found.again.append(
                    (doc, list(await tx.all(sql.SAID_WITHIN, talk=talk, first=doc.first_no, last=doc.last_no)))
                )
        await self._read_people(tx, found)
        return found

    async def _read_everything(self, tx: Tx, found: Found, head: int) -> None:
        size = TALKS * self._at_once
        at_ms, at_id = found.filled_to
        rows = await tx.all(sql.TALKS_FROM, at_ms=at_ms, at_id=at_id, n=size)
        found.talks, found.people = [row["id"] for row in rows], sorted({row["contact_id"] for row in rows})
        found.filled = len(rows) < size
        found.filled_to = (rows[-1]["recent_ms"], rows[-1]["id"]) if rows else found.filled_to
        found.places = {row["id"]: (row["recent_ms"], row["id"]) for row in rows}
        found.more = not found.filled or found.event_no < head

    async def _read_events(self, tx: Tx, found: Found, head: int) -> None:
        size = EVENTS * self._at_once
        rows = await tx.all(sql.EVENTS_FROM, after=found.event_no, n=size)
        if not rows or rows[0]["no"] != found.event_no + 1:
            # Behind by more than events are kept: look at everything again.
            found.event_no, found.filled, found.filled_to, found.more = head, False, BEFORE_ALL, True
            return
        found.event_no = rows[-1]["no"]
        found.more = found.event_no < head
        by_kind: dict[str, set[str]] = {}
        for row in rows:
            by_kind.setdefault(row["kind"], set()).add(row["entity_id"])
        found.talks = sorted({row["conversation_id"] for row in rows if row["kind"] == "message.created"})
        found.notes = sorted(by_kind.get("note.created", ()))
        changed = by_kind.get("message.updated", set())
        if changed:
            edited = await tx.all(sql.EDITED, ids=sorted(changed))
            found.edited = sorted({(row["conversation_id"], row["no"]) for row in edited})
        people = by_kind.get("contact.updated", set())
        if begun := by_kind.get("conversation.created"):
            people |= {row["contact_id"] for row in await tx.all(sql.CONTACTS_OF, talks=sorted(begun))}
        found.people = sorted(people)

    async def _read_said(self, tx: Tx, found: Found) -> None:
        """Read what was said since in each conversation, as much as one step takes."""
        if not found.talks:
            return
        size = MESSAGES * self._at_once
        last = await tx.each(sql.LAST_DOC, [{"kind": TALK, "of": talk} for talk in found.talks])
        found.docs = {row["of_id"]: read_doc(row) for row in last}
        asked = [
            {"talk": talk, "after": found.docs[talk].last_no if talk in found.docs else 0, "n": size}
            for talk in found.talks
        ]
        found.said = list((await tx.each(sql.SAID_AFTER, asked))[:size])
        if len(found.said) == size:
            # Perhaps not everything: the same once more, from where each conversation is then.
            unfinished = found.said[-1]["conversation_id"]
            done = found.talks[: found.talks.index(unfinished)]
            found.event_no, found.filled, found.more = found.state["event_no"], bool(found.state["filled"]), True
            found.filled_to = found.places[done[-1]] if done and found.places else _place(found.state)

    async def _read_people(self, tx: Tx, found: Found) -> None:
        if not found.people:
            return
        rows = {row["id"]: row for row in await tx.all(sql.PEOPLE, people=found.people)}
        docs = {row["of_id"]: read_doc(row) for row in await tx.all(sql.DOCS_OF, kind=PERSON, whom=found.people)}
        keys = await read_keys(tx, found.people)
        found.persons = [(who, rows.get(who), keys.get(who, []), docs.get(who)) for who in found.people]


def _place(state: Any) -> tuple[int, str]:
    return (state["filled_ms"], state["filled_to"]) if state["filled_to"] else BEFORE_ALL


def _docs(found: Found, sealer: Sealer) -> tuple[Sequence[Doc], int, int]:
    """Return the documents as they are to be, and how many of each kind there are then."""
    talks, people = found.state["talks"], found.state["people"]
    docs: dict[tuple[str, int], Doc] = {}
    said_or_noted = [*_sittings(found, sealer), *note_docs(found.noted, sealer)]
    for doc in sorted(said_or_noted, key=lambda doc: doc.started_ms):
        if not doc.no:
            talks += 1
            doc.no = talks
        docs[TALK, doc.no] = doc
    for doc, rows in found.again:
        current = docs.setdefault((TALK, doc.no), doc)
        fresh = {row["no"]: row for row in [*rows, *_said_in(found, current)]}
        current.tokens = set()
        for row in fresh.values():
            current.say(hash_terms(sealer, TALK, said_terms(said(row, sealer))))
    for who, row, keys, known in found.persons:
        terms = {} if row is None or row["merged_into"] else _of_person(row, keys, sealer)
        person = known
        if person is None and row is not None and terms:
            people += 1
            person = Doc(PERSON, people, who, 0, 0, row["created_ms"])
        if person is not None:
            person.tokens, person.gone = set(), not terms
            person.say(terms)
            docs[PERSON, person.no] = person
    return list(docs.values()), talks, people


def _sittings(found: Found, sealer: Sealer) -> list[Doc]:
    """Return the sittings in which something was said since; those that are new have no number yet."""
    newest, told = dict(found.docs), dict[int, Doc]()
    for row in found.said:
        doc = newest.get(row["conversation_id"])
        if doc is None or row["no"] - doc.first_no >= SITTING or row["created_ms"] - doc.started_ms > SITTING_MS:
            doc = Doc(TALK, 0, row["conversation_id"], row["no"], row["no"], row["created_ms"])
            newest[row["conversation_id"]] = doc
        doc.last_no = row["no"]
        doc.say(hash_terms(sealer, TALK, said_terms(said(row, sealer))))
        told[id(doc)] = doc
    return list(told.values())


def _said_in(found: Found, doc: Doc) -> Iterable[Any]:
    return (row for row in found.said if row["conversation_id"] == doc.of_id and row["no"] >= doc.first_no)


def _of_person(row: Any, keys: Iterable[Any], sealer: Sealer) -> dict[int, str]:
    try:
        name = sealer.open_text("contacts.name", row["id"], row["name"])
    except TamperedCiphertext:
        name = None
    return hash_terms(sealer, PERSON, person_terms(name, open_numbers(keys, sealer)))


def said(row: Any, sealer: Sealer) -> str:
    """Return what a message says; nothing where it cannot be opened: one altered row stops no index."""
    try:
        return plain_text(load_parts(open_body(sealer, row["id"], row["body"]).parts)) if row["body"] else ""
    except TamperedCiphertext:
        return ""
