"""Looking things up in the index: which documents hold every word that somebody looks for."""

from collections import defaultdict
from collections.abc import Sequence

from core.ids import TenantId
from memory.crypto import Sealer
from memory.database import Tx
from memory.index import statements as sql
from memory.index.following import Indexer
from memory.index.terms import PERSON, Wanted, exact_terms, is_word, parse_wanted, stem_of
from memory.index.writing import PART, open_word, unpack_docs
from memory.repositories.base import Store

PEOPLE = 200
"""Most people that a search by name or number leads to."""

CATCH_UP = 5
"""Steps of indexing that one search takes, where it is ahead of the index."""

_COMPLETED = 64
"""Words that a beginning is completed to, the shortest first."""

_FIRST_PARTS = 8


async def find_people(tx: Tx, sealer: Sealer, q: str) -> list[str]:
    """Return whom a name, the beginnings of one, a number or its last digits mean; who came last first."""
    wanted = parse_wanted(q)
    state = await tx.first(sql.STATE)
    if not wanted or state is None:
        return []
    numbers = await find_docs(tx, sealer, wanted, kind=PERSON, newest=state["people"], most=PEOPLE)
    rows = {row["no"]: row["of_id"] for row in await tx.all(sql.DOCS, kind=PERSON, numbers=numbers)}
    return [rows[no] for no in numbers if no in rows]


async def catch_up(store: Store, tenant_id: TenantId) -> bool:
    """Index what came since; returns whether nothing is missing."""
    return await Indexer(store).catch_up(tenant_id, steps=CATCH_UP)


async def find_docs(
    tx: Tx, sealer: Sealer, wanted: Sequence[Wanted], *, kind: str, newest: int, most: int
) -> list[int]:
    """Return the numbers of documents up to ``newest`` in which everything stands, the newest first."""
    groups = await _tokens(tx, sealer, kind, wanted)
    found: list[int] = []
    top, span = newest // PART, _FIRST_PARTS
    while top >= 0 and len(found) < most:
        low = max(0, top - span + 1)
        rows = await tx.all(sql.POSTINGS, tokens=sorted(set().union(*groups)), from_part=low, to_part=top)
        slots: dict[int, list[set[int]]] = defaultdict(lambda: [set() for _ in groups])
        for row in rows:
            for here, tokens in zip(slots[row["part"]], groups, strict=True):
                if row["token"] in tokens:
                    here.update(unpack_docs(row["docs"]))
        for part in sorted(slots, reverse=True):
            within = sorted(set.intersection(*slots[part]), reverse=True)
            found += [no for slot in within if (no := part * PART + slot) <= newest]
        # What is frequent is found among the newest; what is rare has few rows however far one looks.
        top, span = low - 1, span * 4
    return found[:most]


async def _tokens(tx: Tx, sealer: Sealer, kind: str, wanted: Sequence[Wanted]) -> list[set[int]]:
    """Return the tokens of each wanted word: its own, and those of words that begin with it."""
    groups = [{sealer.token(kind, term) for term in exact_terms(one)} for one in wanted]
    stems = {stem_of(sealer, kind, each) for one in wanted for each in one.beginnings if is_word(each)}
    if stems:
        rows = await tx.all(sql.WORDS, stems=sorted(stems))
        known = sorted(((open_word(sealer, row), row["token"]) for row in rows), key=lambda each: len(each[0]))
        for one, group in zip(wanted, groups, strict=True):
            group |= set([token for word, token in known if one.means(word)][:_COMPLETED])
    return groups
