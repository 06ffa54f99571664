"""Finding personal data in texts: known values, e-mails, cards, IBANs, identity numbers, phones."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers
from stdnum import iban, luhn
from stdnum.tr import tckimlik

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_CARD = re.compile(r"(?<![\w+])\d(?:[ -]?\d){12,18}(?!\w)")
_IDENTITY = re.compile(r"(?<![\w+])[1-9]\d{10}(?!\w)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
SHORTEST = 3
"""A shorter value stands in too many innocent words to be looked for wherever it occurs."""


def replace_personal(
    text: str, stand_in: Callable[[str], str], *, country: str | None, values: Mapping[str, Any]
) -> str:
    """Return ``text`` with each find replaced by what ``stand_in`` gives for its kind.

    The kind is the name of a known value, or ``email``, ``iban``, ``card``, ``identity``, ``phone``.
    """
    for name, value in longest_first(values):
        text = text.replace(value, stand_in(name))
    text = _EMAIL.sub(lambda _: stand_in("email"), text)
    text = _IBAN.sub(lambda match: stand_in("iban") if iban.is_valid(match[0]) else match[0], text)
    text = _CARD.sub(lambda match: stand_in("card") if luhn.is_valid(re.sub(r"\D", "", match[0])) else match[0], text)
    text = _IDENTITY.sub(lambda match: stand_in("identity") if tckimlik.is_valid(match[0]) else match[0], text)
    found = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text, country)]
    for start, end in reversed(found):
        text = f"{text[:start]}{stand_in('phone')}{text[end:]}"
    return text


def longest_first(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and texts of the values that are long enough to be looked for, the longest first."""
    texts = [(name, str(value).strip()) for name, value in values.items() if value is not None]
    return sorted(((name, text) for name, text in texts if len(text) >= SHORTEST), key=lambda pair: -len(pair[1]))
