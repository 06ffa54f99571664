"""The store, once on SQLite and once on PostgreSQL in the application's role."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from core.clock import MovableClock, to_ms
from memory.crypto import MasterKey
from memory.database import Tx
from memory.migrate import upgrade
from memory.postgres import PostgresDatabase
from memory.sqlite import SqliteDatabase
from memory.vault import Vault
from tests.conformance.memory.house import MASTER, NOON, CountingIds, House
from tests.services.postgres import Database as Made


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, to be copied."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


def house(
    database: SqliteDatabase | PostgresDatabase,
    place: str,
    superuser: str | None = None,
    clock: MovableClock | None = None,
) -> House:
    clock = clock or MovableClock(NOON)
    return House(database, Vault(database, MasterKey(MASTER), clock), clock, CountingIds(), place, superuser)


class MovedPostgres(PostgresDatabase):
    """A PostgreSQL whose own clock a test moves: ``now()`` is what the transaction says it is."""

    clock: MovableClock

    @asynccontextmanager
    async def directory(self, *, write: bool = True) -> AsyncIterator[Tx]:
        async with super().directory(write=write) as tx:
            now_ms, path = str(to_ms(self.clock.now())), "moved, pg_catalog, public"
            await tx.raw(
                "SELECT set_config('moved.now_ms', $1, true), set_config('search_path', $2, true)", (now_ms, path)
            )
            yield tx


MOVED_CLOCK = """
CREATE SCHEMA moved;
GRANT USAGE ON SCHEMA moved TO PUBLIC;
CREATE FUNCTION moved.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT to_timestamp(current_setting('moved.now_ms')::bigint / 1000.0) $$;
"""


@pytest.fixture
async def sqlite_store(migrated_file: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A store on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(migrated_file, path)
    database = SqliteDatabase(str(path))
    yield house(database, str(path))
    await database.close()


def _prepare(made: Made) -> None:
    async def move_the_clock() -> None:
        connection = await asyncpg.connect(made.owner_url)
        await connection.execute(MOVED_CLOCK)
        await connection.close()

    upgrade(made.owner_url, app_role=made.app_role)
    asyncio.run(move_the_clock())


@pytest.fixture
async def postgres_store(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A store on PostgreSQL, in a role that owns nothing and is bound by row security."""
    server = request.getfixturevalue("postgres_server")
    made = await asyncio.to_thread(server.create_database, server.template("moved_clock", _prepare))
    database = await MovedPostgres.open(made.app_url)
    assert isinstance(database, MovedPostgres)
    database.clock = MovableClock(NOON)
    superuser = server.superuser_url.rpartition("/")[0] + f"/{made.name}"
    yield house(database, made.owner_url, superuser, database.clock)
    await database.close()
    await asyncio.to_thread(server.drop_database, made)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> House:
    """The store under test."""
    name = "sqlite_store" if request.param == "sqlite" else "postgres_store"
    found: House = request.getfixturevalue(name)
    return found
