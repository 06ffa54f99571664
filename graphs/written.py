"""How a document is written into a file: one form for one document, so that versions of a file compare line by line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_FIRST = ("schema", "id", "type", "v", "kind", "class", "key", "name", "title")
_LAST = ("handlers", "nodes", "to", "ui")
_LONGEST = 100


def write_document(document: Mapping[str, Any]) -> str:
    """Return a document as text: what it is first, then by name; each text of each language in a line of its own."""
    return "\n".join(_lines(document, "")) + "\n"


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        pairs = [(f"{_plain(str(key))}: ", value[key]) for key in sorted(value, key=_rank)]
        yield from _block("{}", pairs, indent)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value and not _short(value):
        yield from _block("[]", [("", each) for each in value], indent)
    else:
        yield _plain(value)


def _block(marks: str, pairs: Sequence[tuple[str, Any]], indent: str) -> Iterator[str]:
    deeper = f"{indent} "
    yield marks[0]
    for at, (label, value) in enumerate(pairs):
        inner = list(_lines(value, deeper))
        inner[0] = f"{deeper}{label}{inner[0]}"
        inner[-1] += "," if at < len(pairs) - 1 else ""
        yield from inner
    yield f"{indent}{marks[1]}"


def _short(value: Sequence[Any]) -> bool:
    """Tell whether a list holds nothing but small values: a place on the canvas, a few words."""
    return all(isinstance(each, str | int | float | None) for each in value) and len(_plain(value)) <= _LONGEST


def _rank(key: Any) -> tuple[int, str]:
    name = str(key)
    if name in _FIRST:
        return _FIRST.index(name), name
    return len(_FIRST) + 1 + (_LAST.index(name) + 1 if name in _LAST else 0), name


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
