"""The store, once on SQLite and once on PostgreSQL in the application's role."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import MovableClock
from memory.crypto import MasterKey
from memory.migrate import upgrade
from memory.postgres import PostgresDatabase
from memory.sqlite import SqliteDatabase
from memory.vault import Vault
from tests.conformance.memory.house import MASTER, NOON, CountingIds, House
from tests.conformance.memory.moved_postgres import MovedPostgres, prepare


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


@pytest.fixture
async def sqlite_store(migrated_file: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A store on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(migrated_file, path)
    database = SqliteDatabase(str(path))
    yield house(database, str(path))
    await database.close()


@pytest.fixture
async def postgres_store(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A store on PostgreSQL, in a role that owns nothing and is bound by row security."""
    server = request.getfixturevalue("postgres_server")
    made = await asyncio.to_thread(server.create_database, server.template("moved_clock", prepare))
    database = await MovedPostgres.open(made.app_url)
    assert isinstance(database, MovedPostgres)
    database.clock, database.url = MovableClock(NOON), made.app_url
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
