"""Turns leave their conversations in their own commit: words are let out, and they are given back (rules 7, 17)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.errors import LostLease, TamperedCiphertext
from core.inbound import Person
from core.nouns import AccountStatus, staff_owner
from core.store import Attempt, Leaving, Parting, TurnCommitted, Wait, Workload
from core.store.door import LEASE
from memory.engine.door import EngineDoor
from memory.engine.work import FEW, EngineWork
from memory.tables import channel_accounts, conversation_queue, conversations, messages, outbox, send_queue
from memory.writing import Ledger
from tests.conformance.memory.house import CAPABILITIES, Business, House
from tests.conformance.memory.owning import DENIZ, give
from tests.conformance.memory.turning import DONE, Outlet, engine, publish

SAYS = {"hello": {"type": "message", "say": {"en": "Hello"}, "to": {"next": "done"}}, "done": DONE}


def when_due(due: datetime | None) -> datetime | None:
    return due


OUT = Parting(when_due, sends=True)


async def part(store: House, work: Workload, *said: str, parting: Parting = OUT, **more: Any) -> TurnCommitted:
    """Commit a turn that says something."""
    made = [store.says(text) for text in said]
    write = store.write(work, messages=tuple(m for m, _ in made), sends=tuple(s for _, s in made), **more)
    return await store.work.commit(work, write, parting=parting)


def attempts(committed: TurnCommitted) -> Sequence[Attempt]:
    assert committed.leaving is not None
    assert isinstance(committed.leaving.found, tuple)
    return committed.leaving.found


def one_after_another(store: House) -> None:
    """Let a message leave only once the one before has had a second to arrive."""
    able = replace(CAPABILITIES[ChannelType.WHATSAPP], settle=timedelta(seconds=1))
    capabilities = {**CAPABILITIES, ChannelType.WHATSAPP: able}
    store.door = EngineDoor(store.database, store.vault, clock=store.clock, ids=store.ids, capabilities=capabilities)
    store.work = store.another_worker()


async def states(store: House, shop: Business) -> list[str]:
    return [row["state"] for row in sorted(await store.rows(outbox, shop), key=lambda row: row["no"])]


async def test_that_what_a_turn_says_is_on_record_as_leaving_with_the_turn(store: House) -> None:
    shop = await store.business()
    one_after_another(store)
    committed = await part(store, await store.load(shop), "Bir", "İki")
    (attempt,) = attempts(committed)
    assert (attempt.rendered.says, attempt.attempt) == ("Bir", 1)
    assert attempt.account.token.reveal() == "token-of-account"
    assert await states(store, shop) == ["sending", "queued"]
    assert await store.door.claim(limit=9, busy={}, cap=9) == [], "somebody has it"
    # From here on it is a claim like any other: the rest goes out in its order, and it is given back.
    assert committed.leaving is not None
    claim = committed.leaving.claim
    await store.accepted(claim, attempt, "wamid.out1")
    assert isinstance(await store.next(claim), Wait), "the first is to arrive before the second leaves"
    store.later(seconds=1.1)
    second = await store.next(claim)
    assert second.rendered.says == "İki"
    told = [store.outcome(second, "wamid.out2")]
    assert await store.door.next(claim, told, leave=True) == Wait(None, left=True)
    assert await states(store, shop) == ["accepted", "accepted"]


async def test_that_a_conversation_another_sender_has_is_left_to_it(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    first = await store.next(claim)
    committed = await part(store, await store.load(shop, "Ve?"), "İki")
    assert (committed.has_sends, committed.leaving) == (True, None)
    assert await states(store, shop) == ["sending", "queued"]
    (row,) = await store.rows(send_queue)
    assert row["lease_id"] == claim.lease_id
    await store.accepted(claim, first, "wamid.out1")
    store.later(seconds=1.1)
    assert (await store.next(claim)).rendered.says == "İki"


async def test_that_a_sender_which_died_does_not_keep_it(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    await store.send_claim()
    store.later(seconds=LEASE.total_seconds() + 1)
    (attempt,) = attempts(await part(store, await store.load(shop, "Ve?"), "İki"))
    assert attempt.rendered.says == "Bir"


async def test_that_what_must_wait_is_given_back_with_its_time(store: House) -> None:
    shop = await store.business()
    one_after_another(store)
    claim = (await part_and_leave(store, shop, "Bir")).claim
    told = await part(store, await store.load(shop, "Ve?"), "İki")
    assert told.leaving is not None
    assert told.leaving.claim.lease_id != claim.lease_id
    found = told.leaving.found
    assert isinstance(found, Wait)
    assert (found.left, found.until) == (True, store.now + timedelta(seconds=1))
    (row,) = await store.rows(send_queue)
    assert row["lease_id"] is None


async def part_and_leave(store: House, shop: Business, text: str) -> Leaving:
    """Say something, and have it accepted."""
    committed = await part(store, await store.load(shop), text)
    leaving, (attempt,) = committed.leaving, attempts(committed)
    assert leaving is not None
    await store.door.next(leaving.claim, [store.outcome(attempt, f"wamid.{text}")], leave=True)
    return leaving


async def test_that_nothing_leaves_through_an_account_that_is_down(store: House) -> None:
    shop = await store.business()
    await store.change(channel_accounts, shop, {"status": AccountStatus.RECONNECT.value}, id=shop.account)
    committed = await part(store, await store.load(shop), "Bir")
    assert committed.leaving is not None
    assert committed.leaving.found == Wait(None, left=True)
    assert await states(store, shop) == ["queued"]


async def test_that_nothing_of_a_turn_leaves_that_somebody_took(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    work = await store.load(shop, "Ve?")
    async with store.database.tenant(shop.id) as tx:
        ledger = Ledger(tx, await store.sealer(shop), work.claim.conversation_id, shop.account, store.now_ms, "staff")
        await ledger.set_owner(staff_owner(DENIZ), "agent", "takeover")
        await ledger.close()
    committed = await part(store, work, "Bir")
    assert committed.took_over
    assert committed.leaving is None or isinstance(committed.leaving.found, Wait)
    assert await states(store, shop) == ["cancelled"]


async def test_that_a_turn_which_was_left_behind_lets_nothing_out(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    store.later(minutes=5)
    (other,) = await store.claim()
    with pytest.raises(LostLease):
        await part(store, work, "Bir")
    assert await store.rows(outbox, shop) == []
    assert attempts(await part(store, await store.work.load(other), "Bir"))


async def test_that_what_a_dead_process_had_let_out_is_asked_after_and_never_just_sent_again(store: House) -> None:
    shop = await store.business()
    attempts(await part(store, await store.load(shop), "Bir"))
    store.later(seconds=LEASE.total_seconds() + 1)
    claim = await store.send_claim()
    assert isinstance(await store.next(claim), Wait)
    assert await states(store, shop) == ["unknown"]


async def test_that_a_door_which_fails_keeps_no_turn_from_its_commit(
    store: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await store.business()

    async def torn(*_: Any) -> Any:
        raise TamperedCiphertext

    monkeypatch.setattr(EngineDoor, "_read", torn)
    committed = await part(store, await store.load(shop), "Bir")
    assert (committed.has_sends, committed.leaving) == (True, None)
    assert await states(store, shop) == ["queued"]
    (row,) = await store.rows(send_queue)
    assert row["lease_id"] is None, "any sender may claim it"
    assert len(await store.rows(messages, shop)) == 2


@pytest.mark.parametrize(("count", "leave"), [(FEW, True), (FEW + 1, False)])
async def test_that_of_many_turns_that_end_together_what_they_say_is_left_to_the_senders(
    store: House, count: int, leave: bool
) -> None:
    shop = await store.business()
    people = [Person(wa_id=f"9055500000{n:02d}") for n in range(count)]
    await store.arrive(shop, *(store.message(shop, sender=person) for person in people))
    works = [await store.work.load(claim) for claim in await store.claim(limit=count, cap=count)]
    first, *others = await asyncio.gather(*(part(store, work, "Bir") for work in works))
    told = {one.leaving is not None for one in others}
    # What came while nothing ran is done at once, alone or not; what came meanwhile goes together.
    assert told == {leave}, first


# --- given back


async def queue_row(store: House) -> dict[str, Any]:
    (row,) = await store.rows(conversation_queue)
    return row


async def test_that_a_conversation_is_given_back_with_its_turn_until_it_is_due(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    again = store.now + timedelta(minutes=7)
    committed = await part(store, work, parting=Parting(lambda _: again))
    assert committed.given_back
    row = await queue_row(store)
    assert (row["lease_id"], row["attempts"], row["due_ms"]) == (None, 0, store.now_ms + 7 * 60_000)


async def test_that_it_is_kept_where_more_has_arrived_meanwhile(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    await store.arrive(shop, store.message(shop, "Ve?"))
    committed = await part(store, work, "Bir")
    assert not committed.given_back
    assert (await queue_row(store))["lease_id"] == work.claim.lease_id
    assert [event.kind for event in (await store.work.load(work.claim)).pending] == ["message"]


async def test_that_a_turn_nobody_parts_from_is_given_back_by_hand(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    committed = await store.work.commit(work, store.write(work))
    assert not committed.given_back
    assert await store.work.release(work.claim, next_due=None)


# --- the turn engine


async def test_that_turns_leave_what_they_say_to_a_sender_that_has_room(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, SAYS)
    await store.arrive(shop, *(store.message(shop, sender=Person(wa_id=wa_id)) for wa_id in ("1", "2")))
    outlet = Outlet(room=1)
    turner = engine(store, sender=outlet)
    ended = [await turner.process(claim) for claim in await store.claim()]
    ((conversation, leaving),) = outlet.left
    assert isinstance(leaving, Leaving)
    assert leaving.claim.conversation_id == conversation
    assert [committed.leaving for _, committed, _ in ended if committed] == [leaving, None]
    (claim,) = await store.door.claim(limit=9, busy={}, cap=9)
    assert claim.conversation_id != conversation


async def test_that_a_slot_is_given_back_where_the_commit_fails(store: House) -> None:
    shop = await store.business()
    await publish(store, shop, SAYS)
    await store.arrive(shop, store.message(shop))
    (claim,) = await store.claim()

    class Slow(EngineWork):
        async def commit(self, *args: Any, **more: Any) -> TurnCommitted:
            store.later(minutes=5)
            assert await store.claim(), "somebody else has it by then"
            return await super().commit(*args, **more)

    outlet = Outlet()
    work = Slow(store.database, store.vault, clock=store.clock, ids=store.ids, door=store.door)
    with pytest.raises(LostLease):
        await engine(store, sender=outlet, work=work).process(claim)
    assert outlet.left == [(claim.conversation_id, None)]
    # Its next turn leaves, and what the one before left in memory is in nobody's way.
    store.later(minutes=5)
    (claim,) = await store.claim()
    await engine(store, sender=outlet).process(claim)
    assert outlet.left[1][1] is not None


async def test_that_what_no_turn_says_is_left_to_the_senders(store: House) -> None:
    """Its commit could not be found again by a turn's id, were the answer lost."""
    shop = await store.business()
    await give(store, shop, (await store.talk(shop)).claim.conversation_id, f"staff:{DENIZ}")
    await store.arrive(shop, store.message(shop, "stop"))
    (claim,) = await store.claim()
    outlet = Outlet()
    _, committed, _ = await engine(store, sender=outlet).process(claim)
    assert committed is not None
    assert (committed.has_sends, outlet.left) == (True, [])


async def test_that_a_widgets_words_leave_with_their_turn_too(store: House) -> None:
    shop = await store.business(ChannelType.WIDGET)
    committed = await part(store, await store.load(shop), "Bir")
    assert [attempt.rendered.says for attempt in attempts(committed)] == ["Bir"]
    (row,) = await store.rows(conversations, shop)
    assert row["stream_no"] > 0
