"""Pass the conversation to a person: one notice, one brief; wait until it comes back."""

from collections.abc import Sequence
from typing import Any

from core.content import Part
from core.policy import is_open
from core.turns import Brief, FlowEvent, RequestHandoff
from graphs.contract import Ended, Executor, Follow, Go, Heard, Making, Outcome, Suspend, Visit
from graphs.nodes.brief import make_brief
from graphs.saying import Saying, builtin_parts
from graphs.schema.nodes_work import HandoffNode
from graphs.texts import parse_template
from tools.request_handoff import clamp_priority

_COMES_BACK = {"resolved", "returned", "timeout", "unavailable"}


class Handoff(Executor):
    """Executor of ``handoff``."""

    external = True

    def __init__(self, making: Making[HandoffNode]) -> None:
        node = making.node
        self._node = node
        self._entry = f"{making.flow.key}/{making.flow.entry}"
        self._notice = Saying(node.say, making.translations)
        self._unavailable = Saying(node.unavailable.say if node.unavailable else (), making.translations)
        self._priority = parse_template(node.priority) if isinstance(node.priority, str) else None

    async def enter(self, visit: Visit) -> Outcome:
        """Ask for a person, and tell the customer once, with the request."""
        if _only_given_back(visit.turn.events):
            return Ended("returned")
        brief = await make_brief(visit, self._node.summary)
        facts = visit.turn.policy
        free = is_open(facts.policy, visit.turn.now) and facts.queues_available.get(self._node.queue, True)
        request = self._request(visit, brief, self._words(visit, free=free))
        if not free and "unavailable" in self._node.to:
            return Follow("unavailable", emits=(request,), facts={"available": False})
        return Suspend(emits=(request,), facts={"queue": self._node.queue, "available": free})

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Go on where the conversation came back."""
        if heard.kind != "handback" or heard.port not in _COMES_BACK:
            return Suspend()
        if heard.port in self._node.to:
            return Follow(heard.port, facts={"handback": heard.port})
        return Ended("resolved") if heard.port == "resolved" else self._undrawn(visit, heard.port)

    def _undrawn(self, visit: Visit, port: str) -> Outcome:
        """Say and go where the flow's handler has it: nothing was drawn for this way back."""
        step = next(iter(visit.handlers("handback" if port == "returned" else "timeout")), None)
        emits = visit.say(step.saying.render(visit)) if step else ()
        target = step.to if step and step.to else None
        if port == "returned":
            return Go(target or self._entry, emits=emits)
        return Go(target, emits=emits) if target else Suspend(emits=emits, facts={"handback": port})

    def _request(self, visit: Visit, brief: Brief, notice: tuple[Part, ...]) -> RequestHandoff:
        return RequestHandoff(
            queue=self._node.queue,
            reason=visit.cause,
            priority=self._rank(visit),
            brief=brief,
            notice=notice,
            node=visit.node,
            visit=visit.visit,
            sla=self._node.sla,
            answers=visit.source if visit.cause == "asked" else None,
        )

    def _words(self, visit: Visit, *, free: bool) -> tuple[Part, ...]:
        if not free:
            return self._unavailable.render(visit) or builtin_parts("unavailable", visit)
        return visit.notice or self._notice.render(visit) or builtin_parts("handoff", visit)

    def _rank(self, visit: Visit) -> int:
        value: Any = self._node.priority
        if self._priority is not None:
            value = self._priority.render(visit.scope, visit.style)
        try:
            return clamp_priority(float(value))
        except (TypeError, ValueError):
            return 0


def _only_given_back(events: Sequence[FlowEvent]) -> bool:
    """Tell whether a person gave it back and the customer waits for nothing: who decided so is not fetched again."""
    silent = (each.kind == "handback" and each.port == "returned" and not each.text.strip() for each in events)
    return bool(events) and all(silent)
