"""The sequential runner and Pregel: the same conversation, the same checkpoint, and either may go on for the other."""

import asyncio
import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import HealthCheck, given, settings
from langgraph.cache.memory import InMemoryCache
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphRecursionError
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import CachePolicy, Command, RetryPolicy

from core.errors import LostLease
from core.ids import FlowId, ReleaseId
from core.nouns import Release, Runner
from core.turns import HttpReply, ModelReply, ToolCall
from demo.clinic import FLOWS, load_flow
from graphs.compiler import CompiledRelease
from graphs.gate import StaleCursor
from graphs.nodes.registry import EXECUTORS
from graphs.sequential import NotSequential, SequentialRunner, find_uncovered
from graphs.stand_ins import CannedHttp, RecordedEffects, RecordedStream, ScriptedModels
from graphs.testing import play_cases
from graphs.testing_reading import load_cases
from memory.checkpointer import TurnSaver
from tests.conformance.graphs.anything import TRIGGERS, TURNS, events_of, nodes, random_flow
from tests.conformance.graphs.compared import Compared, plain
from tests.conformance.graphs.talks import NOW, Talk, context, flow, release, spoken
from tests.conformance.graphs.test_flow_cases import FLOWS as WRITTEN
from tests.conformance.graphs.test_flow_cases import release_of
from tests.conformance.graphs.test_runs import ASK, DONE

CLINIC = Path(__file__).parents[2] / "scenarios" / "flows" / "clinic.yaml"


# --- the same, whatever happens ---------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes(), TRIGGERS, TURNS)
def test_that_any_flow_comes_to_the_same_on_either_runner(made, triggers, turns):
    asyncio.run(_talk(random_flow(made, triggers), turns))


async def _talk(document: dict[str, Any], turns: list[list[tuple[str, str]]]) -> None:
    talk = compared(release(document), models=ScriptedModels(SCRIPT), http=CannedHttp({"crm": HttpReply(200, {})}))
    visit = "none"
    for number, happened in enumerate(turns):
        result = await talk.happens(events_of(number, happened, visit), turn_no=number)
        visit = result.cursor.visit if result.cursor else "none"


SCRIPT = [ModelReply("Hello there."), ModelReply("", (ToolCall("1", "no_such_tool", {}),)), ModelReply("And goodbye.")]


def compared(made: Release, **changes: Any) -> Talk:
    """Return a talk whose every turn runs on both."""
    talk = Talk(made, context(**changes))
    talk.compiled = Compared(made)
    return talk


async def test_that_written_conversations_come_to_the_same_at_every_type_of_node():
    met: set[str] = set()
    clinic = Release(ReleaseId("r"), FlowId("f"), "clinic", "clinic", {key: load_flow(key) for key in FLOWS})
    met |= await _play(clinic, CLINIC.read_text(encoding="utf-8"))
    for name in ("salon", "visit", "workshop"):
        met |= await _play(release_of(name), (WRITTEN / f"{name}.yaml").read_text())
    assert {kind for kind, _ in EXECUTORS} <= met


async def _play(made: Release, cases: str) -> set[str]:
    """Run every case on both; return the types of the nodes that were visited."""
    both = Compared(made)
    report = await play_cases(both, load_cases(cases).cases)
    assert report.ok, str(report)
    return {both.plan.nodes[name].spec.type for name in both.visited}


# --- failures ---------------------------------------------------------------------------------------------------------


class Hanging(CannedHttp):
    """Never answers."""

    async def call(self, request):
        self.calls.append(request)
        await asyncio.Event().wait()


HTTP = {"type": "http", "connection": "crm", "method": "POST", "to": {"ok": "who"}}
SORRY = {"type": "message", "say": {"en": "Not now."}, "to": {"next": "who"}}


@pytest.mark.parametrize("led", ["port", "handler", "nowhere"])
async def test_that_a_node_that_takes_too_long_is_left_the_same_way(led):
    node = {**HTTP, "to": {"error": "sorry"}} if led == "port" else HTTP
    handlers = {"error": [{"say": {"en": "Oops."}, "to": "sorry"}]} if led == "handler" else {}
    talk = compared(
        release(flow({"call": node, "sorry": SORRY, "who": ASK, "done": DONE}, handlers=handlers)), http=Hanging()
    )
    talk.compiled.plan.nodes["tiny/call"].executor.seconds = 0.02
    result = await talk.says("hello")
    assert next(step.facts["error"] for step in result.steps if step.facts.get("error")) == "timeout"
    assert ("passing you to our team" in spoken(result)) == (led == "nowhere")
    assert ("Not now." in spoken(result)) == (led != "nowhere")
    await talk.says("Ada")


@dataclass
class LosesOnce(RecordedEffects):
    """The lease is gone at the first outside write, and not at the next."""

    lost: list[str] = field(default_factory=list)

    async def once(self, **given):
        if not self.lost:
            self.lost.append(given["node"])
            raise LostLease()
        return await super().once(**given)


async def test_that_a_turn_that_is_thrown_away_leaves_nothing_and_can_be_run_again():
    nodes = {"who": ASK, "done": {**HTTP, "to": {"ok": "bye"}}, "bye": DONE}
    talk = compared(release(flow(nodes)), effects=LosesOnce(), http=CannedHttp({"crm": HttpReply(200, {})}))
    await talk.says("hello")
    with pytest.raises(LostLease):
        await talk.says("Ada")
    assert (await talk.says("Ada")).cursor is None


async def test_that_an_unknown_cursor_is_the_same_error():
    old, new = (release(flow({name: ASK, "done": DONE})) for name in ("who", "name"))
    talk, later = compared(old), Compared(new)
    await talk.says("hello")
    later.stored.update(talk.compiled.stored)
    talk.compiled = later
    with pytest.raises(StaleCursor):
        await talk.says("Ada")


@pytest.mark.parametrize("how", ["error", "cancelled"])
async def test_that_the_saver_is_given_nothing_by_a_run_that_does_not_return(how):
    made, saver, begun = release(flow({"call": HTTP, "who": ASK, "done": DONE})), TurnSaver(), asyncio.Event()
    talk = Talk(made, context(effects=LosesOnce()) if how == "error" else context(http=Beginning(begun)), saver=saver)
    run = asyncio.ensure_future(talk.says("hello"))
    if how == "cancelled":
        await begun.wait()
        run.cancel()
    with pytest.raises(LostLease if how == "error" else asyncio.CancelledError):
        await run
    assert saver.take("thread") is None


@dataclass
class Beginning(CannedHttp):
    """Tells when it is called, and never answers."""

    begun: asyncio.Event

    async def call(self, request):
        self.begun.set()
        await asyncio.Event().wait()


# --- graphs of the tests' own -----------------------------------------------------------------------------------------


class Notes(TypedDict, total=False):
    count: int
    seen: list[str]
    scrap: Annotated[list[str], UntrackedValue(list)]


class Sums(TypedDict, total=False):
    total: Annotated[int, operator.add]


class Count(TypedDict, total=False):
    count: int


def counting(*, until: int, last: Any = END) -> StateGraph[Any, Any, Any, Any]:
    """Return two nodes that hand on to each other until they have run ``until`` times."""

    def node(name: str, other: str):
        async def run(state: Notes, *, runtime: Runtime[Any]) -> Any:
            count = state.get("count", 0) + 1
            changes = {"count": count, "seen": [*state.get("seen", []), name], "scrap": ["only now"], "stray": count}
            runtime.context.nodes.append((name, dict(state)))
            return Command(update=changes, goto=other if count % until else last)

        return run

    graph: Any = StateGraph(Notes, context_schema=RecordedStream)
    graph.add_node("a", node("a", "b"))
    graph.add_node("b", node("b", "a"))
    graph.add_edge(START, "a")
    return graph


class Told(TurnSaver):
    """Notes which versions it is told are new: savers that store values apart store these alone."""

    def __init__(self):
        super().__init__()
        self.new: list[Any] = []

    def put(self, config, checkpoint, metadata, new_versions):
        self.new.append(dict(new_versions))
        return super().put(config, checkpoint, metadata, new_versions)


async def on_both(build: Callable[[Any], Any], started: Any, *, turns: int = 1, limit: int = 25) -> list[Any]:
    """Run turns on either runner alone; return what the last one came to, was shown and left, once for each."""
    found = []
    for ours in (False, True):
        saver, heard, stored, end = Told(), RecordedStream(), None, None
        graph = build(saver)
        for _ in range(turns):
            saver.seed("t", stored)
            try:
                end = await (_ours if ours else _theirs)(graph, started, heard, limit)
                stored = saver.take("t")
            except GraphRecursionError as error:
                end = type(error)
            saver.discard("t")
        found.append((end, heard.nodes, plain(stored), saver.new if stored else None))
    return found


async def _ours(graph: Any, started: Any, heard: RecordedStream, limit: int) -> Any:
    runner = SequentialRunner(graph)
    held = await runner.load("t")
    assert runner.takes(held)
    return await runner.run(started, heard, held=held, thread_id="t", limit=limit, now=NOW)


async def _theirs(graph: Any, started: Any, heard: RecordedStream, limit: int) -> Any:
    config = {"configurable": {"thread_id": "t"}, "recursion_limit": limit}
    return await graph.ainvoke(started, config, context=heard, durability="exit" if graph.checkpointer else None)


@pytest.mark.parametrize("limit", [5, 6, 7, 8])
async def test_that_the_recursion_limit_is_reached_at_the_same_step(limit):
    theirs, ours = await on_both(lambda saver: counting(until=6).compile(checkpointer=saver), {}, limit=limit)
    assert ours == theirs
    assert (theirs[0] is GraphRecursionError) == (limit <= 6)
    assert len(theirs[1]) == min(limit, 6)


async def test_that_what_belongs_to_one_turn_is_seen_in_it_and_never_kept():
    theirs, ours = await on_both(
        lambda saver: counting(until=3).compile(checkpointer=saver), {"scrap": ["begun"], "seen": []}, turns=3
    )
    assert ours == theirs
    (_, heard, ((*_, checkpoint, _, _),), new) = ours
    assert [state["scrap"] for _, state in heard[:2]] == [["begun"], ["only now"]]
    assert checkpoint["channel_values"].keys() == {"count", "seen"}
    assert len(new) == 3


async def test_that_a_state_without_a_saver_is_the_same():
    theirs, ours = await on_both(lambda _: counting(until=4).compile(), {"count": 8}, turns=2)
    assert ours == theirs


async def test_that_a_node_that_leads_to_no_node_ends_the_run():
    theirs, ours = await on_both(lambda saver: counting(until=2, last="nobody").compile(checkpointer=saver), {})
    assert ours == theirs


async def test_that_a_node_that_leads_to_two_is_refused():
    graph = counting(until=2, last=["a", "b"]).compile(checkpointer=InMemorySaver())
    with pytest.raises(NotSequential):
        await _ours(graph, {}, RecordedStream(), 25)


# --- what stays with Pregel -------------------------------------------------------------------------------------------


async def plain_node(state: Any, *, runtime: Runtime[Any]) -> Any:
    return Command(goto=END)


async def without_runtime(state: Any) -> Any:
    return Command(goto=END)


def not_async(state: Any, *, runtime: Runtime[Any]) -> Any:
    return Command(goto=END)


async def handler(state: Any, *, runtime: Runtime[Any]) -> Any:
    return Command(goto=END)


def made_of(
    *, state: Any = Notes, node: Any = plain_node, compiled: Any = None, edges: Any = (), **options: Any
) -> Any:
    """Return a graph of nodes a and b, with what the options add to a."""
    graph: Any = StateGraph(state, **options.pop("graph", {}))
    graph.add_node("a", node, **options)
    graph.add_node("b", plain_node)
    for edge in ((START, "a"), *edges):
        graph.add_edge(*edge)
    return graph.compile(**(compiled or {}))


def branching() -> Any:
    graph: Any = StateGraph(Notes)
    graph.add_node("a", plain_node)
    graph.add_node("b", plain_node)
    graph.add_edge(START, "a")
    graph.add_conditional_edges("a", lambda _: "b", ["b"])
    return graph.compile()


UNCOVERED = {
    "a node with a drawn edge, which may lead elsewhere as well": lambda: made_of(edges=[("a", "b")]),
    "two nodes at the start": lambda: made_of(edges=[(START, "b")]),
    "a join": lambda: made_of(edges=[(["a", "b"], "b")]),
    "a branch": branching,
    "a reducer": lambda: made_of(state=Sums),
    "a breakpoint before": lambda: made_of(compiled={"interrupt_before": ["a"], "checkpointer": InMemorySaver()}),
    "a breakpoint after": lambda: made_of(compiled={"interrupt_after": ["a"], "checkpointer": InMemorySaver()}),
    "a cache": lambda: made_of(compiled={"cache": InMemoryCache()}),
    "a node's cache policy": lambda: made_of(cache_policy=CachePolicy()),
    "a node's retries": lambda: made_of(retry_policy=RetryPolicy()),
    "a node's time limit": lambda: made_of(timeout=1.0),
    "a node's error handler": lambda: made_of(error_handler=handler),
    "a node that waits for all others": lambda: made_of(defer=True),
    "a node that sees another state": lambda: made_of(input_schema=Count),
    "a node that is a graph": lambda: made_of(node=made_of()),
    "a node that is not async": lambda: made_of(node=not_async),
    "a node that takes something else": lambda: made_of(node=without_runtime),
    "an output of its own": lambda: made_of(graph={"output_schema": Count}),
    "a config of its own": lambda: made_of().with_config(tags=["x"]),
}


@pytest.mark.parametrize("what", UNCOVERED)
def test_that_what_is_not_covered_is_known_when_the_graph_is_compiled(what):
    graph = UNCOVERED[what]()
    assert find_uncovered(graph)
    with pytest.raises(NotSequential):
        SequentialRunner(graph)


def test_that_the_plain_form_of_these_graphs_is_covered():
    assert find_uncovered(made_of()) is None


class Watched(RecordedStream):
    """Notes whether nodes run in the task that runs the turn: ours do, Pregel gives each a task of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.task = asyncio.current_task()
        self.ours: set[bool] = set()

    async def node(self, name):
        self.ours.add(asyncio.current_task() is self.task)


async def runs_on_ours(compiled: CompiledRelease, *texts: str) -> bool:
    talk = Talk(RELEASE)
    talk.compiled, stream = compiled, Watched()
    for text in texts:
        await talk.says(text, stream=stream)
    (ours,) = stream.ours
    return ours


RELEASE = release(flow({"who": ASK, "done": DONE}))


@pytest.mark.parametrize(("runner", "ours"), [(Runner.AUTO, True), (Runner.SEQUENTIAL, True), (Runner.PREGEL, False)])
async def test_that_the_setting_decides_what_runs_a_release(runner, ours):
    base = Talk(RELEASE).compiled
    assert await runs_on_ours(CompiledRelease(base.plan, base.graph, runner=runner), "hello", "Ada") is ours


async def test_that_a_graph_that_is_not_covered_runs_on_pregel_unless_ours_is_insisted_on():
    base = Talk(RELEASE).compiled
    cached = base.graph.builder.compile(checkpointer=InMemorySaver(), cache=InMemoryCache())
    assert await runs_on_ours(CompiledRelease(base.plan, cached), "hello", "Ada") is False
    with pytest.raises(NotSequential):
        CompiledRelease(base.plan, cached, runner=Runner.SEQUENTIAL)


async def test_that_a_thread_that_pregel_left_half_way_is_gone_on_with_by_pregel():
    talk = Talk(release(flow({"who": ASK, "done": {**HTTP, "to": {"ok": "bye"}}, "bye": DONE})), runner=Runner.PREGEL)
    ours = CompiledRelease(talk.compiled.plan, talk.compiled.graph, runner=Runner.SEQUENTIAL)
    await talk.says("hello")
    with pytest.raises(LostLease):
        await talk.says("Ada", effects=LosesOnce())
    runner = SequentialRunner(talk.compiled.graph)
    assert not runner.takes(await runner.load("thread"))
    talk.compiled, talk.last, stream = ours, None, Watched()
    await talk.says("hello", stream=stream)
    assert stream.ours == {False}
    assert runner.takes(await runner.load("thread"))


async def test_that_a_form_of_checkpoint_that_is_not_known_is_left_to_pregel():
    talk = Talk(RELEASE)
    await talk.says("hello")
    runner = SequentialRunner(talk.compiled.graph)
    held = await runner.load("thread")
    assert held is not None
    assert runner.takes(held)
    held.checkpoint["v"] += 1
    assert not runner.takes(held)


@pytest.mark.parametrize("runner", [Runner.SEQUENTIAL, Runner.PREGEL])
async def test_that_a_thread_is_wound_back_on_either(runner):
    talk = Talk(RELEASE, runner=runner)
    await talk.says("hello")
    asked = await talk.saver.aget_tuple({"configurable": {"thread_id": "thread"}})
    await talk.says("Ada")
    turn = replace(talk.context, events=(talk.event("message", text="Bob"),))
    again = await talk.compiled.run(turn, thread_id="thread", fresh=False, after=asked.checkpoint["id"])
    assert "tiny/who" in [step.node for step in again.steps]
    newest = await talk.saver.aget_tuple({"configurable": {"thread_id": "thread"}})
    assert newest.parent_config["configurable"]["checkpoint_id"] == asked.checkpoint["id"]
