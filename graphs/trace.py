"""What a turn's trail keeps of values that may be long: enough to understand it by."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

LONGEST, MOST, DEEPEST = 600, 20, 4


def shorten(value: Any, depth: int = 0) -> Any:
    """Return plain JSON of the value, with long texts and long or deep lists cut short."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(name): shorten(inner, depth + 1) for name, inner in islice(value.items(), MOST)}
    if isinstance(value, list | tuple | set | frozenset):
        return [shorten(inner, depth + 1) for inner in islice(value, MOST)]
    return shorten(str(value))
