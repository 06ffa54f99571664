"""Checks of what expressions come to, as far as that is plain before they are computed."""

from collections.abc import Iterator, Mapping

from graphs.expressions import BadExpression, compile_expression
from graphs.lint_walk import Path
from graphs.schema import Flow, Issue, pointer
from graphs.schema.nodes_form import FormNode
from graphs.schema.nodes_logic import ConditionNode, SetNode
from graphs.schema.nodes_talk import AskNode, WaitNode

_TAKES: Mapping[str, str] = {
    "string": "string", "enum": "string", "phone": "string", "email": "string", "date": "string",
    "datetime": "string", "number": "number", "bool": "bool", "list": "list", "object": "object",
    "media": "object", "location": "object",
}  # fmt: skip
"""Type of a variable → what an expression that is kept in it must come to."""


def check_expressions(flow: Flow) -> Iterator[Issue]:
    """Report values that do not fit their variable, and conditions that never hold."""
    for key, node in flow.nodes.items():
        if isinstance(node, SetNode):
            yield from _assignments(flow, key, node)
        elif isinstance(node, WaitNode) and (kind := _kind_of(node.until)) not in {None, "string"}:
            fix = "Take a variable that holds one, or a timestamp."
            yield Issue(pointer("nodes", key, "until"), "no_moment", "error", f"This is a {kind}, not a moment.", fix)
    for path, text in _conditions(flow):
        kind = _kind_of(text)
        if kind not in {None, "bool"}:
            fix = "Compare it with something."
            yield Issue(pointer(*path), "never_true", "error", f"This is a {kind}, which is never true.", fix)


def _assignments(flow: Flow, key: str, node: SetNode) -> Iterator[Issue]:
    for index, one in enumerate(node.assign):
        spec, kind = flow.variables.get(one.var), _kind_of(one.expr)
        if spec is not None and kind is not None and kind != _TAKES[spec.type]:
            place = pointer("nodes", key, "assign", index, "expr")
            message = f"{one.var} is a {spec.type}, but the expression comes to a {kind}."
            yield Issue(place, "wrong_type", "error", message, "Correct it, or change the variable's type.")


def _conditions(flow: Flow) -> Iterator[tuple[Path, str]]:
    for key, node in flow.nodes.items():
        if isinstance(node, ConditionNode):
            for index, case in enumerate(node.cases):
                if case.expr is not None:
                    yield ("nodes", key, "cases", index, "expr"), case.expr
        elif isinstance(node, AskNode):
            for index, rule in enumerate(node.expect.reject):
                yield ("nodes", key, "expect", "reject", index, "if"), rule.when
        elif isinstance(node, FormNode):
            for number, field in enumerate(node.fields):
                for index, rule in enumerate(field.expect.reject):
                    yield ("nodes", key, "fields", number, "expect", "reject", index, "if"), rule.when


def _kind_of(text: str | None) -> str | None:
    """Return what it comes to; None where that shows only when it is computed, or where it cannot be read."""
    try:
        return None if text is None else compile_expression(text).kind
    except BadExpression:
        return None
