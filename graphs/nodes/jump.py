"""Leave for a node of this flow, or for another flow's start."""

from graphs.contract import Executor, Go, Making, Outcome, Visit
from graphs.schema import RETURN
from graphs.schema.nodes_logic import JumpNode


class Jump(Executor):
    """Executor of ``jump``."""

    def __init__(self, making: Making[JumpNode]) -> None:
        node = making.node
        flow = node.flow or making.flow.key
        self._target = flow if node.node is None else f"{flow}/{node.node}"
        if node.node == RETURN:
            self._target = RETURN

    async def enter(self, visit: Visit) -> Outcome:
        """Go there."""
        return Go(self._target)
