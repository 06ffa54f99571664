"""Leases are the store's own, and what ends a worker is tried again alone (ENGINE rules 7, 8 and 9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import MovableClock
from core.errors import Lacking, LostLease
from core.inbound import Person
from core.store import LEASE, UNABLE_FOR
from graphs.nodes.registry import KNOWN_TYPES
from memory.engine.work import EngineWork
from memory.tables import conversation_queue, handoffs, inbound, runs, turns
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.turning import DONE, answer, die, engine, publish, said

HELLO = {"hello": {"type": "message", "say": {"en": "Hello"}, "to": {"next": "done"}}, "done": DONE}
ASKS = {
    "who": {"type": "ask", "say": {"en": "Who are you?"}, "expect": {"type": "text"}, "to": {"ok": "done"}},
    "done": DONE,
}


async def wake(store: House, shop: Business, count: int) -> None:
    await store.arrive(shop, *(store.message(shop, sender=Person(wa_id=str(n))) for n in range(count)))


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(minutes=-10)])
async def test_that_engines_whose_clocks_differ_never_hold_one_conversation_together(
    postgres_store: House, ahead: timedelta
) -> None:
    store = postgres_store
    clock = MovableClock(store.now + ahead)
    other = EngineWork(store.database, store.vault, clock=clock, ids=store.ids)
    shop = await store.business()
    await store.arrive(shop, store.message(shop))
    (claim,) = await store.claim()
    await other.extend([claim])
    store.later(seconds=LEASE.total_seconds() - 1)
    clock.advance(LEASE - timedelta(seconds=1))
    assert await other.claim(limit=1, busy={}, cap=1) == []
    assert await store.claim() == []
    store.later(seconds=2)
    assert len(await store.claim()) == 1


async def test_that_what_a_dead_process_left_is_tried_again_one_by_one(store: House) -> None:
    shop = await store.business()
    await wake(store, shop, 3)
    await die(store)
    (first,) = await store.claim()
    assert first.attempts == 2
    # While it is held nothing else that was left is taken, but whatever is new.
    await store.arrive(shop, store.message(shop, sender=Person(wa_id="9")))
    (fresh,) = await store.claim(retries=0)
    assert fresh.attempts == 1
    assert await store.claim(retries=0) == []
    (second,) = await store.claim()
    assert second.conversation_id not in (first.conversation_id, fresh.conversation_id)


async def test_that_what_a_worker_gave_up_itself_waits_for_no_other(store: House) -> None:
    shop = await store.business()
    await wake(store, shop, 3)
    for claim in await store.claim():
        await store.work.abandon(claim, retry_at=store.now)
    assert len(await store.claim(retries=0)) == 3


async def test_that_the_third_death_sets_the_events_aside_and_fetches_a_person(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, HELLO)
    turner = engine(store)
    await store.arrive(shop, store.message(shop, "Ölümcül"))
    for _ in range(2):
        await die(store)
    assert {row["state"] for row in await store.rows(inbound, shop)} == {"pending"}
    await die(store)
    committed = await answer(store, turner)
    assert committed is not None
    (row,) = await store.rows(inbound, shop)
    assert (row["state"], row["reason"], row["body"] is None) == ("quarantined", "poisoned", False)
    (turn,) = await store.rows(turns, shop)
    assert (turn["outcome"], turn["error"], turn["id"]) == ("failed", "error:poisoned", row["turn_id"])
    (waiting,) = await store.rows(handoffs, shop)
    assert (waiting["state"], waiting["reason"]) == ("waiting", "error:poisoned")
    assert await said(store, shop) == []
    assert len(await said(store, shop, "system")) == 1
    assert await said(store, shop, "contact") == ["Ölümcül"]


async def test_that_two_deaths_are_answered_by_the_flow(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, HELLO)
    await store.arrive(shop, store.message(shop))
    for _ in range(2):
        await die(store)
    await answer(store, engine(store))
    assert await said(store, shop) == ["Hello"]


async def test_that_an_older_worker_hands_back_what_a_newer_one_answers(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, HELLO)
    older, newer = engine(store), engine(store)
    older._attempts.knows = KNOWN_TYPES - {"message@1"}
    await store.arrive(shop, store.message(shop))
    (claim,) = await store.claim()
    with pytest.raises(Lacking) as lacking:
        await older.process(claim)
    await store.work.hand_back(claim, needs=lacking.value.needs)
    (row,) = await store.rows(conversation_queue)
    assert (row["needs"], row["attempts"], row["lease_id"]) == ("message@1", 0, None)
    assert await store.claim(lacks={"message@1"}) == []
    # Another of that business, which needs the same, is not held up by the first.
    await answer(store, newer)
    assert await said(store, shop) == ["Hello"]
    (row,) = await store.rows(conversation_queue)
    assert (row["needs"], row["due_ms"]) == (None, None)
    with pytest.raises(LostLease):
        await store.work.load(claim)


async def test_that_a_newer_checkpoint_is_left_to_a_newer_worker(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, ASKS)
    turner = engine(store)
    await store.arrive(shop, store.message(shop))
    await answer(store, turner)
    (run,) = await store.rows(runs, shop)
    known = run["checkpoint_format"]
    await store.change(runs, shop, {"checkpoint_format": known + 1}, id=run["id"])
    await store.arrive(shop, store.message(shop, "Ben"))
    (claim,) = await store.claim()
    with pytest.raises(Lacking) as lacking:
        await turner.process(claim)
    assert lacking.value.needs == f"checkpoint@{known + 1}"
    await store.change(runs, shop, {"checkpoint_format": known}, id=run["id"])
    await answer(store, turner, claim)


async def test_that_a_person_is_fetched_where_no_newer_worker_comes(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, HELLO, "telepathy@1")
    turner = engine(store)
    await store.arrive(shop, store.message(shop))
    (claim,) = await store.claim()
    with pytest.raises(Lacking):
        await turner.process(claim)
    await store.work.hand_back(claim, needs="telepathy@1")
    store.later(seconds=UNABLE_FOR.total_seconds() - 1)
    assert await store.claim(lacks={"telepathy@1"}) == []
    store.later(seconds=1)
    (claim,) = await store.claim(lacks={"telepathy@1"})
    await answer(store, turner, claim)
    (waiting,) = await store.rows(handoffs, shop)
    assert waiting["reason"] == "error:lacking"
