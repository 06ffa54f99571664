"""One question's parser: type, bounds, pattern, rules, words to skip. Prepared once."""

from collections.abc import Callable, Sequence
from typing import Any

import re2

from core.content import Part
from graphs.builtins import folded_words, yes_or_no
from graphs.contract import Visit
from graphs.expect.answers import Circumstances, Parsed, Reading, Refused
from graphs.expect.contacts import parse_email, parse_phone
from graphs.expect.dates import parse_date, parse_datetime
from graphs.expect.numbers import parse_number
from graphs.expressions import compile_expression
from graphs.fold import fold
from graphs.matching import OptionMatcher, all_words
from graphs.saying import Saying
from graphs.schema.expect import Expect, Option
from graphs.texts import Translations

DEFAULT_LONGEST = 1000
LONGEST_READ = 2000
"""Characters that a number, a day or an address is looked for in; parsers may take time by the square of it."""
_LONGEST_YES_NO = 40


class Reader:
    """Takes an answer out of a text: ``strict`` where it can be nothing else, ``loose`` where it may be one."""

    def __init__(self, expect: Expect, translations: Translations) -> None:
        self.expect = expect
        self.options: dict[str, Option] = {option.id: option for option in expect.options}
        self._matcher = OptionMatcher(expect.options, expect.understand) if expect.options else None
        self._skip = frozenset(all_words(expect.skip)) | folded_words("SKIP") if expect.skip else frozenset()
        self._yes, self._no = frozenset(all_words(expect.says_yes)), frozenset(all_words(expect.says_no))
        self._pattern = re2.compile(expect.pattern) if expect.pattern else None
        self._rules = [(compile_expression(rule.when), Saying(rule.say, translations)) for rule in expect.reject]
        self._parse: Callable[[str, Circumstances], Reading] | None = {
            "number": self._number,
            "yes_no": self._yes_no,
            "choice": self._choice,
            "email": parse_email,
            "phone": parse_phone,
            "date": lambda text, around: parse_date(text, around, past=expect.past),
            "datetime": lambda text, around: parse_datetime(text, around, past=expect.past),
        }.get(expect.type)

    def skips(self, text: str) -> bool:
        """Tell whether the whole text says to leave the question out."""
        return bool(self._skip) and fold(text) in self._skip

    def strict(self, text: str, visit: Visit) -> Reading:
        """Read a text by a parser that can say no."""
        if self._matcher is not None and self.expect.type != "choice" and (chosen := self._matcher.exact(text)):
            return self._option(chosen)
        parse = self._parse if len(text) <= LONGEST_READ else None
        reading = parse(text, self._around(visit)) if parse else None
        return self._judge(reading, visit)

    def loose(self, text: str, visit: Visit) -> Reading:
        """Read a text that may be the answer: free words, a misspelt option."""
        if self._matcher is not None and (chosen := self._matcher.loose(text)):
            return self._option(chosen)
        if self.expect.type != "text":
            return None
        return self._judge(self._text(text), visit)

    def check(self, value: Any, visit: Visit) -> Reading:
        """Read a value that a model gave: by the same rules as a customer's own words."""
        text = str(value)
        if text in self.options:
            return self._option(text)
        return self.strict(text, visit) or self.loose(text, visit)

    def rule_parts(self, index: int, visit: Visit) -> tuple[Part, ...]:
        """Return what the rule that refused says."""
        return self._rules[index][1].render(visit)

    def _around(self, visit: Visit) -> Circumstances:
        return Circumstances(visit.locale, visit.turn.country, visit.style.timezone, visit.turn.now)

    def _option(self, chosen: str) -> Parsed:
        return Parsed(self.options[chosen].saved, chosen)

    def _judge(self, reading: Reading, visit: Visit) -> Reading:
        if not isinstance(reading, Parsed):
            return reading
        if self._pattern is not None and not self._pattern.fullmatch(str(reading.value)):
            return Refused("reject_pattern")
        for index, (rule, _) in enumerate(self._rules):
            if rule.holds(visit.scope, reading.value):
                return Refused(f"rule:{index}")
        return reading

    def _number(self, text: str, around: Circumstances) -> Reading:
        reading = parse_number(text, around)
        if not isinstance(reading, Parsed):
            return reading
        low, high = self.expect.min, self.expect.max
        within = (low is None or reading.value >= low) and (high is None or reading.value <= high)
        return reading if within else Refused("reject_number")

    def _yes_no(self, text: str, around: Circumstances) -> Reading:
        answer = {"1": True, "2": False}.get(fold(text)) if len(text) < 4 else None
        if answer is None and len(text) <= _LONGEST_YES_NO:
            answer = yes_or_no(text, self._yes, self._no)
        return None if answer is None else Parsed(answer, "yes" if answer else "no")

    def _choice(self, text: str, around: Circumstances) -> Reading:
        chosen = self._matcher.exact(text) if self._matcher else None
        return self._option(chosen) if chosen else None

    def _text(self, text: str) -> Reading:
        words = text.strip()
        if not words:
            return None
        if self.expect.min is not None and len(words) < self.expect.min:
            return Refused("reject_text_short")
        if len(words) > (DEFAULT_LONGEST if self.expect.max is None else self.expect.max):
            return Refused("reject_text_long")
        return Parsed(words)


def option_ids(options: Sequence[Option]) -> tuple[str, ...]:
    """Return the ids in order."""
    return tuple(option.id for option in options)
