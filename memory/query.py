"""Statements: written in SQLAlchemy Core, compiled once per store, run by the driver.

SQLAlchemy's own execution costs 7 to 25 times the driver's per statement (docs/decisions/0003), so it is used
for what it is best at, composing SQL that both stores understand, and kept off the path of every message.
Compiling a ``Query`` also checks that it cannot read or write across tenants.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as pg
from sqlalchemy.dialects.postgresql import insert as insert_into
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.operators import eq

from memory.tables.base import UNSCOPED

__all__ = ["Query", "Scope", "UnscopedQuery", "among", "greatest", "insert_into", "least", "mine"]

Scope = Literal["tenant", "directory", "mixed"]
"""``tenant``: bound to one. ``directory``: content-free tables only. ``mixed``: a hot statement over several."""

_DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": pysqlite.dialect(),
    "postgresql": pg.dialect(),  # type: ignore[no-untyped-call]
}


class UnscopedQuery(Exception):
    """A statement touches a tenant's table without naming the tenant: a programming error, found when it first runs."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A compiled statement: text, the order of its parameters, and the values that the statement itself carries."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the positional arguments; raises KeyError for a value that was not given."""
        constants = self.constants
        return tuple(values[name] if name in values else constants[name] for name in self.names)


class Query:
    """One statement, usable on both stores. Module-level ones compile once; built ones compile when first run."""

    __slots__ = ("_compiled", "clause", "columns", "scope")

    def __init__(self, clause: Any, *, scope: Scope = "tenant", columns: Sequence[str] | None = None) -> None:
        self.clause = clause
        self.scope: Scope = scope
        self.columns = columns
        self._compiled: dict[str, Sql] = {}

    def sql(self, store: str) -> Sql:
        """Return the statement for ``store``; raises UnscopedQuery where the scope is not kept."""
        found = self._compiled.get(store)
        if found is None:
            found = self._compiled[store] = self._compile(store)
        return found

    def _compile(self, store: str) -> Sql:
        compiled = self.clause.compile(dialect=_DIALECTS[store], column_keys=self.columns)
        names = tuple(compiled.positiontup or ())
        _check_scope(self.clause, self.scope, names)
        given = compiled.params
        constants = {name: given[name] for name in names if given.get(name) is not None}
        return Sql(compiled.string, names, constants)


def mine(table: Any) -> ColumnElement[bool]:
    """Bind a table to the transaction's tenant: ``tenant_id = :tenant_id``."""
    column = table.c.tenant_id
    return bool_eq(column, sa.bindparam("tenant_id", type_=column.type))


def bool_eq(left: Any, right: Any) -> ColumnElement[bool]:
    """Return ``left = right``, typed."""
    expression: ColumnElement[bool] = left == right
    return expression


class among(ColumnElement[bool]):
    """``column IN (a list bound as one parameter)``: an array on PostgreSQL, JSON on SQLite; see ``Tx`` for binding."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.parameter = sa.bindparam(name, type_=column.type)
        self.array = sa.bindparam(name, type_=ARRAY(column.type))

    def get_children(self, **_: Any) -> Iterable[Any]:
        """Return the column, for the scope check."""
        return (self.column,)


@compiles(among, "postgresql")
def _among_array(element: Any, compiler: Any, **kw: Any) -> str:
    return f"{compiler.process(element.column, **kw)} = ANY ({compiler.process(element.array, **kw)})"


@compiles(among, "sqlite")
def _among_json(element: Any, compiler: Any, **kw: Any) -> str:
    value = compiler.process(element.parameter, **kw)
    column = compiler.process(element.column, **kw)
    return f"{column} IN (SELECT value FROM json_each({value}))"  # noqa: S608 - compiled, not user text


def greatest(left: Any, right: Any) -> Any:
    """Return the larger, treating NULL on the left as absent."""
    return sa.case((sa.and_(left.is_not(None), left > right), left), else_=right)


def least(left: Any, right: Any) -> Any:
    """Return the smaller, treating NULL on the left as absent."""
    return sa.case((sa.and_(left.is_not(None), left < right), left), else_=right)


def _check_scope(clause: Any, scope: Scope, names: Sequence[str]) -> None:
    held = [item for item in _froms(clause) if _table_name(item) not in UNSCOPED]
    if scope == "mixed" or not held:
        return
    if scope == "directory":
        raise UnscopedQuery(f"a directory query reads {', '.join(sorted({_table_name(item) for item in held}))}")
    bound = set(_bound_tables(clause))
    target = getattr(clause, "table", None)
    if getattr(clause, "is_insert", False) and "tenant_id" in names:
        bound.add(id(target))
    loose = [_table_name(item) for item in held if id(item) not in bound]
    if loose:
        raise UnscopedQuery(f"no tenant bounds {', '.join(sorted(set(loose)))}")


def _froms(clause: Any) -> list[Any]:
    found: dict[int, Any] = {}
    for element in visitors.iterate(clause):
        owner = element.table if isinstance(element, sa.Column) else element
        if isinstance(owner, sa.Table) or (isinstance(owner, sa.Alias) and isinstance(owner.element, sa.Table)):
            found[id(owner)] = owner
    aliased = {id(item.element) for item in found.values() if isinstance(item, sa.Alias)}
    direct = {id(item.table) for item in visitors.iterate(clause) if isinstance(item, sa.Column)}
    target = getattr(clause, "table", None)
    return [item for key, item in found.items() if key not in aliased or key in direct or item is target]


def _table_name(item: Any) -> str:
    return str(getattr(item.element if isinstance(item, sa.Alias) else item, "name", ""))


def _bound_tables(clause: Any) -> Iterable[int]:
    """Yield tables whose ``tenant_id`` equals the bound tenant, directly or by way of another table's."""
    for element in visitors.iterate(clause):
        if isinstance(element, BinaryExpression) and element.operator is eq:
            left, right = element.left, element.right
            for side, other in ((left, right), (right, left)):
                named = getattr(side, "name", None) == "tenant_id" and hasattr(side, "table")
                param = isinstance(other, BindParameter) and other.key == "tenant_id"
                twin = getattr(other, "name", None) == "tenant_id" and hasattr(other, "table")
                if named and (param or twin):
                    yield id(side.table)
