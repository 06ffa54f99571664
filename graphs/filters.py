"""What ``{{ path | filter }}`` may do with a value. Total: what does not fit is shown as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Style:
    """In what language and zone values are written."""

    locale: str
    timezone: str


def show(value: Any, style: Style) -> str:
    """Return a value as people write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(show(item, style) for item in value)
    return str(value)


def moment_of(value: Any, style: Style) -> datetime | None:
    """Return the moment that a stored value means."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read.astimezone(ZoneInfo(style.timezone)) if read.tzinfo else read


_Size = Literal["full", "long", "medium", "short"]


def _size(args: tuple[str, ...]) -> _Size:
    if args and args[0] in {"full", "long", "medium", "short"}:
        return args[0]  # type: ignore[return-value]
    return "medium"


def _locale(style: Style) -> Locale:
    try:
        return Locale.parse(style.locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _date(value: Any, args: tuple[str, ...], style: Style) -> Any:
    moment = moment_of(value, style)
    return value if moment is None else format_date(moment, _size(args), locale=_locale(style))


def _time(value: Any, args: tuple[str, ...], style: Style) -> Any:
    moment = moment_of(value, style)
    return value if moment is None else format_time(moment, _size(args or ("short",)), locale=_locale(style))


def _datetime(value: Any, args: tuple[str, ...], style: Style) -> Any:
    moment = moment_of(value, style)
    return value if moment is None else format_datetime(moment, _size(args), locale=_locale(style))


def _is_number(value: Any) -> bool:
    """Tell whether grouping its digits helps: beyond the largest it does not, and Babel refuses."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _number(value: Any, args: tuple[str, ...], style: Style) -> Any:
    return format_decimal(value, locale=_locale(style)) if _is_number(value) else value


def _money(value: Any, args: tuple[str, ...], style: Style) -> Any:
    if not _is_number(value):
        return value
    return format_currency(value, args[0] if args else "USD", locale=_locale(style))


def _default(value: Any, args: tuple[str, ...], style: Style) -> Any:
    return (args[0] if args else "") if value is None or value == "" else value


def _join(value: Any, args: tuple[str, ...], style: Style) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return (args[0] if args else ", ").join(show(item, style) for item in value)


def _first_word(value: Any, args: tuple[str, ...], style: Style) -> Any:
    words = show(value, style).split()
    return words[0] if words else ""


def upper(text: str, locale: str) -> str:
    """Return capitals as the language writes them: Turkish ``i`` becomes ``İ``."""
    return (text.replace("i", "İ") if locale.startswith(("tr", "az")) else text).upper()


def lower(text: str, locale: str) -> str:
    """Return small letters as the language writes them."""
    return (text.replace("İ", "i").replace("I", "ı") if locale.startswith(("tr", "az")) else text).lower()


def _upper(value: Any, args: tuple[str, ...], style: Style) -> Any:
    return upper(show(value, style), style.locale)


def _lower(value: Any, args: tuple[str, ...], style: Style) -> Any:
    return lower(show(value, style), style.locale)


def _title(value: Any, args: tuple[str, ...], style: Style) -> Any:
    words = show(value, style).split(" ")
    return " ".join(upper(word[:1], style.locale) + lower(word[1:], style.locale) for word in words)


Filter = Callable[[Any, tuple[str, ...], Style], Any]
FILTERS: Mapping[str, Filter] = {
    "first_word": _first_word,
    "upper": _upper,
    "lower": _lower,
    "title": _title,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "number": _number,
    "money": _money,
    "default": _default,
    "join": _join,
}
