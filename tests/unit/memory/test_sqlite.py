"""The embedded store: group commit, and who fails with whom."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import StoreUnavailable
from memory.query import Query, insert_into
from memory.sqlite import SqliteDatabase
from memory.tables import data_deletions

ADD = Query(insert_into(data_deletions), scope="directory")
ALL = Query(sa.select(data_deletions.c.code).order_by(data_deletions.c.code), scope="directory")


@pytest.fixture
def path(tmp_path: Path) -> str:
    found = str(tmp_path / "store.db")
    with sqlite3.connect(found) as connection:
        connection.execute("CREATE TABLE data_deletions (code TEXT PRIMARY KEY, state TEXT, created_ms INTEGER)")
    connection.close()
    return found


@pytest.fixture
async def database(path: str) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(path, busy=0.2)
    yield opened
    await opened.close()


class CountedCommits:
    """Stands between the store and its writing connection; may fail or wait at COMMIT."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.commits = 0
        self.fail = False
        self.gate: asyncio.Event | None = None
        self._loop = asyncio.get_running_loop()
        self._real = database._writer
        database._writer = self  # type: ignore[assignment]

    def execute(self, text: str, *args: object) -> sqlite3.Cursor:
        if text == "COMMIT":
            self.commits += 1
            if self.gate is not None:
                asyncio.run_coroutine_threadsafe(self.gate.wait(), self._loop).result(5)
            if self.fail:
                raise sqlite3.OperationalError("disk I/O error")
        return self._real.execute(text, *args)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


async def add(database: SqliteDatabase, code: str) -> None:
    async with database.directory() as tx:
        await tx.run(ADD, code=code, state="new", created_ms=1)


async def codes(database: SqliteDatabase) -> list[str]:
    async with database.directory(write=False) as tx:
        return [row["code"] for row in await tx.all(ALL)]


async def test_that_transactions_at_the_same_time_share_commits(database: SqliteDatabase) -> None:
    writer = CountedCommits(database)
    await asyncio.gather(*(add(database, f"{n:03}") for n in range(100)))
    assert len(await codes(database)) == 100
    assert writer.commits <= 3


async def test_that_a_group_has_a_bound(database: SqliteDatabase) -> None:
    writer = CountedCommits(database)
    await asyncio.gather(*(add(database, f"{n:04}") for n in range(600)))
    assert len(await codes(database)) == 600
    assert writer.commits >= 3


async def test_that_a_failing_transaction_rolls_back_alone(database: SqliteDatabase) -> None:
    async def fail() -> None:
        async with database.directory() as tx:
            await tx.run(ADD, code="bad", state="new", created_ms=1)
            raise LookupError("changed its mind")

    outcomes = await asyncio.gather(
        add(database, "1"), fail(), add(database, "2"), fail(), add(database, "1"), add(database, "3"),
        return_exceptions=True,
    )  # fmt: skip
    assert [type(o).__name__ for o in outcomes] == [
        "NoneType", "LookupError", "NoneType", "LookupError", "IntegrityError", "NoneType",
    ]  # fmt: skip
    assert await codes(database) == ["1", "2", "3"]


async def test_that_a_failed_commit_reaches_everyone_who_waits_for_it(database: SqliteDatabase) -> None:
    writer = CountedCommits(database)
    writer.fail = True
    outcomes = await asyncio.gather(*(add(database, str(n)) for n in range(5)), return_exceptions=True)
    assert [type(o) for o in outcomes] == [StoreUnavailable] * 5
    assert await codes(database) == []
    writer.fail = False
    await add(database, "after")
    assert await codes(database) == ["after"]


async def test_that_whoever_waits_learns_that_sqlite_rolled_the_group_back(database: SqliteDatabase) -> None:
    async def lose_the_group() -> None:
        async with database.directory() as tx:
            # As SQLite does by itself on a full disk.
            await tx.raw("ROLLBACK", ())
            raise sqlite3.OperationalError("database or disk is full")

    outcomes = await asyncio.gather(add(database, "1"), lose_the_group(), add(database, "2"), return_exceptions=True)
    assert [type(o) for o in outcomes] == [StoreUnavailable, sqlite3.OperationalError, type(None)]
    assert await codes(database) == ["2"]


async def test_that_readers_do_not_wait_for_a_commit(database: SqliteDatabase) -> None:
    await add(database, "old")
    writer = CountedCommits(database)
    writer.gate = asyncio.Event()
    writing = asyncio.create_task(add(database, "new"))
    await asyncio.sleep(0.05)
    assert writer.commits == 1
    async with asyncio.timeout(1):
        assert await codes(database) == ["old"]
    writer.gate.set()
    await writing
    assert await codes(database) == ["new", "old"]


async def test_that_a_reader_sees_one_snapshot(database: SqliteDatabase) -> None:
    await add(database, "1")
    async with database.directory(write=False) as tx:
        assert len(await tx.all(ALL)) == 1
        await add(database, "2")
        assert len(await tx.all(ALL)) == 1
    assert len(await codes(database)) == 2


async def test_that_a_cancelled_writer_neither_hangs_nor_undoes_the_others(database: SqliteDatabase) -> None:
    writer = CountedCommits(database)
    writer.gate = asyncio.Event()
    tasks = [asyncio.create_task(add(database, f"{n:04}")) for n in range(300)]
    await asyncio.sleep(0.1)
    tasks[255].cancel()
    await asyncio.sleep(0.05)
    writer.gate.set()
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [n for n, o in enumerate(outcomes) if o is not None] == [255]
    assert len(await codes(database)) == 300


async def test_that_a_second_process_that_writes_makes_the_store_unavailable(
    path: str, database: SqliteDatabase
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="another process"):
        await add(database, "1")
    assert await codes(database) == []
    other.execute("COMMIT")
    other.close()
    await add(database, "2")
    assert await codes(database) == ["2"]


async def test_that_a_short_lock_is_waited_for_without_holding_up_the_loop(path: str) -> None:
    database = SqliteDatabase(path, busy=3)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(add(database, "1"))
    async with asyncio.timeout(1):
        for _ in range(5):
            await asyncio.sleep(0.01)
    other.execute("COMMIT")
    other.close()
    await writing
    assert await codes(database) == ["1"]
    await database.close()
