"""The turn's saver gives the same results as LangGraph's own, and keeps what one turn is to store."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from memory.checkpoint_form import FORMAT, dumps, loads, unpack
from memory.checkpointer import TurnSaver


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    slots: dict[str, Any]


def counting(saver: BaseCheckpointSaver[Any], *, fails: list[str] | None = None) -> Any:
    """Return a graph of two parallel nodes and one after them; nodes in ``fails`` break until taken out of it."""

    def node(name: str) -> Any:
        async def run(state: State) -> State:
            if fails and name in fails:
                raise RuntimeError(name)
            known = state.get("slots", {})
            return {"log": [name], **({"slots": {**known, name: len(known)}} if name == "c" else {})}  # type: ignore[typeddict-item]

        return run

    graph = StateGraph(State)
    for name in "abc":
        graph.add_node(name, node(name))
    graph.add_edge(START, "a")
    graph.add_edge(START, "b")
    graph.add_edge(["a", "b"], "c")
    graph.add_edge("c", END)
    return graph.compile(checkpointer=saver)


def asking(saver: BaseCheckpointSaver[Any]) -> Any:
    """Return a graph that stops for an answer."""

    async def ask(state: State) -> State:
        return {"log": [str(interrupt("Adınız?"))]}

    graph = StateGraph(State)
    graph.add_node("ask", ask)
    graph.add_edge(START, "ask")
    graph.add_edge("ask", END)
    return graph.compile(checkpointer=saver)


CONFIG: Any = {"configurable": {"thread_id": "run-1"}}
DURABLE = ("exit", "async", "sync")


@pytest.mark.parametrize("durability", DURABLE)
async def test_that_turns_come_to_the_same_as_with_langgraphs_own(durability: Any) -> None:
    theirs, saver, stored = counting(InMemorySaver()), TurnSaver(), None
    ours = counting(saver)
    for turn in range(3):
        expected = await theirs.ainvoke({"log": [f"turn {turn}"]}, CONFIG, durability=durability)
        saver.seed("run-1", stored)
        assert await ours.ainvoke({"log": [f"turn {turn}"]}, CONFIG, durability=durability) == expected
        one, other = await theirs.aget_state(CONFIG), await ours.aget_state(CONFIG)
        assert (one.values, one.next, one.metadata) == (other.values, other.next, other.metadata)
        stored = saver.take("run-1")
        assert stored is not None
        assert stored[0] == FORMAT


@pytest.mark.parametrize("durability", DURABLE)
async def test_that_an_interrupted_run_resumes_from_its_pending_writes(durability: Any) -> None:
    theirs, saver = asking(InMemorySaver()), TurnSaver()
    ours = asking(saver)
    saver.seed("run-1", None)
    first = [await graph.ainvoke({"log": ["x"]}, CONFIG, durability=durability) for graph in (theirs, ours)]
    assert [found["__interrupt__"][0].value for found in first] == ["Adınız?"] * 2
    stored = saver.take("run-1")
    # Another process goes on.
    later = TurnSaver()
    later.seed("run-1", stored)
    again = [
        await graph.ainvoke(Command(resume="Ayşe"), CONFIG, durability=durability) for graph in (theirs, asking(later))
    ]
    assert again[0] == again[1] == {"log": ["x", "Ayşe"]}


@pytest.mark.parametrize("durability", DURABLE)
async def test_that_what_was_done_before_a_failure_is_not_done_again(durability: Any) -> None:
    outcomes = []
    for saver in (InMemorySaver(), TurnSaver()):
        fails = ["b"]
        graph = counting(saver, fails=fails)
        with pytest.raises(RuntimeError):
            await graph.ainvoke({"log": ["x"]}, CONFIG, durability=durability)
        if isinstance(saver, TurnSaver):
            stored = saver.take("run-1")
            assert stored is not None
            saver.seed("run-1", stored)
        fails.clear()
        outcomes.append(await graph.ainvoke(None, CONFIG, durability=durability))
    assert outcomes[0] == outcomes[1]
    assert sorted(outcomes[1]["log"]) == ["a", "b", "c", "x"]


async def test_that_a_discarded_turn_leaves_what_was_stored() -> None:
    saver = TurnSaver()
    graph = counting(saver)
    saver.seed("run-1", None)
    await graph.ainvoke({"log": ["1"]}, CONFIG, durability="exit")
    stored = saver.take("run-1")
    broken = counting(saver, fails=["c"])
    saver.seed("run-1", stored)
    with pytest.raises(RuntimeError):
        await broken.ainvoke({"log": ["2"]}, CONFIG, durability="exit")
    saver.discard("run-1")
    assert saver.take("run-1") is None
    saver.seed("run-1", stored)
    assert (await graph.aget_state(CONFIG)).values["log"] == ["1", "a", "b", "c"]


async def test_that_a_cancelled_turn_can_be_discarded_while_its_saver_serves_others() -> None:
    saver = TurnSaver()
    started = asyncio.Event()

    async def wait(state: State) -> State:
        started.set()
        await asyncio.sleep(30)
        return {}

    graph = StateGraph(State)
    graph.add_node("wait", wait)
    graph.add_edge(START, "wait")
    compiled = graph.compile(checkpointer=saver)
    saver.seed("run-1", None)
    task = asyncio.create_task(compiled.ainvoke({"log": ["x"]}, CONFIG, durability="exit"))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    saver.discard("run-1")
    other: Any = {"configurable": {"thread_id": "run-2"}}
    saver.seed("run-2", None)
    await counting(saver).ainvoke({"log": ["y"]}, other, durability="exit")
    assert saver.take("run-2") is not None
    assert saver.take("run-1") is None


async def test_that_nothing_recorded_is_nothing_to_store() -> None:
    saver = TurnSaver()
    assert saver.take("run-1") is None
    saver.seed("run-1", None)
    assert saver.take("run-1") is None
    graph = counting(saver)
    saver.seed("run-1", None)
    await graph.ainvoke({"log": ["1"]}, CONFIG, durability="exit")
    stored = saver.take("run-1")
    saver.seed("run-1", stored)
    await graph.aget_state(CONFIG)
    assert saver.take("run-1") is None


async def test_that_a_stored_turn_stays_small() -> None:
    saver, stored, sizes = TurnSaver(), None, []
    graph = counting(saver)
    for _ in range(12):
        saver.seed("run-1", stored)
        await graph.ainvoke({"slots": {"n": 1}}, CONFIG, durability="exit")
        stored = saver.take("run-1")
        assert stored is not None
        sizes.append(len(stored))
    # Three short words of the log are all that one turn adds.
    assert sizes[-1] - sizes[1] < 10 * 40


async def test_that_the_state_of_a_checkpoint_is_what_it_was() -> None:
    saver = TurnSaver()
    from langgraph.checkpoint.base import empty_checkpoint

    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"slots": {"a": 1}}
    config: Any = {"configurable": {"thread_id": "run-1", "checkpoint_ns": ""}}
    saver.put(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, {})
    checkpoint["channel_values"]["slots"]["a"] = 2
    found = saver.get_tuple(config)
    assert found is not None
    assert found.checkpoint["channel_values"] == {"slots": {"a": 1}}


async def test_that_writes_may_come_before_their_checkpoint_and_late_checkpoints_change_nothing() -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    saver = TurnSaver()
    first, second = empty_checkpoint(), empty_checkpoint()
    first["id"], second["id"] = "1", "2"
    config: Any = {"configurable": {"thread_id": "run-1", "checkpoint_ns": ""}}
    named: Any = {"configurable": {"thread_id": "run-1", "checkpoint_ns": "", "checkpoint_id": "2"}}
    saver.put_writes(named, [("a", 1)], "task")
    saver.put(config, second, {"source": "loop", "step": 1, "parents": {}}, {})
    saver.put(config, first, {"source": "loop", "step": 0, "parents": {}}, {})
    stored = saver.take("run-1")
    assert stored is not None
    saver.seed("run-1", stored)
    found = saver.get_tuple(config)
    assert found is not None
    assert (found.checkpoint["id"], found.pending_writes) == ("2", [("task", "a", 1)])


async def test_that_a_subgraph_does_not_overwrite_its_parent() -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    saver = TurnSaver()
    root, child = empty_checkpoint(), empty_checkpoint()
    root["id"], child["id"] = "1", "2"
    for namespace, checkpoint in (("", root), ("child:1", child)):
        config: Any = {"configurable": {"thread_id": "run-1", "checkpoint_ns": namespace}}
        saver.put(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, {})
    stored = saver.take("run-1")
    assert stored is not None
    assert {saved.namespace: saved.id for saved in unpack(stored)} == {"": "1", "child:1": "2"}


@pytest.mark.parametrize("data", [b"", b"\x01old", b"\xffnew"])
def test_that_another_format_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="format"):
        unpack(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_that_plain_json_comes_back_as_it_was(value: Any) -> None:
    assert loads(dumps(value)) == value


def test_that_reading_never_makes_objects_of_unknown_classes() -> None:
    from fractions import Fraction

    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    class Loud(JsonPlusSerializer):
        pass

    kind, data = Loud().dumps_typed(_Payload(1))
    assert not isinstance(loads(kind.encode() + b"\n" + data), _Payload)
    with pytest.raises(Exception, match=r"(?i)serializ|type"):
        dumps(Fraction(1, 2))


class _Payload:
    """What an attacker who can write rows would like to have built."""

    def __init__(self, n: int) -> None:
        self.n = n

    def model_dump(self) -> dict[str, int]:
        return {"n": self.n}
