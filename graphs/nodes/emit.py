"""Record that something happened, for those who count it."""

from core.turns import RecordEvent
from graphs.contract import Executor, Follow, Making, Outcome, Visit
from graphs.schema.nodes_logic import EmitNode
from graphs.scope import resolve
from graphs.texts import parse_template
from graphs.trace import shorten


class EmitEvent(Executor):
    """Executor of ``emit``: the turn's commit records it, once; nothing leaves the house."""

    def __init__(self, making: Making[EmitNode]) -> None:
        self._node = making.node

    async def enter(self, visit: Visit) -> Outcome:
        """Record the event with its values."""
        data = shorten(
            resolve(self._node.data, visit.scope, lambda text: parse_template(text).render(visit.scope, visit.style))
        )
        event = RecordEvent(self._node.event, dict(data), visit.node)
        return Follow("next", emits=(event,), facts={"event": event.name})
