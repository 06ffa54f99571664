"""Checks of what a flow needs of its tenant; each issue names what is missing and how to add it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graphs.catalog import Catalog
from graphs.lint_walk import walk
from graphs.schema import Flow, Issue, Node, pointer
from graphs.schema.nodes_logic import AgentNode, CallNode, JumpNode, PolicyNode, RouterNode
from graphs.schema.nodes_work import HandoffNode, HttpNode, KnowledgeNode, LeadNode, TemplateNode

_ADD: Mapping[str, str] = {
    "connection": "Run `frontdesk connection set {name} --tenant T --base-url https://…`.",
    "knowledge": "Run `frontdesk knowledge import PATH --tenant T --key {name}`.",
    "asset": "Run `frontdesk asset add {name} --tenant T --url https://…`.",
    "queue": "Run `frontdesk queue add {name} --tenant T`.",
    "pipeline": "Run `frontdesk pipeline set {name} --tenant T --stage {stage}`.",
    "stage": "Run `frontdesk pipeline set {pipeline} --tenant T --stage … --stage {name}` with all its stages.",
    "template": "Once WhatsApp approved it: `frontdesk template add {name} --tenant T --language L --body TEXT`.",
    "tool": "Take it out of the node, or write the tool: docs/add-a-tool.md.",
    "model": "Run `frontdesk tenant set-model {name} MODEL --tenant T`.",
    "guard": "Run `frontdesk tenant set-guard {name} WORDS --tenant T`.",
    "flow": "Import it with `frontdesk flow import FILE --tenant T`.",
}
MAX_CALL_DEPTH = 10


def check_references(flow: Flow, logic: Mapping[str, Any], catalog: Catalog) -> Iterator[Issue]:
    """Report every name that the tenant does not have."""
    yield from _assets(logic, catalog)
    for key, node in flow.nodes.items():
        yield from _of_work(node, ("nodes", key), catalog)
        yield from _of_models(node, ("nodes", key), catalog)


def _of_work(node: Node, path: tuple[Any, ...], catalog: Catalog) -> Iterator[Issue]:
    match node:
        case HttpNode():
            yield from _known("connection", (node.connection,), catalog.connections, (*path, "connection"))
        case LeadNode():
            yield from _lead(node, path, catalog)
        case HandoffNode():
            yield from _known("queue", (node.queue,), catalog.queues, (*path, "queue"))
        case TemplateNode():
            yield from _known("template", (node.template,), catalog.templates, (*path, "template"))
        case PolicyNode():
            for index, check in enumerate(node.checks):
                name, _, queue = check.partition(":")
                if name == "queue_available" and queue:
                    yield from _known("queue", (queue,), catalog.queues, (*path, "checks", index))
        case _:
            pass


def _of_models(node: Node, path: tuple[Any, ...], catalog: Catalog) -> Iterator[Issue]:
    match node:
        case KnowledgeNode():
            yield from _known("knowledge", node.sources, catalog.knowledge, (*path, "sources"))
            yield from _known("model", (node.model,), catalog.models, (*path, "model"))
        case RouterNode():
            yield from _known("model", (node.model,), catalog.models, (*path, "model"))
        case AgentNode():
            yield from _agent(node, path, catalog)
        case HandoffNode() if node.summary.model is not None:
            yield from _known("model", (node.summary.model,), catalog.models, (*path, "summary", "model"))
        case _:
            pass


def _agent(node: AgentNode, path: tuple[Any, ...], catalog: Catalog) -> Iterator[Issue]:
    yield from _known("model", (node.model,), catalog.models, (*path, "model"))
    yield from _known("tool", node.tools, catalog.tools, (*path, "tools"))
    yield from _known("knowledge", node.knowledge, catalog.knowledge, (*path, "knowledge"))
    yield from _known("guard", node.guards, catalog.guards, (*path, "guards"))


def _lead(node: LeadNode, path: tuple[Any, ...], catalog: Catalog) -> Iterator[Issue]:
    stages = catalog.pipelines.get(node.pipeline)
    if stages is None:
        yield _missing("pipeline", node.pipeline, (*path, "pipeline"), stage=node.stage)
    elif node.stage not in stages:
        yield _missing("stage", node.stage, (*path, "stage"), pipeline=node.pipeline)


def _assets(logic: Mapping[str, Any], catalog: Catalog) -> Iterator[Issue]:
    for found in walk(logic):
        if found.path and found.path[-1] == "asset" and found.value not in catalog.assets:
            yield _missing("asset", str(found.value), found.path)


def _known(kind: str, names: Collection[str], known: Collection[str], path: tuple[Any, ...]) -> Iterator[Issue]:
    for index, name in enumerate(names):
        if name not in known:
            many = len(names) > 1 or path[-1] in {"tools", "guards", "sources", "knowledge"}
            yield _missing(kind, name, (*path, index) if many else path)


def _missing(kind: str, name: str, path: tuple[Any, ...], **more: str) -> Issue:
    message = f"The tenant has no {kind} “{name}”."
    return Issue(pointer(*path), f"unknown_{kind}", "error", message, _ADD[kind].format(name=name, **more))


def check_calls(flow: Flow, catalog: Catalog) -> Iterator[Issue]:
    """Report sub-flows that are missing, call themselves, or are nested too deep."""
    for key, node in flow.nodes.items():
        if not isinstance(node, CallNode | JumpNode) or node.flow is None:
            continue
        place = ("nodes", key, "flow")
        if node.flow != flow.key and node.flow not in catalog.flows:
            yield _missing("flow", node.flow, place)
        elif isinstance(node, CallNode):
            depth = _depth(node.flow, {**catalog.flows, flow.key: flow.model_dump(by_alias=True)}, (flow.key,))
            if depth is None:
                message = f"“{node.flow}” calls itself, directly or through another flow."
                yield Issue(pointer(*place), "recursion", "error", message, "Use a jump, or break the circle.")
            elif depth > MAX_CALL_DEPTH:
                message = f"Sub-flows are nested {depth} deep; {MAX_CALL_DEPTH} is the most."
                yield Issue(pointer(*place), "call_depth", "error", message, "Flatten them.")


def _depth(key: str, flows: Mapping[str, Mapping[str, Any]], above: tuple[str, ...]) -> int | None:
    """Return how deep calls go below and including ``key``; None where they go round."""
    if key in above or len(above) > 4 * MAX_CALL_DEPTH:
        return None
    deepest = 0
    for node in (flows.get(key) or {}).get("nodes", {}).values():
        if node.get("type") == "call":
            below = _depth(str(node.get("flow")), flows, (*above, key))
            if below is None:
                return None
            deepest = max(deepest, below)
    return deepest + 1
