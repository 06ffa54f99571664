"""Statements: written in SQLAlchemy Core, compiled once per store, run by the driver.

SQLAlchemy's own execution costs 7 to 25 times the driver's per statement (docs/decisions/0003), so it is used
for what it is best at, composing SQL that both stores understand, and kept off the path of every message.
Compiling a ``Query`` also checks that it cannot read or write across tenants.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as pg
from sqlalchemy.dialects.postgresql import insert as insert_into
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.expression import ColumnElement

from memory.scope import Scope, UnscopedQuery, check_scope

__all__ = [
    "Query",
    "Scope",
    "UnscopedQuery",
    "among",
    "entry_of",
    "greatest",
    "insert_into",
    "lease_clock",
    "least",
    "mine",
]

_DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": pysqlite.dialect(),
    "postgresql": pg.dialect(),  # type: ignore[no-untyped-call]
}


@dataclass(frozen=True, slots=True)
class Sql:
    """A compiled statement: text, the order of its parameters, and the values that the statement itself carries."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the positional arguments; raises KeyError for a value that was not given."""
        constants = self.constants
        if not constants:
            return tuple([values[name] for name in self.names])
        return tuple([values[name] if name in values else constants[name] for name in self.names])


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
        _write_out(self.clause)
        compiled = self.clause.compile(dialect=_DIALECTS[store], column_keys=self.columns)
        owed = {name: None for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(owed)
        names = tuple(state.positiontup or ())
        check_scope(self.clause, self.scope, names)
        # A value that the statement carries may be NULL; those that the caller owes have none here.
        constants = {name: state.parameters[name] for name in names if name not in owed}
        return Sql(state.statement, names, constants)


def _write_out(clause: Any) -> None:
    """Write what conditions compare with (``state IN ('queued', 'sending')``) into the statement's text.

    A plan that is made once, for any parameters, could not use an index over such rows alone.
    """
    for element in visitors.iterate(clause):
        if isinstance(element, sa.BindParameter) and not element.required:
            element.literal_execute = True


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

    def __init__(self, column: Any, name: str, *, negated: bool = False) -> None:
        self.column = column
        self.name_of_list = name
        self.negated = negated
        self.parameter = sa.bindparam(name, type_=column.type)
        self.array = sa.bindparam(name, type_=ARRAY(column.type))

    def get_children(self, **_: Any) -> Iterable[Any]:
        """Return the column, for the scope check."""
        return (self.column,)

    def self_group(self, against: Any = None) -> "among":
        """Stay as it is: SQLAlchemy would write ``… = 1`` for SQLite, which no index answers."""
        return self

    def _negate(self) -> "among":
        return among(self.column, self.name_of_list, negated=not self.negated)


@compiles(among, "postgresql")
def _among_array(element: Any, compiler: Any, **kw: Any) -> str:
    column, array = compiler.process(element.column, **kw), compiler.process(element.array, **kw)
    return f"{column} <> ALL ({array})" if element.negated else f"{column} = ANY ({array})"


@compiles(among)
def _among_json(element: Any, compiler: Any, **kw: Any) -> str:
    # Argument order decides the order of positional parameters: the column stands before the value.
    column, value = compiler.process(element.column, **kw), compiler.process(element.parameter, **kw)
    word = "NOT IN" if element.negated else "IN"
    return f"{column} {word} (SELECT value FROM json_each({value}))"  # noqa: S608 - compiled, not user text


def greatest(left: Any, right: Any) -> Any:
    """Return the larger; NULL on either side counts as absent."""
    return sa.case((sa.or_(right.is_(None), left > right), left), else_=right)


def least(left: Any, right: Any) -> Any:
    """Return the smaller; NULL on either side counts as absent."""
    return sa.case((sa.or_(right.is_(None), left < right), left), else_=right)


class lease_clock(ColumnElement[int]):
    """Now, in epoch milliseconds, by the one clock that every process shares (ENGINE rule 7).

    PostgreSQL's own; with SQLite there is one process, whose clock is bound as ``now_ms``.
    """

    inherit_cache = False
    type = sa.BigInteger()
    parameter = sa.bindparam("now_ms", type_=sa.BigInteger())


@compiles(lease_clock, "postgresql")
def _lease_clock_of_the_server(element: Any, compiler: Any, **kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM now()) * 1000 AS bigint)"


@compiles(lease_clock)
def _lease_clock_of_the_process(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.parameter, **kw))


class entry_of(ColumnElement[int]):
    """The number that a JSON object, bound as one parameter, holds under the column's value; 0 where it has none."""

    inherit_cache = False
    type = sa.BigInteger()

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.parameter = sa.bindparam(name, type_=sa.Text())

    def get_children(self, **_: Any) -> Iterable[Any]:
        """Return the column, for the scope check."""
        return (self.column,)


@compiles(entry_of, "postgresql")
def _entry_of_jsonb(element: Any, compiler: Any, **kw: Any) -> str:
    key, value = compiler.process(element.column, **kw), compiler.process(element.parameter, **kw)
    return f"COALESCE((CAST({value} AS jsonb) ->> CAST({key} AS text))::bigint, 0)"


@compiles(entry_of)
def _entry_of_json(element: Any, compiler: Any, **kw: Any) -> str:
    # Argument order decides the order of positional parameters: the value stands before the key.
    value, key = compiler.process(element.parameter, **kw), compiler.process(element.column, **kw)
    return f"COALESCE((SELECT busy.value FROM json_each({value}) AS busy WHERE busy.key = {key}), 0)"  # noqa: S608
