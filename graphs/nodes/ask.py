"""Ask, wait, understand the answer, save it."""

from core.content import ChoicesPart, Part, TextPart
from core.turns import Emit
from graphs.builtins import yes_or_no
from graphs.contract import Executor, Follow, Go, Heard, Making, Outcome, Suspend, Visit
from graphs.expect.answers import Parsed, Reading, Refused
from graphs.expect.reader import Reader
from graphs.filters import show
from graphs.nodes.question import Question, yes_no_options
from graphs.nodes.silence import silence_broken, silence_timers
from graphs.saying import builtin_parts
from graphs.schema.nodes_talk import AskNode

CONFIRM = "confirm"


class Ask(Executor):
    """Executor of ``ask``."""

    waits = True
    asks = True

    def __init__(self, making: Making[AskNode]) -> None:
        node = making.node
        self.node = node
        self.digress = node.digress
        self.reader = Reader(node.expect, making.translations)
        self.question = Question(node, making.translations)

    # --- hearing ---

    def strict(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take words that can only be the answer."""
        if visit.phase == CONFIRM:
            said = yes_or_no(text)
            return None if said is None else Heard("answer", value=said, option="yes" if said else "no", text=text)
        if self.reader.skips(text):
            return Heard("skip", text=text, source=source)
        return _heard(self.reader.strict(text, visit), text, source)

    def loose(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take words that may be the answer; a correction at "is it right?" is one."""
        return _heard(self.reader.loose(text, visit), text, source)

    def tapped(self, visit: Visit, option: str, *, source: str | None = None) -> Heard | None:
        """Take a tap on one of the options, or media where media is asked for."""
        if option == "@media":
            return self._media(visit, source)
        if option == "@skip":
            return Heard("skip", source=source)
        if visit.phase == CONFIRM or self.node.expect.type == "yes_no":
            yes = {"yes": True, "no": False}.get(option)
            return None if yes is None else Heard("answer", value=yes, option=option, source=source)
        chosen = self.reader.options.get(option)
        return Heard("answer", value=chosen.saved, option=option, source=source) if chosen else None

    def _media(self, visit: Visit, source: str | None) -> Heard | None:
        wanted = {"media": "media", "location": "location"}.get(self.node.expect.type)
        event = next((one for one in visit.turn.events if one.id == source), None)
        part = next((one for one in event.parts if one.kind == wanted), None) if event and wanted else None
        return Heard("answer", value=part.model_dump(mode="json", exclude_none=True), source=source) if part else None

    # --- acting ---

    async def enter(self, visit: Visit) -> Outcome:
        """Ask, unless the answer is known."""
        known = visit.scope.get(self.node.save) if self.node.save else None
        if known is not None and self.node.prefill == "skip_if_set":
            return Follow(self._ports(known), facts={"prefilled": True})
        if known is not None and self.node.prefill == "confirm_if_set":
            return self.confirm(visit)
        return Suspend(emits=self._prompt(visit), tries=0)

    def confirm(self, visit: Visit) -> Suspend:
        """Ask whether what is known is right."""
        known = visit.scope.get(self.node.save or "")
        return Suspend(emits=self._confirmation(visit, known), phase=CONFIRM, tries=0)

    async def reask(self, visit: Visit) -> Outcome:
        """Repeat the question alone."""
        if visit.memo.get("phase") == CONFIRM:
            known = visit.scope.get(self.node.save or "")
            return Suspend(emits=self._confirmation(visit, known), phase=CONFIRM)
        return Suspend(emits=self._prompt(visit, short=True))

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Act on what was heard."""
        match heard.kind:
            case "answer":
                return self._answered(visit, heard)
            case "skip":
                return Follow(("skip", "ok"), facts={"skipped": True})
            case "timer":
                return silence_broken(visit, heard.timer or "")
            case "refused":
                return self._again(visit, self._refusal(visit, heard.reason or ""), question=False)
            case _:
                return self._not_understood(visit)

    def _answered(self, visit: Visit, heard: Heard) -> Outcome:
        if visit.phase == CONFIRM and heard.option in {"yes", "no"} and isinstance(heard.value, bool):
            if not heard.value:
                return Suspend(emits=self._prompt(visit), tries=0)
            return Follow(self._ports(visit.scope.get(self.node.save or "")), facts={"confirmed": True})
        update = {self.node.save: heard.value} if self.node.save else {}
        facts = {"option": heard.option} if heard.option else {}
        return Follow(self._ports(heard.value, heard.option), set=update, facts=facts)

    def _ports(self, value: object, option: str | None = None) -> tuple[str, ...]:
        if self.node.expect.type == "yes_no" and isinstance(value, bool):
            return ("yes" if value else "no", "ok")
        chosen = option or next((one.id for one in self.reader.options.values() if one.saved == value), None)
        return (chosen, "ok") if chosen else ("ok",)

    def _not_understood(self, visit: Visit) -> Outcome:
        steps = visit.handlers("no_match")
        step = steps[min(visit.tries, len(steps) - 1)] if steps else None
        if step is not None and step.to is not None and visit.tries < self.node.retries.max:
            return Go(step.to, emits=visit.say(step.saying.render(visit)), cause="no_match")
        parts = step.saying.render(visit) if step is not None and step.saying else self._builtin_no_match(visit)
        return self._again(visit, parts, question=True)

    def _builtin_no_match(self, visit: Visit) -> tuple[Part, ...]:
        if visit.tries == 0:
            return builtin_parts("no_match", visit)
        options = self.reader.options or self.node.expect.type == "yes_no"
        return builtin_parts("no_match_options" if options else "no_match_human", visit)

    def _again(self, visit: Visit, before: tuple[Part, ...], *, question: bool) -> Outcome:
        tries = visit.tries + 1
        facts = {"retries": tries}
        if tries > self.node.retries.max:
            return Follow(("failed",), facts=facts, cause="no_match")
        asked = self.question.parts(visit, short=True) if question else ()
        emits = (*visit.say(before + asked, prompt=True), *silence_timers(visit, self.node.give_up))
        return Suspend(emits=emits, tries=tries, facts=facts)

    def _refusal(self, visit: Visit, reason: str) -> tuple[Part, ...]:
        if reason.startswith("rule:"):
            parts = self.reader.rule_parts(int(reason[5:]), visit)
            return parts or builtin_parts("no_match", visit)
        return builtin_parts(reason, visit)

    def _prompt(self, visit: Visit, *, short: bool = False) -> tuple[Emit, ...]:
        return (
            *visit.say(self.question.parts(visit, short=short), prompt=True),
            *silence_timers(visit, self.node.give_up),
        )

    def _confirmation(self, visit: Visit, known: object) -> tuple[Emit, ...]:
        named = next((one for one in self.reader.options.values() if one.saved == known), None)
        shown = self.question.label(named, visit) if named else show(known, visit.style)
        visit.scope = visit.scope.with_root("turn", {"value": shown})
        body = builtin_parts("confirm", visit)[0]
        text = body.text if isinstance(body, TextPart) else ""
        part = ChoicesPart(body=text, options=yes_no_options(visit))
        return (*visit.say((part,), prompt=True), *silence_timers(visit, self.node.give_up))


def _heard(reading: Reading, text: str, source: str | None) -> Heard | None:
    if isinstance(reading, Parsed):
        return Heard("answer", value=reading.value, option=reading.option, text=text, source=source)
    if isinstance(reading, Refused):
        return Heard("refused", reason=reading.reason, text=text, source=source)
    return None
