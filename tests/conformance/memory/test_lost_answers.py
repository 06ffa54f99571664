"""A COMMIT whose answer is lost is looked for before anything is judged (ENGINE rule 13)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from core.clock import MovableClock
from core.errors import StoreUnavailable
from core.store import Parting, TurnCommitted
from memory.engine.commit import commit_turns
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
    assert await worker.commit(work, write) == TurnCommitted(0, False, True, None)
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
    assert committed.leaving is not None
    assert isinstance(committed.leaving.found, tuple)
    (row,) = await store.rows(outbox, shop)
    assert (row["state"], row["lease_id"]) == ("sending", committed.leaving.claim.lease_id)
    await database.close()


async def test_that_nothing_is_sent_for_a_turn_that_another_worker_has_committed_meanwhile(
    postgres_store: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn that is run anew has the same ids: finding it is no proof that this commit wrote it."""
    store = postgres_store
    shop = await store.business()
    work = await store.load(shop)
    message, send = store.says("Hoş geldiniz")
    write = store.write(work, messages=(message,), sends=(send,))
    out = Parting(lambda due: due, sends=True)
    rival = store.another_worker()
    commit = EngineWork._commit_group

    async def lost(self: EngineWork, turns: Any, door: Any) -> Any:
        if self is rival:
            return await commit(self, turns, door)
        with suppress(ZeroDivisionError):
            async with store.database.mixed([shop.id]) as tx:
                (came_to,) = await commit_turns(tx, turns, now=store.now, door=door, lease=store.ids.new())
                assert isinstance(came_to, TurnCommitted)
                assert came_to.leaving is not None
                turns[0].leaving[:] = [came_to.leaving]
                raise ZeroDivisionError
        store.later(seconds=31)
        (claim,) = await store.claim()
        theirs.append(await rival.commit(await rival.load(claim), write, parting=out))
        raise StoreUnavailable("The line is gone.")

    theirs: list[TurnCommitted] = []
    monkeypatch.setattr(EngineWork, "_commit_group", lost)
    ours = await store.work.commit(work, write, parting=out)
    assert theirs[0].leaving is not None
    assert ours.leaving is None


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
