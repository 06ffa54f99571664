"""What is read with its number, and what events then say of it: nothing missed, nothing older (ENGINE rule 36)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.nouns import AGENT, NOBODY
from core.policy import Author
from core.store import HandoffWrite, MessageChange
from core.turns import CaptureLead, SetTimer
from core.views import VerdictView
from desk.retention import drop_expired
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations, Wanted
from memory.repositories.erasing import Erasing
from memory.repositories.events import Events
from memory.repositories.handoffs import Handoffs
from memory.repositories.leads import Leads
from memory.repositories.threads import Threads
from memory.tables import (
    conversations,
    events,
    flows,
    handoffs,
    inbound,
    leads,
    messages,
    pipelines,
    releases,
    stages,
    stream_events,
)
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import DENIZ, change, give, leaving, talk_of, write

OF = {"message": messages, "handoff": handoffs, "lead": leads, "conversation": conversations}


def kept(store: House) -> Store:
    return Store(store.database, store.vault, store.clock, store.ids)


async def versions(store: House, shop: Business) -> dict[str, int]:
    """Return the version of every entity that has one."""
    found = {}
    for table in OF.values():
        found |= {row["id"]: row["version"] for row in await store.rows(table, shop)}
    return found


async def test_that_the_last_event_of_everything_carries_the_version_it_has(store: House) -> None:
    shop = await store.business()
    talk = await talk_of(store, shop)
    await store.answer(shop, store.says("Buyurun"), leads=((store.ids.new(), lead()),))
    wanted = HandoffWrite(store.ids.new(), "default", "asked", 50, {}, "n", "v", None)
    notice, send = store.says("Bağlıyorum", Author.SYSTEM, handoff_id=wanted.id)
    await store.talk(shop, "temsilci", handoff=wanted, owner=NOBODY, messages=(notice,), sends=(send,))
    edited = store.message(shop, "fiyat?")
    await store.arrive(shop, edited)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    edit = MessageChange(edited.provider_id, None, store.now)
    await store.work.commit(work, replace(store.write(work), changes=(edit,)))
    await store.work.release(claim, next_due=None)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await write(store, shop, talk, "Ben Deniz")
    async with change(store, shop, talk) as desk:
        await desk.set_labels(["vip"])
        await desk.mark_read()
        await desk.set_status("resolved")
    await give(store, shop, talk, AGENT)
    await leaving(store)
    (row,) = await store.rows(leads, shop)
    await stage(store, shop)
    await Leads(kept(store)).move(shop.id, row["id"], stage="new", actor="x")
    have = await versions(store, shop)
    told: dict[str, int] = {}
    for event in sorted(await store.rows(events, shop), key=lambda row: row["no"]):
        if event["entity_id"] in have and event["kind"].partition(".")[0] in OF:
            assert event["version"] > 0, event["kind"]
            assert event["version"] >= told.get(event["entity_id"], 0), "events come in the order of versions"
            told[event["entity_id"]] = event["version"]
    assert told == have
    assert len(told) >= 8


def lead() -> CaptureLead:
    return CaptureLead("sales", "new", {}, "Ayşe", None, None, (), (), "n1")


async def stage(store: House, shop: Business) -> None:
    """Make the stage that leads are moved to."""
    await store.put(pipelines, shop.id, key="sales", name="Sales")
    await store.put(stages, shop.id, pipeline="sales", key="new", name="New", position=0)


async def test_that_a_snapshot_shows_exactly_what_its_number_says(store: House) -> None:
    """Whoever reads while others write: every event up to the number is in it, and none after it."""
    await store.vault.check_master_key()
    shop = await store.business()
    talk = await talk_of(store, shop)
    reads = readers(store, shop, talk)
    seen: list[tuple[str, int, int]] = []
    done = asyncio.Event()

    async def watch(name: str, read: Callable[[], Awaitable[tuple[int, int]]]) -> None:
        while not done.is_set():
            seen.append((name, *await read()))
            await asyncio.sleep(0)

    async def talk_on() -> None:
        for n in range(12):
            await write(store, shop, talk, f"{n}")
        done.set()

    await asyncio.gather(talk_on(), *(watch(name, read) for name, read in reads.items()))
    log = await store.rows(events, shop, kind="message.created")
    for name, number, shown in seen:
        assert shown == sum(1 for row in log if row["no"] <= number), (name, number)
    assert {name for name, *_ in seen} == set(reads)


def readers(store: House, shop: Business, talk: str) -> dict[str, Callable[[], Awaitable[tuple[int, int]]]]:
    """Return what reads a number, and how many messages there are by the same snapshot."""
    threads, listed = Threads(kept(store)), Conversations(kept(store))

    async def of_messages() -> tuple[int, int]:
        page = await threads.messages(shop.id, talk, cursor=None, limit=100)
        return page.event_no or 0, len(page.items)

    async def of_list() -> tuple[int, int]:
        page = await listed.page(shop.id, Wanted())
        return page.event_no or 0, _count(page.items[0].last_message)

    async def of_one() -> tuple[int, int]:
        found = await listed.get(shop.id, talk, judge=lambda _: VerdictView(allowed=True))
        return found.event_no or 0, _count(found.last_message)

    return {"messages": of_messages, "list": of_list, "one": of_one}


def _count(last: Any) -> int:
    """Return how many messages there are: two of the greeting, then numbered ones."""
    return int(last.text) + 3 if last.text.isdigit() else 2


async def test_that_lists_say_what_they_are_valid_at(store: House) -> None:
    await store.vault.check_master_key()
    shop = await store.business()
    await talk_of(store, shop)
    newest = await Events(kept(store)).newest(shop.id)
    assert newest > 0
    handoffs_ = await Handoffs(kept(store)).page(shop.id, state=None, cursor=None)
    leads_ = await Leads(kept(store)).page(shop.id, cursor=None)
    assert (handoffs_.event_no, leads_.event_no) == (newest, newest)


async def test_that_what_is_past_its_time_goes_in_batches_and_all_of_it(store: House) -> None:
    shop, other = await store.business(), await store.business()
    for business in (shop, other):
        await store.arrive(business, *(store.message(business, f"{n}") for n in range(7)))
        (claim,) = await store.claim()
        work = await store.work.load(claim)
        await store.work.commit(work, store.write(work))
        await store.work.release(claim, next_due=None)
        for no in range(5):
            await store.put(stream_events, business.id, conversation_id=claim.conversation_id, no=no + 1,
                            kind="message", entity_id=None, at_ms=store.now_ms)  # fmt: skip
    store.later(days=31)
    await store.arrive(shop, store.message(shop, "yeni"))
    erasing = Erasing(kept(store))
    before = len(await store.rows(events, shop))
    first = await erasing.drop_expired(shop.id, most=3)
    untouched = dict.fromkeys(("idempotency", "account_events", "previews", "files"), 0)
    assert first == {"inbound": 3, "events": 3, "stream_events": 3, **untouched}
    dropped = await drop_expired(erasing, [shop.id, other.id])
    rest = {"inbound": 4, "events": before - 3, "stream_events": 2, **untouched}
    assert dropped[shop.id] == rest
    assert [row["state"] for row in await store.rows(inbound, shop)] == ["pending"]
    assert await store.rows(events, other) == []


async def test_that_a_timer_finds_its_release_however_much_is_published_and_deleted(store: House) -> None:
    shop = await store.business()
    (old,) = await store.rows(releases, shop)
    work = await store.load(shop)
    run = store.run(work, flow_id=old["flow_id"], release_id=old["id"])
    due = SetTimer("elapsed", "v1", "ask", store.now + timedelta(days=60))
    await store.work.commit(work, store.write(work, run=run, timers=(due,)))
    await store.work.release(work.claim, next_due=due.due)
    newer = store.ids.new()
    await store.put(releases, shop.id, id=newer, flow_id=old["flow_id"], hash="h2", spec=old["spec"],
                    created_ms=store.now_ms)  # fmt: skip
    await store.change(flows, shop, {"release_id": newer}, id=old["flow_id"])
    store.later(days=61)
    await drop_expired(Erasing(kept(store)), [shop.id])
    (claim,) = await store.claim()
    work = await store.another_worker().load(claim)
    assert work.run is not None
    assert [timer.visit for timer in work.timers] == [work.run.visit]
    assert (await store.another_worker().release_of(shop.id, work.run.release_id)).hash == "h"
