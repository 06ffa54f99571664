"""Dates and times in tr, en, ru, kk and ar: today, tomorrow, weekdays, ``5 Mart``, ``05.03.2026``, ``in 3 days``."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from graphs.builtins import LANGUAGES
from graphs.expect.answers import Circumstances, Parsed, Reading, Refused
from graphs.expect.date_words import AFTER_DAYS, NEXT_WEEK, RELATIVE, WEEKDAYS
from graphs.fold import fold, fold_digits

_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b")
_HOUR_12 = re.compile(r"\b(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?\s*(am|pm|a\.m\.|p\.m\.)", re.IGNORECASE)
_HOUR_WORD = re.compile(r"\b(?:saat|at|в|сағат|الساعة|الساعه)\s+([01]?\d|2[0-3])(?:[:.]([0-5]\d))?\b", re.IGNORECASE)
_MONTH_FIRST = {"US"}


def parse_date(text: str, around: Circumstances, *, past: bool = True) -> Reading:
    """Return the day as ``YYYY-MM-DD``."""
    plain = fold_digits(text)
    day = _find_day(plain, around)
    if day is None:
        return Refused("reject_date") if _NUMERIC.search(plain) or _ISO.search(plain) else None
    if not past and day < _today(around):
        return Refused("reject_date")
    return Parsed(day.isoformat())


def parse_datetime(text: str, around: Circumstances, *, past: bool = True) -> Reading:
    """Return the moment as ISO 8601 local time with offset; a time alone is today's."""
    plain = fold_digits(text)
    at, rest = _take_time(plain)
    day = _find_day(rest, around)
    if at is None:
        return None if day is None else Refused("reject_date")
    zone = ZoneInfo(around.timezone)
    moment = datetime.combine(day or _today(around), at, tzinfo=zone)
    if not past and moment < around.now:
        return Refused("reject_date")
    return Parsed(moment.isoformat(timespec="minutes"))


def _today(around: Circumstances) -> date:
    return around.now.astimezone(ZoneInfo(around.timezone)).date()


def _find_day(text: str, around: Circumstances) -> date | None:
    for finder in (_iso, _numeric, _named_month, _relative, _in_days, _weekday):
        day = finder(text, around)
        if day is not None:
            return day
    return None


def _take_time(text: str) -> tuple[time | None, str]:
    """Return the time of day and the text without it, so that ``15.30`` is not read as a date."""
    if found := _HOUR_12.search(text):
        hour = int(found.group(1)) % 12 + (12 if found.group(3).lower().startswith("p") else 0)
        return time(hour, int(found.group(2) or 0)), text[: found.start()] + text[found.end() :]
    if found := _HOUR_WORD.search(text):
        return time(int(found.group(1)), int(found.group(2) or 0)), text[: found.start()] + text[found.end() :]
    for found in reversed(list(_CLOCK.finditer(text))):
        if ":" in found.group() or int(found.group(2)) > 12:
            return time(int(found.group(1)), int(found.group(2))), text[: found.start()] + text[found.end() :]
    return None, text


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(text: str, around: Circumstances) -> date | None:
    found = _ISO.search(text)
    return _made(*(int(part) for part in found.groups())) if found else None


def _numeric(text: str, around: Circumstances) -> date | None:
    found = _NUMERIC.search(text)
    if not found:
        return None
    first, second, year = int(found.group(1)), int(found.group(2)), found.group(3)
    day, month = (second, first) if around.country in _MONTH_FIRST else (first, second)
    if month > 12 >= day:
        day, month = month, day
    return _with_year(day, month, year, around)


def _with_year(day: int, month: int, year: str | None, around: Circumstances) -> date | None:
    if year is not None:
        return _made(int(year) + (2000 if len(year) == 2 else 0), month, day)
    today = _today(around)
    soon = _made(today.year, month, day)
    return soon if soon is None or soon >= today else _made(today.year + 1, month, day)


def _named_month(text: str, around: Circumstances) -> date | None:
    tokens = fold(text).split()
    for index, token in enumerate(tokens):
        month = _month_of(token)
        if month is None:
            continue
        near = [tokens[at] for at in (index - 1, index + 1) if 0 <= at < len(tokens)]
        day = next((int(one) for one in map(_digits, near) if one and len(one) <= 2), None)
        year = next((one for one in tokens[index + 1 : index + 4] if re.fullmatch(r"\d{4}", one)), None)
        if day is not None:
            return _with_year(day, month, year, around)
    return None


def _digits(token: str) -> str:
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", token)
    return found.group(1) if found else ""


def _month_of(token: str) -> int | None:
    names = _months()
    if token in names:
        return names[token]
    if len(token) < 4:
        return None
    return next((month for name, month in names.items() if len(name) >= 4 and token.startswith(name)), None)


@cache
def _months() -> dict[str, int]:
    names = {}
    for locale in LANGUAGES:
        for number, name in _month_names(locale):
            names[fold(name)] = number
    return names


def _month_names(locale: str) -> Iterator[tuple[int, str]]:
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            yield from get_month_names(width, context, locale).items()


def _relative(text: str, around: Circumstances) -> date | None:
    folded = f" {fold(text)} "
    found = [(len(word), days) for word, days in RELATIVE.items() if f" {word} " in folded]
    return _today(around) + timedelta(days=max(found)[1]) if found else None


def _in_days(text: str, around: Circumstances) -> date | None:
    folded = fold(text)
    for pattern, unit in AFTER_DAYS:
        if found := pattern.search(folded):
            return _today(around) + timedelta(days=min(int(found.group(1)), 999) * unit)
    return None


def _weekday(text: str, around: Circumstances) -> date | None:
    tokens = fold(text).split()
    today = _today(around)
    for token in tokens:
        hits = [(len(stem), day) for stem, day in WEEKDAYS.items() if token.startswith(stem)]
        if hits:
            ahead = (max(hits)[1] - today.weekday() - 1) % 7 + 1
            later = 7 if any(f" {word} " in f" {' '.join(tokens)} " for word in NEXT_WEEK) else 0
            return today + timedelta(days=_next_week(today, ahead) if later else ahead)
    return None


def _next_week(today: date, ahead: int) -> int:
    """A weekday of the week that begins next Monday."""
    monday = 7 - today.weekday()
    return ahead if ahead >= monday else ahead + 7
