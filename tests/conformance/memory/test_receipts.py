"""What providers report of sent messages, in any order, matched by our id or theirs (ENGINE rule 21)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.inbound import Person, ReceiptReceived
from memory.tables import messages, outbox, receipts
from memory.writing import provider_hash
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.test_door import attempt, shown, states

_numbers = itertools.count(1)


def receipt(store: House, shop: Business, status: str, **more: Any) -> ReceiptReceived:
    about: Any = {"channel": shop.channel, "account": shop.provider_key, "dedupe": f"r{next(_numbers)}"}
    return ReceiptReceived(**about, status=status, at=store.now, **more)


async def report(store: House, shop: Business, *statuses: str, **more: Any) -> tuple[int, list[str]]:
    await store.arrive(shop, *(receipt(store, shop, status, **more) for status in statuses))
    return await store.receipts.apply(shop.id)


async def sent(store: House, shop: Business, provider_id: str | None = "wamid.1") -> str:
    """Send one message; returns its outbox id. None: the provider has not answered yet."""
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    if provider_id is not None:
        await store.accepted(claim, found, provider_id)
    await store.leave(claim)
    return found.outbox_id


async def test_that_a_receipt_is_matched_by_the_providers_id(store: House) -> None:
    shop = await store.business()
    await sent(store, shop)
    matched, touched = await report(store, shop, "delivered", provider_ids=("wamid.1",))
    (row,) = await store.rows(outbox, shop)
    assert (matched, touched) == (1, [row["conversation_id"]])
    assert await shown(store, shop) == [("delivered", None)]
    assert [r["matched"] for r in await store.rows(receipts, shop)] == [1]
    assert await store.receipts.apply(shop.id) == (0, [])


async def test_that_a_receipt_is_matched_by_our_id_and_teaches_theirs(store: House) -> None:
    shop = await store.business()
    ours = await sent(store, shop, None)
    await report(store, shop, "sent", provider_ids=("wamid.9",), our_id=ours)
    assert await states(store, shop) == [("sent", None)]
    assert await shown(store, shop) == [("sent", None)]
    await report(store, shop, "read", provider_ids=("wamid.9",))
    assert await shown(store, shop) == [("read", None)]


async def test_that_an_answer_after_its_receipt_keeps_the_receipts_word_and_the_id(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    await report(store, shop, "delivered", our_id=found.outbox_id)
    await store.accepted(claim, found, "wamid.1")
    assert await states(store, shop) == [("delivered", None)]
    assert await shown(store, shop) == [("delivered", None)]
    seal = await store.sealer(shop)
    (row,) = await store.rows(messages, shop, author="agent")
    assert row["provider_hash"] == provider_hash(seal, "wamid.1")
    await report(store, shop, "read", provider_ids=("wamid.1",))
    assert await shown(store, shop) == [("read", None)]


async def test_that_a_receipt_before_the_answer_waits_for_it(store: House) -> None:
    shop = await store.business()
    await store.answer(shop, store.says("Bir"))
    claim = await store.send_claim()
    found = await attempt(store, claim)
    assert await report(store, shop, "delivered", provider_ids=("wamid.1",)) == (0, [])
    await store.accepted(claim, found, "wamid.1")
    store.later(hours=23)
    assert (await store.receipts.apply(shop.id))[0] == 1
    assert await shown(store, shop) == [("delivered", None)]


async def test_that_an_unmatched_receipt_is_given_up_after_a_day(store: House) -> None:
    shop = await store.business()
    await report(store, shop, "delivered", provider_ids=("wamid.1",))
    store.later(hours=25)
    await sent(store, shop)
    assert await store.receipts.apply(shop.id) == (0, [])
    assert await shown(store, shop) == [("accepted", None)]


async def test_that_receipts_nothing_matches_do_not_crowd_out_those_that_match(store: House) -> None:
    shop = await store.business()
    await sent(store, shop)
    strangers = [receipt(store, shop, "sent", provider_ids=(f"other.{n}",)) for n in range(20)]
    await store.arrive(shop, *strangers)
    store.later(seconds=1)
    await store.arrive(shop, receipt(store, shop, "read", provider_ids=("wamid.1",)))
    assert (await store.receipts.apply(shop.id, limit=5))[0] == 1
    assert await shown(store, shop) == [("read", None)]


RANKED = ("sent", "delivered", "read")


@pytest.mark.parametrize("order", [order for order in itertools.permutations(RANKED) if order != RANKED])
async def test_that_the_order_of_receipts_does_not_matter(sqlite_store: House, order: tuple[str, ...]) -> None:
    shop = await sqlite_store.business()
    await sent(sqlite_store, shop)
    for status in order:
        await report(sqlite_store, shop, status, provider_ids=("wamid.1",))
    assert await shown(sqlite_store, shop) == [("read", None)]
    assert await states(sqlite_store, shop) == [("read", None)]


@pytest.mark.parametrize(
    ("reported", "ends"),
    [
        (("sent", "failed"), "failed"),
        (("failed", "sent"), "failed"),
        (("failed", "delivered"), "delivered"),
        (("delivered", "failed"), "delivered"),
        (("read", "failed"), "read"),
        (("played",), "read"),
        (("warning", "deleted"), "accepted"),
    ],
)
async def test_that_ranks_only_rise(store: House, reported: tuple[str, ...], ends: str) -> None:
    shop = await store.business()
    await sent(store, shop)
    await report(store, shop, *reported, provider_ids=("wamid.1",))
    assert (await shown(store, shop))[0][0] == ends


async def test_that_a_failure_is_shown_with_the_providers_reason(store: House) -> None:
    shop = await store.business()
    await sent(store, shop)
    await report(store, shop, "failed", provider_ids=("wamid.1",), error_code=131047, error_kind="window_closed")
    assert await shown(store, shop) == [("failed", "window_closed")]
    (row,) = await store.rows(outbox, shop)
    assert (row["error"], row["error_code"]) == ("window_closed", 131047)


async def test_that_a_receipt_settles_what_was_unknown_or_parked(store: House) -> None:
    shop = await store.business()
    ours = await sent(store, shop, None)
    store.later(seconds=61)
    claim = await store.send_claim()
    await store.next(claim)
    await store.leave(claim)
    assert (await states(store, shop))[0][0] in ("unknown", "parked")
    await report(store, shop, "sent", our_id=ours)
    assert await shown(store, shop) == [("sent", None)]
    assert await states(store, shop) == [("sent", None)]


async def test_that_a_cancelled_message_stays_cancelled(store: House) -> None:
    shop = await store.business()
    ours = await sent(store, shop)
    await store.change(outbox, shop, {"state": "cancelled"}, id=ours)
    await report(store, shop, "read", our_id=ours)
    assert (await states(store, shop))[0][0] == "cancelled"


async def test_that_a_watermark_covers_what_was_sent_before_it(store: House) -> None:
    shop = await store.business(ChannelType.MESSENGER)
    await sent(store, shop, "m.1")
    store.later(minutes=1)
    seen = store.now
    store.later(minutes=1)
    await sent(store, shop, "m.2")
    who = Person(psid="psid-1")
    assert (await report(store, shop, "read", watermark=seen, recipient=who))[0] == 1
    assert await shown(store, shop) == [("read", None), ("accepted", None)]
    late = store.now + timedelta(minutes=1)
    await report(store, shop, "delivered", watermark=late, recipient=who)
    assert await shown(store, shop) == [("read", None), ("delivered", None)]
    stranger = await report(store, shop, "read", watermark=late, recipient=Person(psid="nobody"))
    assert stranger == (1, [])


async def test_that_receipts_of_one_tenant_do_not_touch_another(store: House) -> None:
    one, two = await store.business(), await store.business()
    await sent(store, one)
    await store.answer(two, store.says("İki"))
    claim = await store.send_claim()
    await store.accepted(claim, await attempt(store, claim), "wamid.1")
    await report(store, one, "read", provider_ids=("wamid.1",))
    assert await shown(store, one) == [("read", None)]
    assert await shown(store, two) == [("accepted", None)]
