"""One person who began two conversations, and the job that joins them (ENGINE rule 29)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.content import TextPart
from core.ids import SYSTEM_TENANT
from core.inbound import MessageReceived, Person
from core.store import Joined
from memory.repositories.base import Store
from memory.repositories.joining import Joining
from memory.tables import (
    contacts,
    conversations,
    handoffs,
    identity_keys,
    inbound,
    outbox,
    runs,
    tenant_counters,
    timers,
)
from tests.conformance.memory.house import PHONE, Business, House

BY_PHONE, BY_NAME = Person(wa_id=PHONE), Person(bsuid="B1")
BOTH = Person(wa_id=PHONE, bsuid="B1")


def kept(store: House) -> Store:
    return Store(store.database, store.vault, store.clock, store.ids)


async def staffed(store: House) -> Business:
    """Return a business whose members can be read."""
    async with store.database.tenant(SYSTEM_TENANT) as tx:
        await store.vault.make_keys(tx, SYSTEM_TENANT)
    return await store.business()


async def run_job(store: House, shelf: Store | None = None) -> list[Joined]:
    """Do what the job does at one look."""
    job = Joining(shelf or kept(store))
    joined = [await job.join(alias) for alias in await job.due(limit=10)]
    return [one for one in joined if one is not None]


async def two_talks(store: House, shop: Business, *, newer: Person = BY_NAME, **more: Any) -> tuple[str, str]:
    """Let one person begin two conversations, by the phone and by the BSUID; the ``newer`` one has done more."""
    older = BY_PHONE if newer == BY_NAME else BY_NAME
    first = (await store.talk(shop, sender=older)).claim.conversation_id
    store.later(seconds=1)
    second = (await store.talk(shop, sender=newer, **more)).claim.conversation_id
    return (str(first), str(second)) if newer == BY_NAME else (str(second), str(first))


async def show(store: House, shop: Business, text: str = "Ben geldim", sender: Person = BOTH) -> str:
    """Let an event show that the two are one; returns the conversation it went to."""
    (found,) = await store.arrive(shop, store.message(shop, text, sender=sender))
    assert found.conversation_id is not None
    return str(found.conversation_id)


async def see_to(store: House, shop: Business, *, runs_turn: bool = True) -> list[str]:
    """Let a worker take in what waits; returns the words in the order in which it read them."""
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    said = [
        part.text
        for pending in work.pending
        if isinstance(pending.event, MessageReceived)
        for part in pending.event.parts
        if isinstance(part, TextPart)
    ]
    made = store.write(work)
    committed = await store.work.commit(work, made if runs_turn else replace(made, runs_turn=False, turn=None))
    assert await store.work.release(work.claim, next_due=committed.next_due)
    return said


async def one(store: House, shop: Business, talk: str) -> dict[str, Any]:
    (row,) = await store.rows(conversations, shop, id=talk)
    return row


async def leads_to(store: House, shop: Business) -> set[str]:
    return {row["conversation_id"] for row in await store.rows(identity_keys, shop)}


async def joined_pair(store: House, shop: Business, **more: Any) -> tuple[str, str]:
    """Return the one that goes on and the one that is closed."""
    phone, name = await two_talks(store, shop, **more)
    await show(store, shop)
    await see_to(store, shop)
    assert await run_job(store) == [Joined(shop.id, name, phone, await number(store, shop))]
    return name, phone


async def number(store: House, shop: Business) -> int:
    (row,) = await store.rows(tenant_counters, shop)
    return int(row["event_no"])


async def commit(store: House, work: Any, **more: Any) -> None:
    committed = await store.work.commit(work, store.write(work, **more))
    assert await store.work.release(work.claim, next_due=committed.next_due)


class Failing:
    """Ids that run out: whoever needs one more dies."""

    def __init__(self, ids: Any, left: int) -> None:
        self._ids, self._left = ids, left

    def new(self) -> str:
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("the process dies here")
        return str(self._ids.new())


async def state(store: House, shop: Business) -> dict[str, list[dict[str, Any]]]:
    tables = (conversations, identity_keys, inbound, timers, runs, contacts, handoffs, outbox)
    return {table.name: sorted(await store.rows(table, shop), key=str) for table in tables}
