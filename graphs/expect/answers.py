"""What a parser may say of a text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Parsed:
    """This is the answer."""

    value: Any
    option: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It was meant as an answer, but it will not do; ``reason`` names a built-in text."""

    reason: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a text is read in the light of."""

    locale: str
    country: str
    timezone: str
    now: datetime


Reading = Parsed | Refused | None
"""None: not an answer of this kind at all."""
