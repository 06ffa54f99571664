"""Texts with ``{{ path | filter }}``: no loops, no calls, output capped; parsed once, when the flow is compiled."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from graphs.filters import FILTERS, Style, show
from graphs.schema.parts import Locales
from graphs.scope import Scope

MAX_OUTPUT = 8000
MAX_VALUE = 2000
MAX_HOLE = 500
_PATH = re.compile(r"^[a-z]+(\.[A-Za-z_][A-Za-z0-9_]*)+$")
_FILTER = re.compile(r"^([a-z_]+)\s*(?:\((.*)\))?$", re.DOTALL)
_ARGUMENT = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)"|([^,'"]+))\s*(?:,|$)""")
_PIPE = re.compile(r"""\|(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")


class BadTemplate(ValueError):
    """The text's ``{{ }}`` cannot be read."""


@dataclass(frozen=True, slots=True)
class Hole:
    """One ``{{ path | filter }}``."""

    path: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def fill(self, scope: Scope, style: Style) -> str:
        """Return the value's words."""
        value = scope.get(self.path)
        for name, args in self.filters:
            value = FILTERS[name](value, args, style)
        return show(value, style)[:MAX_VALUE]


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """Words and holes in turn."""

    pieces: tuple[str | Hole, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the paths it reads."""
        return tuple(piece.path for piece in self.pieces if isinstance(piece, Hole))

    def render(self, scope: Scope, style: Style, *, quoted: Callable[[str], str] = str) -> str:
        """Return the text, values ``quoted`` where words are code; a missing value is an empty string."""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], str):
            return self.pieces[0][:MAX_OUTPUT]
        out = [piece if isinstance(piece, str) else quoted(piece.fill(scope, style)) for piece in self.pieces]
        return "".join(out)[:MAX_OUTPUT]


@lru_cache(maxsize=4096)
def parse_template(text: str) -> TextTemplate:
    """Read a text; raises BadTemplate."""
    return TextTemplate(tuple(_pieces(text)))


def _pieces(text: str) -> Iterator[str | Hole]:
    """Yield words and holes in one pass: whoever writes a text must not be able to make reading it slow."""
    last = 0
    while (start := text.find("{{", last)) >= 0:
        end = text.find("}}", start + 2)
        if end < 0:
            raise BadTemplate("“{{” is never closed")
        if end - start > MAX_HOLE:
            raise BadTemplate(f"what stands between “{{{{” and “}}}}” is longer than {MAX_HOLE} characters")
        if start > last:
            yield text[last:start]
        yield _hole(text[start + 2 : end])
        last = end + 2
    if last < len(text) or last == 0:
        yield text[last:]


def _hole(inside: str) -> Hole:
    path, *filters = (part.strip() for part in _PIPE.split(inside))
    if not _PATH.match(path):
        raise BadTemplate(f"“{path}” is not a variable; write for example slots.name")
    return Hole(path, tuple(_filter(text) for text in filters))


def _filter(text: str) -> tuple[str, tuple[str, ...]]:
    found = _FILTER.match(text)
    if not found or found.group(1) not in FILTERS:
        raise BadTemplate(f"“{text}” is not a filter; there are {', '.join(FILTERS)}")
    given = found.group(2) or ""
    return found.group(1), tuple(_argument(match) for match in _ARGUMENT.finditer(given))


def _argument(found: re.Match[str]) -> str:
    quoted = found.group(1) if found.group(1) is not None else found.group(2)
    return quoted if quoted is not None else found.group(3).strip()


@dataclass(frozen=True, slots=True)
class Translations:
    """Which language stands in for which, of one flow."""

    default: str
    supported: tuple[str, ...]
    fallback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, locales: Locales) -> "Translations":
        """Return those of a document."""
        return cls(locales.default, locales.supported, locales.fallback)

    def chain(self, locale: str) -> tuple[str, ...]:
        """Return the languages to try, in order."""
        base = locale.split("-", maxsplit=1)[0]
        return (locale, base, *self.fallback.get(locale, ()), *self.fallback.get(base, ()), self.default)

    def supported_or_default(self, locale: str) -> str:
        """Return the locale where the flow has it, its language where it has that, else the default."""
        if locale in self.supported:
            return locale
        base = locale.split("-", maxsplit=1)[0]
        return base if base in self.supported else self.default


class LocalText:
    """One text in several languages, parsed."""

    __slots__ = ("_by_locale", "_chosen", "_translations")

    def __init__(self, texts: Mapping[str, str], translations: Translations) -> None:
        self._by_locale = {locale: parse_template(text) for locale, text in texts.items()}
        self._translations = translations
        self._chosen: dict[str, TextTemplate | None] = {}

    def render(self, scope: Scope, style: Style) -> str:
        """Return the words in ``style.locale`` or what stands in for it."""
        if style.locale not in self._chosen:
            self._chosen[style.locale] = self._choose(style.locale)
        template = self._chosen[style.locale]
        return template.render(scope, style) if template else ""

    def all(self, scope: Scope, timezone: str) -> tuple[str, ...]:
        """Return the words in every language there is."""
        return tuple(one.render(scope, Style(locale, timezone)) for locale, one in self._by_locale.items())

    def _choose(self, locale: str) -> TextTemplate | None:
        for one in self._translations.chain(locale):
            if one in self._by_locale:
                return self._by_locale[one]
        return next(iter(self._by_locale.values()), None)
