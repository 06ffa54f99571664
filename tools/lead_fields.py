"""Reading what a customer said into a lead's typed values: phone, e-mail, number, date, choice. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import phonenumbers
from babel import UnknownLocaleError
from babel.numbers import NumberFormatError, parse_decimal
from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConfigDict, Field

from core.errors import ToolRetry
from core.fold import fold

Scalar = Annotated[str, Field(max_length=2000)] | bool | int | float | None

_DIGITS = re.compile(r"\D+")
_YES = frozenset({"true", "yes", "1", "evet", "да", "иә", "نعم"})
_NO = frozenset({"false", "no", "0", "hayir", "нет", "жоқ", "لا"})


class FieldSpec(BaseModel):
    """How a builder declares one field of a lead."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: Literal["text", "number", "bool", "date", "datetime", "phone", "email", "choice"] = "text"
    values: tuple[str, ...] = ()
    """For ``choice``."""
    required: bool = False


def read_phone(text: str, *, country: str) -> str:
    """Return the E.164 form of a number as somebody typed it; raises ToolRetry where it is none."""
    try:
        number = phonenumbers.parse(_ascii_digits(text), country or None)
    except phonenumbers.NumberParseException as error:
        raise ToolRetry("The phone number is not complete; ask for it with its country code.") from error
    if not phonenumbers.is_valid_number(number):
        raise ToolRetry("There is no such phone number; ask the customer to check it.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def known_phone(contact: Mapping[str, Any]) -> str | None:
    """Return the number the contact is known by, exactly as the channel gave it, with its plus sign.

    A WhatsApp id is not always the number's official form (Mexico, Argentina, Brazil): parsing it again would turn it
    into a number that nobody can be reached under, so it is never normalised.
    """
    known = str(contact.get("phone") or contact.get("wa_id") or "").strip()
    return f"+{known}" if known.isdigit() else known or None


def choose_phone(said: str | None, contact: Mapping[str, Any], *, country: str) -> str | None:
    """Return the lead's number: what the customer said, else the known one; the known one's form wins if they agree."""
    known = known_phone(contact)
    if not said:
        return known
    if known and _DIGITS.sub("", _ascii_digits(said)).lstrip("0") == _DIGITS.sub("", known):
        return known
    phone = read_phone(said, country=country)
    return known if known == phone else phone


def read_email(text: str) -> str:
    """Return an e-mail address in its normal form, without asking the network; raises ToolRetry where it is none."""
    try:
        return str(validate_email(text.strip(), check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise ToolRetry(f"This is not an e-mail address: {error}") from error


def read_fields(
    values: Mapping[str, Scalar], specs: Mapping[str, FieldSpec], *, country: str, locale: str
) -> dict[str, Any]:
    """Return the fields in their declared types; undeclared ones pass as they are where nothing is declared.

    Raises:
        ToolRetry: A field is unknown, missing or of another type; the message names it.
    """
    if specs and (unknown := sorted(set(values) - set(specs))):
        raise ToolRetry(f"There are no fields {', '.join(unknown)}; the fields are {', '.join(sorted(specs))}.")
    given = {key: value for key, value in values.items() if value is not None and value != ""}
    if missing := sorted(key for key, spec in specs.items() if spec.required and key not in given):
        raise ToolRetry(f"Still missing: {', '.join(missing)}. Ask the customer.", fields=missing)
    if not specs:
        return given
    return {key: _typed(key, value, specs[key], country=country, locale=locale) for key, value in given.items()}


def _typed(key: str, value: Scalar, spec: FieldSpec, *, country: str, locale: str) -> Any:
    text = str(value).strip()
    match spec.type:
        case "text":
            return text
        case "phone":
            return read_phone(text, country=country)
        case "email":
            return read_email(text)
        case "number":
            return _number(key, value, locale)
        case "bool":
            return _bool(key, value)
        case "choice":
            return _choice(key, text, spec.values)
        case "date" | "datetime":
            return _moment(key, text, spec.type)


def _number(key: str, value: Scalar, locale: str) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _ascii_digits(str(value)).strip()
    try:
        number = float(parse_decimal(text, locale=locale, strict=True))
    except (NumberFormatError, UnknownLocaleError, ValueError):
        try:
            number = float(text)
        except ValueError as error:
            raise ToolRetry(f"“{key}” must be a number.", fields=[key]) from error
    return int(number) if number.is_integer() else number


def _bool(key: str, value: Scalar) -> bool:
    word = fold(str(value))
    if word not in _YES | _NO:
        raise ToolRetry(f"“{key}” must be true or false.", fields=[key])
    return word in _YES


def _choice(key: str, text: str, values: tuple[str, ...]) -> str:
    for value in values:
        if fold(value) == fold(text):
            return value
    raise ToolRetry(f"“{key}” must be one of {', '.join(values)}.", fields=[key])


def _moment(key: str, text: str, kind: Literal["date", "datetime"]) -> str:
    try:
        return (date if kind == "date" else datetime).fromisoformat(text).isoformat()
    except ValueError as error:
        example = "2026-03-05" if kind == "date" else "2026-03-05T10:00"
        raise ToolRetry(f"“{key}” must be a {kind} such as {example}.", fields=[key]) from error


def _ascii_digits(text: str) -> str:
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)
