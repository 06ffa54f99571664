"""The server on each store."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import uvloop

import server
from memory.migrate import upgrade
from tests.integration.api.house import House, open_house, settings_of


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run what depends on the loop's own sockets on the loop that the server runs on, too."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    return {**loops, "uvloop": uvloop.new_event_loop} if item.path.name == "test_front.py" else loops


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, to be copied."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A store on SQLite."""
    shutil.copy(migrated_file, tmp_path / "frontdesk.db")
    return f"sqlite:///{tmp_path}/frontdesk.db"


@pytest.fixture(params=["sqlite", "postgresql"])
async def house(request: pytest.FixtureRequest, tmp_path: Path, aiohttp_client: Any) -> AsyncIterator[House]:
    """The server over each store in turn."""
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
    else:
        url = request.getfixturevalue("postgres_url")
    async with open_house(settings_of(url, tmp_path), aiohttp_client, server.open_ports) as opened:
        yield opened
        await opened.client.close()


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A store on PostgreSQL, in the application's role."""
    postgres = request.getfixturevalue("postgres_server")
    template = postgres.template("migrated", lambda db: upgrade(db.owner_url, app_role=db.app_role) and None)
    with postgres.database(template) as database:
        yield database.app_url


@pytest.fixture
async def sqlite_house(sqlite_url: str, tmp_path: Path, aiohttp_client: Any) -> AsyncIterator[House]:
    """The server over SQLite alone, where the store makes no difference."""
    async with open_house(settings_of(sqlite_url, tmp_path), aiohttp_client, server.open_ports) as opened:
        yield opened
