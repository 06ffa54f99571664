"""Checks of what a flow needs of its tenant; each issue names what is missing and how to add it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.views_flows import Needed
from graphs.catalog import Catalog
from graphs.lint_walk import Path, Values
from graphs.schema import Flow, Issue, Node, pointer
from graphs.schema.nodes_logic import AgentNode, CallNode, JumpNode, PolicyNode, RouterNode
from graphs.schema.nodes_work import HandoffNode, HttpNode, KnowledgeNode, LeadNode, TemplateNode

_ADD: Mapping[str, str] = {
    "connection": "Run `frontdesk connection set {name} --tenant T --base-url https://…`.",
    "knowledge": "Run `frontdesk knowledge import PATH --tenant T --key {name}`.",
    "asset": "Run `frontdesk asset add {name} --tenant T --url https://…`.",
    "queue": "Run `frontdesk queue add {name} --tenant T`.",
    "pipeline": "Run `frontdesk pipeline set {name} --tenant T --stage {of}`.",
    "stage": "Run `frontdesk pipeline set {of} --tenant T --stage … --stage {name}` with all its stages.",
    "template": "Once WhatsApp approved it: `frontdesk template add {name} --tenant T --language L --body TEXT`.",
    "tool": "Take it out of the node, or write the tool: docs/add-a-tool.md.",
    "model": "Run `frontdesk tenant set-model {name} MODEL --tenant T`.",
    "guard": "Run `frontdesk tenant set-guard {name} WORDS --tenant T`.",
    "flow": "Import it with `frontdesk flow import FILE --tenant T`.",
    "variable": "Run `frontdesk tenant set-constant {name} VALUE --tenant T`.",
}
MAX_CALL_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Reference:
    """Something of the tenant's that a flow names, and where."""

    kind: Needed
    name: str
    path: Path
    of: str = ""
    """Of a stage: its pipeline. Of a pipeline: a stage that it must have."""

    @property
    def fix(self) -> str:
        """Return how a tenant gets it."""
        return _ADD[self.kind].format(name=self.name, of=self.of)

    def known(self, catalog: Catalog) -> bool:
        """Tell whether the tenant has it."""
        match self.kind:
            case "stage":
                return self.name in catalog.pipelines.get(self.of, ())
            case "variable":
                return self.name in catalog.tenant
            case "knowledge":
                return self.name in catalog.knowledge
            case kind:
                return self.name in getattr(catalog, f"{kind}s")


def check_references(flow: Flow, values: Values, catalog: Catalog) -> Iterator[Issue]:
    """Report every name that the tenant does not have; of a pipeline that lacks, not its stages as well."""
    for found in references(flow, values):
        lacks_all = found.kind == "stage" and found.of not in catalog.pipelines
        if not lacks_all and not found.known(catalog):
            yield _missing(found)


def references(flow: Flow, values: Values) -> Iterator[Reference]:
    """Yield every name that the tenant has to have, but for those of flows."""
    for found in values:
        if found.path and found.path[-1] == "asset":
            yield Reference("asset", str(found.value), found.path)
    for key, node in flow.nodes.items():
        yield from _of_work(node, ("nodes", key))
        yield from _of_models(node, ("nodes", key))


def flow_references(flow: Flow) -> Iterator[tuple[CallNode | JumpNode, Reference]]:
    """Yield every other flow that is called or jumped to."""
    for key, node in flow.nodes.items():
        if isinstance(node, CallNode | JumpNode) and node.flow is not None:
            yield node, Reference("flow", node.flow, ("nodes", key, "flow"))


def _of_work(node: Node, path: Path) -> Iterator[Reference]:
    match node:
        case HttpNode():
            yield Reference("connection", node.connection, (*path, "connection"))
        case LeadNode():
            yield Reference("pipeline", node.pipeline, (*path, "pipeline"), of=node.stage)
            yield Reference("stage", node.stage, (*path, "stage"), of=node.pipeline)
        case HandoffNode():
            yield Reference("queue", node.queue, (*path, "queue"))
        case TemplateNode():
            yield Reference("template", node.template, (*path, "template"))
        case PolicyNode():
            for index, check in enumerate(node.checks):
                name, _, queue = check.partition(":")
                if name == "queue_available" and queue:
                    yield Reference("queue", queue, (*path, "checks", index))
        case _:
            pass


def _of_models(node: Node, path: Path) -> Iterator[Reference]:
    match node:
        case KnowledgeNode():
            yield from _each("knowledge", node.sources, (*path, "sources"))
            yield Reference("model", node.model, (*path, "model"))
        case RouterNode():
            yield Reference("model", node.model, (*path, "model"))
        case AgentNode():
            yield Reference("model", node.model, (*path, "model"))
            yield from _each("tool", node.tools, (*path, "tools"))
            yield from _each("knowledge", node.knowledge, (*path, "knowledge"))
            yield from _each("guard", node.guards, (*path, "guards"))
        case HandoffNode() if node.summary.model is not None:
            yield Reference("model", node.summary.model, (*path, "summary", "model"))
        case _:
            pass


def _each(kind: Needed, names: Sequence[str], path: Path) -> Iterator[Reference]:
    return (Reference(kind, name, (*path, index)) for index, name in enumerate(names))


def _missing(found: Reference) -> Issue:
    message = f"The tenant has no {found.kind} “{found.name}”."
    return Issue(pointer(*found.path), f"unknown_{found.kind}", "error", message, found.fix)


def check_calls(flow: Flow, catalog: Catalog) -> Iterator[Issue]:
    """Report sub-flows that are missing, call themselves, or are nested too deep."""
    for node, found in flow_references(flow):
        if found.name != flow.key and not found.known(catalog):
            yield _missing(found)
        elif isinstance(node, CallNode):
            depth = _depth(found.name, {**catalog.flows, flow.key: flow.model_dump(by_alias=True)}, {flow.key: None})
            if depth is None:
                message = f"“{found.name}” calls itself, directly or through another flow."
                yield Issue(pointer(*found.path), "recursion", "error", message, "Use a jump, or break the circle.")
            elif depth > MAX_CALL_DEPTH:
                message = f"Sub-flows are nested {depth} deep; {MAX_CALL_DEPTH} is the most."
                yield Issue(pointer(*found.path), "call_depth", "error", message, "Flatten them.")


def _depth(
    key: str, flows: Mapping[str, Mapping[str, Any]], known: dict[str, int | None], *, above: int = 1
) -> int | None:
    """Return how deep calls go below and including ``key``, each flow looked at once; None where they go round."""
    if key in known or above > 4 * MAX_CALL_DEPTH:
        return known.get(key, 1)
    known[key] = None  # whoever comes back here while it is looked at went round
    nodes = (flows.get(key) or {}).get("nodes", {}).values()
    called = {str(node.get("flow")) for node in nodes if node.get("type") == "call"}
    below = [_depth(one, flows, known, above=above + 1) for one in called]
    if None in below:
        return None
    known[key] = 1 + max((depth for depth in below if depth is not None), default=0)
    return known[key]
