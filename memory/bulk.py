"""Many rows in one statement: arrays on PostgreSQL, rows of values on SQLite.

The hot statements (inbound batch, queue rows) are built from the tables once and run by the driver (PERFORMANCE §6).
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg as pg

from memory.database import Tx
from memory.query import UnscopedQuery
from memory.tables.base import UNSCOPED

_PG = pg.dialect()  # type: ignore[no-untyped-call]
_SIZES = (64, 16, 4, 1)
"""Rows of one SQLite statement: few sizes, so that each is prepared once."""


class BulkInsert:
    """``INSERT … ON CONFLICT …`` of rows of one table; ``conflict`` is the SQL behind ON CONFLICT."""

    def __init__(
        self, table: sa.Table, columns: Sequence[str], *, conflict: str = "DO NOTHING", returning: str | None = None
    ) -> None:
        self._scoped = table.name not in UNSCOPED
        self._values = itemgetter(*columns)
        names = ", ".join(columns)
        tail = f" ON CONFLICT {conflict}" + (f" RETURNING {returning}" if returning else "")
        types = [table.c[name].type.compile(dialect=_PG) for name in columns]
        arrays = ", ".join(f"${i + 1}::{kind}[]" for i, kind in enumerate(types))
        marks = "(" + ", ".join("?" for _ in columns) + ")"
        self._postgres = f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays}){tail}"  # noqa: S608
        self._sqlite = {
            size: f"INSERT INTO {table.name} ({names}) VALUES {', '.join([marks] * size)}{tail}"  # noqa: S608
            for size in _SIZES
        }

    async def run(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> set[Any]:
        """Insert; return the ``returning`` values of rows that were new (or changed)."""
        if not rows:
            return set()
        if self._scoped and not tx.is_mixed:
            raise UnscopedQuery("a bulk insert into tenants' tables outside a mixed transaction")
        if tx.store == "postgresql":
            found = await tx.raw(self._postgres, tuple(map(list, zip(*map(self._values, rows), strict=True))))
            return {row[0] for row in found}
        new: set[Any] = set()
        start = 0
        while start < len(rows):
            size = next(size for size in _SIZES if size <= len(rows) - start)
            chunk = rows[start : start + size]
            found = await tx.raw(self._sqlite[size], tuple(chain.from_iterable(map(self._values, chunk))))
            new.update(item[0] for item in found)
            start += size
        return new
