"""Walks a document for what the checks look at: variables and where each is used, texts, expressions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphs.schema import Flow

TEXT_FIELDS = frozenset(
    {"text", "label", "caption", "title", "subtitle", "description", "header", "footer", "menu", "name", "address"}
)
FOR_BUILDERS = frozenset({"title", "note", "text"})
"""Fields of a node that only builders read; a node's words are maps by language, deeper down."""
Path = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A value and its path."""

    path: Path
    value: Any


def logic_of(flow: Flow) -> dict[str, Any]:
    """Return the document without layout, in canonical form, defaults left out."""
    return dict(flow.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"ui"}))


def walk(value: Any, path: Path = ()) -> Iterator[Found]:
    """Yield every value with its path, outermost first."""
    yield Found(path, value)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))


def texts(logic: Mapping[str, Any], supported: tuple[str, ...]) -> Iterator[Found]:
    """Yield the maps of texts by language."""
    for found in walk(logic):
        if not isinstance(found.value, Mapping) or not found.path or found.path[-1] not in TEXT_FIELDS:
            continue
        if (
            found.value
            and all(isinstance(one, str) for one in found.value.values())
            and set(found.value) & set(supported)
        ):
            yield found


def templates(logic: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the strings that hold ``{{``, but for what nobody is told: names, titles and notes."""
    for found in walk(logic):
        if isinstance(found.value, str) and "{{" in found.value and not _is_for_builders(found.path):
            yield found


def _is_for_builders(path: Path) -> bool:
    return path == ("name",) or (len(path) == 3 and path[0] == "nodes" and path[2] in FOR_BUILDERS)


def expressions(logic: Mapping[str, Any]) -> Iterator[Found]:
    """Yield CEL expressions."""
    for found in walk(logic):
        if isinstance(found.value, str) and found.path and (found.path[-1] in {"expr", "if"} or _is_until(found.path)):
            yield found


def _is_until(path: Path) -> bool:
    return len(path) == 3 and path[0] == "nodes" and path[2] == "until"


def variables(logic: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the paths of variables that fields name; those in texts and expressions are found there."""
    for found in walk(logic):
        last = found.path[-1] if found.path else None
        if isinstance(found.value, str) and last in {"var", "$var", "save"}:
            yield found
        elif isinstance(found.value, Mapping) and last in {"map", "collect", "out"}:
            yield from (Found((*found.path, name), name) for name in found.value)
        elif isinstance(found.value, list) and last in {"dedupe", "inputs", "outputs"}:
            yield from (Found((*found.path, at), name) for at, name in enumerate(found.value) if isinstance(name, str))
