"""Moving conversations from one release of a flow to another: which nodes may stand for which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graphs.schema import Flow, NodeBase, parse_flow
from graphs.schema.nodes_form import FormNode
from graphs.schema.nodes_logic import CallNode
from graphs.schema.nodes_talk import AskNode

Reason = Literal["gone", "type", "exit", "answer", "saved", "fields", "calls", "variable"]


@dataclass(frozen=True, slots=True)
class Unlike:
    """Why one node cannot stand for another: a name, and words."""

    reason: Reason
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the old release, the node that stands for it in the new one, and why it may not."""

    node: str
    """``flow/node``."""
    title: str
    type: str
    to: str | None
    why: Unlike | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """Nodes of the same flow and type in the new release, each with its title."""


def compare_places(old: Mapping[str, Any], new: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Place]:
    """Return every node of the old release (``{"entry", "flows"}``).

    ``renamed`` says which node stands for one, each by its full name or, in the entry, by its key.
    """
    flows = {key: parse_flow(document) for key, document in new["flows"].items()}
    entry = str(old["entry"])
    full = {_full(one, entry): _full(other, str(new["entry"])) for one, other in renamed.items()}
    places: dict[str, Place] = {}
    for key, document in old["flows"].items():
        before = parse_flow(document)
        types = _changed_types(before, flows.get(key))
        for name, node in before.nodes.items():
            here = f"{key}/{name}"
            to = full.get(here, here)
            why = types or _why_not(node, _find(flows, to))
            kind = _kind(node)
            choices = _of_kind(flows.get(key), kind, key)
            places[here] = Place(here, node.title, kind, None if why else to, why, choices)
    return places


def _kind(node: NodeBase) -> str:
    return str(getattr(node, "type", ""))


def _of_kind(flow: Flow | None, kind: str, key: str) -> tuple[tuple[str, str], ...]:
    nodes = flow.nodes.items() if flow else ()
    return tuple((f"{key}/{name}", node.title) for name, node in nodes if _kind(node) == kind)


def _full(name: str, flow: str) -> str:
    return name if "/" in name else f"{flow}/{name}"


def _find(flows: Mapping[str, Flow], name: str) -> NodeBase | None:
    flow, _, key = name.partition("/")
    return flows[flow].nodes.get(key) if flow in flows else None


def _changed_types(old: Flow, new: Flow | None) -> Unlike | None:
    changed = [name for name, spec in old.variables.items() if new and name in new.variables
               and new.variables[name].type != spec.type]  # fmt: skip
    return Unlike("variable", f"{', '.join(sorted(changed))} has another type") if changed else None


def _why_not(old: NodeBase, new: NodeBase | None) -> Unlike | None:
    """Return why a conversation that stands at ``old`` cannot stand at ``new``; None where it can."""
    if new is None:
        return Unlike("gone", "the node is gone")
    return next(_reasons(old, new), None)


def _reasons(old: NodeBase, new: NodeBase) -> Iterator[Unlike]:
    if type(old) is not type(new) or old.v != new.v:
        yield Unlike("type", "it is another type of node")
        return
    if lost := [port for port in old.to if port not in new.ports().all]:
        yield Unlike("exit", f"it has no exit “{lost[0]}” any more")
    if isinstance(old, AskNode) and isinstance(new, AskNode):
        if old.expect.type != new.expect.type:
            yield Unlike("answer", "it expects another kind of answer")
        if old.save != new.save:
            yield Unlike("saved", "it saves the answer elsewhere")
    if isinstance(old, FormNode) and isinstance(new, FormNode) and _asked(old) != _asked(new):
        yield Unlike("fields", "it asks for other things")
    if isinstance(old, CallNode) and isinstance(new, CallNode) and old.flow != new.flow:
        yield Unlike("calls", "it calls another flow")


def _asked(form: FormNode) -> list[str]:
    return [field.save for field in form.fields]
