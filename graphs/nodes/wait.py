"""Wait for time to pass, for a moment, for the business to open, for the customer to write, or to be told."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import jmespath

from core.policy import next_opening, quiet_until, scatter
from core.turns import SetTimer
from graphs.contract import Executor, Fail, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.expressions import Expression, compile_expression
from graphs.filters import moment_of
from graphs.schema.nodes_talk import WaitNode
from graphs.scope import EARLY
from graphs.trace import shorten

ELAPSED = "elapsed"


class Wait(Executor):
    """Executor of ``wait``."""

    def __init__(self, making: Making[WaitNode]) -> None:
        node = making.node
        self._for = node.for_
        self._until = compile_expression(node.until) if node.until else None
        self._opening = node.opening
        self._quiet = _hours(node.quiet_hours)
        self._map = {name: jmespath.compile(expression) for name, expression in node.map.items()}
        self._events = node.events
        self.waits = "message" in node.to
        self.told = frozenset(node.events)

    async def enter(self, visit: Visit) -> Outcome:
        """Set the timer, unless what is waited for happened already; quiet hours are over before it rings."""
        if (happened := self._early(visit)) is not None:
            return happened
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
        timer = SetTimer(ELAPSED, visit.visit, visit.node, due)
        return Suspend(emits=(timer,), memo={"due": due.isoformat()})

    async def reask(self, visit: Visit) -> Outcome:
        """Come back from what came in between: what was waited for may have happened meanwhile, the time be over."""
        if (happened := self._early(visit)) is not None:
            return happened
        due = visit.memo.get("due")
        over = due is not None and datetime.fromisoformat(due) <= visit.turn.now
        return Follow(ELAPSED) if over else Suspend()

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Go on when the time is over, something is told or the customer writes: their words are the next node's."""
        if heard.kind == "timer":
            return Follow(ELAPSED)
        if heard.kind == "event" and heard.port is not None:
            return self._happened(heard.port, heard.value)
        return Follow("message", feed_again=True) if self.waits and heard.kind == "text" else Suspend()

    def loose(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take any words where the port ``message`` is drawn."""
        return Heard("text", text=text, source=source) if self.waits else None

    def _early(self, visit: Visit) -> Follow | None:
        """Take what was told before it was waited for."""
        name = next((one for one in self._events if visit.scope.get(f"{EARLY}.{one}") is not None), None)
        if name is None:
            return None
        data = visit.scope.get(f"{EARLY}.{name}")
        visit.scope.set(f"{EARLY}.{name}", None)
        return self._happened(name, data)

    def _happened(self, name: str, data: Mapping[str, Any]) -> Follow:
        told = {"event": name, "data": dict(data)}
        values = {variable: expression.search(told) for variable, expression in self._map.items()}
        return Follow(name, set=values, facts={"told": shorten(told)})


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
