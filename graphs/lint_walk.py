"""Walks a document for what the checks look at: variables and where each is used, texts, expressions."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphs.schema import Flow

TEXT_FIELDS = frozenset(
    {"text", "label", "caption", "title", "subtitle", "description", "header", "footer", "menu", "name", "address"}
)
FOR_BUILDERS = frozenset({"title", "note", "text"})
"""Fields of a node that only builders read; a node's words are maps by language, deeper down."""
Path = tuple[Any, ...]


class Found(NamedTuple):
    """A value and its path."""

    path: Path
    value: Any


Values = Sequence[Found]
"""Every value of a flow with its path, outermost and first written first."""


def values_of(flow: Flow) -> Values:
    """Return what the document says, without layout, in canonical form, defaults left out."""
    return list(walk(flow.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"ui"})))


def walk(value: Any) -> Iterator[Found]:
    """Yield every value of JSON with its path, outermost first."""
    left = [Found((), value)]
    while left:
        path, value = found = left.pop()
        yield found
        if isinstance(value, dict):
            left += [Found((*path, key), inner) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            left += [Found((*path, at), value[at]) for at in range(len(value) - 1, -1, -1)]


def texts(values: Values, supported: tuple[str, ...]) -> Iterator[Found]:
    """Yield the maps of texts by language."""
    for found in values:
        if not isinstance(found.value, dict) or not found.path or found.path[-1] not in TEXT_FIELDS:
            continue
        if (
            found.value
            and all(isinstance(one, str) for one in found.value.values())
            and set(found.value) & set(supported)
        ):
            yield found


def templates(values: Values) -> Iterator[Found]:
    """Yield the strings that hold ``{{``, but for what nobody is told: names, titles and notes."""
    for found in values:
        if isinstance(found.value, str) and "{{" in found.value and not _is_for_builders(found.path):
            yield found


def _is_for_builders(path: Path) -> bool:
    return path == ("name",) or (len(path) == 3 and path[0] == "nodes" and path[2] in FOR_BUILDERS)


def expressions(values: Values) -> Iterator[Found]:
    """Yield CEL expressions."""
    for found in values:
        if isinstance(found.value, str) and found.path and (found.path[-1] in {"expr", "if"} or _is_until(found.path)):
            yield found


def _is_until(path: Path) -> bool:
    return len(path) == 3 and path[0] == "nodes" and path[2] == "until"


def variables(values: Values) -> Iterator[Found]:
    """Yield the paths of variables that fields name; those in texts and expressions are found there."""
    for found in values:
        last = found.path[-1] if found.path else None
        if isinstance(found.value, str) and last in {"var", "$var", "save"}:
            yield found
        elif isinstance(found.value, dict) and last in {"map", "collect", "out"}:
            yield from (Found((*found.path, name), name) for name in found.value)
        elif isinstance(found.value, list) and last in {"dedupe", "inputs", "outputs"}:
            yield from (Found((*found.path, at), name) for at, name in enumerate(found.value) if isinstance(name, str))
