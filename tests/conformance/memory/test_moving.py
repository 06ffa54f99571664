"""Conversations keep the release they began on; they are moved between turns, where that is safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from core.errors import Conflict
from core.inbound import Person
from core.views_moving import Migration
from desk.migrating import Wanted, migrate
from memory.repositories.base import Store
from memory.repositories.flows import Flows
from memory.repositories.moving import Moving
from memory.tables import conversations, flows, releases, runs
from tests.conformance.graphs.talks import flow
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.turning import DONE, answer, engine, publish, said


def asks(words: str, thanks: str, *, node: str = "who", **more: Any) -> dict[str, Any]:
    """Return a flow that asks at a node of this name."""
    question = {
        "type": "ask",
        "say": {"en": words},
        "expect": {"type": "text"},
        "digress": False,
        "to": {"ok": "thanks"},
    }
    return {
        "hello": {"type": "message", "say": {"en": "Hello"}, "to": {"next": node}},
        node: {**question, **more},
        "thanks": {"type": "message", "say": {"en": thanks}, "to": {"next": "done"}},
        "done": DONE,
    }


async def says(store: House, shop: Business, text: str) -> None:
    store.later(minutes=1)
    await store.arrive(shop, store.message(shop, text))
    await answer(store, engine(store))


async def release(store: House, shop: Business, nodes: Mapping[str, Any], n: int) -> str:
    made = await publish(store, shop, nodes)
    await store.change(releases, shop, {"n": n}, id=made)
    store.later(seconds=1)
    return made


async def moved(store: House, shop: Business, *, dry_run: bool = False, **renamed: str) -> Migration:
    kept = Store(store.database, store.vault, store.clock, store.ids)
    (row,) = await store.rows(flows, shop)
    wanted = Wanted(1, None, renamed, dry_run)
    return await migrate(Flows(kept), Moving(kept), tenant_id=shop.id, flow=row["id"], wanted=wanted, actor="test")


async def test_that_a_conversation_at_a_node_that_is_gone_ends_well_on_its_own_release(store: House) -> None:
    shop = await store.business()
    old = await release(store, shop, asks("Your name?", "Thanks"), 1)
    await says(store, shop, "Hi")
    await release(store, shop, asks("Who are you?", "Thank you", node="person"), 2)
    await says(store, shop, "Ada")
    assert await said(store, shop) == ["Hello", "Your name?", "Thanks"]
    (run,) = await store.rows(runs, shop)
    assert (run["release_id"], run["outcome"]) == (old, "done")


async def test_that_a_dry_run_names_who_stands_where_and_moves_nobody(store: House) -> None:
    shop = await store.business()
    old = await release(store, shop, asks("Your name?", "Thanks"), 1)
    await says(store, shop, "Hi")
    await release(store, shop, asks("Who are you?", "Thank you", node="person"), 2)
    (talk,) = await store.rows(conversations, shop)
    shown = await moved(store, shop, dry_run=True)
    (place,) = shown.nodes
    assert (shown.safe, shown.moved, place.conversations, place.sample) == (False, 0, 1, [talk["id"]])
    assert (place.node.rpartition("/")[2], place.to, place.why) == ("who", None, "the node is gone")
    assert (await moved(store, shop, dry_run=True, who="person")).safe
    with pytest.raises(Conflict) as refused:
        await moved(store, shop)
    assert refused.value.facts["reason"] == "unsafe_move"
    (run,) = await store.rows(runs, shop)
    assert run["release_id"] == old


async def test_that_a_conversation_goes_on_at_the_node_that_stands_for_its_own(store: House) -> None:
    shop = await store.business()
    await release(store, shop, asks("Your name?", "Thanks", give_up="PT1H"), 1)
    await says(store, shop, "Hi")
    new = await release(store, shop, asks("Who are you?", "Thank you", node="person"), 2)
    done = await moved(store, shop, who="person")
    assert (done.moved, done.left) == (1, [])
    (run,) = await store.rows(runs, shop)
    assert (run["release_id"], run["cursor"].rpartition("/")[2]) == (new, "person")
    await says(store, shop, "Ada")
    assert (await said(store, shop))[2:] == ["Thank you"]
    assert (await moved(store, shop, who="person")).nodes == []


async def nested(store: House, shop: Business, n: int, *, node: str, call: str = "call") -> str:
    """Publish a flow that calls another, which asks at ``node``."""
    hour = {"id": "hour", "class": "digress", "keywords": {"en": ["hours"]}, "do": "call", "to": "between"}
    inner = flow(asks("Your name?", "Noted", node=node, give_up="PT1H"), key="inner", kind="sub")
    back = {"ok": "@return", "failed": "@return"}
    inner["triggers"] = [hour]
    inner["nodes"]["between"] = {"type": "ask", "say": {"en": "Which day?"}, "expect": {"type": "text"}, "to": back}
    inner["nodes"][node]["digress"] = True
    outer = {
        call: {"type": "call", "flow": "inner", "to": {"done": "after"}},
        "after": {"type": "message", "say": {"en": f"Back in {n}"}, "to": {"next": "done"}},
        "done": DONE,
    }
    made = await publish(store, shop, outer)
    (row,) = [row for row in await store.rows(releases, shop) if row["id"] == made]
    spec = orjson.loads(row["spec"])
    spec["flows"]["inner"] = inner
    await store.change(releases, shop, {"n": n, "spec": orjson.dumps(spec).decode()}, id=made)
    store.later(seconds=1)
    return made


async def test_that_a_conversation_within_a_called_flow_is_told_and_moved_by_a_map(store: House) -> None:
    shop = await store.business()
    await nested(store, shop, 1, node="who")
    await says(store, shop, "Hi")
    new = await nested(store, shop, 2, node="person", call="ask_them")
    inside, caller = (await moved(store, shop, dry_run=True)).nodes
    assert (inside.node, inside.reason, inside.returns) == ("inner/who", "gone", False)
    assert (caller.node, caller.reason, caller.returns) == ("tiny/call", "gone", True)
    assert [choice.node for choice in inside.choices] == ["inner/person", "inner/between"]
    assert [choice.node for choice in caller.choices] == ["tiny/ask_them"]
    half = await moved(store, shop, dry_run=True, **{"inner/who": "inner/person"})
    assert (half.safe, [place.why for place in half.nodes]) == (False, [None, "the node is gone"])
    both = {"inner/who": "inner/person", "tiny/call": "tiny/ask_them"}
    done = await moved(store, shop, **both)
    assert (done.moved, done.left) == (1, [])
    (run,) = await store.rows(runs, shop)
    assert (run["release_id"], run["cursor"]) == (new, "inner/person")
    await says(store, shop, "Ada")
    assert (await said(store, shop))[-2:] == ["Noted", "Back in 2"]


async def test_that_who_is_answered_in_between_returns_to_what_stands_for_the_question(store: House) -> None:
    shop = await store.business()
    await nested(store, shop, 1, node="who")
    await says(store, shop, "Hi")
    await says(store, shop, "hours")
    await nested(store, shop, 2, node="person")
    told = await moved(store, shop, dry_run=True)
    assert [(place.node, place.returns, place.reason) for place in told.nodes] == [
        ("inner/between", False, None), ("inner/who", True, "gone"), ("tiny/call", True, None)
    ]  # fmt: skip
    assert (await moved(store, shop, **{"inner/who": "inner/person"})).moved == 1
    await says(store, shop, "Monday")
    assert (await said(store, shop))[-1] == "Your name?"


async def test_that_releases_of_one_version_are_judged_each_by_its_own_sub_flows(store: House) -> None:
    shop = await store.business()
    await nested(store, shop, 1, node="oldest")
    await says(store, shop, "Hi")
    await nested(store, shop, 1, node="who")
    await nested(store, shop, 2, node="person")
    (inside, _) = (await moved(store, shop, dry_run=True)).nodes
    assert (inside.node, inside.type, inside.reason) == ("inner/oldest", "ask", "gone")
    assert (await moved(store, shop, **{"inner/oldest": "inner/person"})).moved == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"expect": {"type": "number"}}, "it expects another kind of answer"),
        ({"type": "message", "expect": None, "digress": None, "to": {"next": "thanks"}}, "it is another type of node"),
    ],
)
async def test_that_what_would_be_understood_otherwise_is_not_moved(
    store: House, changes: dict[str, Any], why: str
) -> None:
    shop = await store.business()
    await release(store, shop, asks("Your name?", "Thanks"), 1)
    await says(store, shop, "Hi")
    nodes = asks("Your age?", "Thank you", **changes)
    nodes["who"] = {key: value for key, value in nodes["who"].items() if value is not None}
    await release(store, shop, nodes, 2)
    (place,) = (await moved(store, shop, dry_run=True)).nodes
    assert place.why == why


async def test_that_a_conversation_whose_turn_is_under_way_is_left_to_it(store: House) -> None:
    shop = await store.business()
    old = await release(store, shop, asks("Your name?", "Thanks"), 1)
    await says(store, shop, "Hi")
    await release(store, shop, asks("Who are you?", "Thank you"), 2)
    await store.arrive(shop, store.message(shop, "Ada"))
    (claim,) = await store.claim()
    done = await moved(store, shop)
    assert [one.why for one in done.left] == ["busy"]
    await answer(store, engine(store), claim)
    assert (await said(store, shop))[2:] == ["Thanks"]
    (run,) = await store.rows(runs, shop)
    assert run["release_id"] == old


async def test_that_every_worker_takes_the_release_that_was_rolled_back_to_at_once(store: House) -> None:
    shop = await store.business()
    old = await release(store, shop, asks("Your name?", "Thanks"), 1)
    new = await release(store, shop, asks("Who are you?", "Thank you"), 2)
    workers = [engine(store), engine(store)]
    (row,) = await store.rows(flows, shop)
    for back, words in ((new, "Who are you?"), (old, "Your name?"), (new, "Who are you?")):
        await store.change(flows, shop, {"release_id": back}, id=row["id"])
        for worker in workers:
            store.later(minutes=1)
            await store.arrive(shop, store.message(shop, "Hi"))
            await answer(store, worker)
            assert (await said(store, shop))[-1] == words
            store.later(minutes=1)
            await store.arrive(shop, store.message(shop, "Ada"))
            await answer(store, worker)


async def test_that_one_altered_checkpoint_keeps_nobody_else(store: House) -> None:
    shop = await store.business()
    await release(store, shop, asks("Your name?", "Thanks"), 1)
    await says(store, shop, "Hi")
    await store.arrive(shop, store.message(shop, "Hi", sender=Person(wa_id="905320000002")))
    await answer(store, engine(store))
    new = await release(store, shop, asks("Who are you?", "Thank you"), 2)
    odd, fine = await store.rows(runs, shop)
    await store.change(runs, shop, {"checkpoint": b"altered, and long enough to be one"}, id=odd["id"])
    (place,) = (await moved(store, shop, dry_run=True)).nodes
    assert place.conversations == 2
    done = await moved(store, shop)
    assert (done.moved, [left.why for left in done.left]) == (1, ["altered"])
    assert {row["id"]: row["release_id"] for row in await store.rows(runs, shop)}[fine["id"]] == new
