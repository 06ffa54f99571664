"""Outside writes happen once, echoes are told from strangers, model spend is kept (ENGINE rules 12, 15, 26)."""

from __future__ import annotations

import pytest

from core.channel_types import ChannelType
from core.errors import LostLease
from core.inbound import EchoReceived, Person
from core.store import Claim, EffectKey, JournalEntry, UsageWrite
from core.turns import ModelReply, ModelUsage, ToolCall
from memory.engine.effects import EngineEffects, EngineUsage
from memory.tables import effects, usage
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.test_door import attempt


def key_of(claim: Claim, arguments: str = "{}") -> EffectKey:
    return EffectKey(claim.conversation_id, 0, "book", "v1", "http", arguments)


async def test_that_an_outside_write_runs_once_and_its_result_is_replayed(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    ledger = EngineEffects(store.database, store.vault, store.clock)
    what, result, public = await ledger.begin(work.claim, key_of(work.claim))
    assert (what, result) == ("run", None)
    await ledger.finish(work.claim, key_of(work.claim), {"booking": 7})
    assert await ledger.begin(work.claim, key_of(work.claim)) == ("done", {"booking": 7}, public)
    other = await ledger.begin(work.claim, key_of(work.claim, '{"day": 2}'))
    assert (other[0], other[2] == public) == ("run", False)
    assert len(await store.rows(effects, shop)) == 2


async def test_that_a_write_left_by_a_dead_worker_is_unknown(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    ledger = EngineEffects(store.database, store.vault, store.clock)
    await ledger.begin(work.claim, key_of(work.claim))
    store.later(minutes=1)
    (again,) = await store.claim()
    assert (await ledger.begin(again, key_of(again)))[0] == "unknown"
    with pytest.raises(LostLease):
        await ledger.begin(work.claim, key_of(work.claim))


async def test_that_a_write_that_failed_for_sure_may_run_again(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    ledger = EngineEffects(store.database, store.vault, store.clock)
    await ledger.begin(work.claim, key_of(work.claim))
    await ledger.finish(work.claim, key_of(work.claim), None, failed=True)
    assert (await ledger.begin(work.claim, key_of(work.claim)))[0] == "run"


async def test_that_a_write_left_by_a_dead_worker_runs_again_where_the_service_knows_its_key(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    ledger = EngineEffects(store.database, store.vault, store.clock)
    _, _, public = await ledger.begin(work.claim, key_of(work.claim))
    store.later(minutes=1)
    (again,) = await store.claim()
    assert await ledger.begin(again, key_of(again), repeatable=True) == ("run", None, public)
    (row,) = await store.rows(effects, shop)
    assert (row["state"], row["lease_id"]) == ("started", again.lease_id)


async def test_that_a_failed_write_that_is_made_again_counts_as_started(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    ledger = EngineEffects(store.database, store.vault, store.clock)
    await ledger.begin(work.claim, key_of(work.claim))
    await ledger.finish(work.claim, key_of(work.claim), None, failed=True)
    await ledger.begin(work.claim, key_of(work.claim))
    store.later(minutes=1)
    (again,) = await store.claim()
    assert (await ledger.begin(again, key_of(again)))[0] == "unknown"


async def test_that_model_replies_are_stored_with_the_write_that_they_asked_for(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    ledger = EngineEffects(store.database, store.vault, store.clock)
    reply = ModelReply("Tamam", (ToolCall("1", "book", {"day": 1}),), {"a": 1}, ModelUsage("m", 1, 2, 0.5, 3.0))
    entry = JournalEntry(0, "0|agent|default", reply)
    store.later(minutes=1)
    (again,) = await store.claim()
    with pytest.raises(LostLease):
        await ledger.begin(work.claim, key_of(work.claim), replies=[entry])
    assert await ledger.recall(again, turn_no=0, name=entry.name) is None
    await ledger.begin(again, key_of(again), replies=[entry])
    assert await ledger.recall(again, turn_no=0, name=entry.name) == reply
    assert await ledger.recall(again, turn_no=1, name=entry.name) is None
    assert await ledger.recall(again, turn_no=0, name="1|agent|default") is None


async def echo(store: House, shop: Business, provider_id: str, **more: str) -> str:
    event = EchoReceived(
        channel=shop.channel, account=shop.provider_key, dedupe=provider_id, at=store.now,
        recipient=Person(psid="psid-1"), provider_id=provider_id, **more,
    )  # fmt: skip
    await store.arrive(shop, event)
    (claim,) = await store.claim()
    work = await store.work.load(claim)
    (pending,) = [one for one in work.pending if one.kind == "echo"]
    await store.work.commit(work, store.write(work))
    await store.work.release(work.claim, next_due=None)
    return pending.echo


async def test_that_an_echo_is_ours_undecided_or_a_strangers(store: House) -> None:
    shop = await store.business(ChannelType.MESSENGER)
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    assert await echo(store, shop, "m.1") == "undecided"
    assert await echo(store, shop, "m.2", metadata=found.outbox_id) == "ours"
    await store.accepted(claim, found, "m.2")
    await store.answer(shop, store.says("İki"))
    await store.accepted(claim, await attempt(store, claim), "m.3")
    assert await echo(store, shop, "m.3") == "ours"
    assert await echo(store, shop, "m.4") == "foreign"


async def test_that_what_models_cost_adds_up_per_conversation(store: House) -> None:
    shop, other = await store.business(), await store.business()
    work = await store.load(shop)
    kept = EngineUsage(store.database, clock=store.clock, ids=store.ids)
    for dollars in (0.25, 0.5):
        spent = ModelUsage("m", 10, 5, dollars, 12.0)
        await kept.record(UsageWrite(shop.id, work.claim.conversation_id, 0, "agent", "ok", spent))
    assert await kept.spent_micro_usd(shop.id, work.claim.conversation_id) == 750_000
    assert await kept.spent_micro_usd(other.id, work.claim.conversation_id) == 0
    assert {row["tokens_in"] for row in await store.rows(usage, shop)} == {10}
