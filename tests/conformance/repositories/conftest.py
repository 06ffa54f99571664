"""Repositories, once on SQLite and once on PostgreSQL in the application's role."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.clock import MovableClock
from core.ids import RandomIds
from memory.crypto import MasterKey
from memory.database import Database
from memory.migrate import upgrade
from memory.postgres import PostgresDatabase
from memory.repositories.base import Store
from memory.sqlite import SqliteDatabase
from memory.vault import Vault


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, to be copied."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database, in the application's role."""
    server = request.getfixturevalue("postgres_server")
    template = server.template("migrated", lambda db: upgrade(db.owner_url, app_role=db.app_role) and None)
    with server.database(template) as database:
        yield database.app_url


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """The store under test."""
    database: Database
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
        database = SqliteDatabase(str(tmp_path / "store.db"))
    else:
        database = await PostgresDatabase.open(request.getfixturevalue("postgres_url"))
    clock = MovableClock()
    vault = Vault(database, MasterKey(b"k" * 32), clock)
    await vault.check_master_key()
    yield Store(database, vault, clock, RandomIds())
    await database.close()
