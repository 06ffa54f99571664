"""Changing the index: documents, where each of their words stands, and the words themselves."""

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memory.crypto import Sealer
from memory.database import Tx
from memory.index import statements as sql
from memory.index.terms import PERSON, TALK, is_word, stem_of

PART = 1024
"""Documents whose numbers stand in one row of a word."""

_SLOT = struct.Struct("<H")
_SEALED_WORD = "search_words.word"


@dataclass(slots=True)
class Doc:
    """A document as it is to be: a sitting of a conversation, or a person."""

    kind: str
    no: int
    of_id: str
    first_no: int
    last_no: int
    started_ms: int
    had: frozenset[int] = frozenset()
    tokens: set[int] = field(default_factory=set)
    terms: dict[int, str] = field(default_factory=dict)
    """Words that may be new, by their tokens."""
    gone: bool = False

    def say(self, terms: Mapping[int, str]) -> None:
        """Add what stands in it."""
        self.tokens |= terms.keys()
        self.terms |= {token: terms[token] for token in terms.keys() - self.had}


def read_doc(row: Any) -> Doc:
    """Return a document as it is stored."""
    tokens = unpack_tokens(row["tokens"])
    return Doc(
        row["kind"], row["no"], row["of_id"], row["first_no"], row["last_no"], row["started_ms"],
        frozenset(tokens), set(tokens),
    )  # fmt: skip


async def write_docs(tx: Tx, sealer: Sealer, docs: Sequence[Doc]) -> None:
    """Store documents as they are to be."""
    await tx.many(sql.PUT_DOC, [_doc_row(doc) for doc in docs if not doc.gone])
    for kind in (TALK, PERSON):
        gone = sorted(doc.no for doc in docs if doc.kind == kind and doc.gone)
        if gone:
            await tx.run(sql.DROP_DOCS, kind=kind, numbers=gone)
    await _write_postings(tx, docs)
    await _write_words(tx, sealer, docs)


async def forget_docs(tx: Tx, sealer: Sealer, *, talks: Sequence[str], people: Sequence[str]) -> None:
    """Take conversations and people out, with every word that stands nowhere else (ENGINE rule 34)."""
    await tx.run(sql.LOCK)
    docs = []
    for kind, whom in ((TALK, talks), (PERSON, people)):
        for row in await tx.all(sql.DOCS_OF, kind=kind, whom=sorted(whom)):
            doc = read_doc(row)
            doc.tokens, doc.gone = set(), True
            docs.append(doc)
    await write_docs(tx, sealer, docs)


async def _write_postings(tx: Tx, docs: Iterable[Doc]) -> None:
    added, dropped = defaultdict[tuple[int, int], set[int]](set), defaultdict[tuple[int, int], set[int]](set)
    for doc in docs:
        part, slot = divmod(doc.no, PART)
        for token in doc.tokens - doc.had:
            added[token, part].add(slot)
        for token in doc.had - doc.tokens:
            dropped[token, part].add(slot)
    by_part = defaultdict[int, set[int]](set)
    for token, part in (*added, *dropped):
        by_part[part].add(token)
    for part, tokens in sorted(by_part.items()):
        rows = await tx.all(sql.POSTINGS, tokens=sorted(tokens), from_part=part, to_part=part)
        before = {row["token"]: bytes(row["docs"]) for row in rows}
        after = {
            token: _changed(before.get(token, b""), added.get((token, part), set()), dropped.get((token, part)))
            for token in sorted(tokens)
        }
        full = [{"token": token, "part": part, "docs": docs} for token, docs in after.items() if docs]
        await tx.many(sql.PUT_POSTING, full)
        empty = [{"of_token": token, "of_part": part} for token, docs in after.items() if not docs]
        await tx.many(sql.DROP_POSTING, empty)


def _changed(packed: bytes, added: set[int], dropped: set[int] | None) -> bytes:
    """Return the places with some more and some fewer; usually what is added comes after what is there."""
    if not dropped and (not packed or min(added) > _SLOT.unpack(packed[-2:])[0]):
        return packed + pack_docs(added)
    return pack_docs((unpack_docs(packed) | added) - (dropped or set()))


async def _write_words(tx: Tx, sealer: Sealer, docs: Iterable[Doc]) -> None:
    new: dict[int, tuple[str, str]] = {}
    gone: set[int] = set()
    for doc in docs:
        gone |= doc.had - doc.tokens
        new |= {token: (doc.kind, term) for token, term in doc.terms.items() if is_word(term)}
    if gone:
        await tx.run(sql.DROP_WORDS, tokens=sorted(gone))
    known = {row["token"] for row in await tx.all(sql.KNOWN, tokens=sorted(new))} if new else set()
    await tx.many(
        sql.ADD_WORD,
        [
            {"token": token, "stem": stem_of(sealer, kind, word),
             "word": sealer.seal_text(_SEALED_WORD, str(token), word)}
            for token, (kind, word) in sorted(new.items())
            if token not in known
        ],
    )  # fmt: skip


def open_word(sealer: Sealer, row: Any) -> str:
    """Return a word of the vocabulary."""
    return sealer.open_text(_SEALED_WORD, str(row["token"]), row["word"]) or ""


def _doc_row(doc: Doc) -> dict[str, Any]:
    return {
        "kind": doc.kind, "no": doc.no, "of_id": doc.of_id, "first_no": doc.first_no, "last_no": doc.last_no,
        "started_ms": doc.started_ms, "tokens": struct.pack(f"<{len(doc.tokens)}i", *sorted(doc.tokens)),
    }  # fmt: skip


def unpack_tokens(packed: bytes) -> tuple[int, ...]:
    """Return the tokens of a document."""
    return struct.unpack(f"<{len(packed) // 4}i", packed)


def pack_docs(slots: set[int]) -> bytes:
    """Return the stored form of places within a part."""
    return struct.pack(f"<{len(slots)}H", *sorted(slots))


def unpack_docs(packed: bytes) -> set[int]:
    """Return places within a part."""
    return set(struct.unpack(f"<{len(packed) // 2}H", packed))
