"""Trying one expression, one text or a few rows on made-up variables, as the editor shows it beside the field."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.views_flows import Tried
from graphs.conditions import VAR, compile_group
from graphs.expressions import BadExpression, Uncomputable, compile_expression
from graphs.filters import Style
from graphs.schema.nodes_logic import Group, Row
from graphs.scope import Scope
from graphs.texts import BadTemplate, parse_template


def try_expression(text: str, scope: Scope) -> Tried:
    """Return what a CEL expression comes to, or why it has no value."""
    reads: dict[str, Any] = {}
    try:
        expression = compile_expression(text)
        reads = _read(expression.variables, scope)
        return Tried(ok=True, value=expression.compute(scope), reads=reads)
    except (BadExpression, Uncomputable) as error:
        return Tried(ok=False, error=str(error), reads=reads)


def try_template(text: str, scope: Scope, style: Style) -> Tried:
    """Return the words that a text becomes."""
    try:
        template = parse_template(text)
    except BadTemplate as error:
        return Tried(ok=False, error=str(error))
    return Tried(ok=True, value=template.render(scope, style), reads=_read(template.variables, scope))


def try_rows(group: Group, scope: Scope) -> Tried:
    """Return whether the rows hold, together and each by itself."""
    listed = (*group.all, *group.any)
    each = [compile_group((row,), ())(scope) for row in listed]
    value = compile_group(group.all, group.any)(scope)
    return Tried(ok=True, value=value, rows=each, reads=_read(_names(listed), scope))


def scope_of(variables: Mapping[str, Any], *, now: str, locale: str) -> Scope:
    """Return variables given by their dotted names as flows read them."""
    roots: dict[str, dict[str, Any]] = {
        "sys": {"now": now, "channel": "whatsapp", "locale": locale, "open_hours": True, "conversation": ""},
        "turn": {"text": "", "lang": locale},
    }
    for name, value in variables.items():
        root, *path = name.split(".")
        place = roots.setdefault(root, {})
        for part in path[:-1]:
            inner = place.get(part)
            place[part] = place = dict(inner) if isinstance(inner, Mapping) else {}
        if path:
            place[path[-1]] = value
    return Scope(roots)


def _names(rows: Sequence[Row | Group]) -> list[str]:
    found: list[str] = []
    for row in rows:
        if isinstance(row, Group):
            found += _names((*row.all, *row.any))
            continue
        found.append(row.var)
        if isinstance(row.value, Mapping) and set(row.value) == {VAR}:
            found.append(str(row.value[VAR]))
    return found


def _read(names: Sequence[str], scope: Scope) -> dict[str, Any]:
    return {name: scope.get(name) for name in names}
