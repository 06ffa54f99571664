"""What a customer's words mean for the flow: the order of matching.

Hard triggers, then what can only be an answer, then soft triggers, then digressions, then what may be an answer, then
one question to a model, then retrieval, then no-match.
"""

from core.turns import OptOut
from graphs.builtins import is_opt_in, is_opt_out, looks_like_question, wants_human
from graphs.contract import Heard
from graphs.fold import fold
from graphs.matching import EXAMPLE_THRESHOLD
from graphs.moves import Moves
from graphs.plan import NodePlan
from graphs.saying import builtin_parts
from graphs.schema.nodes_work import HandoffNode
from graphs.understand import Understood, may_understand, search_first, understand


class Words(Moves):
    """Decides about words and media."""

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
            if facts.opt_out_told:
                return self.rest("opted_out")
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
        if not top.get("lost") and (heard := node.executor.strict(self.visit(), text, source=self.event.id)):
            return self.hand(heard)
        if trigger := self.soft(folded):
            return self.fire(trigger)
        may_digress = node.executor.digress or not node.executor.waits
        if may_digress and (trigger := self.digression(folded)):
            return self.fire(trigger)
        if top.get("unseen") and node.executor.asks:
            self.reask()
            return "unseen"
        if node.executor.joins:
            return self.hand(Heard("text", text=self.joined(text), source=self.event.id))
        return await self.guess(node, text, may_digress=may_digress, unsent=unsent)

    async def guess(self, node: NodePlan, text: str, *, may_digress: bool, unsent: bool) -> str:
        """What may be an answer, then what a model makes of it, then what the knowledge says."""
        if isinstance(node.spec, HandoffNode):
            return self.rest("waiting")
        asks = may_digress and looks_like_question(text) and (self.triggers("digress") or self.guards_a_name(node))
        if self.again:
            return self.rest("unsent")
        if not unsent and node.executor.may_say_more(self.visit(), text):
            found = await self.understood(node, text, may_digress=may_digress)
            if found is not None and found.more:
                return self.follow_up(found)
        if not asks and (heard := node.executor.loose(self.visit(), text, source=self.event.id)):
            return self.hand(heard)
        if unsent:
            return self.rest("unsent")
        found = await self.understood(node, text, may_digress=may_digress) or await search_first(
            self.plan, node, self.visit(), self.triggers_of_intent(may_digress), text
        )
        if found is not None:
            return self.follow_up(found)
        if not node.executor.waits:
            self.ensure_started_quietly("no_match")
            return "no_match"
        return self.hand(Heard("no_match", text=text, source=self.event.id))

    async def understood(self, node: NodePlan, text: str, *, may_digress: bool) -> Understood | None:
        """Ask a model what the words mean; one call a turn."""
        visit, triggers = self.visit(), self.triggers_of_intent(may_digress)
        if self.draft.desk.get("understood") or not may_understand(node, visit, triggers):
            return None
        self.draft.desk["understood"] = True
        return await understand(self.plan, node, visit, triggers, text)

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

    def gather(self) -> None:
        """Take what was said since as well, for a node that converses and is only now arrived at."""
        if self.event.kind in ("message", "tap") and (text := self.draft.desk.get("text")):
            self.joined(text)

    def is_hard(self, text: str) -> bool:
        """Tell whether a hard trigger takes this text."""
        if is_opt_out(text, self.turn.policy.policy.opt_out_words) or wants_human(text):
            return True
        return any(one.words.says(fold(text)) for one in self.triggers("hard"))
