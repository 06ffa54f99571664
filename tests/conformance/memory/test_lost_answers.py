"""A COMMIT whose answer is lost is looked for before anything is judged (ENGINE rule 13)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.clock import MovableClock
from core.errors import StoreUnavailable
from core.store import Parting, TurnCommitted
from memory.engine.work import EngineWork
from memory.postgres import PostgresDatabase
from memory.tables import inbound, messages, outbox, turns
from tests.conformance.memory.house import House
from tests.conformance.memory.moved_postgres import MovedPostgres
from tests.services.broken_line import BrokenLine, broken_line


@pytest.fixture
async def line(postgres_store: House) -> AsyncIterator[BrokenLine]:
    """The application's line to its PostgreSQL."""
    database = postgres_store.database
    assert isinstance(database, MovedPostgres)
    async with broken_line(database.url) as made:
        yield made


@pytest.fixture
async def worker(line: BrokenLine, postgres_store: House) -> AsyncIterator[EngineWork]:
    """A worker at the end of that line."""
    store = postgres_store
    database = await PostgresDatabase.open(line.url)
    yield EngineWork(database, store.vault, clock=MovableClock(store.now), ids=store.ids)
    await database.close()


async def test_that_a_commit_whose_answer_was_lost_counts(
    postgres_store: House, line: BrokenLine, worker: EngineWork
) -> None:
    store = postgres_store
    shop = await store.business()
    work = await store.load(shop)
    message, send = store.says("Hoş geldiniz")
    line.word = b"COMMIT"
    write = store.write(work, messages=(message,), sends=(send,))
    assert await worker.commit(work, write) == TurnCommitted(4, False, True, None)
    assert line.broken == 1
    assert len(await store.rows(messages, shop)) == 2
    assert await worker.release(work.claim, next_due=None)


async def test_that_what_left_with_it_is_sent_all_the_same(postgres_store: House, line: BrokenLine) -> None:
    store = postgres_store
    shop = await store.business()
    work = await store.load(shop)
    message, send = store.says("Hoş geldiniz")
    write = store.write(work, messages=(message,), sends=(send,))
    database = await PostgresDatabase.open(line.url)
    worker = EngineWork(
        database, store.vault, clock=MovableClock(store.now), ids=store.ids, door=store.another_sender()
    )
    line.word = b"COMMIT"
    committed = await worker.commit(work, write, parting=Parting(lambda due: due, sends=True))
    assert line.broken == 1
    assert committed.given_back
    assert committed.leaving is not None
    assert isinstance(committed.leaving.found, tuple)
    (row,) = await store.rows(outbox, shop)
    assert (row["state"], row["lease_id"]) == ("sending", committed.leaving.claim.lease_id)
    await database.close()


async def test_that_a_commit_that_was_never_heard_does_not(
    postgres_store: House, line: BrokenLine, worker: EngineWork
) -> None:
    store = postgres_store
    shop = await store.business()
    work = await store.load(shop)
    line.word, line.when = b"COMMIT", "unheard"
    write = store.write(work)
    with pytest.raises(StoreUnavailable):
        await worker.commit(work, write)
    assert line.broken == 1
    assert await store.rows(turns, shop) == []
    assert {row["state"] for row in await store.rows(inbound, shop)} == {"pending"}
    await worker.commit(work, write)
    assert len(await store.rows(turns, shop)) == 1
