"""What a hand-back brings to the agent: all that nobody answered, and nothing else (ENGINE rule 27)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.nouns import AGENT
from core.store import Attempt, Wait
from memory.tables import conversation_queue
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import (
    DENIZ,
    asks_for_person,
    consume,
    give,
    handed_back,
    newest_handed_back,
    received,
    taken_over,
    talk_of,
    write,
)


async def test_that_a_hand_back_brings_all_that_nobody_answered_and_nothing_else(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await consume(store, shop, "önceki")
    store.later(seconds=1)
    await write(store, shop, talk, "Buyurun")
    store.later(seconds=1)
    asked = [f"soru {n}" for n in range(20)]
    await consume(store, shop, *asked)
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert list(event.words) == asked


async def test_that_words_whose_answer_was_the_notice_of_a_handoff_are_not_brought(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?", "bir insanla görüşebilir miyim?")
    asks = asks_for_person(store)
    notice = replace(asks["messages"][1], reply_to=work.pending[-1].message_id)
    asks |= {"messages": (), "sends": asks["sends"][1:]}
    both = (*received(work, store), notice)
    await store.work.commit(work, replace(store.write(work, **asks), messages=both))
    assert await store.work.release(work.claim, next_due=None)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await consume(store, shop, "orada mısınız?")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert list(event.words) == ["fiyat?", "orada mısınız?"]


async def test_that_a_hand_back_with_everything_answered_brings_nothing(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await consume(store, shop, "fiyat?")
    store.later(seconds=1)
    await write(store, shop, talk, "1000 lira")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ()


async def test_that_what_came_before_a_persons_words_and_was_read_after_them_is_answered(store: House) -> None:
    """The turn had it in its hands when the person wrote, or nobody had read it yet."""
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    store.later(seconds=1)
    await write(store, shop, talk, "1000 lira")
    store.later(seconds=1)
    await store.work.commit(work, taken_over(store, work))
    assert await store.work.release(work.claim, next_due=None)
    await store.arrive(shop, store.message(shop, "teşekkürler"))
    await give(store, shop, talk, AGENT)
    again, event = await handed_back(store)
    assert event.words == ()
    assert event.internal["answered"] == []
    assert sorted(pending.kind for pending in again.pending) == ["handback", "message"]


async def test_that_unread_words_that_a_person_followed_are_named_as_answered(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    (early,) = await store.arrive(shop, store.message(shop, "fiyat?"))
    store.later(seconds=1)
    await write(store, shop, talk, "1000 lira")
    store.later(seconds=1)
    await store.arrive(shop, store.message(shop, "taksit?"))
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.internal["answered"] == [early.inbound_id]


async def test_that_a_question_whose_answer_was_cancelled_is_still_open(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    await give(store, shop, talk, f"staff:{DENIZ}")
    word, send = store.says("1000 lira")
    cut = replace(store.says("1000 lira, tak")[0], shown="1000 li")
    write_ = taken_over(store, work)
    await store.work.commit(work, replace(write_, messages=(*write_.messages, word, cut), sends=(send,)))
    assert await store.work.release(work.claim, next_due=None)
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ("fiyat?",)


async def answer_each(store: House, shop: Business, *asked: str) -> str:
    """Answer each in a message of its own, in one turn, as a burst is; returns the conversation."""
    work = await store.load(shop, *asked)
    said = [store.says(f"re: {text}") for text in asked]
    about = zip(said, work.pending, strict=True)
    answers = [replace(message, reply_to=pending.message_id) for (message, _), pending in about]
    write_ = taken_over(store, work)
    sends = tuple(send for _, send in said)
    await store.work.commit(work, replace(write_, messages=(*write_.messages, *answers), sends=sends))
    assert await store.work.release(work.claim, next_due=None)
    return str(work.claim.conversation_id)


@pytest.mark.parametrize("again", [False, True])
async def test_that_a_hand_back_brings_the_words_of_a_burst_whose_answers_did_not_go_out(
    store: House, again: bool
) -> None:
    shop = await store.business()
    talk = await answer_each(store, shop, "fiyat?", "adres?", "taksit?")
    claim = await store.send_claim()
    first = await store.next(claim)
    assert isinstance(first, Attempt)
    await store.accepted(claim, first, "wamid.first")
    for _ in range(1 + again):  # nobody answers between two hand-backs: the second brings the same
        await give(store, shop, talk, f"staff:{DENIZ}")
        await consume(store, shop)
        await give(store, shop, talk, AGENT)
    _, event = await newest_handed_back(store)
    assert list(event.words) == ["adres?", "taksit?"]


async def test_that_words_whose_answers_were_cut_off_are_not_brought_once_a_person_has_written(store: House) -> None:
    shop = await store.business()
    talk = await answer_each(store, shop, "fiyat?", "adres?")
    claim = await store.send_claim()
    first = await store.next(claim)
    assert isinstance(first, Attempt)
    await store.accepted(claim, first, "wamid.first")
    store.later(seconds=1)
    await write(store, shop, talk, "Bağdat Caddesi")
    await give(store, shop, talk, AGENT)
    _, event = await handed_back(store)
    assert event.words == ()


async def test_that_words_that_were_taken_in_for_a_person_and_stored_after_the_hand_back_come_with_it(
    store: House,
) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    work = await store.load(shop, "fiyat?")
    store.later(seconds=1)
    await give(store, shop, talk, AGENT)
    await store.work.commit(work, replace(taken_over(store, work), turn=None, runs_turn=False))
    assert not await store.work.release(work.claim, next_due=None)
    event = next(one for one in (await store.work.load(work.claim)).pending if one.kind == "handback")
    assert event.words == ("fiyat?",)


@pytest.mark.parametrize("answered", [False, True])
async def test_that_words_of_a_turn_that_ends_after_the_hand_back_come_with_it(store: House, answered: bool) -> None:
    """It was under way as somebody took over: what it says is cancelled, what it read is still open."""
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    store.later(seconds=1)
    if answered:
        await write(store, shop, talk, "1000 lira")
    else:
        await give(store, shop, talk, f"staff:{DENIZ}")
    store.later(seconds=1)
    await give(store, shop, talk, AGENT)
    word, send = store.says("1000 lira")
    write_ = taken_over(store, work)
    await store.work.commit(work, replace(write_, messages=(*write_.messages, word), sends=(send,)))
    assert not await store.work.release(work.claim, next_due=None)
    event = next(one for one in (await store.work.load(work.claim)).pending if one.kind == "handback")
    assert event.words == (() if answered else ("fiyat?",))


async def test_that_a_hand_back_wakes_the_workers(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await give(store, shop, talk, AGENT)
    (row,) = await store.rows(conversation_queue)
    assert row["due_ms"] == store.now_ms
    claim = await store.door.claim(limit=1, busy={}, cap=1)
    assert not claim or isinstance(await store.next(claim[0]), Wait)
