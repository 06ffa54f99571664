"""E-mail addresses and phone numbers out of what was typed."""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from graphs.expect.answers import Circumstances, Parsed, Reading, Refused
from graphs.fold import fold_digits

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_DIGITS = re.compile(r"\d")


def parse_email(text: str, around: Circumstances) -> Reading:
    """Return the address in lower-case domain form; refuse what only looks like one."""
    found = _EMAIL.search(text)
    if not found:
        return None
    try:
        valid = validate_email(found.group().rstrip(".!?"), check_deliverability=False)
    except EmailNotValidError:
        return Refused("reject_email")
    return Parsed(valid.normalized)


def parse_phone(text: str, around: Circumstances) -> Reading:
    """Return the number as E.164; one without a country code is of the tenant's country."""
    plain = fold_digits(text)
    if plain.strip().startswith("00"):
        plain = "+" + plain.strip()[2:]
    digits = len(_DIGITS.findall(plain))
    if digits < 6:
        return Refused("reject_phone") if digits >= 3 and not re.search(r"[^\W\d_]", plain) else None
    for match in phonenumbers.PhoneNumberMatcher(plain, around.country or None):
        return Parsed(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return Refused("reject_phone")
