"""Checks of the drawing: targets, ports, reachability, circles, consent before writes."""

from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from graphs.catalog import Catalog
from graphs.circles import Edges, find_circles
from graphs.schema import RETURN, Flow, Issue, Node, pointer
from graphs.schema.nodes_form import FormNode
from graphs.schema.nodes_logic import ConditionNode, Group, PolicyNode, Row
from graphs.schema.nodes_talk import AskNode, NoteNode
from graphs.schema.nodes_work import HttpNode, LeadNode, TemplateNode

_SUSPENDS = {"ask", "form", "agent", "handoff", "wait", "template"}


def check_graph(flow: Flow, catalog: Catalog) -> Iterator[Issue]:
    """Report faults of the drawing."""
    yield from _targets(flow)
    yield from _ports(flow)
    edges = {key: _out(flow, node) for key, node in flow.nodes.items()}
    yield from _unreachable(flow, edges)
    yield from _circles(flow, edges)
    if catalog.require_consent:
        yield from _writes_before_consent(flow)


def _mentions(flow: Flow) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every place outside nodes that names a node."""
    yield ("entry",), flow.entry
    for index, trigger in enumerate(flow.triggers):
        if trigger.to is not None:
            yield ("triggers", index, "to"), trigger.to
    for kind in type(flow.handlers).model_fields:
        for index, step in enumerate(getattr(flow.handlers, kind)):
            if step.to is not None:
                yield ("handlers", kind, index, "to"), step.to


def _targets(flow: Flow) -> Iterator[Issue]:
    named = list(_mentions(flow))
    for key, node in flow.nodes.items():
        named += [(("nodes", key, "to", port), target) for port, target in node.to.items()]
        named += [(("nodes", key, *place.split("/")), target) for place, target in node.mentions().items()]
    for path, target in named:
        if target != RETURN and (target not in flow.nodes or isinstance(flow.nodes[target], NoteNode)):
            message = f"There is no node “{target}”."
            yield Issue(pointer(*path), "unknown_target", "error", message, "Add the node, or lead elsewhere.")
    for index, trigger in enumerate(flow.triggers):
        if trigger.to is None and trigger.do in {"goto", "call"}:
            yield Issue(pointer("triggers", index), "no_target", "error", "The trigger leads nowhere.", "Set “to”.")


def _ports(flow: Flow) -> Iterator[Issue]:
    for key, node in flow.nodes.items():
        ports = node.ports()
        for port in ports.required:
            if port not in node.to and not node.disabled:
                message = f"The exit “{port}” of “{node.title or key}” leads nowhere."
                yield Issue(pointer("nodes", key, "to"), "unconnected_port", "error", message, "Connect it.")
        for port in node.to:
            if port not in ports.all:
                there = ", ".join(ports.all) or "none"
                place = pointer("nodes", key, "to", port)
                message = f"“{node.title or key}” has no exit “{port}”; there are: {there}."
                yield Issue(place, "unknown_port", "error", message, "Remove it.")
        if not ports.required and ports.optional and not node.to:
            message = f"“{node.title or key}” is a dead end."
            yield Issue(pointer("nodes", key, "to"), "dead_end", "warning", message, "Connect an exit.")


def _out(flow: Flow, node: Node, *, but: Collection[str] = ()) -> tuple[str, ...]:
    """Return where a node leads, by other exits than those of ``but``."""
    targets = [*(target for port, target in node.to.items() if port not in but), *node.mentions().values()]
    return tuple(target for target in targets if target in flow.nodes)


def _reached(starts: Iterable[str], edges: Edges) -> set[str]:
    seen: set[str] = set()
    left = [start for start in starts if start in edges]
    while left:
        key = left.pop()
        if key not in seen:
            seen.add(key)
            left.extend(edges[key])
    return seen


def _unreachable(flow: Flow, edges: Edges) -> Iterator[Issue]:
    seen = _reached([target for _, target in _mentions(flow)], edges)
    for key, node in flow.nodes.items():
        if key not in seen and not isinstance(node, NoteNode):
            message = f"Nothing leads to “{node.title or key}”."
            yield Issue(pointer("nodes", key), "unreachable", "warning", message, "Connect it, or remove it.")


def _suspends(node: Node) -> bool:
    if node.disabled:
        return False
    if node.type in _SUSPENDS:
        return True
    return (node.type == "router" and node.wait) or (node.type == "language" and node.use == "ask")


def _circles(flow: Flow, edges: Edges) -> Iterator[Issue]:
    busy = {key: tuple(one for one in edges[key] if not _suspends(flow.nodes[one])) for key in edges}
    busy = {key: targets for key, targets in busy.items() if not _suspends(flow.nodes[key])}
    endless = sorted(sorted(circle) for circle in find_circles(busy))
    for circle in endless:
        message = f"The flow can go round here for ever: {', '.join(circle)}."
        fix = "Put a question or a wait into the circle."
        yield Issue(pointer("nodes", circle[0]), "endless_circle", "error", message, fix)
    told = {key for circle in endless for key in circle}
    for key in sorted({key for circle in find_circles(edges) for key in circle} - told):
        node = flow.nodes[key]
        if isinstance(node, HttpNode) or (isinstance(node, TemplateNode) and node.limit is None):
            message = f"“{node.title or key}” stands in a circle and may run again and again."
            yield Issue(pointer("nodes", key), "repeated_effect", "warning", message, "Limit it, or leave the circle.")


def _writes_before_consent(flow: Flow) -> Iterator[Issue]:
    """Walk only along exits that do not mean consent; who comes in by a trigger may have agreed long before."""
    unsure = {key: _out(flow, node, but=_agreed(node)) for key, node in flow.nodes.items()}
    drawn = _reached([flow.entry], unsure)
    for key in sorted(_reached([target for _, target in _mentions(flow)], unsure)):
        node = flow.nodes[key]
        if isinstance(node, LeadNode) or (isinstance(node, HttpNode) and node.writes):
            message = f"“{node.title or key}” may keep personal data before the customer has agreed."
            fix = "Ask for contact.consent before it, or put a policy check “consent” there."
            severity: Literal["error", "warning"] = "error" if key in drawn else "warning"
            yield Issue(pointer("nodes", key), "write_before_consent", severity, message, fix)


def _agreed(node: Node) -> Collection[str]:
    """Return the exits of a node behind which the customer has agreed."""
    match node:
        case AskNode(save="contact.consent"):
            return ("yes", "ok")
        case FormNode() if any(field.save == "contact.consent" for field in node.fields):
            return ("ok",)
        case PolicyNode() if "consent" in node.checks:
            return ("pass",)
        case ConditionNode() if any(_names_consent(row) for case in node.cases for row in (*case.all, *case.any)):
            return node.ports().all  # which case means what is the builder's to know
        case _:
            return ()


def _names_consent(row: Row | Group) -> bool:
    if isinstance(row, Group):
        return any(_names_consent(one) for one in (*row.all, *row.any))
    return row.var == "contact.consent"
