"""Take the first case that holds."""

from collections.abc import Callable

from graphs.conditions import compile_group
from graphs.contract import Executor, Follow, Making, Outcome, Visit
from graphs.expressions import compile_expression
from graphs.schema.nodes_logic import Case, ConditionNode
from graphs.scope import Scope


class Condition(Executor):
    """Executor of ``condition``."""

    def __init__(self, making: Making[ConditionNode]) -> None:
        self._cases = [(case.id, _test(case)) for case in making.node.cases]

    async def enter(self, visit: Visit) -> Outcome:
        """Leave by the first case that holds, else by ``else``."""
        for port, holds in self._cases:
            if holds(visit.scope):
                return Follow(port)
        return Follow("else")


def _test(case: Case) -> Callable[[Scope], bool]:
    rows = compile_group(case.all, case.any)
    if case.expr is None:
        return rows
    expression = compile_expression(case.expr)
    return lambda scope: rows(scope) and expression.holds(scope)
