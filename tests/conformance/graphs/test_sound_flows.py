"""Any flow that can be published, with any customer: no error, no limit passed, nobody left without a word.

What was reached is counted over the whole run, so that the claim is about every type of node, exit, trigger, timer and
handler there is, not about those that happened to be drawn.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import TypeAdapter

from core.content import plain_text
from core.nouns import Runner
from core.turns import FlowEvent, OptOut, RequestHandoff, RunEnded, Say, SetTimer, Step, TurnResult
from graphs.compiler import CompiledRelease, compile_release
from graphs.lint import require_publishable
from graphs.nodes.registry import EXECUTORS
from graphs.plan import NodePlan
from graphs.schema import Node, NodeBase
from graphs.state import GATE
from graphs.testing_cases import TestCase
from tests.conformance.graphs.customers import Watched, happen, outsides
from tests.conformance.graphs.sound import (
    FIRSTS,
    HANDLERS,
    SAID_BY,
    SAME,
    STEPS,
    TRIGGER_WORDS,
    releases,
    tenant_of,
)
from tests.conformance.graphs.talks import NOW, release

SAMPLES = json.loads((Path(__file__).parents[2] / "unit" / "graphs" / "ports.json").read_text())
READ: TypeAdapter[NodeBase] = TypeAdapter(Node)
NAMED = {
    "next", "ok", "yes", "no", "skip", "failed", "timeout", "else", "none", "ambiguous", "budget", "error", "answered",
    "not_found", "4xx", "5xx", "resolved", "returned", "unavailable", "sent", "blocked", "elapsed", "message", "pass",
    "fail", "done",
}  # fmt: skip
"""Exits that a type of node has; all others are a builder's: options, intents, cases, ways, outcomes, checks."""
DECIDED = {
    "start", "answer", "refused", "skip", "no_match", "tap", "stale_tap", "text", "unsupported", "human", "opt_out",
    "opt_in", "understand", "void", "noted", "kept", "waiting", "unsent", "timer", "handback", "delivery",
    "event",
}  # fmt: skip
"""What the gate makes of an event, triggers apart."""
EXAMPLES, MORE_ROUNDS = 4, 6
"""Of each first node in a round; how many rounds more there may be until everything was reached."""
PHASES = (Phase.generate,)
"""A failure tells its story as it is; to make it smaller takes minutes."""
TIMERS = {"elapsed", "give_up", "no_input:0"}


@dataclass
class Met:
    """What a run reached."""

    types: set[str] = field(default_factory=set)
    exits: set[tuple[str, str]] = field(default_factory=set)
    decided: set[str] = field(default_factory=set)
    timers: set[str | None] = field(default_factory=set)
    handlers: set[str] = field(default_factory=set)
    turns: int = 0

    def take(self, compiled: CompiledRelease, events: Sequence[FlowEvent], result: TurnResult) -> None:
        """Note what one turn reached."""
        self.turns += 1
        decided = [step.port or "" for step in result.steps if step.node == GATE]
        self.decided |= set(decided)
        self.timers |= {event.timer for event in events if event.kind == "timer" and decided == ["timer"]}
        for step in (one for one in result.steps if one.node != GATE):
            node = compiled.plan.nodes[step.node]
            self.types.add(node.spec.type)
            if step.port in node.targets:
                self.exits.add((node.spec.type, exit_of(node.spec.type, step.port)))
        self.handlers |= {kind for kind in HANDLERS if SAID_BY + kind in spoken(result)}

    def missing(self) -> dict[str, set[Any]]:
        """Return what there is and was not reached."""
        triggers = {f"trigger:{name}" for name in TRIGGER_WORDS}
        return {
            "types": {kind for kind, _ in EXECUTORS} - self.types,
            "exits": every_exit() - self.exits,
            "decided": (DECIDED | triggers) - self.decided,
            "timers": TIMERS - self.timers,
            "handlers": set(HANDLERS) - self.handlers,
        }


def exit_of(kind: str, port: str) -> str:
    """Return the name of an exit, one for all of a builder's own."""
    return port if port in NAMED and (kind != "call" or port == "done") else "own"


def every_exit() -> set[tuple[str, str]]:
    """Return (type, exit) for whatever a node can have, as written down for the editor."""
    nodes = [READ.validate_python(sample["node"]) for sample in SAMPLES]
    return {(node.type, exit_of(node.type, port)) for node in nodes for port in node.ports().all}


def spoken(result: TurnResult) -> str:
    """Return all that the customer reads."""
    said = [emit.parts for emit in result.emits if isinstance(emit, Say)]
    notices = [emit.notice for emit in result.emits if isinstance(emit, RequestHandoff)]
    return "\n".join(plain_text(parts) for parts in (*said, *notices))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)])
def test_that_any_sound_flow_serves_any_customer(rounds):
    met = Met()
    for number in range(rounds + MORE_ROUNDS):
        for at, first in enumerate(FIRSTS):
            _meet(met, first, number * len(FIRSTS) + at)
        if number + 1 >= rounds and not any(met.missing().values()):
            break
    assert {what: left for what, left in met.missing().items() if left} == {}


def _meet(met: Met, first: dict[str, Any], number: int) -> None:
    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(releases(first=first), outsides(), st.sampled_from([Runner.PREGEL, Runner.SEQUENTIAL]), st.data())
    def run(documents, mock, runner, data):
        asyncio.run(_serve(met, documents, mock, runner, data.draw))

    run()


async def _serve(
    met: Met, documents: list[dict[str, Any]], mock: dict[str, Any], runner: Runner, draw: Callable[[Any], Any]
) -> None:
    for document in documents:
        require_publishable(document, tenant_of(documents))
    compiled = compile_release(release(*documents), checkpointer=InMemorySaver(), runner=runner)
    case = TestCase(name="x", mock=mock, tenant={"fax": "12"}, at=NOW, steps=[{"user": "hi"}])
    talk = Watched(compiled, case, case.at, {})
    for _ in range(draw(st.integers(3, 8))):
        talk.turns.clear()
        await happen(talk, draw)
        for events, result, timers in talk.turns:
            met.take(compiled, events, result)
            _keeps_limits(result)
            _is_never_silent(compiled, events, result, timers)


def _keeps_limits(result: TurnResult) -> None:
    """Each event has its own limits; a fault begins anew, twice at most, and then a person is fetched."""
    for visited in _by_event(result.steps):
        counts = {name: visited.count(name) for name in visited}
        assert len(visited) <= (STEPS + 1) * 3
        assert max(counts.values(), default=0) <= (SAME + 1) * 3


def _by_event(steps: tuple[Step, ...]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for step in steps:
        if step.node == GATE:
            found.append([])
        else:
            found[-1].append(step.node)
    return found


def _is_never_silent(
    compiled: CompiledRelease, events: Sequence[FlowEvent], result: TurnResult, timers: Sequence[SetTimer]
) -> None:
    """A turn ends the Run, or waits for something that can come; to words there is always an answer, or somebody."""
    ended = any(isinstance(emit, RunEnded) for emit in result.emits)
    begun = any(step.node != GATE for step in result.steps)
    assert ended == (result.cursor is None and begun), _story(events, result)
    for emit in result.emits:
        if isinstance(emit, Say):
            assert emit.parts
    if result.cursor is None:
        return
    node = compiled.plan.nodes[result.cursor.node]
    assert result.cursor.phase == "await", _story(events, result)
    assert _something_can_come(node, result.cursor.visit, timers), _story(events, result)
    wrote = any(
        event.kind in {"message", "tap"} and (event.text.strip() or event.parts or event.payload) for event in events
    )
    if wrote and node.spec.type not in {"handoff", "wait", "template", "router"}:
        assert spoken(result) or any(isinstance(emit, OptOut) for emit in result.emits), _story(events, result)


def _story(events: Sequence[FlowEvent], result: TurnResult) -> str:
    """Return what happened, for whoever reads the failure."""
    path = [f"{step.node}:{step.phase}:{step.port} {dict(step.facts)}" for step in result.steps]
    return "\n".join([*map(str, events), *path, *map(str, result.emits), str(result.cursor)])


def _something_can_come(node: NodePlan, visit: str, timers: Sequence[SetTimer]) -> bool:
    if node.executor.waits or node.spec.type in {"handoff", "template"}:
        return True
    return any(timer.visit == visit for timer in timers)
