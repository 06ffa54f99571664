"""What staff note of a conversation, in the index: each note a document of its own among what was said."""

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
from memory.tables import notes

n = notes
_note = sa.select(n.c.id, n.c.conversation_id, n.c.body, n.c.created_ms).where(mine(n))
NOTES = Query(_note.where(among(n.c.id, "ids")))
_OF_TALKS = Query(_note.where(among(n.c.conversation_id, "talks")))
_IDS_OF = Query(sa.select(n.c.id).where(mine(n), among(n.c.conversation_id, "talks")))


async def read_new_notes(tx: Tx, *, ids: Sequence[str], talks: Sequence[str]) -> list[Any]:
    """Return those of these notes, and of these conversations, that are not in the index; nobody changes a note."""
    rows = [*(await tx.all(NOTES, ids=ids) if ids else ()), *(await tx.all(_OF_TALKS, talks=talks) if talks else ())]
    if not rows:
        return []
    whom = sorted({row["id"] for row in rows})
    known = {row["of_id"] for row in await tx.all(sql.DOCS_OF, kind=TALK, whom=whom)}
    return [row for row in rows if row["id"] not in known]


async def note_ids(tx: Tx, talks: Sequence[str]) -> list[str]:
    """Return the notes of conversations: as documents they go by their own ids."""
    return [row["id"] for row in await tx.all(_IDS_OF, talks=talks)] if talks else []


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
        return sealer.open_text("notes.body", row["id"], row["body"]) or ""
    except TamperedCiphertext:
        return ""
