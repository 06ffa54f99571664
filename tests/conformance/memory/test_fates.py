"""The flow hears what became of its question and of its template; time-outs run from acceptance (ENGINE rule 22)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.clock import to_ms
from core.policy import Author
from core.store import PendingEvent
from core.turns import ModelReply, SetTimer
from graphs.stand_ins import ScriptedModels
from memory.tables import conversation_queue, conversations, timers
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.test_door import attempt, staff_takes, waits
from tests.conformance.memory.test_receipts import report
from tests.conformance.memory.turning import DONE, Means, answer, engine, publish, said


async def asked(store: House, shop: Business, **more: Any) -> str:
    """Let the flow ask something at visit ``v1``; returns the conversation."""
    message, send = store.says("Adınız?", visit="v1", **more)
    work = await store.load(shop)
    due = store.now + timedelta(minutes=10)
    write = store.write(
        work, messages=(message,), sends=(send,), run=store.run(work), timers=(SetTimer("silence", "v1", "ask", due),)
    )
    committed = await store.work.commit(work, write)
    assert committed.next_due is None
    assert await store.work.release(work.claim, next_due=committed.next_due)
    return work.claim.conversation_id


async def heard(store: House) -> list[PendingEvent]:
    """Return what the flow is to hear; nothing is taken."""
    claims = await store.claim()
    found: list[PendingEvent] = []
    for claim in claims:
        work = await store.work.load(claim)
        found += work.pending
        await store.work.abandon(work.claim, retry_at=store.now)
    return [event for event in found if event.kind == "delivery"]


async def test_that_time_outs_run_from_the_moment_that_the_provider_took_the_question(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    assert [row["state"] for row in await store.rows(timers, shop)] == ["pending"]
    store.later(minutes=3)
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "wamid.1")
    due = to_ms(store.now + timedelta(minutes=10))
    assert [(row["state"], row["due_ms"]) for row in await store.rows(timers, shop)] == [("armed", due)]
    assert [row["due_ms"] for row in await store.rows(conversation_queue)] == [due]
    assert await heard(store) == []


async def test_that_the_flow_hears_of_a_question_that_was_refused(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    await store.failed(claim, found, error="rejected", code=131026)
    (event,) = await heard(store)
    assert event.internal == {"port": "failed", "visit": "v1", "ref": found.outbox_id}
    assert [row["state"] for row in await store.rows(timers, shop)] == ["pending"]


async def test_that_the_flow_hears_of_a_question_that_the_door_blocked(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    store.later(hours=25)
    await waits(store, await store.send_claim())
    assert [event.internal["port"] for event in await heard(store)] == ["blocked"]


async def test_that_the_flow_hears_of_a_question_that_a_takeover_cancelled(store: House) -> None:
    shop = await store.business()
    conversation = await asked(store, shop)
    await staff_takes(store, shop, conversation)
    assert [event.internal["port"] for event in await heard(store)] == ["cancelled"]


async def test_that_the_flow_hears_of_a_question_that_was_never_queued(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    write = store.write(work, run=store.run(work), unsaid=("v1",))
    await store.work.commit(work, write)
    assert not await store.work.release(work.claim, next_due=None)
    again = await store.work.load(work.claim)
    assert [event.internal["port"] for event in again.pending] == ["blocked"]


async def test_that_the_flow_hears_of_a_question_lost_to_a_person_who_took_over_meanwhile(store: House) -> None:
    shop = await store.business()
    work = await store.talk(shop)
    message, send = store.says("Adınız?", visit="v1")
    work = await store.load(shop, "Bir şey daha")
    await staff_takes(store, shop, work.claim.conversation_id)
    committed = await store.work.commit(
        work, store.write(work, messages=(message,), sends=(send,), run=store.run(work))
    )
    assert committed.took_over
    again = await store.work.load(work.claim)
    assert [event.internal["port"] for event in again.pending] == ["cancelled"]


async def test_that_a_question_that_fails_after_it_was_accepted_is_told_of_too(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "wamid.1")
    assert await heard(store) == []
    await report(store, shop, "failed", provider_ids=("wamid.1",))
    assert [event.internal["port"] for event in await heard(store)] == ["failed"]


async def test_that_a_receipt_that_settles_a_question_starts_its_time_outs(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    await report(store, shop, "delivered", our_id=found.outbox_id)
    assert [row["state"] for row in await store.rows(timers, shop)] == ["armed"]


@pytest.mark.parametrize("fate", ["accepted", "failed", "parked"])
async def test_that_a_template_is_told_of_whatever_becomes_of_it(store: House, fate: str) -> None:
    shop = await store.business()
    await asked(store, shop, is_template=True, initiated=True)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    if fate == "accepted":
        await store.accepted(claim, found, "wamid.1")
    elif fate == "failed":
        await store.failed(claim, found, error="rejected", code=1)
    else:
        await store.unknown(claim, found, error="outcome_unknown", until=store.now)
        await report(store, shop, "sent", provider_ids=("other",))
        store.later(minutes=6)
        await waits(store, claim)
    assert [event.internal["port"] for event in await heard(store)] == [fate]


async def test_that_only_the_newest_asking_of_a_question_counts(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "wamid.1")
    await store.leave(claim)
    work = await store.load(shop, "Ne?")
    message, send = store.says("Adınız nedir?", visit="v1")
    await store.work.commit(work, store.write(work, messages=(message,), sends=(send,)))
    await store.work.release(work.claim, next_due=None)
    await report(store, shop, "failed", provider_ids=("wamid.1",))
    assert await heard(store) == []


async def test_that_the_flow_hears_that_a_lost_question_was_seen_at_last(store: House) -> None:
    shop = await store.business()
    await asked(store, shop)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    await store.unknown(claim, found, error="outcome_unknown", until=store.now)
    await report(store, shop, "sent", provider_ids=("other",))
    store.later(seconds=1)
    await report(store, shop, "sent", provider_ids=("another",))
    again = await attempt(store, claim)
    assert again.attempt == 2
    await store.accepted(claim, again, "wamid.1")
    assert [event.internal["port"] for event in await heard(store)] == ["accepted"]


async def test_that_nobody_is_told_of_a_question_that_was_left(store: House) -> None:
    shop = await store.business()
    conversation = await asked(store, shop)
    work = await store.load(shop, "Başka bir şey")
    run = store.run(work, id=work.run.id, is_new=False, visit="v2") if work.run else None
    await store.work.commit(work, store.write(work, run=run))
    await store.work.release(work.claim, next_due=None)
    await store.change(conversations, shop, {"owner_epoch": 5}, id=conversation)
    await waits(store, await store.send_claim())
    assert await heard(store) == []


async def test_that_a_question_of_the_widget_is_followed_like_any_other(store: House) -> None:
    shop = await store.business(ChannelType.WIDGET)
    await asked(store, shop, author=Author.AGENT)
    claim = await store.send_claim()
    found = await attempt(store, claim)
    await store.accepted(claim, found, found.outbox_id)
    assert [row["state"] for row in await store.rows(timers, shop)] == ["armed"]


async def test_that_an_agent_whose_words_were_lost_answers_what_comes_next(store: House) -> None:
    """It has no question that could be put again: asking it again would be silence."""
    shop = await store.business()
    helper = {"type": "agent", "instructions": "Help.", "exits": {"ok": "they are happy"}, "to": {"ok": "done"}}
    await publish(store, shop, {"helper": helper, "done": DONE})
    turns = engine(store, Means(told=ScriptedModels([ModelReply("Hello!"), ModelReply("Tuesday.")])))
    await store.arrive(shop, store.message(shop, "Hi"))
    await answer(store, turns)
    claim = await store.send_claim()
    await store.failed(claim, await attempt(store, claim), error="rejected", code=1)
    store.later(minutes=1)
    await store.arrive(shop, store.message(shop, "When are you open?"))
    await answer(store, turns)
    assert await said(store, shop) == ["Hello!", "Tuesday."]
