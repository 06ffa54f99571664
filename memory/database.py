"""One transaction type over two databases.

``Database.tenant(id)`` opens a transaction bound to one tenant; ``directory()`` one that sees content-free tables only;
``mixed(ids)`` one for the hot statements that serve many tenants at once (intake, receipts). A query runs only in a
transaction of its own scope, so that no statement can be written without a tenant (DESIGN invariant 11).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from core.ids import TenantId
from memory.behind import Behind
from memory.query import Query, UnscopedQuery


class Row(Protocol):
    """A row read by column name."""

    def __getitem__(self, name: str) -> Any: ...

    def keys(self) -> Any:
        """Return the column names."""
        ...


def grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Return rows by their conversation, each in its order."""
    found = defaultdict[str, list[Any]](list)
    for row in rows:
        found[row["conversation_id"]].append(row)
    return found


class Tx:
    """An open transaction. Nothing slow happens inside: no model, no HTTP call (HOUSE_STYLE A.9)."""

    store: str = ""

    def __init__(self, tenant_id: TenantId | None, *, tenants: Sequence[TenantId] = ()) -> None:
        self.tenant_id = tenant_id
        self._tenants = frozenset(tenants)
        self._behind = Behind()

    @property
    def is_mixed(self) -> bool:
        """Tell whether this transaction serves several tenants (hot statements alone)."""
        return bool(self._tenants)

    def of(self, tenant_id: TenantId) -> "Tx":
        """Return this transaction as one of its tenants' own; what either writes behind stands in one order."""
        if tenant_id not in self._tenants:
            raise UnscopedQuery("a tenant that this transaction does not serve")
        tx = self._view(tenant_id)
        tx._behind = self._behind.another()
        return tx

    async def raw(self, text: str, args: tuple[Any, ...]) -> Sequence[Any]:
        """Run a statement of ``memory.bulk``; every other goes through ``Query`` and its scope check."""
        await self.flush()
        return await self._fetch(text, args)

    async def all(self, query: Query, **values: Any) -> Sequence[Any]:
        """Return every row."""
        text, args = self._prepare(query, values)
        await self.flush()
        return await self._fetch(text, args)

    async def first(self, query: Query, **values: Any) -> Any | None:
        """Return the first row, or None."""
        rows = await self.all(query, **values)
        return rows[0] if rows else None

    async def run(self, query: Query, **values: Any) -> int:
        """Execute and return the number of rows touched."""
        text, args = self._prepare(query, values)
        await self.flush()
        return await self._execute(text, args)

    async def many(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute once per row; the tenant is filled in."""
        if not rows:
            return
        text, args = self._prepare_all(query, rows)
        await self.flush()
        await self._execute_many(text, args)

    async def each(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Execute once per row, on PostgreSQL in one round trip; return what all of them return, in their order.

        Where the transaction serves several tenants, each row names its own.
        """
        if not rows:
            return []
        text, args = self._prepare_all(query, rows)
        await self.flush()
        return await self._fetch_each(text, args)

    def later(self, query: Query, **values: Any) -> None:
        """Write behind: before the next statement that is not, and before the end, with others of its kind."""
        self._behind.add(*self._prepare(query, values))

    async def flush(self) -> None:
        """Write what was left for later."""
        for text, rows in self._behind.take():
            await self._execute_many(text, rows)

    def _prepare(self, query: Query, values: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        self._check(query)
        if self.tenant_id is not None:
            values["tenant_id"] = self.tenant_id
        sql = query.sql(self.store)
        return sql.text, sql.bind(self._adapt(values))

    def _prepare_all(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[tuple[Any, ...]]]:
        sql = query.sql(self.store)
        if self.tenant_id is not None or query.scope != "tenant":
            self._check(query)
            extra = {"tenant_id": self.tenant_id} if self.tenant_id is not None else {}
            return sql.text, [sql.bind(self._adapt({**row, **extra})) for row in rows]
        if not all(row["tenant_id"] in self._tenants for row in rows):
            raise UnscopedQuery("a row of a tenant that this transaction does not serve")
        return sql.text, [sql.bind(self._adapt(row)) for row in rows]

    def _check(self, query: Query) -> None:
        if query.scope == "tenant" and self.tenant_id is None:
            raise UnscopedQuery("a tenant's query outside a tenant's transaction")
        if query.scope == "mixed" and not self._tenants:
            raise UnscopedQuery("a mixed query outside a mixed transaction")

    def _adapt(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return values

    def _view(self, tenant_id: TenantId) -> "Tx":
        raise NotImplementedError

    async def _fetch(self, text: str, args: tuple[Any, ...]) -> Sequence[Any]:
        raise NotImplementedError

    async def _fetch_each(self, text: str, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        raise NotImplementedError

    async def _execute(self, text: str, args: tuple[Any, ...]) -> int:
        raise NotImplementedError

    async def _execute_many(self, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        raise NotImplementedError


class Database(Protocol):
    """A store: SQLite or PostgreSQL."""

    store: str

    def tenant(self, tenant_id: TenantId, *, write: bool = True) -> AbstractAsyncContextManager[Tx]:
        """Open a transaction of one tenant; it commits when the block ends and rolls back when it raises."""
        ...

    def directory(self, *, write: bool = True) -> AbstractAsyncContextManager[Tx]:
        """Open a transaction over the content-free tables."""
        ...

    def mixed(self, tenant_ids: Sequence[TenantId], *, write: bool = True) -> AbstractAsyncContextManager[Tx]:
        """Open a transaction over several tenants, for hot statements alone."""
        ...

    async def close(self) -> None:
        """Finish what runs and let go of every connection."""
        ...
