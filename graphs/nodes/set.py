"""Give variables values."""

from typing import Any

from graphs.contract import Executor, Fail, Follow, Making, Outcome, Visit
from graphs.expressions import UNDEFINED, Expression, compile_expression
from graphs.schema.nodes_logic import SetNode
from graphs.scope import resolve
from graphs.texts import parse_template


class Set(Executor):
    """Executor of ``set``: each assignment sees the ones before it."""

    def __init__(self, making: Making[SetNode]) -> None:
        self._assign: list[tuple[str, Any, Expression | None]] = [
            (one.var, one.value, compile_expression(one.expr) if one.expr else None) for one in making.node.assign
        ]

    async def enter(self, visit: Visit) -> Outcome:
        """Assign in order; an expression that cannot be computed fails."""
        scope = visit.scope
        for name, value, expression in self._assign:
            if expression is not None:
                result = expression.evaluate(scope)
                if result is UNDEFINED:
                    return Fail("expression", f"{name}: {expression.text}")
                scope.set(name, result)
            else:
                scope.set(name, resolve(value, scope, lambda text: parse_template(text).render(scope, visit.style)))
        return Follow("next")
