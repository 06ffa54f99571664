"""The check that no statement can be written without a tenant (DESIGN invariant 11), made when a ``Query`` compiles.

Every SELECT, UPDATE and DELETE inside a statement is judged by itself: each tenant's table it reads must be tied to the
transaction's tenant by a condition that always holds: one under OR or NOT ties nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, Grouping
from sqlalchemy.sql.operators import and_ as conjunction
from sqlalchemy.sql.operators import eq

from memory.tables.base import UNSCOPED

Scope = Literal["tenant", "directory", "mixed"]
"""``tenant``: bound to one. ``directory``: content-free tables only. ``mixed``: a hot statement over several."""


class UnscopedQuery(Exception):
    """A statement touches a tenant's table without naming the tenant: a programming error, found when it first runs."""


def check_scope(clause: Any, scope: Scope, names: Sequence[str]) -> None:
    """Raise UnscopedQuery where ``clause`` reads or writes more than ``scope`` allows; ``names`` are its parameters."""
    if scope == "mixed":
        return
    statements = list(_statements(clause))
    held = {id(t): t for s in statements for t in _tables(s) if _name(t) not in UNSCOPED}
    if scope == "directory":
        if held:
            raise UnscopedQuery(f"a directory query reads {', '.join(sorted({_name(t) for t in held.values()}))}")
        return
    everywhere = {key for statement in statements for key in _bound(statement)}
    for statement in statements:
        if getattr(statement, "is_insert", False):
            loose = [] if "tenant_id" in names else [t for t in _tables(statement) if _name(t) not in UNSCOPED]
        else:
            # A subquery in a condition may lean on a table of the statement around it: that one is judged there.
            leans = set() if _stands_alone(statement, clause) else everywhere
            bound = _bound(statement, leans)
            loose = [t for t in _tables(statement) if _name(t) not in UNSCOPED and id(t) not in bound]
        if loose:
            raise UnscopedQuery(f"no tenant bounds {', '.join(sorted({_name(t) for t in loose}))}")


def _statements(clause: Any) -> Iterator[Any]:
    seen: set[int] = set()
    for element in visitors.iterate(clause):
        inner = element.element if isinstance(element, sa.Subquery | sa.CTE) else element
        is_statement = isinstance(inner, sa.Select) or getattr(inner, "is_dml", False)
        if is_statement and id(inner) not in seen:
            seen.add(id(inner))
            yield inner


def _stands_alone(statement: Any, clause: Any) -> bool:
    if statement is clause:
        return True
    named = [e.element for e in visitors.iterate(clause) if isinstance(e, sa.Subquery | sa.CTE)]
    return any(statement is inner for inner in named)


def _tables(statement: Any) -> list[Any]:
    """Return the tables and aliases of tables that a statement reads or writes itself."""
    found: dict[int, Any] = {}
    for source in _sources(statement):
        for item in _leaves(source):
            real = item.element if isinstance(item, sa.Alias) else item
            if isinstance(real, sa.Table):
                found[id(item)] = item
    return list(found.values())


def _sources(statement: Any) -> list[Any]:
    if isinstance(statement, sa.Select):
        return list(statement.get_final_froms())
    mentioned = [e.table for e in _within(statement) if isinstance(e, sa.Column) and e.table is not None]
    return [statement.table, *mentioned]


def _within(statement: Any) -> Iterator[Any]:
    """Yield the elements of an UPDATE's or DELETE's own conditions and values, not those of subqueries."""
    waiting: list[Any] = list(statement.get_children())
    while waiting:
        element = waiting.pop()
        if isinstance(element, sa.Select | sa.ScalarSelect | sa.Subquery | sa.CTE | sa.Exists):
            continue
        if not isinstance(element, sa.Table | sa.Alias):
            yield element
            waiting.extend(element.get_children())


def _leaves(source: Any) -> Iterator[Any]:
    if isinstance(source, sa.Join):
        yield from _leaves(source.left)
        yield from _leaves(source.right)
    else:
        yield source


def _bound(statement: Any, already: Iterable[int] = ()) -> set[int]:
    """Return the tables tied to the tenant: directly, or by equality with a table that is tied."""
    bound, twins = set(already), []
    for condition in _conditions(statement):
        if not (isinstance(condition, BinaryExpression) and condition.operator is eq):
            continue
        for side, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if not _is_tenant(side):
                continue
            if isinstance(other, BindParameter) and other.key == "tenant_id":
                bound.add(id(side.table))
            elif _is_tenant(other):
                twins.append((id(side.table), id(other.table)))
    grown = True
    while grown:
        more = {table for table, other in twins if other in bound} - bound
        bound |= more
        grown = bool(more)
    return bound


def _is_tenant(side: Any) -> bool:
    return getattr(side, "name", None) == "tenant_id" and hasattr(side, "table")


def _conditions(statement: Any) -> Iterator[Any]:
    """Yield what must hold: conjuncts of WHERE, of ON, and of nothing under OR or NOT."""
    where = getattr(statement, "whereclause", None)
    if where is not None:
        yield from _conjuncts(where)
    if isinstance(statement, sa.Select):
        for source in statement.get_final_froms():
            yield from _joined(source)


def _joined(source: Any) -> Iterator[Any]:
    if isinstance(source, sa.Join):
        yield from _conjuncts(source.onclause)
        yield from _joined(source.left)
        yield from _joined(source.right)


def _conjuncts(condition: Any) -> Iterator[Any]:
    if isinstance(condition, Grouping):
        yield from _conjuncts(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is conjunction:
        for part in condition.clauses:
            yield from _conjuncts(part)
    else:
        yield condition


def _name(item: Any) -> str:
    return str(getattr(item.element if isinstance(item, sa.Alias) else item, "name", ""))
