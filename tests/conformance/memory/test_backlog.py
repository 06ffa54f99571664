"""A tenant's backlog degrades that tenant: one notice, a person, and no model is asked (ENGINE rule 5)."""

from __future__ import annotations

import asyncio

import pytest

from agent.runtime import Engine, EngineStores, Pace
from core.errors import RateLimited
from core.inbound import Person
from core.nouns import AGENT
from core.store import Claim
from graphs.builtins import builtin_text
from memory.checkpointer import TurnSaver
from memory.engine.effects import EngineEffects
from memory.index.following import Indexer
from memory.repositories.attending import Attending
from memory.repositories.base import Store
from memory.repositories.files import Files
from memory.repositories.joining import Joining
from memory.repositories.snoozing import Snoozes
from memory.tables import conversations, handoffs, runs
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import give
from tests.conformance.memory.test_told import PAY, tell
from tests.conformance.memory.turning import DONE, Means, NobodyLooks, answer, engine, publish, said

HELLO = {"hello": {"type": "message", "say": {"en": "Hello"}, "to": {"next": "done"}}, "done": DONE}
ALLOWED = 3
POLICY = f'{{"busy_backlog": {ALLOWED}}}'


async def crowd(store: House, count: int, *, waited: int = 61) -> tuple[Business, Claim]:
    """Let ``count`` customers wait behind one who is attended to."""
    shop = await store.business(policy=POLICY)
    await publish(store, shop, HELLO)
    await store.arrive(shop, store.message(shop))
    store.later(seconds=1)
    await store.arrive(shop, *(store.message(shop, sender=Person(wa_id=str(n))) for n in range(count)))
    store.later(seconds=waited)
    (claim,) = await store.claim(limit=1)
    return shop, claim


async def test_that_who_waited_behind_a_backlog_gets_one_notice_and_a_person(store: House) -> None:
    shop, claim = await crowd(store, ALLOWED + 1)
    turner = engine(store)
    claim, committed, again = await turner.process(claim)
    assert committed is not None
    (notice,) = await said(store, shop, "system")
    assert notice == builtin_text("busy", "tr")
    (waiting,) = await store.rows(handoffs, shop)
    assert (waiting["state"], waiting["reason"]) == ("waiting", "busy")
    (row,) = await store.rows(conversations, shop)
    assert (row["owner"], await store.rows(runs, shop)) == ("nobody", [])
    # What they write next is for the person: nothing is said a second time.
    await store.arrive(shop, store.message(shop, "Orada mısınız?"))
    (claim,) = [each for each in await store.claim(limit=9, cap=9) if each.conversation_id == claim.conversation_id]
    await turner.process(claim)
    assert len(await said(store, shop, "system")) == 1
    assert again is not None


async def test_that_what_was_told_behind_a_backlog_is_for_the_flow_once_it_is_given_back(store: House) -> None:
    shop = await store.business(policy=POLICY)
    await publish(store, shop, PAY, variables={"slots.n": {"type": "number"}})
    await store.arrive(shop, store.message(shop))
    await answer(store, engine(store))
    (talk,) = await store.rows(conversations, shop)
    await store.arrive(shop, store.message(shop, "Orada mısınız?"))
    await tell(store, shop, talk["id"])
    store.later(seconds=1)
    others = (store.message(shop, sender=Person(wa_id=str(n))) for n in range(ALLOWED + 1))
    await store.arrive(shop, *others)
    store.later(seconds=61)
    (claim,) = await store.claim(limit=1)
    _, committed, again = await engine(store).process(claim)
    assert committed is not None
    assert committed.given_back
    assert again == store.now, "at once again"
    claims = {each.conversation_id: each for each in await store.claim(limit=9, cap=9)}
    _, _, again = await engine(store).process(claims.pop(claim.conversation_id))
    assert await said(store, shop, "system") == [builtin_text("busy", "tr")]
    assert again is not None
    assert again > store.now, "nothing is left to do until somebody takes it"
    await give(store, shop, talk["id"], AGENT)
    for claim in [*claims.values(), *await store.claim(limit=9, cap=9)]:
        await answer(store, engine(store), claim)
    assert "Thanks for 7." in await said(store, shop)


async def test_that_as_many_as_are_allowed_are_no_backlog(store: House) -> None:
    shop, claim = await crowd(store, ALLOWED)
    await engine(store).process(claim)
    assert await said(store, shop) == ["Hello"]


async def test_that_who_has_not_waited_is_answered(store: House) -> None:
    shop, claim = await crowd(store, ALLOWED + 1, waited=30)
    await engine(store).process(claim)
    assert await said(store, shop) == ["Hello"]


async def test_that_an_opt_out_is_heard_behind_any_backlog(store: House) -> None:
    shop, claim = await crowd(store, ALLOWED + 1)
    await store.arrive(shop, store.message(shop, "stop"))
    await engine(store).process(claim)
    assert await store.rows(handoffs, shop) == []
    assert len(await said(store, shop, "system")) == 1


async def test_that_one_tenants_backlog_is_no_other_tenants(store: House) -> None:
    loud, _ = await crowd(store, ALLOWED + 1)
    quiet = await store.business(policy=POLICY)
    told = await asyncio.gather(*(store.work.backlogged(shop.id) for shop in (loud, quiet)))
    assert told == [True, False]


async def test_that_nothing_more_is_admitted_behind_a_backlog(store: House) -> None:
    loud, _ = await crowd(store, ALLOWED + 1)
    quiet = await store.business(policy=POLICY)
    kept = Store(store.database, store.vault, store.clock, store.ids)
    stores = EngineStores(
        store.intake, store.work, EngineEffects(store.database, store.vault, store.clock), store.door, store.receipts,
        TurnSaver(), Snoozes(kept), Joining(kept), Indexer(kept), Attending(kept), Files(kept),
    )  # fmt: skip
    whole = Engine(
        stores, channels={}, webhooks={}, resources=Means(), live=NobodyLooks(), clock=store.clock, pace=Pace(slots=0)
    )
    await whole.admit(quiet.id)
    with pytest.raises(RateLimited) as refused:
        await whole.admit(loud.id)
    assert refused.value.facts["retry_after"] == 60


async def test_that_a_backlog_that_was_worked_off_is_forgotten(store: House) -> None:
    shop, _ = await crowd(store, ALLOWED + 1)
    assert await store.work.backlogged(shop.id)
    await store.claim()
    store.later(seconds=2)
    assert not await store.work.backlogged(shop.id)
