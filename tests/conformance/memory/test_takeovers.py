"""Taking a conversation and claiming a handoff, against turns and requests under way (ENGINE rules 24 and 25)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.errors import AlreadyClaimed, Unsealed
from core.nouns import AGENT, NOBODY
from core.store import Attempt, TurnCommitted, Workload
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations
from memory.tables import conversations, handoffs, outbox, timers
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import (
    DENIZ,
    EMRE,
    asks_for_person,
    change,
    deliveries,
    give,
    leaving,
    talk_of,
    write,
)


async def test_that_nothing_of_the_agents_starts_after_the_commit_that_takes_the_conversation(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("bir"), store.says("iki"))
    claim = await store.send_claim()
    first = await store.next(claim)
    assert isinstance(first, Attempt)
    async with change(store, shop, work.claim.conversation_id) as desk:
        going = await desk.sends_in_flight()
        await desk.give_to(f"staff:{DENIZ}", "takeover")
    assert [request.message_id for request in going] == [first.message_id]
    await store.retry(claim, first, at=store.now, error="unreachable")
    assert not isinstance(await store.next(claim), Attempt)
    (known,) = await Conversations(Store(store.database, store.vault, store.clock, store.ids)).outcomes(shop.id, going)
    assert (known.in_flight, known.may_be_out) == (False, False)
    assert await deliveries(store, shop) == {"bir": ("cancelled", "not_owner"), "iki": ("cancelled", "takeover")}


async def test_that_of_takeovers_and_attempts_at_once_no_attempt_is_later(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, *(store.says(f"{n}") for n in range(4)))
    talk, claim = work.claim.conversation_id, await store.send_claim()
    started: list[str] = []
    taken = asyncio.Event()

    async def send() -> None:
        while isinstance(found := await store.next(claim), Attempt):
            assert not taken.is_set() or found.outbox_id in going
            started.append(found.outbox_id)
            await store.accepted(claim, found, None)
            store.later(seconds=2)

    going: set[str] = set()

    async def take() -> None:
        async with change(store, shop, talk) as desk:
            going.update(request.id for request in await desk.sends_in_flight())
            await desk.give_to(f"staff:{DENIZ}", "takeover")
        taken.set()

    await asyncio.gather(send(), take())
    rows = {row["id"]: row["state"] for row in await store.rows(outbox, shop)}
    assert {one for one, state in rows.items() if state == "accepted"} == set(started)
    assert set(rows.values()) <= {"accepted", "cancelled"}


async def test_that_who_claims_silences_what_the_agent_said_as_it_handed_over(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    await give(store, shop, talk, f"staff:{DENIZ}")
    assert await leaving(store) == ["Bağlıyorum"]
    assert (await deliveries(store, shop))["Bir bakayım"] == ("cancelled", "takeover")


async def test_that_words_at_the_door_as_somebody_claims_are_not_tried_again(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    claim = await store.send_claim()
    found = await store.next(claim)
    assert isinstance(found, Attempt)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await store.retry(claim, found, at=store.now, error="unreachable")
    assert (await store.next(claim)).rendered.says == "Bağlıyorum"


async def test_that_a_message_of_staff_is_the_notice_that_still_waits(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    await write(store, shop, talk, "Ben Deniz.")
    assert await leaving(store) == ["Ben Deniz."]
    assert (await deliveries(store, shop))["Bağlıyorum"] == ("cancelled", "answered_by_person")


@pytest.mark.parametrize("wrote", [False, True])
async def test_that_a_handoff_asked_for_as_somebody_takes_over_is_theirs_and_announced_unless_they_wrote(
    store: House, *, wrote: bool
) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    if wrote:
        await write(store, shop, talk, "Ben Deniz.")
    else:
        await give(store, shop, talk, f"staff:{DENIZ}")
    committed = await store.work.commit(work, store.write(work, **asks_for_person(store)))
    assert committed.took_over
    (row,) = await store.rows(handoffs, shop)
    assert (row["state"], row["claimed_by"], row["claimed_ms"]) == ("claimed", DENIZ, store.now_ms)
    assert await store.rows(timers, shop) == []
    (now,) = await store.rows(conversations, shop)
    assert now["owner"] == f"staff:{DENIZ}"
    assert await leaving(store) == ["Ben Deniz." if wrote else "Bağlıyorum"]
    assert (await deliveries(store, shop))["Bir bakayım"] == ("cancelled", "takeover")


async def test_that_a_handoff_asked_for_before_a_take_and_a_hand_back_still_waits(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    await give(store, shop, talk, f"staff:{DENIZ}")
    await give(store, shop, talk, AGENT)
    await store.work.commit(work, store.write(work, **asks_for_person(store)))
    (row,) = await store.rows(handoffs, shop)
    (now,) = await store.rows(conversations, shop)
    assert (row["state"], now["owner"]) == ("waiting", NOBODY)
    assert [t["state"] for t in await store.rows(timers, shop)] == ["armed"]
    assert await leaving(store) == ["Bağlıyorum"]


async def expiring(store: House, shop: Business) -> tuple[str, Workload]:
    """Let a handoff wait past its time, and load the turn that would take it back."""
    talk = await talk_of(store, shop)
    work = await store.load(shop, "temsilci")
    committed = await store.work.commit(work, store.write(work, **asks_for_person(store)))
    assert await store.work.release(work.claim, next_due=committed.next_due)
    store.later(minutes=16)
    (claim,) = await store.claim()
    return talk, await store.work.load(claim)


def expires(store: House, late: Workload) -> Any:
    """Return what that turn writes."""
    word, send = store.says("Kimse yok")
    return store.write(
        late, close_handoff="expired", owner=AGENT, owner_why="handoff_timeout", messages=(word,), sends=(send,),
        fired=tuple(timer.id for timer in late.timers),
    )  # fmt: skip


async def test_that_a_handoff_that_somebody_claims_does_not_run_out_of_time(store: House) -> None:
    shop = await store.business()
    talk, late = await expiring(store, shop)
    await give(store, shop, talk, f"staff:{DENIZ}")
    with pytest.raises(Unsealed):
        await store.work.commit(late, expires(store, late), unsealed=True)
    committed = await store.work.commit(late, expires(store, late))
    assert committed.took_over
    (row,) = await store.rows(handoffs, shop)
    (now,) = await store.rows(conversations, shop)
    assert (row["state"], now["owner"]) == ("claimed", f"staff:{DENIZ}")
    assert (await deliveries(store, shop))["Kimse yok"] == ("cancelled", "takeover")


async def test_that_of_claims_and_a_time_out_at_once_one_wins(store: House) -> None:
    shop = await store.business()
    talk, late = await expiring(store, shop)
    (handoff,) = [row["id"] for row in await store.rows(handoffs, shop)]

    async def claim(person: str) -> str:
        async with change(store, shop, talk) as desk:
            await desk.claim_handoff(handoff, person)
            await desk.give_to(f"staff:{person}", "claimed")
        return person

    async def run_out() -> TurnCommitted:
        return await store.work.commit(late, expires(store, late), unsealed=True)

    done = await asyncio.gather(claim(DENIZ), run_out(), claim(EMRE), return_exceptions=True)
    won = [one for one in done if not isinstance(one, BaseException)]
    assert len(won) == 1, done
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {AlreadyClaimed, Unsealed}
    (row,) = await store.rows(handoffs, shop)
    (now,) = await store.rows(conversations, shop)
    held = (row["state"], now["owner"])
    assert held == (("claimed", f"staff:{won[0]}") if isinstance(won[0], str) else ("expired", AGENT))


async def test_that_a_draft_broken_off_by_a_takeover_stays_as_the_customer_saw_it(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    work = await store.load(shop, "fiyat?")
    await give(store, shop, talk, f"staff:{DENIZ}")
    word, send = store.says("Bir implant kırk bin lira.")
    shown = replace(word, draft="d1", shown="Bir implant")
    await store.work.commit(work, store.write(work, messages=(shown,), sends=(send,)))
    assert await deliveries(store, shop) == {"Bir implant": ("sent", "takeover")}
    assert await leaving(store) == []


async def test_that_a_draft_that_nobody_broke_off_is_said_whole(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop, "fiyat?")
    word, send = store.says("Bir implant kırk bin lira.")
    await store.work.commit(work, store.write(work, messages=(replace(word, draft="d1", shown="Bir"),), sends=(send,)))
    assert await leaving(store) == ["Bir implant kırk bin lira."]
