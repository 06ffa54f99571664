"""The moves of the gate: start, hand an event to the waiting node, leave for another, digress, ask again."""

from core.turns import FlowEvent, OptOut, TurnContext
from graphs.contract import Heard, Visit
from graphs.draft import Draft
from graphs.matching import EXAMPLE_THRESHOLD
from graphs.plan import NodePlan, ReleasePlan, TriggerPlan
from graphs.saying import builtin_parts
from graphs.state import new_frame
from graphs.view import make_visit


class Moves:
    """What may be done with one event."""

    def __init__(
        self, plan: ReleasePlan, draft: Draft, turn: TurnContext, event: FlowEvent, *, again: bool = False
    ) -> None:
        self.plan, self.draft, self.turn, self.event = plan, draft, turn, event
        self.again = again
        self.facts: dict[str, object] = {}

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
        moves_on = self.node().executor.renews and heard.kind in ("answer", "skip")
        again = moves_on or heard.kind in ("no_match", "refused")
        visit = self.turn.minter.mint("visit") if again else top["visit"]
        self.draft.replace_top({**top, "phase": "resume", "unseen": False, "lost": False, "visit": visit})
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

    def ensure_started_quietly(self, handler: str) -> None:
        """Say a handler's words, then return to the question at hand, or begin."""
        self.ensure_started()
        fresh = self.draft.top["phase"] == "enter"
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
        if self.draft.unsaid(top["visit"]) or top["phase"] != "await" or not self.node().executor.asks:
            self.draft.next_event()
            return
        self.draft.replace_top({**top, "phase": "reask", "visit": self.turn.minter.mint("visit")})
        self.draft.goto = top["node"]

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
