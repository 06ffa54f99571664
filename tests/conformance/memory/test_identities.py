"""Which conversation a customer's keys lead to (ENGINE rule 29)."""

from __future__ import annotations

import asyncio
from typing import Any

from core.inbound import IdentityChanged, Person
from memory.tables import identity_keys, inbound
from tests.conformance.memory.house import PHONE, Business, House


async def conversation(store: House, shop: Business, intake: Any = None, **keys: str) -> str:
    event = store.message(shop, sender=Person(**keys))
    (found,) = await (intake or store.intake).record([store.slice(shop, event)])
    assert found.conversation_id is not None
    return str(found.conversation_id)


def another_process(store: House) -> Any:
    return type(store.intake)(store.database, store.vault)


async def keys_of(store: House, shop: Business) -> dict[str, set[str]]:
    """Return conversation → the key values that lead to it."""
    seal, found = await store.sealer(shop), dict[str, set[str]]()
    for row in await store.rows(identity_keys, shop):
        about = f"{row['account_id']}|{row['kind']}|{row['key_hash']}"
        found.setdefault(row["conversation_id"], set()).add(
            seal.open("identity_keys.value", about, row["value"]).decode()
        )
    return found


async def test_that_a_phone_that_later_brings_its_bsuid_stays_in_its_conversation(store: House) -> None:
    shop = await store.business()
    first = await conversation(store, shop, wa_id=PHONE)
    assert await conversation(store, shop, wa_id=PHONE, bsuid="B1") == first
    assert await conversation(store, shop, bsuid="B1") == first
    assert await conversation(store, shop, another_process(store), bsuid="B1") == first
    assert await keys_of(store, shop) == {first: {PHONE, "B1"}}


async def test_that_a_phone_with_another_bsuid_is_somebody_else(store: House) -> None:
    shop = await store.business()
    before = await conversation(store, shop, wa_id=PHONE, bsuid="B1")
    for intake in (store.intake, another_process(store)):
        after = await conversation(store, shop, intake, wa_id=PHONE, bsuid="B2")
        assert after != before
        # The number belongs to its new owner; the one before is still reached under their own id.
        assert await conversation(store, shop, intake, wa_id=PHONE) == after
        assert await conversation(store, shop, intake, bsuid="B1") == before
    assert await keys_of(store, shop) == {before: {"B1"}, after: {"B2", PHONE}}


async def test_that_a_recycled_phone_is_noticed_within_one_batch(store: House) -> None:
    shop = await store.business()
    events = [store.message(shop, sender=Person(wa_id=PHONE, bsuid=bsuid)) for bsuid in ("B1", "B1", "B2")]
    first, second, third = await store.arrive(shop, *events)
    assert first.conversation_id == second.conversation_id != third.conversation_id
    assert third.conversation_id is not None
    assert await keys_of(store, shop) == {str(first.conversation_id): {"B1"}, str(third.conversation_id): {"B2", PHONE}}


async def test_that_the_bsuid_outranks_the_phone(store: House) -> None:
    shop = await store.business()
    first = await conversation(store, shop, wa_id=PHONE, bsuid="B1")
    assert await conversation(store, shop, wa_id="4915112345678", bsuid="B1") == first
    assert await conversation(store, shop, wa_id="4915112345678") == first


async def test_that_the_providers_word_on_a_changed_number_is_recorded(store: House) -> None:
    shop = await store.business()
    before = await conversation(store, shop, wa_id=PHONE, bsuid="B1")
    change = IdentityChanged(
        channel=shop.channel, account=shop.provider_key, dedupe="s1", old=Person(wa_id=PHONE),
        new=Person(wa_id="4915112345678", bsuid="B9"), change="number",
    )  # fmt: skip
    (found,) = await store.arrive(shop, change)
    assert found.conversation_id == before
    assert await conversation(store, shop, bsuid="B9") == before


async def test_that_intake_never_merges(store: House) -> None:
    shop = await store.business()
    phone = await conversation(store, shop, wa_id=PHONE)
    named = await conversation(store, shop, bsuid="B1")
    assert phone != named
    assert await conversation(store, shop, wa_id=PHONE, bsuid="B1") == named
    assert await conversation(store, shop, wa_id=PHONE) == phone


async def test_that_a_key_means_another_conversation_on_another_account(store: House) -> None:
    one, two = await store.business(), await store.business()
    assert await conversation(store, one, wa_id=PHONE) != await conversation(store, two, wa_id=PHONE)
    (hash_one,), (hash_two,) = [await store.rows(identity_keys, shop) for shop in (one, two)]
    assert hash_one["key_hash"] != hash_two["key_hash"]


async def test_that_processes_that_meet_somebody_at_once_agree(store: House) -> None:
    shop = await store.business()
    await store.sealer(shop)
    processes = [another_process(store) for _ in range(4)]
    for n in range(8):
        phone, bsuid = f"90555000{n:04}", f"B{n}"
        shapes: list[dict[str, str]] = [{"wa_id": phone}, {"wa_id": phone, "bsuid": bsuid}] * 2
        await asyncio.gather(
            *(conversation(store, shop, process, **keys) for process, keys in zip(processes, shapes, strict=True))
        )
        later = {await conversation(store, shop, process, wa_id=phone) for process in [*processes, store.intake]}
        assert len(later) == 1
    led = {row["conversation_id"] for row in await store.rows(identity_keys, shop)}
    stored = {row["conversation_id"] for row in await store.rows(inbound, shop)}
    assert stored == led


async def test_that_a_key_moved_by_another_process_is_read_again_in_time(store: House) -> None:
    shop, other = await store.business(), another_process(store)
    before = await conversation(store, shop, wa_id=PHONE, bsuid="B1")
    assert await conversation(store, shop, other, wa_id=PHONE) == before
    after = await conversation(store, shop, wa_id=PHONE, bsuid="B2")
    store.later(minutes=6)
    assert await conversation(store, shop, other, wa_id=PHONE) == after
