"""Wait for time to pass, for a moment, for the business to open, or for the customer to write."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from core.policy import next_opening, quiet_until, scatter
from core.turns import SetTimer
from graphs.contract import Executor, Fail, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.expressions import Expression, compile_expression
from graphs.filters import moment_of
from graphs.schema.nodes_talk import WaitNode

ELAPSED = "elapsed"


class Wait(Executor):
    """Executor of ``wait``."""

    def __init__(self, making: Making[WaitNode]) -> None:
        node = making.node
        self._for = node.for_
        self._until = compile_expression(node.until) if node.until else None
        self._opening = node.opening
        self._quiet = _hours(node.quiet_hours)
        self.waits = "message" in node.to

    async def enter(self, visit: Visit) -> Outcome:
        """Set the timer; one that would ring in quiet hours rings at their end."""
        due = visit.turn.now + self._for if self._until is None else _moment(self._until, visit)
        if due is None:
            return Fail("not_a_moment", "What is waited for is no day or moment.")
        policy = visit.turn.policy.policy
        if self._opening and (opens := next_opening(policy, due)) is not None and opens > due:
            due = scatter(due, opens, visit.turn.conversation_id)
        quiet = self._quiet or policy.quiet_hours
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


def _moment(until: Expression, visit: Visit) -> datetime | None:
    """Return the moment, now where it is past; a time without a zone is the flow's own."""
    found = moment_of(until.evaluate(visit.scope), visit.style)
    if found is None:
        return None
    moment = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(visit.style.timezone))
    return max(moment.astimezone(visit.turn.now.tzinfo), visit.turn.now)
