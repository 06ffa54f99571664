"""The small types every part of a ``flow/1`` document is made of."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

LOCALE = r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$"
KEY = r"^[A-Za-z0-9_-]{1,48}$"
TARGET = r"^(@return|[A-Za-z0-9_-]{1,48})$"
VARIABLE = r"^(slots|conv|contact|tenant|sys|turn)(\.[A-Za-z_][A-Za-z0-9_]{0,47}){1,3}$"
RETURN = "@return"


class Model(BaseModel):
    """A part of the document: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def widget(name: str, **more: Any) -> dict[str, Any]:
    """Return the layout metadata that tells an editor how to show a field."""
    return {"x-widget": name, **more}


Key = Annotated[str, Field(pattern=KEY)]
Target = Annotated[str, Field(pattern=TARGET)]
Locale = Annotated[str, Field(pattern=LOCALE)]
Variable = Annotated[str, Field(pattern=VARIABLE, json_schema_extra=widget("variable"))]
Text = Annotated[dict[Locale, Annotated[str, Field(max_length=8000)]], Field(json_schema_extra=widget("text-i18n"))]
"""One text in several languages."""
Word = Annotated[str, Field(max_length=400)]
Words = Annotated[
    dict[Locale, Annotated[tuple[Word, ...], Field(max_length=500)]], Field(json_schema_extra=widget("words-i18n"))
]
"""Lists of words by language."""
Template = Annotated[str, Field(json_schema_extra=widget("template"))]
"""Words with ``{{ path | filter }}``."""
Expression = Annotated[str, Field(max_length=2000, json_schema_extra=widget("expression"))]
"""CEL."""


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than zero")
    return value


def _no_numbers(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("write a duration such as PT15M or P2D")
    return value


Duration = Annotated[timedelta, BeforeValidator(_no_numbers), Field(json_schema_extra=widget("duration"))]
"""ISO 8601: ``PT15M``, ``P2D``."""
