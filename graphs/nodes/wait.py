"""Wait for time to pass, or for the customer to write."""

from datetime import datetime, time

from core.policy import quiet_until, scatter
from core.turns import SetTimer
from graphs.contract import Executor, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.schema.nodes_talk import WaitNode

ELAPSED = "elapsed"


class Wait(Executor):
    """Executor of ``wait``."""

    def __init__(self, making: Making[WaitNode]) -> None:
        node = making.node
        self._for = node.for_
        self._quiet = _hours(node.quiet_hours)
        self.waits = "message" in node.to

    async def enter(self, visit: Visit) -> Outcome:
        """Set the timer; one that would ring in quiet hours rings at their end."""
        due = visit.turn.now + self._for
        quiet = self._quiet or visit.turn.policy.policy.quiet_hours
        until = quiet_until(quiet, visit.style.timezone, due)
        if until is not None:
            due = scatter(due, until, visit.turn.conversation_id)
        return Suspend(emits=(SetTimer(ELAPSED, visit.visit, visit.node, due),))

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Go on when the time is over or the customer writes; their words are for the next node."""
        if heard.kind == "timer":
            return Follow(ELAPSED)
        return Follow("message", feed_again=True) if self.waits and heard.kind == "text" else Suspend()

    def loose(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take any words where the port ``message`` is drawn."""
        return Heard("text", text=text, source=source) if self.waits else None


def _hours(text: str | None) -> tuple[time, time] | None:
    if text is None:
        return None
    start, end = (datetime.strptime(part, "%H:%M").time() for part in text.split("-"))
    return start, end
