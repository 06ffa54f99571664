"""The sequential runner and Pregel: the same conversation, the same checkpoint, and either may go on for the other."""

import asyncio
import operator
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphRecursionError
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import CachePolicy, Command, RetryPolicy
from typing_extensions import TypedDict

from core.errors import LostLease, NodeFailed
from core.ids import FlowId, ReleaseId
from core.nouns import Release, Runner
from core.turns import HttpReply, ModelReply, Passage, ToolCall
from demo.clinic import FLOWS, load_flow
from graphs.compiler import CompiledRelease, compile_release
from graphs.nodes.registry import EXECUTORS
from graphs.sequential import NotSequential, SequentialRunner, find_uncovered
from graphs.stand_ins import CannedHttp, CountingMinter, RecordedEffects, RecordedStream, ScriptedModels, SmallKnowledge
from graphs.testing import play_cases
from graphs.testing_cases import load_cases
from memory.checkpointer import TurnSaver
from tests.conformance.graphs.anything import TRIGGERS, TURNS, events_of, nodes, random_flow
from tests.conformance.graphs.compared import Compared
from tests.conformance.graphs.talks import Talk, context, flow, release
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
    for name in ("salon", "workshop"):
        met |= await _play(release_of(name), (WRITTEN / f"{name}.yaml").read_text())
    assert {kind for kind, _ in EXECUTORS} <= met


async def _play(made: Release, cases: str) -> set[str]:
    """Run every case on both; return the types of the nodes that were visited."""
    both = Compared(made)
    report = await play_cases(both, load_cases(cases).cases)
    assert report.ok, str(report)
    return {both.plan.nodes[name].spec.type for name in both.visited}
