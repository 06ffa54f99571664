"""Runs a graph that is sequential node by node, in place of LangGraph's own loop (Pregel); docs/decisions/0014.

Pregel schedules graphs that fan out and join: channels, tasks, a step that waits for all of its tasks. Where one node
runs at a time and says itself which is next, all of that comes to a chain of function calls. LangGraph stays the
definition: the nodes are those of the compiled graph, and the checkpoint is the one that Pregel leaves at
``durability="exit"``, so that either may take a conversation over between two turns. What is not covered is found
when the graph is compiled and stays with Pregel.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.channels.ephemeral_value import EphemeralValue
from langgraph.channels.last_value import LastValue
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.base.id import uuid6
from langgraph.errors import GraphRecursionError
from langgraph.graph import START
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from core.errors import FlowError

AnyGraph = CompiledStateGraph[Any, Any, Any, Any]
_Node = Callable[..., Awaitable[Any]]

FORMAT = 4
"""LangGraph's version of the checkpoints that are read and written here."""

_INPUT, _SENDS = "__input__", "__pregel_tasks"
_BEFORE_ANY = -2
"""Where LangGraph begins to count a thread's steps."""


class NotSequential(FlowError):
    """The graph needs what only LangGraph's own loop does."""

    code = "not_sequential"


class SequentialRunner:
    """Runs turns of one compiled graph; shared by all of its conversations."""

    def __init__(self, graph: AnyGraph) -> None:
        """Take the graph apart; raises NotSequential where it is not covered."""
        reason = find_uncovered(graph)
        if reason is not None:
            raise NotSequential(reason)
        saver = graph.checkpointer
        self._saver = saver if isinstance(saver, BaseCheckpointSaver) else None
        self._nodes: dict[str, _Node] = {name: graph.nodes[name].bound.afunc for name in graph.builder.nodes}  # type: ignore[attr-defined]
        ((_, self._first),) = graph.builder.edges
        self._keys = frozenset(graph.builder.channels)
        self._kept = frozenset(name for name in self._keys if type(graph.channels[name]) is LastValue)
        self._triggers = {name: _trigger(name) for name in self._nodes}

    async def load(self, thread_id: str, checkpoint_id: str | None = None) -> CheckpointTuple | None:
        """Return a checkpoint of the thread: the one named, else the newest."""
        return await self._saver.aget_tuple(_config(thread_id, checkpoint_id)) if self._saver else None

    def takes(self, held: CheckpointTuple | None) -> bool:
        """Tell whether a run may begin here: nothing is under way, and the form is known."""
        if held is None:
            return True
        checkpoint = held.checkpoint
        at_rest = not held.pending_writes and checkpoint["channel_values"].keys() <= self._kept
        return at_rest and checkpoint["v"] == FORMAT

    async def run(
        self, started: Mapping[str, Any], context: Any, *, held: CheckpointTuple | None, thread_id: str, limit: int,
        now: datetime,
    ) -> dict[str, Any]:  # fmt: skip
        """Run until a node leads nowhere; return the state, and give the saver its checkpoint.

        Nothing is given to the saver where a node raises or the run is cancelled. ``limit`` is LangGraph's
        ``recursion_limit``; raises GraphRecursionError beyond it.
        """
        thread = _Thread(held, self._saver)
        state = {name: value for name, value in thread.values.items() if name in self._kept}
        given = self._known(started)
        state.update(given)
        name, steps = self._first, 0
        thread.begin(given, self._triggers[name])
        runtime = Runtime(context=context)
        while name in self._nodes:
            if steps == limit:
                break
            steps += 1
            update, following = _read(await self._nodes[name](state.copy(), runtime=runtime), name)
            given = self._known(update)
            state.update(given)
            thread.step(name, self._triggers[name], given, self._triggers.get(following))
            name = following
        # LangGraph looks at its limit before it sees that nothing is left to do.
        if steps == limit:
            raise GraphRecursionError(f"Recursion limit of {limit} reached without hitting a stop condition.")
        if self._saver is not None:
            kept = {key: value for key, value in state.items() if key in self._kept}
            await thread.store(self._saver, thread_id, kept, updated=sorted(given), now=now)
        return state

    def _known(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Leave out what the state has no place for, as LangGraph does."""
        return given if given.keys() <= self._keys else {key: given[key] for key in given if key in self._keys}


class _Thread:
    """A thread's place in LangGraph's books: which channel changed when, and what each node has seen of it."""

    __slots__ = ("_before", "_next", "_now", "parent", "seen", "step_no", "values", "versions")

    def __init__(self, held: CheckpointTuple | None, saver: BaseCheckpointSaver[Any] | None) -> None:
        checkpoint = held.checkpoint if held else None
        self.parent = checkpoint["id"] if checkpoint else None
        self.values: dict[str, Any] = checkpoint["channel_values"] if checkpoint else {}
        self.versions: dict[str, Any] = dict(checkpoint["channel_versions"]) if checkpoint else {}
        self.seen: dict[str, dict[str, Any]] = checkpoint["versions_seen"] if checkpoint else {}
        self.step_no = held.metadata["step"] if held else _BEFORE_ANY
        self._before = dict(self.versions)
        self._now: Any = max(self.versions.values(), default=None)
        self._next: Callable[[Any, None], Any] = saver.get_next_version if saver else _count

    def begin(self, given: Mapping[str, Any], trigger: str) -> None:
        """Take the input, a step of LangGraph's, then spread it over the state, another."""
        self._now = self._next(self._now, None)
        self.seen.setdefault(_INPUT, {})
        self.versions[START] = self._now
        self.step_no += 1
        self.step(START, START, given, trigger)

    def step(self, name: str, trigger: str, given: Mapping[str, Any], following: str | None) -> None:
        """Note a node's step: its trigger is used up, what it gave is new, and so is the next node's trigger."""
        self.seen.setdefault(name, {})[trigger] = self.versions[trigger]
        self._now = now = self._next(self._now, None)
        versions = self.versions
        versions[trigger] = now
        for key in given:
            versions[key] = now
        if following is not None:
            versions[following] = now
        self.step_no += 1

    async def store(
        self,
        saver: BaseCheckpointSaver[Any],
        thread_id: str,
        kept: dict[str, Any],
        *,
        updated: list[str],
        now: datetime,
    ) -> None:
        """Give the saver the checkpoint of the last step."""
        checkpoint = Checkpoint(
            v=FORMAT,
            ts=now.isoformat(),
            id=str(uuid6(clock_seq=self.step_no)),
            channel_values=kept,
            channel_versions=self.versions,
            versions_seen=self.seen,
            updated_channels=updated,
        )
        new = {key: version for key, version in self.versions.items() if self._before.get(key) != version}
        metadata = CheckpointMetadata(source="loop", step=self.step_no, parents={})
        await saver.aput(_config(thread_id, self.parent), checkpoint, metadata, new)


def find_uncovered(graph: AnyGraph) -> str | None:
    """Return why this graph must stay with LangGraph's loop; None where each node says itself which is next."""
    builder = graph.builder
    if len(builder.edges) != 1 or next(iter(builder.edges))[0] != START or builder.branches or builder.waiting_edges:
        return "There are edges beside the one from the start: nodes must say themselves which is next."
    if builder.input_schema is not builder.state_schema or builder.output_schema is not builder.state_schema:
        return "Input or output have a schema of their own."
    if graph.interrupt_before_nodes or graph.interrupt_after_nodes or graph.store or graph.cache or graph.config:
        return "The graph has breakpoints, a store, a cache or a config of its own."
    if graph.retry_policy or graph.cache_policy or graph.step_timeout or graph.checkpointer is True:
        return "The graph has policies of its own."
    for name in builder.channels:
        if type(graph.channels[name]) not in (LastValue, UntrackedValue):
            return f"The state's {name} is more than its last value."
    ours = {*builder.channels, START, _SENDS, *map(_trigger, builder.nodes)}
    if not graph.channels.keys() <= ours:
        return f"There are joins or managed values: {', '.join(sorted(graph.channels.keys() - ours))}."
    return next((reason for name in builder.nodes if (reason := _uncovered_node(graph, name))), None)


def _uncovered_node(graph: AnyGraph, name: str) -> str | None:
    node, spec = graph.nodes[name], graph.builder.nodes[name]
    if node.retry_policy or node.cache_policy or node.timeout or node.is_error_handler or node.error_handler_node:
        return f"{name} has a policy for retries, caching, time or errors."
    if spec.input_schema is not graph.builder.state_schema or node.mapper or node.subgraphs:
        return f"{name} sees another state, or is a graph of its own."
    if type(graph.channels[_trigger(name)]) is not EphemeralValue:
        return f"{name} waits for the others."
    func, afunc, accepts = (getattr(node.bound, attribute, None) for attribute in ("func", "afunc", "func_accepts"))
    if func is not None or afunc is None or accepts is None or accepts.keys() != {"runtime"}:
        return f"{name} is no async function of the state and the runtime."
    return None


def _read(result: Any, name: str) -> tuple[Mapping[str, Any], str]:
    """Return what a node changes and where it leads: END, or nowhere, ends the run."""
    if result is None:
        return {}, ""
    if isinstance(result, dict):
        return result, ""
    if isinstance(result, Command) and result.graph is None and result.resume is None:
        update, goto = result.update, result.goto or ""
        if isinstance(goto, str) and (update is None or isinstance(update, dict)):
            return update or {}, goto
    raise NotSequential(f"{name} led to several nodes, or to none of this graph.")


def _trigger(name: str) -> str:
    """Return the channel by which LangGraph wakes a node."""
    return f"branch:to:{name}"


def _config(thread_id: str, checkpoint_id: str | None = None) -> RunnableConfig:
    named = {"thread_id": thread_id, "checkpoint_ns": ""}
    return {"configurable": named if checkpoint_id is None else {**named, "checkpoint_id": checkpoint_id}}


def _count(current: int | None, channel: None) -> int:
    return (current or 0) + 1
