"""Numbers as people write them: ``25.000`` and ``25,000.50``, ``25 bin``, ``١٢٣``."""

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from graphs.expect.answers import Circumstances, Parsed, Reading
from graphs.fold import fold_digits

_NUMBER = re.compile(r"[-+]?\d[\d.,\u00a0\u202f\u066b\u066c '’]*")
_SCALES = {
    "bin": 1e3, "k": 1e3, "тыс": 1e3, "тысяч": 1e3, "тысячи": 1e3, "мың": 1e3, "мын": 1e3, "الف": 1e3, "ألف": 1e3,
    "thousand": 1e3, "milyon": 1e6, "million": 1e6, "млн": 1e6, "миллион": 1e6, "مليون": 1e6, "mln": 1e6, "m": 1e6,
}  # fmt: skip
_MOST_WORDS = 6


def parse_number(text: str, around: Circumstances) -> Reading:
    """Return the one number of a short text; None where there is none, or more than one."""
    plain = fold_digits(text).replace("\u066b", ",").replace("\u066c", ".")
    found = list(_NUMBER.finditer(plain))
    if len(found) != 1 or len(plain.split()) > _MOST_WORDS:
        return None
    value = read_number(found[0].group().strip(" '’.,"), around.locale, around.country)
    if value is None:
        return None
    after = re.match(r"\s*([^\W\d_]+)", plain[found[0].end() :])
    scaled = value * _SCALES.get(after.group(1).lower(), 1) if after else value
    return Parsed(int(scaled) if float(scaled).is_integer() and abs(scaled) < 2**53 else scaled)


def read_number(text: str, locale: str, country: str = "") -> float | None:
    """Return the value of digits with separators; where they leave it open, language and country decide."""
    bare = re.sub(r"[\u00a0\u202f '’]", "", text)
    decimal = _decimal_sign(bare, locale, country)
    thousands = "." if decimal == "," else ","
    whole = bare.replace(thousands, "").replace(decimal, ".")
    try:
        value = float(whole)
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None


def _decimal_sign(text: str, locale: str, country: str) -> str:
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        return "," if comma > dot else "."
    sign = "," if comma >= 0 else "."
    other = "." if sign == "," else ","
    if text.count(sign) > 1:
        return other
    digits_after = len(text) - text.rfind(sign) - 1
    if digits_after == 3 and other in _decimals(locale, country):
        return other
    return sign


@cache
def _decimals(locale: str, country: str) -> frozenset[str]:
    """Return the decimal signs in use: somebody in Istanbul writes 25.000 in English, too."""
    signs = set()
    for name in (locale.replace("-", "_"), f"und_{country}"):
        try:
            signs.add(get_decimal_symbol(Locale.parse(name)))
        except (UnknownLocaleError, ValueError):
            continue
    return frozenset(signs)
