"""What waits or is under way at a hand-back: echoes, requests at the door, timers (ENGINE rules 24, 26 and 28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import to_ms
from core.content import TextPart
from core.inbound import EchoReceived, Person
from core.nouns import AGENT
from core.policy import Author
from core.store import Attempt
from core.turns import SetTimer
from memory.tables import timers
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import (
    DENIZ,
    EMRE,
    deliveries,
    give,
    handed_back,
    leaving,
    taken_over,
    talk_of,
    write,
)
from tests.conformance.memory.test_receipts import report


async def test_that_words_after_a_persons_in_the_app_are_brought_though_those_were_stored_later(store: House) -> None:
    """Their echo waited, since it might have been ours; what the customer wrote next was taken in meanwhile."""
    shop = await store.business()
    talk = await talk_of(store, shop)
    echo = EchoReceived(
        channel=shop.channel, account=shop.provider_key, dedupe="app.1", at=store.now, recipient=store.person(shop),
        provider_id="app.1", parts=(TextPart(text="1000 lira"),), native=True,
    )  # fmt: skip
    await store.arrive(shop, store.message(shop, "fiyat?"), echo)
    store.later(seconds=1)
    await give(store, shop, talk, f"staff:{DENIZ}")
    work = await store.load(shop, "taksit?")
    early, late, spoken = sorted(work.pending, key=lambda one: (one.kind == "echo", one.received_at))
    said = {message.id: message for message in taken_over(store, work).messages}
    theirs = replace(said[early.message_id], id=spoken.message_id, author=Author.APP, provider_id="app.1")
    for pending, message in ((early, said[early.message_id]), (late, said[late.message_id]), (spoken, theirs)):
        plain = replace(store.write(work), consumed=(pending.id,), runs_turn=False, turn=None, messages=(message,))
        await store.work.commit(work, plain)
    assert await store.work.release(work.claim, next_due=None)
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ("taksit?",)


@pytest.mark.parametrize("outcome", ["not sent", "unknown", "dead"])
async def test_that_an_answer_at_the_door_at_a_hand_back_still_goes_out_where_it_had_not_left(
    store: House, outcome: str
) -> None:
    """It counts as the answer, so nothing is said instead."""
    shop = await store.business()
    work = await store.answer(shop, store.says("1000 lira"))
    talk, claim = work.claim.conversation_id, await store.send_claim()
    found = await store.next(claim)
    assert isinstance(found, Attempt)
    if outcome == "unknown":
        await store.unknown(claim, found, error="outcome_unknown", until=store.now + timedelta(seconds=30))
    await give(store, shop, talk, f"staff:{DENIZ}")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ()
    if outcome == "not sent":
        await store.retry(claim, found, at=store.now, error="throttled")
    elif outcome == "dead":
        store.later(seconds=61)
        claim = await store.send_claim()
        assert not isinstance(await store.next(claim), Attempt)
    store.later(seconds=1)
    await report(store, shop, "sent", provider_ids=("other",), recipient=Person(wa_id="905550000000"))
    if outcome == "not sent":
        assert (await store.next(claim)).rendered.says == "1000 lira"
        return
    assert await store.leave(claim)
    store.later(seconds=31)
    assert await leaving(store) == ["1000 lira"]


async def test_that_an_answer_that_had_not_left_stays_unsaid_once_a_person_has_spoken(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("1000 lira"))
    talk, claim = work.claim.conversation_id, await store.send_claim()
    found = await store.next(claim)
    assert isinstance(found, Attempt)
    await store.unknown(claim, found, error="outcome_unknown", until=store.now + timedelta(seconds=30))
    await store.leave(claim)
    await write(store, shop, talk, "900 lira")
    store.later(seconds=3)
    assert await leaving(store) == ["900 lira"]
    await give(store, shop, talk, AGENT)
    store.later(seconds=31)
    assert await leaving(store) == []
    assert (await deliveries(store, shop))["1000 lira"] == ("unknown", "outcome_unknown")


async def armed(store: House, shop: Business, **after: float) -> str:
    """Begin a conversation whose question waits for an answer; returns the conversation."""
    timer = SetTimer("no_input.0", "v1", "ask", store.now + timedelta(**after))
    work = await store.load(shop)
    committed = await store.work.commit(work, store.write(work, run=store.run(work), timers=(timer,)))
    assert await store.work.release(work.claim, next_due=committed.next_due)
    return str(work.claim.conversation_id)


async def test_that_timers_are_held_while_a_person_has_the_conversation_and_run_on_after_it(store: House) -> None:
    shop = await store.business()
    talk = await armed(store, shop, minutes=10)
    store.later(minutes=2)
    await give(store, shop, talk, f"staff:{DENIZ}")
    store.later(hours=3)
    (claim,) = await store.claim()
    assert (await store.work.load(claim)).timers == ()
    assert await store.work.release(claim, next_due=None)
    await give(store, shop, talk, f"staff:{EMRE}")
    await give(store, shop, talk, AGENT)
    work, _ = await handed_back(store)
    assert (work.timers, work.next_timer) == ((), store.now + timedelta(minutes=8))
    committed = await store.work.commit(work, replace(store.write(work), keep_timers=True))
    assert committed.next_due == store.now + timedelta(minutes=8)


async def test_that_timers_run_on_where_the_turn_itself_takes_the_conversation_back(store: House) -> None:
    shop = await store.business()
    talk = await armed(store, shop, minutes=10)
    await give(store, shop, talk, "app")
    store.later(hours=13)
    work = await store.load(shop, "orada mısınız?")
    back = store.write(work, owner=AGENT, owner_why="idle_return", keep_timers=True)
    assert (await store.work.commit(work, back)).next_due == store.now + timedelta(minutes=10)


async def test_that_a_timer_set_by_a_turn_that_lost_the_conversation_is_held(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "randevu")
    await give(store, shop, talk, f"staff:{DENIZ}")
    timer = SetTimer("no_input.0", "v1", "ask", store.now + timedelta(minutes=10))
    committed = await store.work.commit(work, store.write(work, run=store.run(work), timers=(timer,)))
    assert [row["state"] for row in await store.rows(timers, shop)] == ["held"]
    assert committed.took_over
    assert await store.work.release(work.claim, next_due=None)
    store.later(minutes=5)
    await give(store, shop, talk, AGENT)
    (row,) = await store.rows(timers, shop)
    assert (row["state"], row["due_ms"]) == ("armed", to_ms(store.now + timedelta(minutes=10)))
