"""Send customers different ways, by weight; each keeps theirs."""

import hashlib
from itertools import accumulate

from graphs.contract import Executor, Follow, Making, Outcome, Visit
from graphs.schema.nodes_logic import SplitNode


class Split(Executor):
    """Executor of ``split``: the arm follows from the conversation, so that it needs no memory and never changes."""

    def __init__(self, making: Making[SplitNode]) -> None:
        self._name = making.name
        self._arms = tuple(arm.id for arm in making.node.arms)
        self._edges = tuple(accumulate(arm.weight for arm in making.node.arms))

    async def enter(self, visit: Visit) -> Outcome:
        """Leave by the arm that this conversation falls to."""
        drawn = hashlib.sha256(f"{self._name}|{visit.turn.conversation_id}".encode()).digest()
        place = int.from_bytes(drawn[:8]) % self._edges[-1]
        arm = next(arm for arm, edge in zip(self._arms, self._edges, strict=True) if place < edge)
        return Follow(arm, facts={"arm": arm})
