"""Reads the events of a turn in order and decides which node gets each. The only place that does."""

from langgraph.types import Command

from core.errors import FlowError
from core.turns import Step, TurnContext
from graphs.contract import Heard
from graphs.draft import Draft
from graphs.plan import ReleasePlan
from graphs.schema.nodes_work import HandoffNode, TemplateNode
from graphs.scope import EARLY
from graphs.state import GATE, State
from graphs.taps import decode_tap
from graphs.words import Words


class StaleCursor(FlowError):
    """The conversation stands at a node that its release does not have."""

    code = "stale_cursor"


async def run_gate(plan: ReleasePlan, state: State, turn: TurnContext) -> Command[str]:
    """Give the next event to the node it is meant for."""
    draft = Draft(state)
    desk = draft.desk
    if draft.done is not None or desk["at"] >= len(draft.events):
        return draft.command()
    if draft.stack and draft.top["node"] not in plan.nodes:
        raise StaleCursor(node=draft.top["node"], release=plan.hash)
    event = draft.events[desk["at"]]
    desk = draft.desk = {**desk, "at": desk["at"] + 1, "heard": None, "steps": 0, "seen": {}, "cause": "flow"}
    desk["notice"], desk["opted_out"] = (), False
    turn.minter.about(event.id)
    again, desk["fed_again"] = desk.get("fed_again", False), False
    if event.kind in ("message", "tap"):
        desk["text"], desk["source"] = event.text.strip(), event.id
    gate = Gate(plan, draft, turn, event, again=again)
    via = await gate.decide()
    draft.trail.append(Step(GATE, event.kind, via, 0.0, gate.facts))
    return draft.command()


class Gate(Words):
    """One event's decision."""

    async def decide(self) -> str:
        """Move the draft on; return what decided."""
        match self.event.kind:
            case "start":
                return self.begin() if not self.draft.stack else self.rest("ignored")
            case "message":
                return await self.message(self.event.text.strip())
            case "tap":
                return await self.tap()
            case "timer":
                return self.timer()
            case "handback":
                return self.handback()
            case "delivery":
                return self.delivery()
            case "event":
                return self.told()

    def timer(self) -> str:
        """Wake the visit the timer was set for; a moved cursor makes it void."""
        if not self.draft.stack or self.draft.top["visit"] != self.event.visit:
            return self.rest("void")
        return self.hand(Heard("timer", timer=self.event.timer or "", source=self.event.id))

    def handback(self) -> str:
        """Staff gave the conversation back: a handoff goes on at its port, any other cursor is kept."""
        if not self.draft.stack or not isinstance(self.node().spec, HandoffNode):
            return self.rest("kept")
        port = self.event.port or "returned"
        if port in {"returned", "resolved"} and len(self.draft.events) == 1:
            self.draft.desk["silent"] = True
        return self.hand(Heard("handback", port=port))

    def delivery(self) -> str:
        """An outgoing message's fate: a template node waits for it; a lost question is asked again."""
        draft, port = self.draft, self.event.port or ""
        if not draft.stack or draft.top["visit"] != self.event.visit:
            return self.rest("void")
        if isinstance(self.node().spec, TemplateNode):
            return self.hand(Heard("delivery", port=port))
        lost = port in {"failed", "cancelled", "blocked"}
        draft.replace_top({**draft.top, "unseen": lost, "lost": lost})
        return self.rest("noted")

    def told(self) -> str:
        """Something happened outside: for the wait that names it; what comes early is kept until one does."""
        name, data = self.event.port or "", dict(self.event.data)
        if self.draft.stack and name in self.node().executor.told:
            return self.hand(Heard("event", port=name, value=data))
        if not self.draft.stack or all(name not in node.executor.told for node in self.plan.nodes.values()):
            return self.rest("void")
        self.draft.vars = {**self.draft.vars, EARLY: {**self.draft.vars.get(EARLY, {}), name: data}}
        return self.rest("kept")

    async def tap(self) -> str:
        """Take a tap, on the question at hand or an older one; explain where its node is gone."""
        tap = decode_tap(self.event.payload)
        if tap is None:
            words = self.event.text.strip()
            return await self.message(words) if words or self.draft.stack else self.begin()
        node = self.plan.nodes.get(tap.node)
        flows = {frame["node"].split("/", 1)[0] for frame in self.draft.stack} | {self.plan.entry.key}
        if node is None or tap.node.split("/", 1)[0] not in flows:
            return self.stale_tap()
        self.ensure_started()
        here = self.draft.top["node"] == tap.node
        heard = node.executor.tapped(self.visit() if here else self.elsewhere(node), tap.option, source=self.event.id)
        if heard is None:
            return self.stale_tap()
        if not here:
            self.draft.withdraw(self.draft.top["visit"])
            self.leave_for(tap.node)
            self.draft.desk["cause"] = "flow"
        self.facts["option"] = tap.option
        self.hand(heard)
        return "tap"

    def stale_tap(self) -> str:
        """Say that the button is no longer in use, and what is being asked instead."""
        self.ensure_started_quietly("stale_tap")
        return "stale_tap"
