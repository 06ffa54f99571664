"""One transaction type over two databases.

``Database.tenant(id)`` opens a transaction bound to one tenant; ``directory()`` one that sees content-free tables only;
``mixed(ids)`` one for the hot statements that serve many tenants at once (intake, receipts). A query runs only in a
transaction of its own scope, so that no statement can be written without a tenant (DESIGN invariant 11).
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from core.ids import TenantId
from memory.query import Query, UnscopedQuery


class Row(Protocol):
    """A row read by column name."""

    def __getitem__(self, name: str) -> Any: ...

    def keys(self) -> Any:
        """Return the column names."""
        ...


class Tx:
    """An open transaction. Nothing slow happens inside: no model, no HTTP call (HOUSE_STYLE A.9)."""

    store: str = ""

    def __init__(self, tenant_id: TenantId | None, *, mixed: bool = False) -> None:
        self.tenant_id = tenant_id
        self._mixed = mixed

    @property
    def is_mixed(self) -> bool:
        """Tell whether this transaction serves several tenants (hot statements alone)."""
        return self._mixed

    async def raw(self, text: str, args: tuple[Any, ...]) -> Sequence[Any]:
        """Run a statement of ``memory.bulk``; every other goes through ``Query`` and its scope check."""
        return await self._fetch(text, args)

    async def all(self, query: Query, **values: Any) -> Sequence[Any]:
        """Return every row."""
        return await self._fetch(*self._prepare(query, values))

    async def first(self, query: Query, **values: Any) -> Any | None:
        """Return the first row, or None."""
        rows = await self._fetch(*self._prepare(query, values))
        return rows[0] if rows else None

    async def run(self, query: Query, **values: Any) -> int:
        """Execute and return the number of rows touched."""
        return await self._execute(*self._prepare(query, values))

    async def many(self, query: Query, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute once per row; the tenant is filled in."""
        if not rows:
            return
        self._check(query)
        sql = query.sql(self.store)
        extra = {"tenant_id": self.tenant_id} if self.tenant_id is not None else {}
        await self._execute_many(sql.text, [sql.bind({**extra, **self._adapt(row)}) for row in rows])

    def _prepare(self, query: Query, values: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        self._check(query)
        if self.tenant_id is not None:
            values["tenant_id"] = self.tenant_id
        sql = query.sql(self.store)
        return sql.text, sql.bind(self._adapt(values))

    def _check(self, query: Query) -> None:
        if query.scope == "tenant" and self.tenant_id is None:
            raise UnscopedQuery("a tenant's query outside a tenant's transaction")
        if query.scope == "mixed" and not self._mixed:
            raise UnscopedQuery("a mixed query outside a mixed transaction")

    def _adapt(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return values

    async def _fetch(self, text: str, args: tuple[Any, ...]) -> Sequence[Any]:
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

    def mixed(self, tenant_ids: Sequence[TenantId]) -> AbstractAsyncContextManager[Tx]:
        """Open a transaction over several tenants, for hot statements alone."""
        ...

    async def close(self) -> None:
        """Finish what runs and let go of every connection."""
        ...
