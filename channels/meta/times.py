"""Meta's times: seconds or milliseconds, numbers or text; the magnitude shows the unit (META_API §1)."""

from datetime import UTC, datetime

from channels.meta.reading import Obj
from core.clock import from_ms

_SECONDS_END = 10**11
_FIRST, _LAST = 10**12, 4 * 10**12


def to_ms(value: object) -> int | None:
    """Return epoch milliseconds; None when unusable, then the time of arrival counts."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return _iso_ms(value) if isinstance(value, str) else None
    number = number if number > _SECONDS_END else number * 1000
    return number if _FIRST < number < _LAST else None


def _iso_ms(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        number = int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return number if _FIRST < number < _LAST else None


def to_time(value: object) -> datetime | None:
    """Return the aware UTC moment of one of Meta's times; None when unusable."""
    number = to_ms(value)
    return None if number is None else from_ms(number)


def time_of(item: Obj, *keys: str) -> datetime | None:
    """Return the first usable time under ``keys``."""
    return next((moment for key in keys if (moment := to_time(item.get(key)))), None)
