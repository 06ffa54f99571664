"""Reading JSON that may be anything: every accessor is total, a wrong type reads as absent (META_API §0.4)."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from core.errors import MalformedPayload

DEEPEST = 32
"""Data that is kept for people to look at is cut below this depth: no serialiser downstream meets a pit."""


class Obj:
    """A JSON value seen as an object; anything else reads as an empty one."""

    __slots__ = ("_map", "raw")

    def __init__(self, raw: object) -> None:
        self.raw = raw
        self._map: Mapping[str, object] = raw if isinstance(raw, dict) else {}

    def __bool__(self) -> bool:
        return bool(self._map)

    def __contains__(self, key: str) -> bool:
        return key in self._map

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def get(self, key: str) -> object:
        """Return the bare value, None where absent."""
        return self._map.get(key)

    def text(self, *keys: str) -> str | None:
        """Return the first non-empty text under ``keys``; numbers read as text (ids come as both)."""
        for key in keys:
            value = self._map.get(key)
            if value is not None and (words := value if type(value) is str else as_text(value)):
                return words
        return None

    def number(self, key: str) -> float | None:
        """Return a finite number, also one written as text."""
        value = self._map.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def integer(self, key: str) -> int | None:
        """Return a whole number that a database column holds, also one written as text."""
        number = self.number(key)
        return int(number) if number is not None and abs(number) < 2**53 else None

    def flag(self, key: str) -> bool:
        """Tell whether the value is true; the text ``"true"`` counts."""
        value = self._map.get(key)
        return value is True or value == "true"

    def obj(self, key: str) -> "Obj":
        """Return the object under ``key``; an empty one where it is anything else."""
        value = self._map.get(key)
        return _NOTHING if value is None else Obj(value)

    def each(self, key: str) -> list["Obj"]:
        """Return the items of a list; a lone object counts as a list of one."""
        value = self._map.get(key)
        if value is None:
            return []
        if isinstance(value, list):
            return [Obj(item) for item in value]
        return [Obj(value)] if isinstance(value, dict) else []

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the non-empty texts of a list; a lone text counts as a list of one."""
        value = self._map.get(key)
        items = value if isinstance(value, list) else [value]
        return tuple(words for item in items if (words := as_text(item)))


_NOTHING = Obj(None)


def as_text(value: object) -> str | None:
    """Return a non-empty text, or a number's digits; None for everything else."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < 10**300 else None
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    return None


def load(body: bytes) -> object:
    """Return the JSON of a body with U+0000 and lone surrogates replaced by U+FFFD; raises MalformedPayload.

    PostgreSQL refuses U+0000 in text, and one refused event would block its batch for days of redelivery
    (META_API §1, Poison data).
    """
    try:
        value: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return clean(_load_slowly(body))
    return clean(value) if b"\\u0000" in body else value


def _load_slowly(body: bytes) -> object:
    """Read what the fast parser refuses but JSON allows: lone surrogates, deep nesting, huge numbers."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_int=_whole)
    except RecursionError:
        return body.decode("utf-8-sig")
    except ValueError:
        raise MalformedPayload from None


def _refuse(name: str) -> object:
    raise ValueError(name)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 300 else digits


def clean(value: object) -> object:
    """Replace poison in every text of a JSON value, keys included, without recursion."""
    root: list[object] = [value]
    todo: list[tuple[Any, Any]] = [(root, 0)]
    while todo:
        holder, key = todo.pop()
        item = holder[key]
        if isinstance(item, str):
            holder[key] = clean_text(item)
        elif isinstance(item, float) and not math.isfinite(item):
            holder[key] = None
        elif isinstance(item, list):
            todo.extend((item, index) for index in range(len(item)))
        elif isinstance(item, dict):
            renamed = {clean_text(name): held for name, held in item.items()}
            holder[key] = renamed
            todo.extend((renamed, name) for name in renamed)
    return root[0]


def clean_text(text: str) -> str:
    """Replace U+0000 and lone surrogates by U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def bounded(value: object, depth: int = DEEPEST) -> Any:
    """Return a copy of a JSON value in which what lies deeper than ``depth`` is replaced by an ellipsis."""
    if isinstance(value, dict):
        return {key: bounded(held, depth - 1) for key, held in value.items()} if depth else "…"
    if isinstance(value, list):
        return [bounded(held, depth - 1) for held in value] if depth else "…"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value


def digest(*values: object) -> str:
    """Return a short name for JSON values that carry no id: the same redelivered bytes give the same name."""
    packed = orjson.dumps([bounded(value) for value in values], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(packed).hexdigest()[:32]
