"""PostgreSQL with a clock of its own that tests move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg

from core.clock import MovableClock, to_ms
from core.ids import TenantId
from memory.database import Tx
from memory.migrate import upgrade
from memory.postgres import PostgresDatabase
from tests.services.postgres import Database as Made


class MovedPostgres(PostgresDatabase):
    """A PostgreSQL whose own clock a test moves: ``now()`` is what the transaction says it is."""

    clock: MovableClock
    url: str

    def directory(self, *, write: bool = True) -> Any:
        return self._moved(super().directory(write=write))

    def mixed(self, tenant_ids: Sequence[TenantId], *, write: bool = True) -> Any:
        return self._moved(super().mixed(tenant_ids, write=write))

    @asynccontextmanager
    async def _moved(self, opening: AbstractAsyncContextManager[Tx]) -> AsyncIterator[Tx]:
        async with opening as tx:
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


def prepare(made: Made) -> None:
    """Bring a database to the newest schema, with a clock that can be moved."""

    async def move_the_clock() -> None:
        connection = await asyncpg.connect(made.owner_url)
        await connection.execute(MOVED_CLOCK)
        await connection.close()

    upgrade(made.owner_url, app_role=made.app_role)
    asyncio.run(move_the_clock())
