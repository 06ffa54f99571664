"""A difference of two flows in words, for a terminal: a line for each thing that is new, gone or otherwise."""

import json
from collections.abc import Iterator
from typing import Any

from core.views_flows import FieldChange, FlowDiff, NodeChange, PartChange, PortChange, TextChange

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def words_of(diff: FlowDiff) -> list[str]:
    """Return the lines; none where both do the same."""
    return [
        *(line for node in diff.nodes for line in _node(node)),
        *(line for part in diff.variables for line in _part("variable", part)),
        *(line for part in diff.triggers for line in _part("trigger", part)),
        *_inner(diff.texts, diff.fields, (), indent=""),
    ]


def _node(node: NodeChange) -> Iterator[str]:
    title = f" “{node.title}”" if node.title else ""
    yield f"{_SIGNS[node.change]} {node.type} {node.key}{title}"
    yield from _inner(node.texts, node.fields, node.ports, indent="    ")


def _part(kind: str, part: PartChange) -> Iterator[str]:
    yield f"{_SIGNS[part.change]} {kind} {part.key}"
    if part.change == "changed":
        yield from _inner(part.texts, part.fields, (), indent="    ")


def _inner(
    texts: list[TextChange], fields: list[FieldChange], ports: list[PortChange] | tuple[()], *, indent: str
) -> Iterator[str]:
    for text in texts:
        yield f"{indent}{text.path} {text.locale}: {_shown(text.before)} → {_shown(text.after)}"
    for field in fields:
        yield f"{indent}{field.path}: {_shown(field.before)} → {_shown(field.after)}"
    for port in ports:
        yield f"{indent}exit {port.port}: {port.before or 'nowhere'} → {port.after or 'nowhere'}"


def _shown(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
