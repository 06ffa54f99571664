"""Turns that end together are committed together, each guarded by itself (ENGINE rule 13)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from core.errors import LostLease, Unsealed
from core.inbound import Person
from core.store import Leaving, TurnCommitted, Wait, Workload
from memory.engine.locking import lock
from memory.postgres import PostgresTx
from memory.sqlite import SqliteTx
from memory.tables import conversations, events, inbound, messages, turns
from tests.conformance.memory.house import Business, House, texts
from tests.conformance.memory.turning import DONE, Outlet, engine, publish

ASKS = {
    "who": {"type": "ask", "say": {"en": "Who are you?"}, "expect": {"type": "text"}, "to": {"ok": "again"}},
    "again": {"type": "ask", "say": {"en": "Really?"}, "expect": {"type": "text"}, "to": {"ok": "who"}},
    "done": DONE,
}


async def loaded(store: House, *shops: Business) -> list[Workload]:
    """Let a customer of each write, and load what they wrote."""
    for n, shop in enumerate(shops):
        await store.arrive(shop, store.message(shop, f"Nr. {n}", sender=Person(wa_id=f"90555000000{n}")))
    claims = {claim.conversation_id: claim for claim in await store.claim()}
    works = await asyncio.gather(*(store.work.load(claim) for claim in claims.values()))
    return sorted(works, key=lambda work: texts_of(work))


def texts_of(work: Workload) -> str:
    return str(work.pending[0].event)


async def commit_all(store: House, works: list[Workload], **more: Any) -> list[Any]:
    return await asyncio.gather(
        *(store.work.commit(work, store.write(work), **more) for work in works), return_exceptions=True
    )


async def said(store: House, shop: Business) -> list[str]:
    return texts(await store.rows(messages, shop), await store.sealer(shop))


async def test_that_turns_of_several_businesses_are_committed_together(store: House) -> None:
    shop, other = await store.business(), await store.business()
    works = await loaded(store, shop, other, shop)
    committed = await commit_all(store, works)
    assert all(isinstance(one, TurnCommitted) for one in committed)
    assert sorted(await said(store, shop)) == ["Nr. 0", "Nr. 2"]
    assert await said(store, other) == ["Nr. 1"]
    for tenant in (shop, other):
        numbers = [row["no"] for row in await store.rows(events, tenant)]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


async def test_that_a_turn_whose_lease_is_lost_fails_alone(store: House) -> None:
    shop = await store.business()
    works = await loaded(store, shop, shop, shop)
    works[1] = replace(works[1], claim=replace(works[1].claim, lease_id=store.ids.new()))
    committed = await commit_all(store, works)
    assert [isinstance(one, TurnCommitted) for one in committed] == [True, False, True]
    assert isinstance(committed[1], LostLease)
    # Nothing of it is left, not even the conversation that it would have made.
    assert len(await store.rows(conversations, shop)) == 2
    assert sorted(await said(store, shop)) == ["Nr. 0", "Nr. 2"]


async def test_that_a_turn_of_a_known_customer_whose_lease_is_lost_undoes_no_group(store: House) -> None:
    shop = await store.business()
    for work in await loaded(store, shop, shop):
        await store.work.commit(work, store.write(work))
        await store.work.release(work.claim, next_due=None)
    works = await loaded(store, shop, shop)
    works[0] = replace(works[0], claim=replace(works[0].claim, lease_id=store.ids.new()))
    committed = await commit_all(store, works)
    assert isinstance(committed[0], LostLease)
    assert isinstance(committed[1], TurnCommitted)
    assert len(await store.rows(turns, shop)) == 3


async def test_that_a_turn_that_newer_words_overtook_fails_alone(store: House) -> None:
    shop = await store.business()
    works = await loaded(store, shop, shop)
    await store.arrive(shop, store.message(shop, "Nr. 0 still", sender=Person(wa_id="905550000000")))
    committed = await commit_all(store, works, unsealed=True)
    assert isinstance(committed[0], Unsealed)
    assert isinstance(committed[1], TurnCommitted)
    assert sorted(row["state"] for row in await store.rows(inbound, shop)) == ["done", "pending", "pending"]


async def test_that_a_turn_that_the_store_refuses_fails_alone(store: House) -> None:
    shop = await store.business()
    works = await loaded(store, shop, shop, shop)
    writes = [store.write(work) for work in works]
    # Two messages under one id: the whole group is undone for it.
    writes[1] = replace(writes[1], messages=(*writes[1].messages, *writes[1].messages))
    committed = await asyncio.gather(
        *(store.work.commit(work, write) for work, write in zip(works, writes, strict=True)), return_exceptions=True
    )
    assert [isinstance(one, TurnCommitted) for one in committed] == [True, False, True]
    assert sorted(await said(store, shop)) == ["Nr. 0", "Nr. 2"]
    assert len(await store.rows(turns, shop)) == 2


async def test_that_two_turns_of_one_conversation_are_never_in_one_group(store: House) -> None:
    shop = await store.business()
    (work,) = await loaded(store, shop)
    committed = await commit_all(store, [work, work])
    assert isinstance(committed[0], TurnCommitted)
    assert isinstance(committed[1], LostLease)
    assert len(await store.rows(turns, shop)) == 1


async def test_that_a_conversation_somebody_changes_holds_up_no_other(postgres_store: House) -> None:
    store = postgres_store
    shop = await store.business()
    for work in await loaded(store, shop, shop):
        await store.work.commit(work, store.write(work))
        await store.work.release(work.claim, next_due=None)
    works = await loaded(store, shop, shop)
    async with store.database.mixed([shop.id]) as tx:
        assert await lock(tx, [(shop.id, works[0].claim.conversation_id)])
        first, second = (asyncio.ensure_future(store.work.commit(work, store.write(work))) for work in works)
        assert isinstance(await second, TurnCommitted)
        assert not first.done()
    assert isinstance(await first, TurnCommitted)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Count what is asked of the store: each statement, however many rows it is run for in one go."""
    asked: list[str] = []
    with monkeypatch.context() as patch:
        for kind in (SqliteTx, PostgresTx):
            for name in ("_fetch", "_fetch_each", "_execute", "_execute_many"):
                patch.setattr(kind, name, _counting(getattr(kind, name), asked))
        yield asked


def _counting(run: Any, asked: list[str]) -> Any:
    async def counting(self: Any, text: str, args: Any) -> Any:
        if "moved.now_ms" not in text:  # the test's own clock
            asked.append(text)
        return await run(self, text, args)

    return counting


async def write_all(store: House, shop: Business, count: int) -> None:
    """Let so many customers write at once."""
    await store.arrive(
        shop, *(store.message(shop, "Hello", sender=Person(wa_id=f"9055500000{n:02d}")) for n in range(count))
    )


async def whole_turns(store: House, count: int) -> None:
    """See so many turns through until what is said is on record as sent."""
    turner = engine(store)

    async def turn(claim: Any) -> None:
        _, committed, _ = await turner.process(claim)
        assert committed is not None
        assert committed.given_back

    await asyncio.gather(*map(turn, await store.work.claim(limit=count, busy={}, cap=count)))

    async def send(claim: Any) -> None:
        attempt = await store.next(claim)
        told = [store.outcome(attempt, f"wamid.{attempt.outbox_id}")]
        assert (await store.door.next(claim, told, leave=True)).left

    await asyncio.gather(*map(send, await store.door.claim(limit=count, busy={}, cap=count)))


AT_MOST = 31
"""Statements of a whole turn: claimed, loaded, committed, given back; its request claimed, judged, sent, settled."""


@pytest.mark.parametrize("count", [1, 20])
async def test_that_turns_ask_little_of_the_store(store: House, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    shop = await store.business()
    await publish(store, shop, ASKS)
    for _ in range(2):
        await write_all(store, shop, count)
        with counted(monkeypatch) as asked:
            await whole_turns(store, count)
        store.later(minutes=1)
    # Twenty that come together ask no more often than one.
    assert len(asked) <= AT_MOST, "\n".join(sorted(text[:70] for text in asked))


@pytest.mark.parametrize("leaves", [True, False])
async def test_that_a_lone_turn_needs_few_transactions(
    store: House, monkeypatch: pytest.MonkeyPatch, leaves: bool
) -> None:
    """Claimed, loaded, committed, recorded; a sender's claim and intent, and a look for more, where words stay."""
    shop = await store.business()
    await publish(store, shop, ASKS)
    for _ in range(2):
        await write_all(store, shop, 1)
        outlet = Outlet(room=int(leaves))
        with transactions(monkeypatch, store) as opened:
            (claim,) = await store.claim()
            await engine(store, sender=outlet).process(claim)
            if not leaves:
                (send,) = await store.door.claim(limit=1, busy={}, cap=1)
                outlet.left.append((send.conversation_id, Leaving(send, await store.door.next(send))))
            ((_, leaving),) = outlet.left
            assert leaving is not None
            assert isinstance(leaving.found, tuple)
            told = [store.outcome(leaving.found[0], f"wamid.{leaving.found[0].outbox_id}")]
            assert await store.door.next(leaving.claim, told, leave=True) == Wait(None, left=True)
        store.later(minutes=1)
    assert len(opened) == (4 if leaves else 6), opened


@contextmanager
def transactions(monkeypatch: pytest.MonkeyPatch, store: House) -> Iterator[list[str]]:
    """Note each transaction that is opened."""
    opened: list[str] = []
    with monkeypatch.context() as patch:
        for kind in ("tenant", "directory", "mixed"):
            patch.setattr(store.database, kind, _noting(getattr(store.database, kind), kind, opened))
        yield opened


def _noting(open_: Any, kind: str, opened: list[str]) -> Any:
    def noting(*args: Any, **how: Any) -> Any:
        opened.append(kind)
        return open_(*args, **how)

    return noting
