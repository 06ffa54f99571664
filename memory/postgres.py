"""The grown-up store: PostgreSQL through asyncpg, row-level security under every statement.

A transaction names its tenants in ``app.tenants`` in the same round trip as BEGIN; the policies read that list, and an
empty or missing one shows no rows (ENGINE rule 32). PostgreSQL commits concurrent transactions in groups by itself.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import asyncpg

from core.errors import Clash, StoreUnavailable
from core.ids import TenantId, is_id
from memory.database import Tx

POOL = 16


class PostgresTx(Tx):
    """A transaction on one connection of the pool."""

    store = "postgresql"

    def __init__(self, connection: Any, tenant_id: TenantId | None, *, tenants: Sequence[TenantId] = ()) -> None:
        super().__init__(tenant_id, tenants=tenants)
        self._connection = connection

    def _view(self, tenant_id: TenantId) -> Tx:
        return PostgresTx(self._connection, tenant_id)

    async def _fetch(self, text: str, args: tuple[Any, ...]) -> Sequence[Any]:
        rows: Sequence[Any] = await self._connection.fetch(text, *args)
        return rows

    async def _fetch_each(self, text: str, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        many = self._connection.fetchmany(text, rows) if len(rows) > 1 else self._connection.fetch(text, *rows[0])
        found: list[Any] = await many
        return found

    async def _execute(self, text: str, args: tuple[Any, ...]) -> int:
        status: str = await self._connection.execute(text, *args)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def _execute_many(self, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if len(rows) == 1:
            await self._connection.execute(text, *rows[0])
        else:
            await self._connection.executemany(text, rows)


class PostgresDatabase:
    """A pool of connections in the application's role."""

    store = "postgresql"

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, *, size: int = POOL) -> "PostgresDatabase":
        """Connect; raises StoreUnavailable with the reason where the server cannot be reached."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                init=_prepare,
                reset=_leave_as_is,
                statement_cache_size=512,
                command_timeout=30,
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error
        return cls(pool)

    def tenant(self, tenant_id: TenantId, *, write: bool = True) -> Any:
        """Open a transaction of one tenant; reads see one snapshot."""
        return self._open((tenant_id,), tenant_id, write=write)

    def directory(self, *, write: bool = True) -> Any:
        """Open a transaction over the content-free tables."""
        return self._open((), None, write=write)

    def mixed(self, tenant_ids: Sequence[TenantId], *, write: bool = True) -> Any:
        """Open a transaction over several tenants; reads see one snapshot."""
        return self._open(tuple(tenant_ids), None, write=write, mixed=True)

    @asynccontextmanager
    async def _open(
        self, tenants: Sequence[TenantId], tenant_id: TenantId | None, *, write: bool, mixed: bool = False
    ) -> AsyncIterator[Tx]:
        if not all(is_id(tenant) for tenant in tenants):
            raise ValueError("a tenant id is a UUID")
        begin = "BEGIN" if write else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        if tenants:
            begin += f"; SELECT set_config('app.tenants', '{','.join(tenants)}', true)"
        with _outages():
            connection = await self._pool.acquire()
        try:
            with _outages():
                await connection.execute(begin)
            try:
                with _outages():
                    tx = PostgresTx(connection, tenant_id, tenants=tenants if mixed else ())
                    yield tx
                    await tx.flush()
            except BaseException:
                with suppress(*_OUTAGES):
                    await connection.execute("ROLLBACK")
                raise
            with _outages():
                await connection.execute("COMMIT")
        finally:
            await self._pool.release(connection)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()


_OUTAGES = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    ConnectionError,
    TimeoutError,
)


@contextmanager
def _outages() -> Iterator[None]:
    """Tell an outage from a fault of the statement: the one is worth trying again, the other never is."""
    try:
        yield
    except asyncpg.TransactionRollbackError as error:
        raise Clash(f"PostgreSQL undid it: {error}") from error
    except _OUTAGES as error:
        if isinstance(error, ValueError):
            raise  # a value that does not fit its column: nobody's outage
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error


async def _leave_as_is(connection: Any) -> None:
    """Save the pool's reset round trip: every setting that we make ends with its transaction."""


async def _prepare(connection: Any) -> None:
    for name in ("uuid",):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str, format="text")
