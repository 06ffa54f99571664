"""A release as one LangGraph state machine: a node per flow node, and the gate that reads the events.

The run ends when the flow waits; the cursor is plain JSON in the state. ``interrupt`` and subgraphs are not used: they
re-run side effects and bind answers to the wrong question.
"""

from collections.abc import Awaitable
from typing import Any, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from core.nouns import Release, Runner
from core.turns import Cursor, Emit, FlowEvent, RequestHandoff, Say, TurnContext, TurnResult
from graphs.builtins import is_opt_out
from graphs.fold import fold
from graphs.gate import run_gate
from graphs.plan import NodePlan, ReleasePlan, plan_release
from graphs.runtime import run_node
from graphs.schema.nodes_talk import MessageNode
from graphs.sequential import SequentialRunner, find_uncovered
from graphs.state import GATE, State

Graph = CompiledStateGraph[State, TurnContext, State, State]


class CompiledRelease:
    """A release ready to run turns; one per release, shared by all of its conversations."""

    def __init__(self, plan: ReleasePlan, graph: Graph, *, runner: Runner = Runner.AUTO) -> None:
        """Take the graph; raises NotSequential where ``runner`` insists and the graph is not."""
        self.plan = plan
        self.graph = graph
        mine = runner is Runner.SEQUENTIAL or (runner is Runner.AUTO and find_uncovered(graph) is None)
        self._sequential = SequentialRunner(graph) if mine else None
        self.release_hash = plan.hash
        self.node_types = frozenset((_type_of(node), node.spec.v) for node in plan.nodes.values())
        most = max(flow.flow.settings.limits.steps_per_turn for flow in plan.flows.values())
        self._steps = most * 2 + 6

    def first_input(self, ctx: TurnContext, *, fresh: bool) -> State:
        """Return what a turn starts from: this turn's events, and for a new Run an empty state."""
        events = self.prepare(ctx)
        turn = State(events=events, out=[], trail=[], desk={"at": 0})
        if fresh:
            turn.update(State(stack=[], vars={"slots": {}, "conv": {}}, release=self.release_hash, locale=None))
            turn["done"] = None
        return turn

    def recursion_limit(self, events: int) -> int:
        """Return the bound on LangGraph's steps; our own limits stop a flow long before."""
        return self._steps * max(1, events) + 10

    async def run(self, ctx: TurnContext, *, thread_id: str, fresh: bool, after: str | None = None) -> TurnResult:
        """Run one turn: give the events in order to the nodes that wait, until the flow waits again or is over.

        ``after`` is an earlier checkpoint of the thread to go on from, where the saver keeps them.

        Raises:
            StaleCursor: The checkpoint stands at a node that the release does not have.
            StoreError: Passed on from ``ctx.effects``.
        """
        started = self.first_input(ctx, fresh=fresh)
        limit = self.recursion_limit(len(started["events"]))
        if (simple := self._sequential) is not None and simple.takes(held := await simple.load(thread_id, after)):
            state = await simple.run(started, ctx, held=held, thread_id=thread_id, limit=limit, now=ctx.now)
        else:
            named = {"thread_id": thread_id, **({"checkpoint_id": after} if after else {})}
            state = await self.graph.ainvoke(
                started,
                config={"configurable": named, "recursion_limit": limit},
                context=ctx,
                durability="exit" if self.graph.checkpointer else None,
            )
        return self.result(ctx, state)

    def result(self, ctx: TurnContext, state: Any) -> TurnResult:
        """Return what the turn came to, out of the state it ended in."""
        top = state["stack"][-1] if state.get("stack") else None
        flow = self.plan.nodes[top["node"]].flow if top else self.plan.entry
        kept = state.get("vars") or {}
        unread = tuple(event.id for event in state["events"][state["desk"]["at"] :]) if state.get("done") else ()
        return TurnResult(
            emits=_emits(self.plan, ctx, state),
            steps=tuple(state["trail"]),
            cursor=Cursor(top["node"], top["phase"], top["visit"]) if top else None,
            variables={
                f"{root}.{name}": value for root in ("slots", "conv") for name, value in kept.get(root, {}).items()
            },
            locale=flow.translations.supported_or_default(state.get("locale") or ctx.locale),
            unread=unread,
        )

    def prepare(self, ctx: TurnContext) -> list[FlowEvent]:
        """Return the events in the order they count: a STOP that is news is the only one that does."""
        words = ctx.policy.policy.opt_out_words
        for event in () if ctx.policy.opt_out_told else ctx.events:
            if event.kind == "message" and (is_opt_out(event.text, words) or self._opts_out(event.text)):
                return [event]
        events: list[FlowEvent] = []
        for event in ctx.events:
            events.append(event)
            if event.kind == "handback" and event.text.strip():
                events.append(FlowEvent("message", event.id, event.at, text=event.text, parts=event.parts))
        return events

    def _opts_out(self, text: str) -> bool:
        triggers = (one for flow in self.plan.flows.values() for one in flow.triggers)
        return any(one.words.says(fold(text)) for one in triggers if one.spec.do == "opt_out")


def compile_release(
    release: Release, *, checkpointer: BaseCheckpointSaver[Any] | None, runner: Runner = Runner.AUTO
) -> CompiledRelease:
    """Compile a release; raises InvalidFlow where it cannot run. Slow (milliseconds): keep the result."""
    plan = plan_release(release)
    graph = StateGraph(State, context_schema=TurnContext)
    graph.add_edge(START, GATE)
    graph.add_node(GATE, _gate(plan), destinations=(*plan.nodes, END))
    for name, node in plan.nodes.items():
        graph.add_node(name, _node(plan, node), metadata={"type": _type_of(node)}, destinations=_destinations(node))
    return CompiledRelease(plan, graph.compile(checkpointer=checkpointer, name=plan.entry.key), runner=runner)


class _Runs(Protocol):
    def __call__(self, state: State, *, runtime: Runtime[TurnContext]) -> Awaitable[Command[str]]: ...


def _gate(plan: ReleasePlan) -> _Runs:
    async def gate(state: State, *, runtime: Runtime[TurnContext]) -> Command[str]:
        return await run_gate(plan, state, runtime.context)

    return gate


def _node(plan: ReleasePlan, node: NodePlan) -> _Runs:
    async def visit(state: State, *, runtime: Runtime[TurnContext]) -> Command[str]:
        return await run_node(plan, node, state, runtime.context)

    return visit


def _destinations(node: NodePlan) -> tuple[str, ...]:
    drawn = (target for target in node.targets.values() if "/" in target)
    return tuple(dict.fromkeys((*drawn, GATE, END)))


def _type_of(node: NodePlan) -> str:
    return str(getattr(node.spec, "type", ""))


def _emits(plan: ReleasePlan, ctx: TurnContext, state: Any) -> tuple[Emit, ...]:
    """Leave out words nobody waits for: those of a silent hand-back, and a greeting so soon after the last words."""
    desk, emits = state["desk"], tuple(state["out"])
    if desk.get("silent"):
        return tuple(emit for emit in emits if not isinstance(emit, Say))
    greeting = desk.get("greeting")
    if greeting is None or not isinstance(plan.nodes[plan.entry.entry].spec, MessageNode):
        return emits
    since = ctx.now - plan.entry.flow.settings.idle_end
    if not any(message.author != "contact" and message.at > since for message in ctx.window):
        return emits
    rest = tuple(emit for emit in emits if not (isinstance(emit, Say) and emit.visit == greeting))
    return rest if any(isinstance(emit, Say | RequestHandoff) for emit in rest) else emits
