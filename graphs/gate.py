"""Reads the events of a turn in order and decides which node gets each. The only place that does.

For words: hard triggers, then what can only be an answer, then soft triggers, then digressions, then what may be an
answer, then one question to a model, then retrieval, then no-match.
"""

from langgraph.types import Command

from core.errors import FlowError
from core.turns import FlowEvent, OptOut, Step, TurnContext
from graphs.builtins import is_opt_in, is_opt_out, looks_like_question, wants_human
from graphs.contract import Heard, Visit
from graphs.draft import Draft
from graphs.fold import fold
from graphs.matching import EXAMPLE_THRESHOLD
from graphs.plan import NodePlan, ReleasePlan, TriggerPlan
from graphs.saying import builtin_parts
from graphs.schema.nodes_work import HandoffNode, TemplateNode
from graphs.state import GATE, State, new_frame
from graphs.taps import decode_tap
from graphs.understand import Understood, search_first, understand
from graphs.view import make_visit


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
    desk.update(at=desk["at"] + 1, heard=None, steps=0, seen={}, cause="flow", notice=(), opted_out=False)
    if event.kind in ("message", "tap"):
        desk.update(text=event.text.strip(), source=event.id)
    gate = Gate(plan, draft, turn, event)
    via = await gate.decide()
    draft.trail.append(Step(GATE, event.kind, via, 0.0, gate.facts))
    return draft.command()


class Gate:
    """One event's decision."""

    def __init__(self, plan: ReleasePlan, draft: Draft, turn: TurnContext, event: FlowEvent) -> None:
        self.plan, self.draft, self.turn, self.event = plan, draft, turn, event
        self.facts: dict[str, object] = {}

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

    # --- moves ---

    def rest(self, via: str) -> str:
        """Leave everything as it is and go on with the next event."""
        self.draft.next_event()
        return via

    def begin(self) -> str:
        """Start at the flow's entry."""
        flow = self.plan.entry
        self.draft.vars = {"slots": flow.defaults("slots"), "conv": flow.defaults("conv")}
        self.draft.stack = []
        self.draft.push(new_frame(flow.entry, self.turn.minter.mint("visit")))
        self.draft.desk["greeting"] = self.draft.top["visit"]
        return "start"

    def hand(self, heard: Heard) -> str:
        """Give the waiting node what was heard; its question, if it has not left yet, need not."""
        top = self.draft.top
        self.draft.withdraw(top["visit"])
        self.draft.desk["heard"] = heard
        # a question that is put again is a new visit, so that the timers of the first are void
        again = heard.kind in ("no_match", "refused")
        visit = self.turn.minter.mint("visit") if again else top["visit"]
        self.draft.replace_top({**top, "phase": "resume", "unseen": False, "visit": visit})
        self.draft.goto = top["node"]
        return heard.kind

    def fire(self, trigger: TriggerPlan) -> str:
        """Do what a trigger says."""
        via = f"trigger:{trigger.spec.id}"
        self.ensure_started()
        self.draft.withdraw(self.draft.top["visit"])
        match trigger.spec.do:
            case "opt_out":
                self.opt_out(trigger.to)
            case "restart":
                self.begin()
            case "call":
                self.digress(trigger.to or self.plan.entry.entry)
            case "goto":
                self.leave_for(trigger.to or self.plan.flows[trigger.flow].entry)
        return via

    def ensure_started(self) -> None:
        """A trigger may be the first thing that is said: the flow's start waits beneath it."""
        if not self.draft.stack:
            self.begin()

    def opt_out(self, target: str | None) -> str:
        """Take the customer's no, confirm it once, end the Run."""
        self.draft.out.append(OptOut(source=self.event.id))
        self.draft.desk["opted_out"] = True
        self.leave_for(target or self.plan.opt_out)
        return "opt_out"

    def leave_for(self, target: str) -> None:
        """Go to a node from wherever the conversation stands."""
        self.draft.desk["cause"] = "asked"
        self.draft.keep_frames_of(target.split("/", 1)[0])
        kind = self.draft.kind_or_main()
        frame = new_frame(target, self.turn.minter.mint("visit"), kind=kind)
        if "slots" in self.draft.top:
            frame["slots"] = self.draft.top["slots"]
        self.draft.goto_frame(frame)

    def digress(self, target: str) -> None:
        """Answer and come back: costs no retry."""
        self.draft.push(new_frame(target, self.turn.minter.mint("visit"), kind="digress"))

    # --- kinds of events ---

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
        return self.hand(Heard("handback", port=port, note=self.event.note))

    def delivery(self) -> str:
        """An outgoing message's fate: a template node waits for it; a lost question must be asked again."""
        draft, port = self.draft, self.event.port or ""
        if not draft.stack or draft.top["visit"] != self.event.visit:
            return self.rest("void")
        if isinstance(self.node().spec, TemplateNode):
            return self.hand(Heard("delivery", port=port))
        if port in {"failed", "cancelled", "blocked"}:
            draft.replace_top({**draft.top, "unseen": True})
        return self.rest("noted")

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

    def ensure_started_quietly(self, handler: str) -> None:
        """Say a handler's words, then return to the question at hand, or begin."""
        fresh = not self.draft.stack
        if fresh:
            self.begin()
        visit = self.visit()
        steps = visit.handlers(handler)
        parts = steps[0].saying.render(visit) if steps and steps[0].saying else builtin_parts(handler, visit)
        self.draft.out.extend(visit.say(parts))
        if steps and steps[0].to:
            self.leave_for(steps[0].to)
        elif not fresh:
            self.reask()

    def reask(self) -> None:
        """Repeat the question at hand, unless it has not left yet."""
        top = self.draft.top
        if self.draft.unsaid(top["visit"]) or top["phase"] != "await":
            self.draft.next_event()
            return
        self.draft.replace_top({**top, "phase": "reask", "visit": self.turn.minter.mint("visit")})
        self.draft.goto = top["node"]

    # --- words ---

    async def message(self, text: str) -> str:
        """Decide about words or media."""
        folded = fold(text)
        if via := self.of_consent(text):
            return via
        if via := self.hard(text, folded):
            return via
        if not self.draft.stack:
            return self.first(folded)
        return await self.answer(text, folded)

    def of_consent(self, text: str) -> str | None:
        """STOP wins over everything; START is heard from those who had said STOP."""
        facts = self.turn.policy
        if is_opt_out(text, facts.policy.opt_out_words):
            own = next((one for one in self.triggers("hard") if one.spec.do == "opt_out"), None)
            self.ensure_started()
            self.draft.withdraw(self.draft.top["visit"])
            return self.opt_out(own.to if own else None)
        if not facts.opted_out or not is_opt_in(text):
            return None
        fresh = not self.draft.stack
        self.ensure_started()
        visit = self.visit()
        self.draft.out.append(OptOut(granted=True, source=self.event.id))
        self.draft.out.extend(visit.say(builtin_parts("opted_in", visit), system=True))
        if not fresh:
            self.reask()
        return "opt_in"

    def hard(self, text: str, folded: str) -> str | None:
        """Fire the first hard trigger; asking for a person is understood without one."""
        for trigger in self.triggers("hard"):
            if trigger.words.says(folded) or trigger.words.resembles(folded) >= EXAMPLE_THRESHOLD:
                return self.waits_for_staff(trigger.to) or self.fire(trigger)
        if not wants_human(text):
            return None
        self.ensure_started()
        target = self.node().flow.human
        if via := self.waits_for_staff(target):
            return via
        self.draft.withdraw(self.draft.top["visit"])
        self.leave_for(target)
        return "human"

    def waits_for_staff(self, target: str | None) -> str | None:
        """A handoff is never asked for twice."""
        if not self.draft.stack or target is None or target not in self.plan.nodes:
            return None
        both = isinstance(self.node().spec, HandoffNode) and isinstance(self.plan.nodes[target].spec, HandoffNode)
        return self.rest("waiting") if both and self.draft.top["phase"] == "await" else None

    def first(self, folded: str) -> str:
        """The first words of a Run: a trigger's, else the flow begins."""
        trigger = self.soft(folded) or self.digression(folded)
        return self.fire(trigger) if trigger else self.begin()

    async def answer(self, text: str, folded: str) -> str:
        """Words while a node waits, or stands idle."""
        node, top = self.node(), self.draft.top
        unsent = self.draft.unsaid(top["visit"])
        if not text:
            return self.wordless(node)
        if heard := node.executor.strict(self.visit(), text, source=self.event.id):
            return self.hand(heard)
        if trigger := self.soft(folded):
            return self.fire(trigger)
        may_digress = node.executor.digress or not node.executor.waits
        if may_digress and (trigger := self.digression(folded)):
            return self.fire(trigger)
        if top.get("unseen"):
            self.reask()
            return "unseen"
        if node.executor.joins:
            return self.hand(Heard("text", text=self.joined(text), source=self.event.id))
        return await self.guess(node, text, may_digress=may_digress, unsent=unsent)

    async def guess(self, node: NodePlan, text: str, *, may_digress: bool, unsent: bool) -> str:
        """What may be an answer, then what a model makes of it, then what the knowledge says."""
        asks = may_digress and looks_like_question(text) and (self.triggers("digress") or self.guards_a_name(node))
        if not asks and (heard := node.executor.loose(self.visit(), text, source=self.event.id)):
            return self.hand(heard)
        if unsent:
            return self.rest("unsent")
        for look in (understand, search_first):
            found = await look(self.plan, node, self.visit(), self.triggers_of_intent(may_digress), text)
            if found is not None:
                return self.follow_up(found)
        if isinstance(node.spec, HandoffNode):
            return self.rest("waiting")
        if not node.executor.waits:
            self.ensure_started_quietly("no_match")
            return "no_match"
        return self.hand(Heard("no_match", text=text, source=self.event.id))

    def guards_a_name(self, node: NodePlan) -> bool:
        """Tell whether the answer is personal data: a question is never taken for somebody's name."""
        return getattr(node.spec, "save", None) in node.flow.pii

    def follow_up(self, found: Understood) -> str:
        """Do what was understood."""
        self.facts.update(found.facts)
        for name, value in found.set.items():
            root, _, rest = name.partition(".")
            self.draft.vars = {**self.draft.vars, root: {**self.draft.vars.get(root, {}), rest: value}}
        if found.trigger is not None:
            self.fire(found.trigger)
        elif found.human:
            self.draft.withdraw(self.draft.top["visit"])
            self.leave_for(self.node().flow.human)
        elif found.heard is not None:
            self.hand(found.heard)
        else:
            self.reask()
        return found.via

    def wordless(self, node: NodePlan) -> str:
        """Media where words are waited for; a node that takes media says so by ``strict``."""
        heard = node.executor.tapped(self.visit(), "@media", source=self.event.id) if self.event.parts else None
        if heard is not None:
            return self.hand(heard)
        if isinstance(node.spec, HandoffNode):
            return self.rest("waiting")
        self.ensure_started_quietly("unsupported")
        return "unsupported"

    def joined(self, text: str) -> str:
        """Join consecutive messages for a node that reads them together."""
        desk, lines = self.draft.desk, [text]
        while desk["at"] < len(self.draft.events):
            after = self.draft.events[desk["at"]]
            if after.kind != "message" or not after.text.strip() or self.is_hard(after.text):
                break
            lines.append(after.text.strip())
            desk["at"] += 1
        desk["text"] = "\n".join(lines)
        return desk["text"]

    def is_hard(self, text: str) -> bool:
        """Tell whether a hard trigger takes this text."""
        return wants_human(text) or any(one.words.says(fold(text)) for one in self.triggers("hard"))

    # --- look-ups ---

    def node(self) -> NodePlan:
        """Return the active node."""
        return self.plan.nodes[self.draft.top["node"]]

    def visit(self) -> Visit:
        """Return the view of the active node."""
        return make_visit(self.plan, self.node(), self.draft, self.turn)

    def elsewhere(self, node: NodePlan) -> Visit:
        """Return the view of a node that is not the active one."""
        visit = make_visit(self.plan, node, self.draft, self.turn)
        visit.phase, visit.memo = "await", {}
        return visit

    def triggers(self, kind: str) -> list[TriggerPlan]:
        """Return the triggers in force: those of the flow at hand, then those of its callers."""
        flows = [self.plan.nodes[frame["node"]].flow for frame in reversed(self.draft.stack)]
        flows.append(self.plan.entry)
        unique = {flow.key: flow for flow in flows}
        return [trigger for flow in unique.values() for trigger in flow.triggers if trigger.spec.kind == kind]

    def triggers_of_intent(self, may_digress: bool) -> list[TriggerPlan]:
        """Return what a model or the knowledge may find besides an answer."""
        kinds = ("hard", "soft", "digress") if may_digress else ("hard", "soft")
        return [trigger for kind in kinds for trigger in self.triggers(kind)]

    def soft(self, folded: str) -> TriggerPlan | None:
        """Find a soft trigger that says exactly this."""
        return next((one for one in self.triggers("soft") if one.words.says(folded)), None)

    def digression(self, folded: str) -> TriggerPlan | None:
        """Find a digression by keyword or example; a soft trigger's examples count here too."""
        for one in self.triggers("digress"):
            if one.words.names(folded) or one.words.resembles(folded) >= EXAMPLE_THRESHOLD:
                return one
        return next(
            (one for one in self.triggers("soft") if one.words.resembles(folded) >= EXAMPLE_THRESHOLD), None
        )  # fmt: skip
