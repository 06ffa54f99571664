"""The flow is over."""

from graphs.contract import Ended, Executor, Making, Outcome, Visit
from graphs.saying import Saying, builtin_parts
from graphs.schema.nodes_talk import EndNode


class End(Executor):
    """Executor of ``end``."""

    def __init__(self, making: Making[EndNode]) -> None:
        node = making.node
        self._node = node
        self._saying = Saying(node.say, making.translations)

    async def enter(self, visit: Visit) -> Outcome:
        """Say goodbye; an opt-out is always confirmed."""
        parts = self._saying.render(visit)
        if not parts and visit.opted_out:
            parts = builtin_parts("opted_out", visit)
        return Ended(self._node.outcome, emits=visit.say(parts), csat=self._node.csat)
