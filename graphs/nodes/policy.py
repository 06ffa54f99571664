"""Ask the tenant's rules; the first check that fails decides."""

from dataclasses import replace

from graphs.contract import Executor, Follow, Making, Outcome, Visit
from graphs.schema.nodes_logic import PolicyNode
from graphs.trace import shorten
from tools.base import ToolContext
from tools.check_policy import PolicyArguments, check_policy


class Policy(Executor):
    """Executor of ``policy``: the same checks a model may ask for."""

    external = True

    def __init__(self, making: Making[PolicyNode]) -> None:
        self._checks = making.node.checks

    async def enter(self, visit: Visit) -> Outcome:
        """Leave by ``pass``, by the failed check's own port where it is drawn, or by ``fail``."""
        contact = visit.scope.roots.get("contact") or {}
        told = ToolContext.from_turn(visit.turn, node=visit.node, visit=visit.visit)
        context = replace(told, contact=contact, said=visit.said)
        outcome = await check_policy(PolicyArguments(checks=self._checks), context)
        failed = outcome.result["failed"]
        facts = {"checks": shorten(outcome.result["checks"])}
        if not failed:
            return Follow("pass", emits=outcome.emits, facts=facts)
        own = failed[0].split(":", 1)[0]
        return Follow((own, "fail"), emits=outcome.emits, cause="policy", facts={**facts, "verdict": failed[0]})
