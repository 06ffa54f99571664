"""Conversations that turn out to be one person's are joined: which goes on, and beside what (ENGINE rule 29)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.errors import LostLease, NotFound
from core.inbound import IdentityChanged, Person
from core.nouns import AGENT, NOBODY
from core.turns import SetTimer
from memory.engine.intake import EngineIntake
from memory.repositories.base import Store
from memory.repositories.joining import Joining
from memory.repositories.joining_queries import REST
from memory.tables import (
    aliases,
    conversation_queue,
    conversations,
    handoffs,
    identity_keys,
    inbound,
    inbox_counts,
    messages,
    runs,
    timers,
)
from tests.conformance.memory.house import PHONE, House, texts
from tests.conformance.memory.joining import (
    BOTH,
    BY_NAME,
    BY_PHONE,
    Failing,
    commit,
    joined_pair,
    kept,
    leads_to,
    one,
    run_job,
    see_to,
    show,
    state,
    two_talks,
)
from tests.conformance.memory.owning import DENIZ, EMRE, asks_for_person, change, give, leaving


async def test_that_two_conversations_of_one_person_become_one(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    assert await show(store, shop) == name
    (noted,) = await store.rows(aliases, shop)
    assert {noted["one_id"], noted["other_id"]} == {phone, name}
    await see_to(store, shop)
    before = {row["id"]: row for row in await store.rows(conversations, shop)}

    (joined,) = await run_job(store)
    assert (joined.kept_id, joined.gone_id) == (name, phone)
    assert await leads_to(store, shop) == {name}
    assert await show(store, shop, "Yine ben", sender=BY_PHONE) == name
    assert await see_to(store, shop) == ["Yine ben"]
    closed, goes_on = await one(store, shop, phone), await one(store, shop, name)
    assert (closed["status"], closed["owner"], closed["joined_into"]) == ("resolved", AGENT, name)
    assert (goes_on["status"], goes_on["joined_into"]) == ("open", None)
    assert closed["contact_id"] == goes_on["contact_id"] == before[name]["contact_id"]
    assert {row["id"]: row["owner_epoch"] for row in (closed, goes_on)} == {
        talk: row["owner_epoch"] + 1 for talk, row in before.items()
    }
    assert await store.rows(aliases, shop) == []
    # What was said stays where it was said.
    assert {row["conversation_id"] for row in await store.rows(messages, shop)} == {phone, name}
    assert {row["id"] for row in await store.rows(conversation_queue) if row.get("lease_id")} == set()
    counts = {(row["status"], row["owner"]): row["n"] for row in await store.rows(inbox_counts, shop) if row["n"]}
    assert counts == {("resolved", AGENT): 1, ("open", AGENT): 1}


async def test_that_what_waits_in_either_is_answered_once_in_its_order(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    for text, sender in (("bir", BY_PHONE), ("iki", BY_NAME), ("üç", BY_PHONE)):
        store.later(seconds=1)
        await show(store, shop, text, sender)
    store.later(seconds=1)
    assert await show(store, shop, "dört") == name
    assert len(await run_job(store)) == 1
    assert {row["conversation_id"] for row in await store.rows(inbound, shop, state="pending")} == {name}
    assert await see_to(store, shop) == ["bir", "iki", "üç", "dört"]
    assert await store.claim() == []
    assert await store.rows(inbound, shop, state="pending") == []
    seal = await store.sealer(shop)
    assert texts(await store.rows(messages, shop, conversation_id=phone), seal) == ["Merhaba"]


async def test_that_the_latest_live_run_goes_on_and_the_other_ends_with_its_timers(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop, sender=BY_PHONE)
    soon = (SetTimer("no_input", "v1", "ask", store.now + timedelta(minutes=5)),)
    older, newer = store.run(work), store.run(work)
    await commit(store, work, run=older, timers=soon)
    phone = str(work.claim.conversation_id)
    store.later(seconds=1)
    work = await store.load(shop, sender=BY_NAME)
    await commit(store, work, run=newer, timers=soon)
    name = str(work.claim.conversation_id)
    # The older run's conversation is the one in which something happened last.
    store.later(seconds=1)
    await show(store, shop, "hâlâ", BY_PHONE)
    await see_to(store, shop, runs_turn=False)
    await show(store, shop)
    await see_to(store, shop, runs_turn=False)
    (joined,) = await run_job(store)
    assert (joined.kept_id, joined.gone_id) == (name, phone)
    found = {row["conversation_id"]: row for row in await store.rows(runs, shop)}
    assert (found[phone]["status"], found[phone]["outcome"], found[name]["status"]) == ("ended", "joined", "live")
    assert {row["conversation_id"]: row["state"] for row in await store.rows(timers, shop)} == {
        phone: "void",
        name: "armed",
    }
    store.later(minutes=6)
    (claim,) = await store.claim()
    assert [timer.name for timer in (await store.work.load(claim)).timers] == ["no_input"]
    assert claim.conversation_id == name


@pytest.mark.parametrize("newer", [BY_NAME, BY_PHONE], ids=["less", "more"])
async def test_that_who_is_with_a_person_stays_with_that_person(store: House, newer: Person) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop, newer=newer)
    await give(store, shop, phone, f"staff:{DENIZ}")
    await show(store, shop)
    await see_to(store, shop)
    (joined,) = await run_job(store)
    assert (joined.kept_id, joined.gone_id) == (phone, name)
    row = await one(store, shop, phone)
    assert (row["owner"], row["status"]) == (f"staff:{DENIZ}", "open")
    assert await leads_to(store, shop) == {phone}


async def test_that_a_handoff_that_waits_is_not_lost(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop, newer=BY_PHONE)
    await store.arrive(shop, store.message(shop, "İnsan istiyorum", sender=BY_NAME))
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await commit(store, work, **asks_for_person(store))
    await leaving(store)
    await show(store, shop, "burada mısınız", BY_PHONE)
    await see_to(store, shop)
    await show(store, shop)
    await see_to(store, shop, runs_turn=False)
    (joined,) = await run_job(store)
    assert (joined.kept_id, joined.gone_id) == (name, phone)
    (handoff,) = await store.rows(handoffs, shop)
    assert (handoff["conversation_id"], handoff["state"]) == (name, "waiting")
    assert (await one(store, shop, name))["owner"] == NOBODY


async def test_that_of_two_that_people_hold_the_one_who_asked_waits_no_more(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    await store.arrive(shop, store.message(shop, "İnsan istiyorum", sender=BY_NAME))
    (claim,) = await store.claim()
    await commit(store, await store.work.load(claim), **asks_for_person(store))
    await leaving(store)
    await give(store, shop, phone, f"staff:{EMRE}")
    await show(store, shop)
    await see_to(store, shop, runs_turn=False)
    (joined,) = await run_job(store)
    assert (joined.kept_id, joined.gone_id) == (phone, name)
    (handoff,) = await store.rows(handoffs, shop)
    assert handoff["state"] == "done"
    assert {row["conversation_id"]: row["state"] for row in await store.rows(timers, shop)} == {name: "void"}
    counts = {(row["status"], row["owner"]): row["n"] for row in await store.rows(inbox_counts, shop) if row["n"]}
    assert counts == {("resolved", AGENT): 1, ("open", f"staff:{EMRE}"): 1}


async def test_that_the_job_waits_for_a_turn_under_way(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    await show(store, shop, "ilk", BY_PHONE)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await show(store, shop)
    assert await run_job(store) == []
    assert await leads_to(store, shop) == {phone, name}
    # It does not look again at once, and it does once the turn has ended.
    assert await run_job(store) == []
    await commit(store, work)
    store.later(seconds=30)
    assert [{joined.kept_id, joined.gone_id} for joined in await run_job(store)] == [{phone, name}]
    assert await see_to(store, shop) == ["Ben geldim"]


async def test_that_a_turn_that_has_lost_its_lease_commits_nothing_of_what_was_passed_on(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    await show(store, shop, "geç kalan", BY_PHONE)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    await store.work.abandon(claim, retry_at=store.now)
    (again,) = await store.claim()
    await commit(store, await store.work.load(again))
    store.later(seconds=1)
    await show(store, shop, "yeni", BY_PHONE)
    await show(store, shop)
    (joined,) = await run_job(store)
    assert {joined.kept_id, joined.gone_id} == {phone, name}
    with pytest.raises(LostLease):
        await store.work.commit(work, store.write(work))
    assert await see_to(store, shop) == ["yeni", "Ben geldim"]
    seal = await store.sealer(shop)
    stored = texts(await store.rows(messages, shop, conversation_id=joined.kept_id), seal)
    assert stored[-2:] == ["yeni", "Ben geldim"]
    assert len(await store.rows(messages, shop)) == 5


async def test_that_what_a_worker_died_of_is_left_to_a_worker(store: House) -> None:
    shop = await store.business()
    phone, _ = await two_talks(store, shop)
    await show(store, shop, "zor", BY_PHONE)
    assert len(await store.claim()) == 1
    await show(store, shop)
    store.later(minutes=2)
    assert await run_job(store) == []
    (claim, *_) = [claim for claim in await store.claim() if claim.conversation_id == phone]
    await commit(store, await store.work.load(claim))
    store.later(minutes=2)
    assert [joined.gone_id for joined in await run_job(store)] == []
    await commit(store, await store.work.load((await store.claim())[0]))
    store.later(minutes=5)
    assert [joined.gone_id for joined in await run_job(store)] != []


async def test_that_a_pair_is_noted_once_however_often_it_is_shown(store: House) -> None:
    shop = await store.business()
    await two_talks(store, shop)
    event = store.message(shop, sender=BOTH)
    await store.arrive(shop, event, event, store.message(shop, sender=BOTH))
    await store.arrive(shop, event)
    assert len(await store.rows(aliases, shop)) == 1
    await see_to(store, shop)
    assert len(await run_job(store)) == 1
    # The provider repeats itself: there is nothing to be joined any more.
    await store.arrive(shop, event)
    await show(store, shop)
    assert await store.rows(aliases, shop) == []


async def work_off(store: House) -> None:
    for claim in await store.claim():
        await commit(store, await store.work.load(claim))


async def test_that_two_numbers_stay_apart_though_the_provider_names_both(store: House) -> None:
    shop = await store.business()
    other = Person(wa_id="905550000000")
    phone, name = await two_talks(store, shop)
    store.later(seconds=1)
    third = str((await store.talk(shop, sender=other)).claim.conversation_id)
    changed = IdentityChanged(
        channel=shop.channel, account=shop.provider_key, dedupe="s1", old=BY_PHONE, new=other, change="number"
    )
    await show(store, shop)
    await store.arrive(shop, changed)
    pairs = [{row["one_id"], row["other_id"]} for row in await store.rows(aliases, shop)]
    assert sorted(map(sorted, pairs)) == sorted(map(sorted, [{phone, name}, {phone, third}]))
    for _ in range(3):
        await work_off(store)
        await run_job(store)
        store.later(minutes=1)
    assert await store.rows(aliases, shop) == []
    into = {row["id"]: row["joined_into"] for row in await store.rows(conversations, shop)}
    assert into[third] is None
    assert third not in into.values()


@pytest.mark.parametrize("order", [("B1", "B2"), ("B2", "B1")], ids="-".join)
async def test_that_people_with_names_of_their_own_stay_two_whenever_it_is_learned(
    store: House, order: tuple[str, str]
) -> None:
    shop = await store.business()
    await store.talk(shop, sender=BY_PHONE)
    first = str((await store.talk(shop, sender=Person(bsuid="B1"))).claim.conversation_id)
    second = str((await store.talk(shop, sender=Person(bsuid="B2"))).claim.conversation_id)
    for name in order:
        await show(store, shop, sender=Person(wa_id=PHONE, bsuid=name))
        await work_off(store)
    for _ in range(4):
        await run_job(store)
        store.later(minutes=1)
    into = {row["id"]: row["joined_into"] or row["id"] for row in await store.rows(conversations, shop)}
    assert into[first] != into[second]
    assert await store.rows(aliases, shop) == []


async def test_that_a_name_learned_before_the_job_keeps_two_apart(store: House) -> None:
    shop = await store.business()
    phone = str((await store.talk(shop, sender=BY_PHONE)).claim.conversation_id)
    second = str((await store.talk(shop, sender=Person(bsuid="B2"))).claim.conversation_id)
    await show(store, shop, sender=Person(wa_id=PHONE, bsuid="B2"))
    assert await show(store, shop, sender=Person(wa_id=PHONE, bsuid="B1")) == phone
    await work_off(store)
    assert await run_job(store) == []
    into = {row["id"]: row["joined_into"] for row in await store.rows(conversations, shop)}
    assert (into[phone], into[second]) == (None, None)


async def test_that_a_number_with_a_new_owner_joins_nobody(store: House) -> None:
    shop = await store.business()
    before = str((await store.talk(shop, sender=BOTH)).claim.conversation_id)
    # The new owner wrote before, without their number: two people, and the number is the second one's.
    after = str((await store.talk(shop, sender=Person(bsuid="B2"))).claim.conversation_id)
    assert await show(store, shop, sender=Person(wa_id=PHONE, bsuid="B2")) == after
    assert await show(store, shop, sender=Person(wa_id=PHONE, bsuid="B3")) not in (before, after)
    assert await store.rows(aliases, shop) == []
    led = await store.rows(identity_keys, shop)
    assert len([row for row in led if row["conversation_id"] == before]) == 1
    assert await run_job(store) == []


async def test_that_two_names_that_the_provider_calls_one_are_noted_and_left_to_staff(store: House) -> None:
    shop = await store.business()
    first = str((await store.talk(shop, sender=BOTH)).claim.conversation_id)
    second = str((await store.talk(shop, sender=Person(bsuid="B9"))).claim.conversation_id)
    changed = IdentityChanged(
        channel=shop.channel, account=shop.provider_key, dedupe="s1", old=BY_PHONE,
        new=Person(wa_id="4915112345678", bsuid="B9"), change="number",
    )  # fmt: skip
    await store.arrive(shop, changed)
    (noted,) = await store.rows(aliases, shop)
    assert {noted["one_id"], noted["other_id"]} == {first, second}


async def test_that_a_job_that_dies_in_between_has_changed_nothing_and_is_done_again(store: House) -> None:
    shop = await store.business()
    await two_talks(store, shop)
    await show(store, shop, "bekleyen", BY_PHONE)
    await show(store, shop)
    before = await state(store, shop)
    for left in range(1, 5):
        store.later(hours=left)
        with pytest.raises(RuntimeError):
            await run_job(store, Store(store.database, store.vault, store.clock, Failing(store.ids, left)))
        assert await state(store, shop) == before
    store.later(days=1)
    assert len(await run_job(store)) == 1
    assert sorted(await see_to(store, shop)) == ["Ben geldim", "bekleyen"]


async def test_that_a_job_that_died_with_both_leases_holds_nobody_up_for_long(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    await show(store, shop)
    await see_to(store, shop)
    job = Joining(kept(store))
    (alias,) = await job.due(limit=10)
    await job._take(alias, sorted((phone, name)), store.ids.new())
    store.later(seconds=10)
    assert await run_job(store) == []
    store.later(minutes=1)
    assert len(await run_job(store)) == 1


async def test_that_what_intake_was_storing_meanwhile_is_passed_on(store: House) -> None:
    shop = await store.business()
    name, phone = await joined_pair(store, shop)
    # As if intake had read where the phone leads before it led elsewhere.
    seal = await store.sealer(shop)
    digest = seal.hash("identity.wa_id", PHONE)
    await store.change(identity_keys, shop, {"conversation_id": phone}, key_hash=digest)
    await show(store, shop, "yarış", BY_PHONE)
    (claim,) = await store.claim()
    assert claim.conversation_id == phone
    with pytest.raises(LostLease):
        await store.work.load(claim)
    assert await leads_to(store, shop) == {name}
    assert await see_to(store, shop) == ["yarış"]
    assert await store.claim() == []
    seal = await store.sealer(shop)
    assert texts(await store.rows(messages, shop, conversation_id=name), seal)[-1] == "yarış"


async def test_that_one_business_joins_nothing_of_another(store: House) -> None:
    shop, other = await store.business(), await store.business()
    await two_talks(store, shop)
    await two_talks(store, other)
    await show(store, shop)
    await see_to(store, shop)
    assert [joined.tenant_id for joined in await run_job(store)] == [shop.id]
    assert len(await leads_to(store, other)) == 2
    with pytest.raises(NotFound):
        async with change(store, other, (await leads_to(store, shop)).pop()):
            pass


async def test_that_the_job_joins_nothing_once_its_leases_are_lost(store: House) -> None:
    shop = await store.business()
    pair = sorted(await two_talks(store, shop))
    await show(store, shop, "yeni", BY_PHONE)
    await show(store, shop)
    job, lease = Joining(kept(store)), store.ids.new()
    (alias,) = await job.due(limit=10)
    await job._take(alias, pair, lease)
    before = await state(store, shop)
    store.later(minutes=1)
    assert len(await store.claim(retries=10)) == 2
    with pytest.raises(LostLease):
        await job._join(alias, pair, lease)
    assert await state(store, shop) == before
    assert len(await store.rows(aliases, shop)) == 1


async def test_that_what_came_in_at_the_last_moment_keeps_the_one_that_is_closed_due(store: House) -> None:
    shop = await store.business()
    phone, name = await two_talks(store, shop)
    await show(store, shop, "son anda", BY_PHONE)
    async with store.database.tenant(shop.id) as tx:
        for talk in (phone, name):
            await tx.run(REST, gone_id=talk)
    due = {row["conversation_id"]: row["due_ms"] for row in await store.rows(conversation_queue)}
    assert due == {phone: store.now_ms, name: None}


async def keep_working(store: House) -> None:
    """Claim and commit as a worker does, whatever loses its lease."""
    worker = store.another_worker()
    for _ in range(8):
        for claim in await worker.claim(limit=5, busy={}, cap=5):
            try:
                loaded = await worker.load(claim)
                committed = await worker.commit(loaded, store.write(loaded))
            except LostLease:
                continue
            await worker.release(loaded.claim, next_due=committed.next_due)
        await asyncio.sleep(0)


async def test_that_nothing_is_lost_or_doubled_whatever_runs_beside_it(store: House) -> None:
    shop = await store.business()
    await two_talks(store, shop)
    said: list[str] = []
    others = [EngineIntake(store.database, store.vault) for _ in range(3)]

    async def arrive(intake: EngineIntake, n: int) -> None:
        for m in range(6):
            text = f"{n}.{m}"
            said.append(text)
            sender = (BY_PHONE, BY_NAME, BOTH)[(n + m) % 3]
            await intake.record([store.slice(shop, store.message(shop, text, sender=sender))])

    async def join() -> None:
        for _ in range(8):
            store.later(seconds=6)
            await run_job(store)

    await asyncio.gather(
        *(arrive(intake, n) for n, intake in enumerate(others)),
        *(keep_working(store) for _ in range(2)),
        join(),
    )
    for _ in range(6):
        store.later(minutes=2)
        await run_job(store)
        await keep_working(store)
    assert len(await leads_to(store, shop)) == 1
    assert await store.rows(inbound, shop, state="pending") == []
    seal = await store.sealer(shop)
    found: list[str] = []
    for talk in await store.rows(conversations, shop):
        found += texts(await store.rows(messages, shop, conversation_id=talk["id"]), seal)
    assert sorted(found) == sorted([*said, "Merhaba", "Merhaba"])
