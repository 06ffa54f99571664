"""LangGraph's published checkpoint conformance suite, on our saver, on both stores."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.conformance import checkpointer_test, validate

from core.errors import TamperedCiphertext
from memory.checkpointer import StoreSaver
from memory.tables import checkpoint_writes, checkpoints
from tests.conformance.memory.checkpoint_suite import ASKS_FOR_OLDER, EVERY, Test
from tests.conformance.memory.house import Business, House


async def saver_of(store: House, *, history: bool) -> tuple[StoreSaver, Business]:
    shop = await store.business()
    return StoreSaver(store.database, await store.sealer(shop), shop.id, history=history), shop


async def test_that_the_whole_suite_passes_with_history(store: House) -> None:
    saver, _ = await saver_of(store, history=True)

    @checkpointer_test(name="StoreSaver")
    async def ours() -> Any:
        yield saver

    report = await validate(ours)
    assert {name: found.failures for name, found in report.results.items() if found.failures} == {}
    assert all(found.passed for found in report.results.values()), report.results
    assert report.passed_all_base()


@pytest.mark.parametrize("test", [t for t in EVERY if t.__name__ not in ASKS_FOR_OLDER], ids=lambda t: t.__name__)
async def test_that_without_history_the_rest_of_the_suite_passes(sqlite_store: House, test: Test) -> None:
    saver, _ = await saver_of(sqlite_store, history=False)
    await test(saver)


async def test_that_without_history_the_rest_passes_on_postgres_too(postgres_store: House) -> None:
    saver, _ = await saver_of(postgres_store, history=False)
    for test in EVERY:
        if test.__name__ not in ASKS_FOR_OLDER:
            await test(saver)


@pytest.mark.parametrize("test", [t for t in EVERY if t.__name__ in ASKS_FOR_OLDER], ids=lambda t: t.__name__)
async def test_that_what_is_left_out_does_ask_for_older_checkpoints(sqlite_store: House, test: Test) -> None:
    saver, _ = await saver_of(sqlite_store, history=False)
    with pytest.raises(AssertionError):
        await test(saver)


def config(thread: str, namespace: str = "") -> Any:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": namespace}}


METADATA: Any = {"source": "loop", "step": 0, "parents": {}}


async def put(saver: StoreSaver, about: Any, number: int) -> Any:
    checkpoint = empty_checkpoint()
    checkpoint["id"] = f"{number:08}"
    return await saver.aput(about, checkpoint, METADATA, {})


async def test_that_without_history_a_thread_is_one_row_per_namespace(store: House) -> None:
    saver, shop = await saver_of(store, history=False)
    for number in range(5):
        for namespace in ("", "child:1"):
            made = await put(saver, config("t", namespace), number)
            await saver.aput_writes(made, [("a", number), ("b", number)], "task")
    await put(saver, config("other"), 1)
    rows = await store.rows(checkpoints, shop)
    assert {(r["thread_id"], r["namespace"], r["checkpoint_id"]) for r in rows} == {
        ("t", "", "00000004"), ("t", "child:1", "00000004"), ("other", "", "00000001"),
    }  # fmt: skip
    assert {r["checkpoint_id"] for r in await store.rows(checkpoint_writes, shop)} == {"00000004"}


async def test_that_an_older_checkpoint_that_comes_late_does_not_replace_the_newest(store: House) -> None:
    saver, shop = await saver_of(store, history=False)
    await put(saver, config("t"), 2)
    await put(saver, config("t"), 1)
    assert [r["checkpoint_id"] for r in await store.rows(checkpoints, shop)] == ["00000002"]


async def test_that_checkpoints_are_sealed_and_bound_to_their_row(store: House) -> None:
    saver, shop = await saver_of(store, history=True)
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"slots": {"name": "Sentinel-7f3a"}}
    made = await saver.aput(config("t"), checkpoint, METADATA, {})
    await saver.aput_writes(made, [("slots", "Sentinel-7f3a")], "task")
    (row,) = await store.rows(checkpoints, shop)
    (write,) = await store.rows(checkpoint_writes, shop)
    assert b"Sentinel" not in row["checkpoint"] + row["metadata"] + write["value"]
    await put(saver, config("t"), 99999999)
    await store.change(checkpoints, shop, {"checkpoint": row["checkpoint"]}, checkpoint_id="99999999")
    with pytest.raises(TamperedCiphertext):
        await saver.aget_tuple({"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "99999999"}})


async def test_that_tenants_do_not_see_each_others_threads(store: House) -> None:
    (ours, _), (theirs, _) = [await saver_of(store, history=True) for _ in range(2)]
    await put(ours, config("t"), 1)
    await put(theirs, config("t"), 2)
    found = await ours.aget_tuple(config("t"))
    assert found is not None
    assert found.checkpoint["id"] == "00000001"
    assert [one.checkpoint["id"] async for one in theirs.alist(None)] == ["00000002"]
    await ours.adelete_thread("t")
    assert await theirs.aget_tuple(config("t")) is not None


async def test_that_a_preview_is_wound_back(store: House) -> None:
    from tests.unit.memory.test_turn_saver import counting

    saver, _ = await saver_of(store, history=True)
    graph = counting(saver)
    about: Any = {"configurable": {"thread_id": "preview"}}
    await graph.ainvoke({"log": ["1"]}, about, durability="exit")
    first = (await graph.aget_state(about)).config
    await graph.ainvoke({"log": ["2"]}, about, durability="exit")
    assert (await graph.aget_state(about)).values["log"] == ["1", "a", "b", "c", "2", "a", "b", "c"]
    await graph.ainvoke({"log": ["3"]}, first, durability="exit")
    assert (await graph.aget_state(about)).values["log"] == ["1", "a", "b", "c", "3", "a", "b", "c"]
