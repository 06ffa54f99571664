"""What staff note of conversations and of people, in the index: each note a document among what was said."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from core.errors import TamperedCiphertext
from memory.crypto import Sealer
from memory.database import Tx
from memory.index import statements as sql
from memory.index.terms import TALK, hash_terms, said_terms
from memory.index.writing import Doc
from memory.query import Query, among, mine
from memory.tables import contact_notes, notes

n, p = notes, contact_notes


def _sealed_in(table: sa.Table) -> Any:
    return sa.literal_column(f"'{table.name}.body'").label("sealed_in")


_note = sa.select(n.c.id, n.c.conversation_id, n.c.body, n.c.created_ms, _sealed_in(n)).where(mine(n))
_note_of = sa.select(p.c.id, p.c.contact_id, p.c.body, p.c.created_ms, _sealed_in(p)).where(mine(p))
NOTES = Query(_note.where(among(n.c.id, "ids")))
NOTES_OF_PEOPLE = Query(_note_of.where(among(p.c.id, "ids")))
_IN_TALKS = Query(_note.where(among(n.c.conversation_id, "talks")))
_ON_PEOPLE = Query(_note_of.where(among(p.c.contact_id, "people")))


async def read_new_notes(tx: Tx, *, ids: Sequence[str], talks: Sequence[str], people: Sequence[str]) -> list[Any]:
    """Return those of these notes, in these talks and on these people that the index lacks; nobody changes a note."""
    rows = list(await tx.all(NOTES, ids=ids)) if ids else []
    rows += await _read_all(tx, talks=talks, people=people)
    if not rows:
        return []
    known = {row["of_id"] for row in await tx.all(sql.DOCS_OF, kind=TALK, whom=sorted({row["id"] for row in rows}))}
    return [row for row in rows if row["id"] not in known]


async def note_ids(tx: Tx, *, talks: Sequence[str], people: Sequence[str]) -> list[str]:
    """Return the notes in conversations and on people: as documents they go by their own ids."""
    return [row["id"] for row in await _read_all(tx, talks=talks, people=people)]


async def _read_all(tx: Tx, *, talks: Sequence[str], people: Sequence[str]) -> list[Any]:
    within = await tx.all(_IN_TALKS, talks=talks) if talks else ()
    return [*within, *(await tx.all(_ON_PEOPLE, people=people) if people else ())]


def note_docs(rows: Iterable[Any], sealer: Sealer) -> list[Doc]:
    """Return notes as documents that have no number yet."""
    docs = []
    for row in rows:
        doc = Doc(TALK, 0, row["id"], 0, 0, row["created_ms"])
        doc.say(hash_terms(sealer, TALK, said_terms(noted(row, sealer))))
        docs.append(doc)
    return docs


def noted(row: Any, sealer: Sealer) -> str:
    """Return what a note says; nothing where it cannot be opened: one altered row stops no index."""
    try:
        return sealer.open_text(row["sealed_in"], row["id"], row["body"]) or ""
    except TamperedCiphertext:
        return ""
