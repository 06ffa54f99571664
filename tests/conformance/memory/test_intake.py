"""What arrives is stored once, sealed, in shared commits; a bad event fails alone (ENGINE §1)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import TextPart
from core.errors import StoreUnavailable
from core.ids import TenantId
from core.inbound import (
    INBOUND,
    AccountEvent,
    CommentReceived,
    Ignored,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    Person,
    Quarantined,
    ReceiptReceived,
)
from core.store import RecordStatus
from memory.database import Tx
from memory.engine.intake import EngineIntake
from memory.query import Query
from memory.tables import (
    account_events,
    account_routes,
    channel_accounts,
    contacts,
    conversation_queue,
    identity_keys,
    inbound,
    receipts,
    send_queue,
    tenant_keys,
    unattributed,
)
from tests.conformance.memory.house import PHONE, Business, House


def about(shop: Business, dedupe: str) -> dict[str, object]:
    return {"channel": shop.channel, "account": shop.provider_key, "dedupe": dedupe}


async def test_that_a_message_a_hundred_times_at_once_is_one_row(store: House) -> None:
    shop = await store.business()
    event = store.message(shop, "Merhaba", provider_id="wamid.same")
    found = await asyncio.gather(*(store.arrive(shop, event) for _ in range(100)))
    statuses = [recorded.status for (recorded,) in found]
    assert statuses.count(RecordStatus.NEW) == 1
    assert statuses.count(RecordStatus.DUPLICATE) == 99
    assert len({recorded.inbound_id for (recorded,) in found}) == 1
    assert len({recorded.conversation_id for (recorded,) in found}) == 1
    assert len(await store.rows(inbound, shop)) == 1
    (queued,) = await store.rows(conversation_queue)
    assert (queued["pending_no"], queued["due_ms"]) == (1, store.now_ms)
    assert (await store.arrive(shop, event))[0].status is RecordStatus.DUPLICATE
    assert (await store.rows(conversation_queue))[0]["pending_no"] == 1


async def test_that_of_two_texts_under_one_id_the_first_is_kept_and_answered(store: House) -> None:
    shop = await store.business()
    texts = [store.message(shop, words, provider_id="wamid.same") for words in ("first", "second")]
    found = await store.arrive(shop, *texts)
    assert [recorded.status for recorded in found] == [RecordStatus.NEW, RecordStatus.DUPLICATE]
    await store.arrive(shop, store.message(shop, "third", provider_id="wamid.same"))
    (claim,) = await store.claim()
    (pending,) = (await store.work.load(claim)).pending
    assert isinstance(pending.event, MessageReceived)
    assert pending.event.parts == (TextPart(text="first"),)


async def test_that_the_same_events_in_other_orders_at_once_are_stored_once(store: House) -> None:
    shop = await store.business()
    events = [store.message(shop, str(n)) for n in range(20)]
    other = type(store.intake)(store.database, store.vault)
    first, second = await asyncio.gather(
        store.intake.record([store.slice(shop, event) for event in events]),
        other.record([store.slice(shop, event) for event in reversed(events)]),
    )
    news = [r for r in (*first, *second) if r.status is RecordStatus.NEW]
    assert len(news) == 20
    assert len(await store.rows(inbound, shop)) == 20
    assert (await store.rows(conversation_queue))[0]["pending_no"] == 20


async def test_that_an_edit_and_an_unsending_share_the_message_id_and_are_events_of_their_own(store: House) -> None:
    shop = await store.business()
    who = Person(wa_id=PHONE)
    found = await store.arrive(
        shop,
        store.message(shop, provider_id="wamid.1"),
        MessageEdited(**about(shop, "wamid.1"), sender=who, provider_id="wamid.1", parts=(TextPart(text="b"),)),
        MessageRevoked(**about(shop, "wamid.1"), sender=who, provider_id="wamid.1"),
    )
    assert [r.status for r in found] == [RecordStatus.NEW] * 3
    assert {row["kind"] for row in await store.rows(inbound, shop)} == {"message", "edit", "revoke"}


async def test_that_what_is_stored_opens_to_the_event_that_came(store: House) -> None:
    shop = await store.business()
    event = store.message(shop, "Fiyat nedir?", reply_to="wamid.0")
    await store.arrive(shop, event)
    (row,) = await store.rows(inbound, shop)
    seal = await store.sealer(shop)
    assert INBOUND.validate_json(seal.open("inbound.body", row["id"], row["body"])) == event
    assert (row["lane"], row["state"], row["event_ms"]) == ("turn", "pending", store.now_ms)


async def test_that_one_batch_serves_several_tenants(store: House) -> None:
    shops = [await store.business() for _ in range(3)]
    found = await store.intake.record([store.slice(shop, store.message(shop)) for shop in shops for _ in range(2)])
    assert [r.tenant_id for r in found] == [shop.id for shop in shops for _ in range(2)]
    for shop in shops:
        assert len(await store.rows(inbound, shop)) == 2
    assert {row["tenant_id"] for row in await store.rows(conversation_queue)} == {shop.id for shop in shops}


async def test_that_a_tenant_without_keys_spoils_nothing_for_others(store: House) -> None:
    shop, keyless = await store.business(), await store.business(keys=False)
    lost = store.message(keyless, "SENTINEL")
    found = await store.intake.record(
        [store.slice(shop, store.message(shop)), store.slice(keyless, lost), store.slice(shop, store.message(shop))]
    )
    assert [r.status for r in found] == [RecordStatus.NEW, RecordStatus.QUARANTINED, RecordStatus.NEW]
    (row,) = await store.rows(inbound, keyless)
    assert (row["state"], row["reason"], row["body"]) == ("quarantined", "NotFound", None)
    assert (await store.arrive(keyless, lost))[0].status is RecordStatus.DUPLICATE
    assert await store.rows(tenant_keys, keyless) == []


async def test_that_an_event_that_cannot_be_sealed_is_quarantined_alone(store: House) -> None:
    shop = await store.business()
    broken = MessageReceived.model_construct(
        **about(shop, "wamid.x"), at=None, sender=Person(wa_id=PHONE), provider_id="wamid.x", parts=("no part",),
        kind="message",
    )  # fmt: skip
    broken = broken.model_copy(update={"forwarded": object()})
    found = await store.arrive(shop, store.message(shop), broken, store.message(shop))
    assert [r.status for r in found] == [RecordStatus.NEW, RecordStatus.QUARANTINED, RecordStatus.NEW]
    (row,) = await store.rows(inbound, shop, state="quarantined")
    assert row["body"] is None


async def test_that_a_row_the_store_refuses_fails_alone(postgres_store: House) -> None:
    store = postgres_store
    shop = await store.business()
    # PostgreSQL keeps no U+0000 in text: the whole batch fails first, then each row is tried alone.
    bad = AccountEvent(**about(shop, "a1"), topic="nul\0", severity="info")
    found = await store.arrive(shop, store.message(shop), bad, store.message(shop))
    assert [r.status for r in found] == [RecordStatus.NEW, RecordStatus.QUARANTINED, RecordStatus.NEW]
    assert (await store.rows(inbound, shop, state="quarantined"))[0]["reason"]


async def test_that_a_store_that_is_down_answers_everybody_at_once(store: House) -> None:
    shop = await store.business()
    await store.sealer(shop)
    await store.database.close()
    async with asyncio.timeout(4):
        found = await asyncio.gather(
            *(store.arrive(shop, store.message(shop)) for _ in range(50)), return_exceptions=True
        )
    assert all(isinstance(one, StoreUnavailable) for one in found), found


async def test_that_receipts_are_rows_of_their_own(store: House) -> None:
    shop = await store.business()
    ours = store.ids.new()
    event = ReceiptReceived(
        **about(shop, "r1"), status="failed", provider_ids=("wamid.1", "wamid.2"), our_id=ours, error_code=131026,
        error_kind="recipient_blocked", recipient=Person(wa_id=PHONE), at=store.now,
    )  # fmt: skip
    assert (await store.arrive(shop, event))[0].status is RecordStatus.NEW
    assert (await store.arrive(shop, event))[0].status is RecordStatus.DUPLICATE
    rows = await store.rows(receipts, shop)
    assert len(rows) == 2
    assert {row["outbox_id"] for row in rows} == {ours}
    assert {(row["error"], row["error_code"]) for row in rows} == {("recipient_blocked", 131026)}
    assert await store.rows(inbound, shop) == []
    assert await store.rows(conversation_queue) == []


async def test_that_a_receipt_starts_no_conversation(store: House) -> None:
    shop = await store.business()
    receipt = ReceiptReceived(**about(shop, "r1"), status="sent", provider_ids=("m",), recipient=Person(wa_id=PHONE))
    (of_receipt,) = await store.arrive(shop, receipt)
    assert of_receipt.conversation_id is None
    assert await store.rows(identity_keys, shop) == []
    (first,) = await store.arrive(shop, store.message(shop, sender=Person(wa_id=PHONE, bsuid="B1")))
    other = type(store.intake)(store.database, store.vault)
    (again,) = await other.record([store.slice(shop, store.message(shop, sender=Person(bsuid="B1")))])
    assert again.conversation_id == first.conversation_id


async def test_that_the_provider_pauses_and_resumes_an_account(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Hoş geldiniz"))
    pause = AccountEvent(**about(shop, "p1"), topic="account_update", severity="pause", data={"why": "SENTINEL"})
    assert (await store.arrive(shop, pause))[0].status is RecordStatus.NEW
    (account,) = await store.rows(channel_accounts, shop)
    assert (account["status"], account["reason"]) == ("paused", "account_update")
    claim = await store.send_claim()
    await store.next(claim)
    assert await store.leave(claim)
    assert (await store.rows(send_queue))[0]["due_ms"] is None

    assert (await store.arrive(shop, pause))[0].status is RecordStatus.DUPLICATE
    resume = AccountEvent(**about(shop, "p2"), topic="account_update", severity="resume")
    await store.arrive(shop, resume)
    (account,) = await store.rows(channel_accounts, shop)
    assert (account["status"], account["reason"]) == ("active", None)
    assert (await store.rows(send_queue))[0]["due_ms"] is not None
    assert len(await store.rows(account_events, shop)) == 2
    # The same pause delivered once more, late, changes nothing any more.
    await store.arrive(shop, pause)
    assert (await store.rows(channel_accounts, shop))[0]["status"] == "active"


async def test_that_exact_opt_out_words_take_effect_in_the_same_commit(store: House) -> None:
    shop, other = await store.business(), await store.business()
    await store.talk(shop)
    await store.talk(other)
    await store.arrive(shop, store.message(shop, "DUR"), opts_out=True)
    assert [row["opted_out"] for row in await store.rows(contacts, shop)] == [1]
    assert [row["opted_out"] for row in await store.rows(contacts, other)] == [0]


async def test_that_what_is_ignored_leaves_no_row(store: House) -> None:
    shop = await store.business()
    found = await store.arrive(shop, Ignored(**about(shop, "i1"), reason="typing"), store.message(shop))
    assert [r.status for r in found] == [RecordStatus.IGNORED, RecordStatus.NEW]
    assert len(await store.rows(inbound, shop)) == 1


async def test_that_what_nobody_understood_is_kept_sealed(store: House) -> None:
    shop = await store.business()
    event = Quarantined(**about(shop, "q1"), reason="unknown_field", data={"x": "SENTINEL"})
    (found,) = await store.arrive(shop, event)
    assert found.status is RecordStatus.QUARANTINED
    (row,) = await store.rows(inbound, shop)
    assert (row["state"], row["reason"], row["lane"]) == ("quarantined", "unknown_field", "account")
    assert b"SENTINEL" not in row["body"]
    seal = await store.sealer(shop)
    assert INBOUND.validate_json(seal.open("inbound.body", row["id"], row["body"])) == event
    assert await store.rows(conversation_queue) == []


async def test_that_comments_and_groups_are_kept_and_wake_nobody(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    comment = CommentReceived(**about(shop, "c1"), sender=Person(igsid="1"), comment_id="c1", text="Güzel!")
    in_group = store.message(shop, "Selam", group="group-1")
    found = await store.arrive(shop, comment, in_group)
    assert [(r.status, r.lane) for r in found] == [(RecordStatus.NEW, "account")] * 2
    assert {row["state"] for row in await store.rows(inbound, shop)} == {"done"}
    assert await store.rows(conversation_queue) == []


async def test_that_a_wake_keeps_the_earliest_time(store: House) -> None:
    shop = await store.business()
    await store.arrive(shop, store.message(shop))
    early = store.now_ms
    store.later(seconds=5)
    await store.arrive(shop, store.message(shop), store.message(shop))
    (queued,) = await store.rows(conversation_queue)
    assert (queued["pending_no"], queued["due_ms"]) == (3, early)


async def test_that_routes_are_kept_for_two_seconds_and_misses_never(store: House) -> None:
    shop = await store.business(ChannelType.INSTAGRAM)
    assert await store.intake.routes([shop.provider_key, "nobody"], to_ms(store.now)) == {
        shop.provider_key: [shop.route]
    }
    (route,) = (await store.intake.routes([shop.provider_key], to_ms(store.now)))[shop.provider_key]
    assert route.channel is ChannelType.INSTAGRAM
    await store.change(account_routes, shop, {"active": 0}, account_id=shop.account)
    assert shop.provider_key in await store.intake.routes([shop.provider_key], to_ms(store.now))
    store.later(seconds=2.1)
    assert await store.intake.routes([shop.provider_key], to_ms(store.now)) == {}
    await store.change(account_routes, shop, {"active": 1}, account_id=shop.account)
    assert shop.provider_key in await store.intake.routes([shop.provider_key], to_ms(store.now))


async def test_that_one_look_renews_what_was_asked_for_lately(store: House) -> None:
    one, other = await store.business(), await store.business()
    for _ in range(2):
        await store.intake.routes([one.provider_key], to_ms(store.now))
    store.later(seconds=2.1)
    await store.intake.routes([other.provider_key], to_ms(store.now))
    await store.change(account_routes, one, {"active": 0}, account_id=one.account)
    assert one.provider_key in await store.intake.routes([one.provider_key], to_ms(store.now))
    store.later(seconds=2.1)
    assert await store.intake.routes([one.provider_key], to_ms(store.now)) == {}


async def test_that_unknown_accounts_are_counted_without_a_body(store: House) -> None:
    await store.intake.count_unattributed([("whatsapp", "1"), ("whatsapp", "1"), ("instagram", "x\0" + "y" * 300)],
                                          store.now)  # fmt: skip
    store.later(minutes=1)
    await store.intake.count_unattributed([("whatsapp", "1")], store.now)
    rows = {row["channel"]: row for row in await store.rows(unattributed)}
    assert (rows["whatsapp"]["count"], rows["whatsapp"]["last_ms"]) == (3, to_ms(store.now))
    assert len(rows["instagram"]["provider_key"]) <= 200


async def test_that_no_look_up_of_intake_reads_a_whole_table(sqlite_store: House) -> None:
    shop = await sqlite_store.business()
    from memory.engine import identities

    for name in ("_KNOWN", "_BSUIDS"):
        query: Query = getattr(identities, name)
        async with sqlite_store.database.mixed([shop.id]) as tx:
            sql = query.sql("sqlite")
            plan = await tx.raw(f"EXPLAIN QUERY PLAN {sql.text}", tuple("[]" for _ in sql.names))
        assert not [row for row in plan if str(row["detail"]).startswith("SCAN identity_keys")], name


@pytest.mark.parametrize("count", [600])
async def test_that_more_than_one_batch_is_taken_in_order(store: House, count: int) -> None:
    shop = await store.business()
    found = await store.arrive(shop, *(store.message(shop, str(n)) for n in range(count)))
    assert [r.status for r in found] == [RecordStatus.NEW] * count
    (queued,) = await store.rows(conversation_queue)
    assert queued["pending_no"] == count


async def test_that_an_event_is_named_by_account_kind_and_the_providers_id(store: House) -> None:
    shop, other = await store.business(), await store.business()
    first = store.message(shop, provider_id="m1")
    edit = MessageEdited(**about(shop, "m1"), sender=first.sender, provider_id="m1")
    told = await store.arrive(shop, first, edit)
    told += await store.arrive(other, store.message(other, provider_id="m1"))
    assert [item.status for item in told] == [RecordStatus.NEW] * 3
    again = await store.arrive(shop, edit, first)
    assert [item.status for item in again] == [RecordStatus.DUPLICATE] * 2
    assert [item.inbound_id for item in again] == [told[1].inbound_id, told[0].inbound_id]


class HeldDatabase:
    """A store whose transactions of several tenants begin when they are let."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.free = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def mixed(self, tenant_ids: Sequence[TenantId]) -> AsyncIterator[Tx]:
        await self.free.wait()
        async with self._database.mixed(tenant_ids) as tx:
            yield tx


async def test_that_a_store_that_does_not_commit_in_time_refuses(store: House) -> None:
    shop, database = await store.business(), HeldDatabase(store.database)
    intake = EngineIntake(database, store.vault, patience=timedelta(milliseconds=20))
    item = store.slice(shop, store.message(shop))
    late = [asyncio.create_task(intake.record([item])) for _ in range(2)]
    refused = await asyncio.gather(*late, return_exceptions=True)
    assert [type(error) for error in refused] == [StoreUnavailable] * 2
    database.free.set()
    (found,) = await store.intake.record([item])
    assert found.status in (RecordStatus.NEW, RecordStatus.DUPLICATE), "it may be stored all the same"
    assert len(await store.rows(inbound, shop)) == 1
