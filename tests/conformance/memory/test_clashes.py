"""Two changes that waited for one another: the one that was undone is made again, and nobody hears of it (rule 13)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from core.errors import Clash
from core.store import RecordStatus
from memory.database import Tx
from memory.engine.intake import EngineIntake
from memory.engine.together import CLASHES, Together
from memory.query import Query, mine
from memory.tables import contacts, inbound, tenants
from tests.conformance.memory.house import House

FIRST = Query(tenants.update().where(mine(tenants)).values(name="A"))
SECOND = Query(contacts.update().where(mine(contacts)).values(opted_out=0))


async def test_that_what_the_store_undoes_for_anothers_sake_is_told_from_a_fault(postgres_store: House) -> None:
    store = postgres_store
    shop = await store.business()
    await store.talk(shop)
    both = asyncio.Barrier(2)

    async def change(*queries: Query) -> None:
        async with store.database.tenant(shop.id) as tx:
            await tx.run(queries[0])
            await both.wait()
            await tx.run(queries[1])

    ended = await asyncio.gather(change(FIRST, SECOND), change(SECOND, FIRST), return_exceptions=True)
    assert sorted(type(one) for one in ended if one is not None) == [Clash]


async def test_that_a_message_whose_intake_clashed_is_taken_in_whole(
    store: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await store.business()
    commit_once, clashes = EngineIntake._commit_once, [1]

    async def clashing(self: EngineIntake, batch: Any) -> Any:
        if clashes:
            clashes.pop()
            raise Clash
        return await commit_once(self, batch)

    monkeypatch.setattr(EngineIntake, "_commit_once", clashing)
    (recorded,) = await store.arrive(shop, store.message(shop, "stop"), opts_out=True)
    assert recorded.status is RecordStatus.NEW
    (row,) = await store.rows(inbound, shop)
    assert (row["state"], row["body"] is None) == ("pending", False)


async def test_that_a_turn_whose_commit_clashed_is_committed(store: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await store.business()
    work = await store.load(shop)
    flush, clashes = Tx.flush, [1] * (CLASHES - 1)

    async def clashing(self: Tx) -> None:
        if clashes:
            clashes.pop()
            raise Clash
        await flush(self)

    monkeypatch.setattr(Tx, "flush", clashing)
    assert not (await store.work.commit(work, store.write(work))).took_over
    assert clashes == []


async def test_that_what_clashes_again_and_again_is_given_up_alone() -> None:
    done: list[list[int]] = []

    async def do_all(some: Sequence[int]) -> list[int | Exception]:
        done.append(list(some))
        if 0 in some:
            raise Clash
        return list(some)

    together = Together[int, int](do_all, of=str)
    clashed, other = await asyncio.gather(together.do(0), together.do(1), return_exceptions=True)
    assert isinstance(clashed, Clash)
    assert other == 1
    assert done == [[0, 1], *[[0]] * CLASHES, [1]]
