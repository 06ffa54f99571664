"""No statement of a search, a list or a thread grows with what a tenant has stored: each is answered by an index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.ids import TenantId
from core.inbound import Person
from memory.index import statements as sql
from memory.query import Query
from memory.repositories import contacts, conversations_queries, profiles, searching, thread_pages
from memory.repositories.base import Store
from memory.repositories.searching import Search
from memory.tables import search_postings
from tests.conformance.memory.house import House
from tests.conformance.memory.test_plans import plan

LARGE = {
    "words that begin alike": sql.WORDS,
    "where words stand": sql.POSTINGS,
    "documents": sql.DOCS,
    "documents of people": sql.DOCS_OF,
    "the newest sitting": sql.LAST_DOC,
    "the sitting around a message": sql.DOC_AROUND,
    "what was said since": sql.SAID_AFTER,
    "what was said in a sitting": sql.SAID_WITHIN,
    "numbers of conversations": sql.NUMBERS,
    "numbers of people": sql.TALKS_OF,
    "keys of a contact": contacts.KEYS,
    "keys of a profile": profiles._KEYS,
    "conversations of a profile": profiles._TALKS,
    "events since": sql.EVENTS_FROM,
    "conversations of people": conversations_queries.FOUND,
    "a person's newest conversation": searching._TALKS_OF,
    "conversations of messages": searching._TALKS,
    "a page of a thread": thread_pages.PAGE,
    "a page after a message": thread_pages._SINCE,
    **{f"list by {sorted(by)}": query for by, query in conversations_queries.RECENT.items()},
    "who waits": conversations_queries.WAITED,
}
_OVER_A_TENANT = re.compile(r"^SEARCH (\w+) .*\(tenant_id=\?\)")
_SCANNED = re.compile(r"Seq Scan on (\w+)")


@pytest.mark.parametrize("name", LARGE)
def test_that_sqlite_reads_no_more_than_it_answers(name: str, migrated_file: Path) -> None:
    for step in plan(LARGE[name], migrated_file):
        assert not step.startswith("SCAN") or "json_each" in step, step
        # In the order of an index, and no further than a page: nothing is sorted.
        found = _OVER_A_TENANT.match(step)
        assert found is None or "list by" in name, step
        assert "TEMP B-TREE" not in step or "profile" in name, step


async def explained(store: House, query: Query, values: dict[str, Any], tenant: TenantId) -> str:
    """Return PostgreSQL's plan in the application's role, under row-level security."""
    text = query.sql("postgresql")
    args = [values.get(name, text.constants.get(name)) for name in text.names]
    async with store.database._pool.acquire() as connection, connection.transaction():  # type: ignore[attr-defined]
        await connection.execute("SELECT set_config('app.tenants', $1, true)", tenant)
        await connection.execute("SET LOCAL enable_seqscan = off")
        rows = await connection.fetch(f"EXPLAIN {text.text}", *args)
    return "\n".join(row[0] for row in rows)


async def test_that_postgres_finds_words_by_the_index_under_row_level_security(postgres_store: House) -> None:
    shop = await postgres_store.business()
    for number in range(3):
        sender = Person(wa_id=f"90555000{number:04}")
        await postgres_store.talk(shop, "Merhaba randevu", sender=sender)
    kept = Store(postgres_store.database, postgres_store.vault, postgres_store.clock, postgres_store.ids)
    assert len((await Search(kept).find(shop.id, "randevu")).items) == 3
    (row, *_) = await postgres_store.rows(search_postings, shop)
    values = {"tenant_id": shop.id, "tokens": [row["token"]], "from_part": 0, "to_part": 9, "stems": [1],
              "kind": "talk", "whom": [shop.id]}  # fmt: skip
    for query, index in (
        (sql.POSTINGS, "pk_search_postings"),
        (sql.WORDS, "ix_search_words_stem"),
        # Of three rows the planner takes either.
        (sql.DOCS_OF, "(ix_search_docs_of|pk_search_docs)"),
    ):
        told = await explained(postgres_store, query, values, shop.id)
        (condition,) = re.findall(r"Index Cond: (.*)", told)
        assert re.search(index, told), told
        assert "ANY" in condition, told
        assert not _SCANNED.search(told), told
