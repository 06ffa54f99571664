"""The inbox's numbers equal a recount after whatever happened, and its lists are answered by an index (rule 42)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from core.errors import Conflict
from core.ids import TenantId
from core.inbound import Person
from core.nouns import AGENT, NOBODY
from core.views_inbox import InboxCounts
from memory.migrate import _config, _with_connection, upgrade
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations, Wanted
from memory.repositories.counts import Counts
from memory.repositories.erasing import Erasing
from memory.repositories.snoozing import Snoozes
from memory.tables import conversations, inbox_counts, team_counts, waits, wakes
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import DENIZ, EMRE, asks_for_person, change, give
from tests.services.postgres import APPLICATION


def kept(store: House) -> Store:
    return Store(store.database, store.vault, store.clock, store.ids)


async def recount(store: House, shop: Business) -> Counter[tuple[str, str]]:
    return Counter((row["status"], row["owner"]) for row in await store.rows(conversations, shop))


async def counted(store: House, shop: Business) -> dict[tuple[str, str], int]:
    rows = await store.rows(inbox_counts, shop)
    return {(row["status"], row["owner"]): row["n"] for row in rows if row["n"]}


async def teams(store: House, shop: Business) -> tuple[dict[tuple[str, str], int], set[str]]:
    """Return what is counted of teams, and who is noted as waiting."""
    rows = await store.rows(team_counts, shop)
    waiting = {row["conversation_id"] for row in await store.rows(waits) if row["tenant_id"] == shop.id}
    return {(row["team"], row["owner"]): row["n"] for row in rows if row["n"]}, waiting


async def teams_again(store: House, shop: Business) -> tuple[dict[tuple[str, str], int], set[str]]:
    rows = await store.rows(conversations, shop)
    open_ = Counter((row["team"], row["owner"]) for row in rows if row["team"] and row["status"] == "open")
    return dict(open_), {row["id"] for row in rows if row["owner"] == NOBODY}


async def told(store: House, shop: Business, staff: str = DENIZ) -> InboxCounts:
    return await Counts(kept(store)).read(TenantId(shop.id), f"staff:{staff}")


class Inbox:
    """A shop whose conversations are moved about at random."""

    def __init__(self, store: House, shop: Business, seed: int) -> None:
        self.store, self.shop, self.dice = store, shop, random.Random(seed)

    async def talks(self) -> list[str]:
        return [row["id"] for row in await self.store.rows(conversations, self.shop)]

    async def step(self) -> None:
        talks = await self.talks()
        if not talks or self.dice.random() < 0.25:
            await self._customer_writes()
            return
        talk = self.dice.choice(talks)
        act = self.dice.choice(
            ["take", "emre", "nobody", "back", "resolve", "snooze", "reopen", "wake", "erase", "team"]
        )
        match act:
            case "take" | "emre" | "back":
                owners = {"take": f"staff:{DENIZ}", "emre": f"staff:{EMRE}", "back": AGENT}
                await give(self.store, self.shop, talk, owners[act])
            case "nobody":
                async with change(self.store, self.shop, talk) as desk:
                    await desk.give_to(NOBODY, "assigned")
            case "team":
                async with change(self.store, self.shop, talk) as desk:
                    await desk.address(self.dice.choice(["", "sales", "care"]))
            case "wake":
                self.store.later(minutes=self.dice.choice([1, 40]))
                await Snoozes(kept(self.store)).wake(limit=10)
            case "erase" if self.dice.random() < 0.3:
                (row,) = await self.store.rows(conversations, self.shop, id=talk)
                await Erasing(kept(self.store)).erase_contact(self.shop.id, row["contact_id"], actor="staff")
            case _:
                await self._set(talk, act)

    async def _set(self, talk: str, act: str) -> None:
        status = {"resolve": "resolved", "snooze": "snoozed"}.get(act, "open")
        until = self.store.now + timedelta(minutes=30) if self.dice.random() < 0.5 and act == "snooze" else None
        async with change(self.store, self.shop, talk) as desk:
            await desk.set_status(status, until)

    async def _customer_writes(self) -> None:
        who = Person(wa_id=f"90555000{self.dice.randrange(8):04d}")
        await self.store.arrive(self.shop, self.store.message(self.shop, "Merhaba", sender=who))
        for claim in await self.store.claim():
            work = await self.store.work.load(claim)
            asks = work.owner == AGENT and self.dice.random() < 0.3
            more = asks_for_person(self.store) if asks else {}
            write = replace(self.store.write(work, **more), reopen=True)
            committed = await self.store.work.commit(work, write)
            assert await self.store.work.release(claim, next_due=committed.next_due)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_that_the_numbers_equal_a_recount_after_whatever_happened(store: House, seed: int) -> None:
    shop, other = await store.business(), await store.business()
    inbox = Inbox(store, shop, seed)
    for _ in range(40):
        await inbox.step()
        assert await counted(store, shop) == await recount(store, shop)
        assert await teams(store, shop) == await teams_again(store, shop)
    assert await counted(store, other) == {}
    stands, counts = await recount(store, shop), await told(store, shop)
    by_owner = Counter({owner: n for (status, owner), n in stands.items() if status == "open"})
    assert counts == InboxCounts(
        waiting=by_owner[NOBODY], mine=by_owner[f"staff:{DENIZ}"], agent=by_owner[AGENT], all=by_owner.total(),
        snoozed=sum(n for (status, _), n in stands.items() if status == "snoozed"),
        resolved=sum(n for (status, _), n in stands.items() if status == "resolved"),
        undelivered=0, event_no=counts.event_no,
    )  # fmt: skip


async def test_that_the_numbers_equal_a_recount_after_changes_at_once(store: House) -> None:
    shop = await store.business()
    talks = []
    for n in range(6):
        work = await store.talk(shop, sender=Person(wa_id=f"9055500011{n:02d}"))
        talks.append(work.claim.conversation_id)
    dice = random.Random(7)

    async def act(talk: str) -> None:
        for _ in range(6):
            await give(store, shop, talk, dice.choice([AGENT, NOBODY, f"staff:{DENIZ}", f"staff:{EMRE}"]))

    await asyncio.gather(*(act(talk) for talk in talks), *(act(talk) for talk in reversed(talks)))
    assert await counted(store, shop) == await recount(store, shop)


async def test_that_what_fails_counts_nothing(store: House) -> None:
    shop = await store.business()
    work = await store.talk(shop)

    async def fail() -> None:
        async with change(store, shop, work.claim.conversation_id) as desk:
            await desk.set_status("resolved")
            raise Conflict

    with pytest.raises(Conflict):
        await fail()
    assert await counted(store, shop) == {("open", AGENT): 1}


async def test_that_a_store_of_before_is_counted_when_it_is_upgraded(store: House) -> None:
    shop, other = await store.business(), await store.business()
    for n in range(3):
        await store.talk(shop, sender=Person(wa_id=f"9055500022{n:02d}"))
    work = await store.talk(other)
    await give(store, other, work.claim.conversation_id, f"staff:{DENIZ}")
    on_file = store.superuser_url is None
    url = f"sqlite:///{store.place}" if on_file else store.place
    await store.database.close() if on_file else None

    def again() -> None:
        _with_connection(url, lambda connection: command.downgrade(_config(connection), "0008"))
        upgrade(url, app_role=None if on_file else APPLICATION)

    await asyncio.to_thread(again)
    rows = await asyncio.to_thread(_with_connection, url, _everybodys)
    if on_file:
        assert rows == {(shop.id, "open", AGENT, 3), (other.id, "open", f"staff:{DENIZ}", 1)}
    else:
        assert await counted(store, shop) == {("open", AGENT): 3}
        assert await counted(store, other) == {("open", f"staff:{DENIZ}"): 1}
        assert all(row["recent_ms"] == row["last_message_ms"] for row in await store.rows(conversations, shop))


def _everybodys(connection: sa.Connection) -> set[tuple[Any, ...]]:
    found = connection.execute(sa.text("SELECT tenant_id, status, owner, n FROM inbox_counts"))
    return {(str(row[0]), *row[1:]) for row in found}


async def test_that_who_has_waited_longest_stands_first(store: House) -> None:
    await store.vault.check_master_key()
    shop = await store.business()
    waiting = []
    for n in range(4):
        work = await store.talk(shop, sender=Person(wa_id=f"9055500033{n:02d}"), **asks_for_person(store))
        waiting.append(work.claim.conversation_id)
        store.later(minutes=1)
    taken = waiting.pop(1)
    await give(store, shop, taken, f"staff:{DENIZ}")
    lists, seen, cursor = Conversations(kept(store)), [], None
    for _ in range(3):
        page = await lists.page(shop.id, Wanted("open", NOBODY, cursor=cursor, limit=1, waited=True))
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
    assert (seen, cursor) == (waiting, None)
    newest = await lists.page(shop.id, Wanted("open", NOBODY))
    assert [item.id for item in newest.items] == waiting[::-1]


async def test_that_what_is_put_aside_comes_back_at_its_moment_and_not_before(store: House) -> None:
    shop, snoozes = await store.business(), Snoozes(kept(store))
    work = await store.talk(shop)
    talk = work.claim.conversation_id
    async with change(store, shop, talk) as desk:
        await desk.set_status("snoozed", store.now + timedelta(hours=1))
    store.later(minutes=59)
    assert await snoozes.wake(limit=10) == []
    assert await counted(store, shop) == {("snoozed", AGENT): 1}
    async with change(store, shop, talk) as desk:
        await desk.set_status("snoozed", store.now + timedelta(hours=2))
    store.later(minutes=90)
    assert await snoozes.wake(limit=10) == []
    store.later(minutes=30)
    (woken,) = await snoozes.wake(limit=10)
    assert (woken.tenant_id, woken.conversation_id) == (shop.id, talk)
    assert woken.event_no == (await told(store, shop)).event_no
    assert (await store.rows(wakes), await snoozes.wake(limit=10)) == ([], [])
    (row,) = await store.rows(conversations, shop)
    assert (row["status"], row["snoozed_until_ms"]) == ("open", None)


async def test_that_a_customer_who_writes_brings_it_back_and_no_moment_changes_that(store: House) -> None:
    shop, snoozes = await store.business(), Snoozes(kept(store))
    work = await store.talk(shop)
    async with change(store, shop, work.claim.conversation_id) as desk:
        await desk.set_status("snoozed", store.now + timedelta(hours=1))
    await store.talk(shop, "Bir şey daha", reopen=True)
    (row,) = await store.rows(conversations, shop)
    assert (row["status"], row["snoozed_until_ms"]) == ("open", None)
    async with change(store, shop, work.claim.conversation_id) as desk:
        await desk.set_status("resolved")
    store.later(hours=2)
    assert await snoozes.wake(limit=10) == []
    assert await counted(store, shop) == {("resolved", AGENT): 1}
