"""A release prepared for running: executors made, texts parsed, words folded, targets resolved. No LangGraph here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import InvalidFlow
from core.nouns import Release
from graphs.contract import Executor, Making
from graphs.matching import PhraseMatcher
from graphs.nodes.registry import EXECUTORS
from graphs.saying import HandlerPlan, Saying
from graphs.schema import RETURN, Flow, Issue, NodeBase, parse_flow, pointer
from graphs.schema.nodes_talk import EndNode, NoteNode
from graphs.schema.nodes_work import HandoffNode
from graphs.schema.parts import HandlerStep, Trigger
from graphs.texts import Translations

HANDOFF = "@handoff"
OPT_OUT = "@optout"
HANDLER_KINDS = ("no_match", "no_input", "error", "unsupported", "timeout", "stale_tap", "handback")


@dataclass(frozen=True, slots=True)
class TriggerPlan:
    """A trigger with its words folded."""

    spec: Trigger
    flow: str
    to: str | None
    words: PhraseMatcher


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A node ready to run."""

    name: str
    flow: "FlowPlan"
    spec: NodeBase
    executor: Executor
    targets: Mapping[str, str]
    handlers: Mapping[str, Sequence[HandlerPlan]] = field(default_factory=dict)


@dataclass(slots=True)
class FlowPlan:
    """A flow ready to run."""

    flow: Flow
    translations: Translations
    triggers: tuple[TriggerPlan, ...] = ()
    handlers: Mapping[str, Sequence[HandlerPlan]] = field(default_factory=dict)
    asks_hours: bool = False
    pii: frozenset[str] = frozenset()
    human: str = ""
    """Where somebody goes who asks for a person."""

    @property
    def key(self) -> str:
        """Return the flow's key."""
        return self.flow.key

    @property
    def entry(self) -> str:
        """Return the name of the first node."""
        return f"{self.flow.key}/{self.flow.entry}"

    def defaults(self, root: str) -> dict[str, Any]:
        """Return the declared default values of ``slots`` or ``conv``."""
        return {
            name.split(".", 1)[1]: spec.default
            for name, spec in self.flow.variables.items()
            if name.startswith(f"{root}.") and spec.default is not None
        }


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """Everything a release needs at run time."""

    hash: str
    entry: FlowPlan
    flows: Mapping[str, FlowPlan]
    nodes: Mapping[str, NodePlan]

    @property
    def handoff(self) -> str:
        """Return the name of the built-in handoff node."""
        return f"{self.entry.key}/{HANDOFF}"

    @property
    def opt_out(self) -> str:
        """Return the name of the built-in end after an opt-out."""
        return f"{self.entry.key}/{OPT_OUT}"

    def flow_of(self, name: str) -> FlowPlan:
        """Return the flow that a node belongs to."""
        return self.nodes[name].flow


def plan_release(release: Release) -> ReleasePlan:
    """Prepare a release; raises InvalidFlow where it cannot run."""
    flows: dict[str, FlowPlan] = {}
    nodes: dict[str, NodePlan] = {}
    for key, document in release.flows.items():
        flow = parse_flow(document)
        if flow.key != key:
            raise InvalidFlow([Issue("/key", "wrong_key", "error", f"The release calls this flow {key!r}.")])
        plan = _plan_flow(flow, document)
        flows[key] = plan
        nodes |= {node.name: node for node in _plan_nodes(plan)}
    entry = flows.get(release.entry)
    if entry is None:
        raise InvalidFlow([Issue("/entry", "no_entry", "error", f"The release has no flow {release.entry!r}.")])
    nodes |= {node.name: node for node in _builtin_nodes(entry)}
    _check_targets(nodes, flows)
    for plan in flows.values():
        plan.human = _human(plan) or f"{entry.key}/{HANDOFF}"
    return ReleasePlan(release.hash, entry, flows, nodes)


def _plan_flow(flow: Flow, document: Mapping[str, Any]) -> FlowPlan:
    plan = FlowPlan(flow, Translations.of(flow.locales))
    plan.handlers = {
        kind: _plan_steps(getattr(flow.handlers, kind), plan) for kind in HANDLER_KINDS if getattr(flow.handlers, kind)
    }
    plan.triggers = tuple(_plan_trigger(trigger, flow.key) for trigger in flow.triggers)
    plan.asks_hours = "sys.open_hours" in json.dumps(document, default=str)
    plan.pii = frozenset(name for name, spec in flow.variables.items() if spec.pii)
    return plan


def _plan_steps(steps: Sequence[HandlerStep], plan: FlowPlan) -> tuple[HandlerPlan, ...]:
    return tuple(
        HandlerPlan(Saying(step.say or (), plan.translations), _full(plan.key, step.to), step.after) for step in steps
    )


def _plan_trigger(trigger: Trigger, flow: str) -> TriggerPlan:
    words = PhraseMatcher(trigger.keywords, trigger.examples, phrase=trigger.mode == "phrase")
    return TriggerPlan(trigger, flow, _full(flow, trigger.to), words)


def _full(flow: str, target: str | None) -> str | None:
    return target if target is None or target == RETURN else f"{flow}/{target}"


def _plan_nodes(plan: FlowPlan) -> Iterator[NodePlan]:
    for key, node in plan.flow.nodes.items():
        if not isinstance(node, NoteNode):
            yield _plan_node(plan, key, node)


def _plan_node(plan: FlowPlan, key: str, node: NodeBase) -> NodePlan:
    name = f"{plan.key}/{key}"
    kind = str(node.model_dump(include={"type"})["type"])
    make = EXECUTORS.get((kind, node.v))
    if make is None:
        raise InvalidFlow([Issue(pointer("nodes", key, "v"), "unknown_version", "error", f"{kind} has no v{node.v}.")])
    executor = make(Making(plan.flow, key, name, node, plan.translations))
    targets = {port: str(_full(plan.key, target)) for port, target in node.to.items()}
    own = {
        kind: _plan_steps(steps, plan)
        for kind in HANDLER_KINDS
        if isinstance(steps := getattr(node, kind, ()), tuple) and steps
    }
    return NodePlan(name, plan, node, executor, targets, own)


def _builtin_nodes(entry: FlowPlan) -> Iterator[NodePlan]:
    yield _plan_node(entry, HANDOFF, HandoffNode(type="handoff"))
    yield _plan_node(entry, OPT_OUT, EndNode(type="end", outcome="opted_out"))


def _human(plan: FlowPlan) -> str | None:
    """The handoff that a trigger leads to, else the flow's only one."""
    handoffs = [f"{plan.key}/{key}" for key, node in plan.flow.nodes.items() if isinstance(node, HandoffNode)]
    for trigger in plan.triggers:
        if trigger.to in handoffs and trigger.to is not None:
            return trigger.to
    return handoffs[0] if len(handoffs) == 1 else None


def _check_targets(nodes: Mapping[str, NodePlan], flows: Mapping[str, FlowPlan]) -> None:
    """A ``goto`` to a node that is not there would end the run quietly: refuse it here, loudly."""
    named = [*_targets_of_nodes(nodes), *(each for flow in flows.values() for each in _targets_of_flow(flow))]
    issues = [_unknown(place, target) for place, target in named if target != RETURN and target not in nodes]
    if issues:
        raise InvalidFlow(issues)


def _targets_of_nodes(nodes: Mapping[str, NodePlan]) -> Iterator[tuple[str, str]]:
    for node in nodes.values():
        key = node.name.split("/", 1)[1]
        for port, target in node.targets.items():
            yield pointer("nodes", key, "to", port), target


def _targets_of_flow(flow: FlowPlan) -> Iterator[tuple[str, str]]:
    yield "/entry", flow.entry
    for index, trigger in enumerate(flow.triggers):
        if trigger.to is not None:
            yield pointer("triggers", index, "to"), trigger.to
    for kind, steps in flow.handlers.items():
        for index, step in enumerate(steps):
            if step.to is not None:
                yield pointer("handlers", kind, index, "to"), step.to


def _unknown(place: str, target: str) -> Issue:
    return Issue(place, "unknown_target", "error", f"There is no node {target.split('/', 1)[-1]!r}.", "Correct it.")
