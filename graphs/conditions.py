"""Condition rows as closures: null-safe, total, prepared once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from graphs.fold import fold
from graphs.schema.nodes_logic import Group, Row
from graphs.scope import Scope

Test = Callable[[Scope], bool]
VAR = "$var"


def compile_rows(rows: Sequence[Row | Group], *, every: bool) -> Test:
    """Return a test that holds where all (or any) of the rows do."""
    tests = [_compile(row) for row in rows]
    if len(tests) == 1:
        return tests[0]
    if every:
        return lambda scope: all(test(scope) for test in tests)
    return lambda scope: any(test(scope) for test in tests)


def compile_group(every: Sequence[Row | Group], some: Sequence[Row | Group]) -> Test:
    """Return a test for a case: all of ``every`` and at least one of ``some``; an empty side always holds."""
    sides = [compile_rows(every, every=True)] if every else []
    sides += [compile_rows(some, every=False)] if some else []
    return lambda scope: all(side(scope) for side in sides)


def _compile(row: Row | Group) -> Test:
    if isinstance(row, Group):
        return compile_group(row.all, row.any)
    path, value, compare = row.var, row.value, _OPERATORS[row.op]
    if isinstance(value, Mapping) and set(value) == {VAR}:
        other = str(value[VAR])
        return lambda scope: compare(scope.get(path), scope.get(other))
    return lambda scope: compare(scope.get(path), value)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right or (fold(left) == fold(right) != "")
    return bool(left == right)


def _order(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1; None where the two cannot be compared."""
    one, other = _comparable(left), _comparable(right)
    if one is None or other is None or type(one) is not type(other):
        return None
    try:
        return int(one > other) - int(one < other)
    except TypeError:
        return None


def _comparable(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        return _number_or_moment(value)
    return value if isinstance(value, date | datetime) else None


def _number_or_moment(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, list | tuple):
        return any(_same(item, right) for item in left)
    return isinstance(left, str) and isinstance(right, str) and fold(right) in fold(left)


def _within(left: Any, right: Any) -> bool:
    return isinstance(right, list | tuple) and any(_same(left, item) for item in right)


def _is_set(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _starts(left: Any, right: Any) -> bool:
    return isinstance(left, str) and isinstance(right, str) and fold(left).startswith(fold(right))


def _between(left: Any, right: Any) -> bool:
    if not isinstance(right, list | tuple) or len(right) != 2:
        return False
    low, high = _order(left, right[0]), _order(left, right[1])
    return low is not None and high is not None and low >= 0 >= high


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda left, right: not _same(left, right),
    "gt": lambda left, right: _order(left, right) == 1,
    "gte": lambda left, right: _order(left, right) in (0, 1),
    "lt": lambda left, right: _order(left, right) == -1,
    "lte": lambda left, right: _order(left, right) in (0, -1),
    "in": _within,
    "not_in": lambda left, right: not _within(left, right),
    "contains": _contains,
    "starts_with": _starts,
    "set": lambda left, right: _is_set(left),
    "not_set": lambda left, right: not _is_set(left),
    "between": _between,
}
