"""The embedded store: SQLite in WAL mode, FULL sync, one writer, group commit.

Statements run on the event loop (microseconds against a warm page cache); COMMIT, which waits for the disk, and those
that bring many rows run in a thread. Transactions that arrive during a commit share the next one, each in a savepoint
of its own, so that one bad transaction fails alone and durability costs one fsync per group (PERFORMANCE §1).
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from core.errors import StoreUnavailable
from core.ids import TenantId
from memory.database import Tx

GROUP_LIMIT = 256
"""Most transactions in one commit: bounds how long a reader of the newest state waits."""

READERS = 4

MANY = 150
"""Values of a statement that are worth a thread: a dozen new rows keep SQLite busy longer than handing them over."""

BUSY = 5.0
"""Seconds to wait for another process that writes (the command line) before giving up."""

RETRY = 0.01


T = TypeVar("T")


class SqliteTx(Tx):
    """A transaction, or savepoint of one, on the writer or on a reader."""

    store = "sqlite"

    def __init__(
        self, connection: sqlite3.Connection, tenant_id: TenantId | None, *, tenants: Sequence[TenantId] = ()
    ) -> None:
        super().__init__(tenant_id, tenants=tenants)
        self._connection = connection

    def _view(self, tenant_id: TenantId) -> Tx:
        return SqliteTx(self._connection, tenant_id)

    def _adapt(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        for value in values.values():
            if type(value) is list:
                return {k: json.dumps(v) if type(v) is list else v for k, v in values.items()}
        return values

    async def _fetch(self, text: str, args: tuple[Any, ...]) -> Sequence[Any]:
        if len(args) < MANY:
            return self._connection.execute(text, args).fetchall()
        return await _in_thread(lambda: self._connection.execute(text, args).fetchall())

    async def _fetch_each(self, text: str, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        execute = self._connection.execute
        return [row for args in rows for row in execute(text, args).fetchall()]

    async def _execute(self, text: str, args: tuple[Any, ...]) -> int:
        return self._connection.execute(text, args).rowcount

    async def _execute_many(self, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._connection.executemany(text, rows)


class SqliteDatabase:
    """Opens the file; ``path`` may be ``:memory:`` for tests of pure storage logic (then readers share the writer)."""

    store = "sqlite"

    def __init__(self, path: str, *, busy: float = BUSY) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._busy = busy
        self._writer = self._connect()
        # Another process's lock is waited for without holding up the loop, see ``_begin``.
        self._writer.execute("PRAGMA busy_timeout=0")
        self._turnstile = asyncio.Lock()
        self._group: list[asyncio.Future[None]] = []
        self._committing: asyncio.Task[None] | None = None
        self._idle = [self._connect() for _ in range(READERS)] if path != ":memory:" else []
        self._free = asyncio.Semaphore(READERS)

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=self._busy
            )
            connection.row_factory = sqlite3.Row
            connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
            )
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"the store cannot be opened: {error}") from error
        return connection

    def tenant(self, tenant_id: TenantId, *, write: bool = True) -> Any:
        """Open a transaction of one tenant."""
        return self._write(tenant_id) if write else self._read(tenant_id)

    def directory(self, *, write: bool = True) -> Any:
        """Open a transaction over the content-free tables."""
        return self._write(None) if write else self._read(None)

    def mixed(self, tenant_ids: Sequence[TenantId], *, write: bool = True) -> Any:
        """Open a transaction over several tenants."""
        return self._write(None, tenants=tenant_ids) if write else self._read(None, tenants=tenant_ids)

    @asynccontextmanager
    async def _read(self, tenant_id: TenantId | None, *, tenants: Sequence[TenantId] = ()) -> AsyncIterator[Tx]:
        if not self._idle and self._path == ":memory:":
            async with self._write(tenant_id, tenants=tenants) as tx:
                yield tx
            return
        async with self._free:
            connection = self._idle.pop()
            try:
                connection.execute("BEGIN")
                yield SqliteTx(connection, tenant_id, tenants=tenants)
            finally:
                connection.execute("ROLLBACK")
                self._idle.append(connection)

    @asynccontextmanager
    async def _write(self, tenant_id: TenantId | None, *, tenants: Sequence[TenantId] = ()) -> AsyncIterator[Tx]:
        async with self._turnstile:
            await self._begin()
            self._writer.execute("SAVEPOINT one")
            try:
                tx = SqliteTx(self._writer, tenant_id, tenants=tenants)
                yield tx
                await tx.flush()
            except BaseException:
                self._undo()
                raise
            self._writer.execute("RELEASE one")
            committed = self._join_group()
            if len(self._group) >= GROUP_LIMIT:
                await _to_the_end(self._commit())
        await asyncio.shield(committed)

    async def _begin(self) -> None:
        """Begin a group, or join the one that is open."""
        if self._writer.in_transaction:
            return
        # A full disk or a broken file makes SQLite roll all of it back: who waits for that group must know.
        self._answer(StoreUnavailable("the group was rolled back"))
        loop = asyncio.get_running_loop()
        until = loop.time() + self._busy
        while True:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if loop.time() >= until:
                    raise StoreUnavailable(f"the store is locked by another process: {error}") from error
                await asyncio.sleep(RETRY)
            else:
                return

    def _undo(self) -> None:
        if not self._writer.in_transaction:
            self._answer(StoreUnavailable("the group was rolled back"))
            return
        self._writer.execute("ROLLBACK TO one")
        self._writer.execute("RELEASE one")
        _ = self._join_group()

    def _join_group(self) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(_look)
        self._group.append(done)
        if self._committing is None or self._committing.done():
            self._committing = asyncio.get_running_loop().create_task(self._commit_when_free())
        return done

    async def _commit_when_free(self) -> None:
        # The lock is first come, first served: everyone already waiting joins this group before the commit.
        while self._group:
            async with self._turnstile:
                await self._commit()

    async def _commit(self) -> None:
        if not self._group:
            return
        try:
            await _in_thread(partial(self._writer.execute, "COMMIT"))
        except sqlite3.Error as error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            self._answer(StoreUnavailable(f"commit failed: {error}"))
        else:
            self._answer(None)

    def _answer(self, error: StoreUnavailable | None) -> None:
        group, self._group = self._group, []
        for waiter in group:
            if not waiter.done():
                if error is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(error)

    async def close(self) -> None:
        """Commit what waits, fold the log into the file, close."""
        if self._committing is not None:
            await self._committing
        async with self._turnstile:
            for connection in self._idle:
                connection.close()
            self._writer.close()


async def _in_thread(work: Callable[[], T]) -> T:
    return await _to_the_end(asyncio.get_running_loop().run_in_executor(None, work))


async def _to_the_end(work: Awaitable[T]) -> T:
    """Wait for ``work`` to the end though the caller is cancelled: the connection is taken until then."""
    under_way = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        await asyncio.wait({under_way})
        raise


def _look(future: asyncio.Future[None]) -> None:
    """Mark a failure as seen: whoever rolled back does not wait for the group."""
    if not future.cancelled():
        future.exception()
