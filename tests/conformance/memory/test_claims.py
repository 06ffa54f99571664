"""Conversations are claimed fairly, by one worker at a time, and never forgotten (ENGINE §2)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from core.content import TextPart
from core.errors import LostLease, NotFound
from core.inbound import Person
from memory.engine.claim_sql import OLDEST
from memory.engine.one_turn import OneTurn, Turn
from memory.engine.work_sql import MOST_PENDING
from memory.tables import conversation_queue, conversations, inbound
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import DENIZ


async def busy_shop(store: House, conversations: int) -> Business:
    shop = await store.business()
    await store.arrive(shop, *(store.message(shop, sender=Person(wa_id=str(n))) for n in range(conversations)))
    return shop


async def test_that_tenants_take_turns_however_much_one_of_them_has(store: House) -> None:
    loud = await busy_shop(store, 20)
    store.later(seconds=1)
    quiet, quieter = await busy_shop(store, 2), await busy_shop(store, 1)
    claims = await store.claim(limit=6, cap=6)
    assert Counter(claim.tenant_id for claim in claims) == {loud.id: 3, quiet.id: 2, quieter.id: 1}


async def test_that_a_backlog_longer_than_a_claim_looks_at_hides_nobody(store: House) -> None:
    loud, louder = await busy_shop(store, OLDEST), await busy_shop(store, 2)
    store.later(seconds=1)
    quiet, quieter = await busy_shop(store, 2), await busy_shop(store, 1)
    claims = await store.claim(limit=4, cap=3)
    assert Counter(claim.tenant_id for claim in claims) == {loud.id: 1, louder.id: 1, quiet.id: 1, quieter.id: 1}
    claims = await store.claim(limit=2, busy={loud.id: 3}, cap=3)
    assert Counter(claim.tenant_id for claim in claims) == {louder.id: 1, quiet.id: 1}


async def test_that_a_tenant_never_holds_more_than_its_share(store: House) -> None:
    loud, quiet = await busy_shop(store, 10), await busy_shop(store, 3)
    assert Counter(c.tenant_id for c in await store.claim(limit=8, cap=3)) == {loud.id: 3, quiet.id: 3}
    # Slots held already count, and a tenant at its share gets none.
    claims = await store.claim(limit=8, busy={loud.id: 3, quiet.id: 3}, cap=3)
    assert claims == []
    assert Counter(c.tenant_id for c in await store.claim(limit=8, busy={loud.id: 2}, cap=3)) == {loud.id: 1}


async def test_that_held_slots_count_as_first_places(store: House) -> None:
    loud, quiet = await busy_shop(store, 5), await busy_shop(store, 5)
    claims = await store.claim(limit=3, busy={loud.id: 2}, cap=5)
    assert Counter(c.tenant_id for c in claims) == {quiet.id: 2, loud.id: 1} or Counter(
        c.tenant_id for c in claims
    ) == {quiet.id: 3}


async def test_that_no_conversation_goes_to_two_workers(store: House) -> None:
    await busy_shop(store, 30)
    await busy_shop(store, 30)
    workers = [store.another_worker() for _ in range(4)]
    rounds = [worker.claim(limit=7, busy={}, cap=7) for worker in workers for _ in range(3)]
    found = [claim for claims in await asyncio.gather(*rounds) for claim in claims]
    assert len(found) == len({claim.conversation_id for claim in found})
    left = await store.claim(limit=100, cap=100)
    assert len(found) + len(left) == 60


async def test_that_a_claim_takes_no_more_than_asked(store: House) -> None:
    await busy_shop(store, 30)
    workers = [store.another_worker() for _ in range(4)]
    found = await asyncio.gather(*(worker.claim(limit=3, busy={}, cap=30) for worker in workers))
    assert [len(claims) for claims in found] <= [3] * 4
    held = [row for row in await store.rows(conversation_queue) if row["lease_id"]]
    assert len(held) == sum(len(claims) for claims in found)


async def test_that_what_is_not_due_is_not_claimed(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    await store.work.abandon(work.claim, retry_at=store.now.replace(second=30))
    assert await store.claim() == []
    store.later(seconds=31)
    (again,) = await store.claim()
    assert (again.conversation_id, again.attempts) == (work.claim.conversation_id, 2)


async def test_that_a_dead_workers_conversation_is_claimed_after_its_lease(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    store.later(seconds=29)
    assert await store.claim() == []
    await store.work.extend([work.claim])
    store.later(seconds=29)
    assert await store.claim() == []
    store.later(seconds=2)
    (again,) = await store.another_worker().claim(limit=1, busy={}, cap=1)
    assert again.attempts == 2
    await store.work.extend([work.claim])
    store.later(seconds=29)
    # The first worker's heartbeat did not prolong what is another's by now.
    store.later(seconds=2)
    assert len(await store.claim()) == 1
    with pytest.raises(LostLease):
        await store.work.load(work.claim)


async def test_that_a_released_conversation_waits_for_its_next_timer(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    await store.work.commit(work, store.write(work))
    due = store.now.replace(minute=10)
    assert await store.work.release(work.claim, next_due=due)
    assert await store.claim() == []
    store.later(minutes=11)
    (again,) = await store.claim()
    assert again.attempts == 1


async def test_that_nothing_that_arrives_before_the_release_is_lost(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    await store.work.commit(work, store.write(work))
    await store.arrive(shop, store.message(shop, "Bir şey daha"))
    assert not await store.work.release(work.claim, next_due=None)
    again = await store.work.load(work.claim)
    assert [pending.event.parts[0].text for pending in again.pending] == ["Bir şey daha"]  # type: ignore[union-attr]
    await store.work.commit(again, store.write(again))
    assert await store.work.release(again.claim, next_due=None)
    assert await store.claim() == []


async def test_that_arriving_and_releasing_at_once_loses_nothing(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    for _ in range(20):
        await store.work.commit(work, store.write(work))
        _, released = await asyncio.gather(
            store.arrive(shop, store.message(shop)), store.work.release(work.claim, next_due=None)
        )
        claim = (await store.claim())[0] if released else work.claim
        work = await store.work.load(claim)
        assert len(work.pending) == 1


async def test_that_a_long_backlog_is_read_on(store: House) -> None:
    shop = await store.business()
    await store.arrive(shop, *(store.message(shop, str(n)) for n in range(MOST_PENDING + 5)))
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    assert len(work.pending) == MOST_PENDING
    await store.work.commit(work, store.write(work))
    assert not await store.work.release(work.claim, next_due=None)
    rest = await store.work.load(work.claim)
    assert len(rest.pending) == 5
    await store.work.commit(rest, store.write(rest))
    assert await store.work.release(rest.claim, next_due=None)


async def test_that_a_new_conversation_loads_before_its_row_exists(store: House) -> None:
    shop = await store.business(policy='{"idle_return": "PT1H"}')
    work = await store.load(shop, "Merhaba", "Orada mısınız?")
    assert (work.is_new, work.turn_no, work.owner, work.owner_epoch, work.window) == (True, 0, "agent", 0, ())
    assert (work.tenant_name, work.timezone, work.country) == ("Shop", "Europe/Istanbul", "TR")
    assert work.policy.idle_return.total_seconds() == 3600
    assert (work.release_id is not None, work.next_timer, work.run, work.had_run) == (True, None, None, False)
    assert [p.event.parts for p in work.pending] == [  # type: ignore[union-attr]
        (TextPart(text="Merhaba"),), (TextPart(text="Orada mısınız?"),),
    ]  # fmt: skip
    assert await store.rows(conversations, shop) == []


async def test_that_a_conversation_loads_with_what_was_said_and_where_it_stands(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Hoş geldiniz"), locale="tr", contact_fields={"name": "Ayşe"})
    store.later(minutes=1)
    work = await store.load(shop, "Fiyat?")
    assert not work.is_new
    assert [(m.author, m.text) for m in work.window] == [("contact", "Merhaba"), ("agent", "Hoş geldiniz")]
    assert (work.turn_no, work.locale, work.contact_fields) == (1, "tr", {"name": "Ayşe"})
    assert work.last_inbound_at == work.window[0].at


async def test_that_a_model_is_not_told_of_words_that_never_went_out(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    await takeover(store, shop, work)
    await store.work.commit(work, store.write(work, messages=(store.says("Hiç gitmedi")[0],)))
    again = await store.work.load(work.claim)
    assert [m.text for m in again.window] == ["Merhaba"]


async def takeover(store: House, shop: Business, work: Any) -> None:
    """Let a person take a conversation, whose row may not exist yet, behind the turn's back."""
    if work.is_new:
        turn = Turn(await store.sealer(shop), work, store.write(work))
        async with store.database.tenant(shop.id) as tx:
            OneTurn(tx, turn, store.now_ms).create()
    await store.change(
        conversations,
        shop,
        {"owner": f"staff:{DENIZ}", "owner_epoch": work.owner_epoch + 1},
        id=work.claim.conversation_id,
    )


async def test_that_the_seal_sees_new_words_a_takeover_and_a_lost_lease(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    work = await store.load(shop)
    taken = [pending.id for pending in work.pending]

    async def sealed() -> bool:
        return await store.work.still_sealed(work.claim, owner_epoch=work.owner_epoch, consumed=taken)

    assert await sealed()
    assert not await store.work.still_sealed(work.claim, owner_epoch=work.owner_epoch, consumed=[])
    (more,) = await store.arrive(shop, store.message(shop, "Bir de"))
    assert not await sealed()
    taken.append(str(more.inbound_id))
    assert await sealed()
    await takeover(store, shop, work)
    assert not await sealed()
    await store.change(conversations, shop, {"owner": "agent", "owner_epoch": 0}, id=work.claim.conversation_id)
    assert await sealed()
    store.later(minutes=1)
    await store.claim()
    assert not await sealed()


async def test_that_a_new_conversation_can_be_sealed(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    assert await store.work.still_sealed(work.claim, owner_epoch=0, consumed=[work.pending[0].id])


async def test_that_a_release_is_found_in_its_own_tenant_alone(store: House) -> None:
    shop, other = await store.business(), await store.business()
    work = await store.load(shop)
    assert work.release_id is not None
    assert (await store.work.release_of(shop.id, work.release_id)).entry == "main"
    with pytest.raises(NotFound):
        await store.work.release_of(other.id, work.release_id)


async def test_that_pending_events_come_in_the_customers_order(store: House) -> None:
    shop = await store.business()
    late, early = store.now, store.now.replace(second=0, minute=0, hour=1)
    await store.arrive(shop, store.message(shop, "2", at=late), store.message(shop, "1", at=early))
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    assert [p.event.parts[0].text for p in work.pending] == ["1", "2"]  # type: ignore[union-attr]
    assert {row["state"] for row in await store.rows(inbound, shop)} == {"pending"}
