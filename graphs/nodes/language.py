"""Take the conversation into a language."""

from core.content import ChoicesPart, Option, TextPart
from graphs.builtins import LANGUAGE_NAMES
from graphs.contract import Executor, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.fold import fold
from graphs.saying import Saying, builtin_parts
from graphs.schema.nodes_talk import LanguageNode
from graphs.taps import encode_tap


class Language(Executor):
    """Executor of ``language``."""

    waits = True
    asks = True

    def __init__(self, making: Making[LanguageNode]) -> None:
        self._node = making.node
        self._supported = making.flow.locales.supported
        self._saying = Saying(making.node.say, making.translations)
        self._words = {fold(word): one for one in self._supported for word in (one, LANGUAGE_NAMES.get(one, one))}

    async def enter(self, visit: Visit) -> Outcome:
        """Set a language, take the customer's own, or ask."""
        match self._node.use:
            case "set":
                return Follow("next", locale=self._node.locale)
            case "detect":
                return Follow("next", locale=visit.translations.supported_or_default(visit.turn.locale))
            case "ask":
                return self._ask(visit)

    async def reask(self, visit: Visit) -> Outcome:
        """Ask again."""
        return self._ask(visit)

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Speak the language that was chosen; the present one after two misses."""
        if heard.kind == "answer":
            return Follow("next", locale=str(heard.value), facts={"option": heard.option})
        if visit.tries >= 1:
            return Follow("next")
        return self._ask(visit, tries=visit.tries + 1)

    def strict(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take a language's name, code or number."""
        folded = fold(text)
        if folded.isdecimal() and 1 <= int(folded) <= len(self._supported):
            return Heard("answer", value=self._supported[int(folded) - 1], option=folded)
        found = self._words.get(folded)
        return Heard("answer", value=found, option=found, source=source) if found else None

    def tapped(self, visit: Visit, option: str, *, source: str | None = None) -> Heard | None:
        """Take a tap on a language."""
        return Heard("answer", value=option, option=option, source=source) if option in self._supported else None

    def _ask(self, visit: Visit, *, tries: int = 0) -> Suspend:
        said = self._saying.render(visit) or builtin_parts("which_language", visit)
        last = said[-1]
        options = tuple(
            Option(id=encode_tap(visit.node, visit.visit, one), label=LANGUAGE_NAMES.get(one, one))
            for one in self._supported
        )
        question = ChoicesPart(body=last.text if isinstance(last, TextPart) else "…", options=options)
        return Suspend(emits=visit.say((*said[:-1], question), prompt=True), tries=tries)
