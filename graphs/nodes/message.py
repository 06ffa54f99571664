"""Say something and go on."""

from zlib import crc32

from graphs.contract import Executor, Follow, Making, Outcome, Visit
from graphs.saying import Saying
from graphs.schema.nodes_talk import MessageNode


class Message(Executor):
    """Executor of ``message``."""

    def __init__(self, making: Making[MessageNode]) -> None:
        node = making.node
        first = Saying(node.say, making.translations, node.channels)
        self._sayings = (first, *(Saying(say, making.translations) for say in node.variants))

    async def enter(self, visit: Visit) -> Outcome:
        """Say one of the wordings: the same one when the turn is replayed."""
        chosen = 0
        if len(self._sayings) > 1:
            chosen = crc32(f"{visit.turn.run_id}{visit.turn.turn_no}{visit.node}".encode()) % len(self._sayings)
        return Follow("next", emits=visit.say(self._sayings[chosen].render(visit)))
