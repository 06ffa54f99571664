"""The stores that chaos runs on, private ones, and how each falls over."""

import asyncio
import base64
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from memory.migrate import upgrade
from tests.services.janitor import start_janitor
from tests.services.postgres import APPLICATION, PostgresServer
from tests.services.redis import RedisServer
from tests.services.run import TestRun


@dataclass(slots=True)
class Place:
    """A migrated store: what a process must be told of it, who serves it, and what of it can be restarted."""

    environment: Mapping[str, str]
    folder: Path
    roles: tuple[str, ...]
    restarts: Mapping[str, Callable[[], None]]
    up: bool = True

    async def restart(self, service: str) -> None:
        """Let a service fall over and come back."""
        self.up = False
        try:
            await asyncio.to_thread(self.restarts[service])
        finally:
            self.up = True


@asynccontextmanager
async def open_place(store: str) -> AsyncIterator[Place]:
    """Start what the store needs, migrated; everything is gone at the end, however that comes about."""
    run = TestRun.create()
    janitor = start_janitor(run.folder)
    try:
        yield await asyncio.to_thread(_sqlite if store == "sqlite" else _postgresql, run)
    finally:
        assert janitor.stdin is not None
        janitor.stdin.close()
        await asyncio.to_thread(janitor.wait)


def _sqlite(run: TestRun) -> Place:
    url = f"sqlite:///{run.folder}/chaos.db"
    upgrade(url)
    return Place(_environment(run, url), run.folder, ("all",), {})


def _postgresql(run: TestRun) -> Place:
    postgres, redis = PostgresServer.open(run), RedisServer.open(run)
    database = postgres.create_database()
    upgrade(database.owner_url, app_role=APPLICATION)
    more = {"FRONTDESK_MIGRATION_URL": database.owner_url, "FRONTDESK_REDIS_URL": redis.url}

    def crash_redis() -> None:
        redis.stop(how=signal.SIGKILL)
        redis.start()

    environment = {**_environment(run, database.app_url), **more}
    return Place(
        environment, run.folder, ("web", "web", "worker", "worker"),
        {"Redis": crash_redis, "PostgreSQL": postgres.crash},
    )  # fmt: skip


def _environment(run: TestRun, url: str) -> dict[str, str]:
    return {
        "FRONTDESK_DATABASE_URL": url,
        "FRONTDESK_DATA_DIR": str(run.folder),
        "FRONTDESK_MASTER_KEY": base64.b64encode(b"c" * 32).decode(),
        "FRONTDESK_LOG_LEVEL": "warning",
        "FRONTDESK_TURNS_AT_ONCE": "16",
    }
