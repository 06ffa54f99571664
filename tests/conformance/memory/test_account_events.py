"""What providers told of accounts: the newest of one account, apart from other tenants', and gone after its time."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from core.errors import NotFound
from core.inbound import AccountEvent, CommentReceived, Person, Quarantined
from core.store import RecordStatus
from memory.repositories.account_events import NEWEST, AccountEvents
from memory.repositories.base import Store
from memory.repositories.erasing import Erasing
from memory.tables import account_events, contacts, identity_keys, inbound
from tests.conformance.memory.house import PHONE, Business, House


def told(shop: Business, name: str, **more: Any) -> AccountEvent:
    about = {"channel": shop.channel, "account": shop.account, "dedupe": name}
    return AccountEvent(**{**about, "topic": "account_alerts", **more})


def repository(house: House) -> Store:
    return Store(house.database, house.vault, house.clock, house.ids)


async def test_that_the_newest_of_an_account_come_first_but_for_what_tells_of_customers(store: House) -> None:
    shop = await store.business()
    await store.arrive(shop, told(shop, "a", severity="warning", data={"event": "SENTINEL"}))
    store.later(minutes=1)
    await store.arrive(shop, told(shop, "b", topic="history"))
    store.later(minutes=1)
    await store.arrive(shop, told(shop, "c", topic="account_update", severity="pause"))
    events = AccountEvents(repository(store))
    found = await events.newest(shop.id, shop.account, but={"history"}, limit=9)
    assert [(one.topic, one.severity) for one in found] == [("account_update", "pause"), ("account_alerts", "warning")]
    assert found[1].data == {"event": "SENTINEL"}
    assert found[0].at == store.now
    assert len(await events.newest(shop.id, shop.account, but=(), limit=2)) == 2


async def test_that_nobody_reads_what_was_told_of_anothers_account(store: House) -> None:
    shop, other = await store.business(), await store.business()
    await store.arrive(shop, told(shop, "a"))
    events = AccountEvents(repository(store))
    assert await events.newest(other.id, other.account, but=(), limit=9) == []
    with pytest.raises(NotFound):
        await events.newest(other.id, shop.account, but=(), limit=9)


async def test_that_an_altered_row_hides_no_other(store: House) -> None:
    shop = await store.business()
    await store.arrive(shop, told(shop, "a", data={"event": "A"}), told(shop, "b", data={"event": "B"}))
    rows = await store.rows(account_events, shop)
    await store.change(account_events, shop, {"data": rows[0]["data"]}, id=rows[1]["id"])
    found = await AccountEvents(repository(store)).newest(shop.id, shop.account, but=(), limit=9)
    assert {one.id: one.data for one in found}[rows[1]["id"]] == {}
    assert len(found) == 2


async def test_that_who_is_erased_is_named_nowhere(store: House) -> None:
    shop, other = await store.business(), await store.business()
    await store.vault.check_master_key()
    page = {"before": [PHONE, "905559998877"]}
    for tenant in (shop, other):
        await store.arrive(tenant, told(tenant, "contacts", topic="smb_app_state_sync", data=page))
    await store.arrive(shop, told(shop, "other", topic="history", data={"from": "905559998877"}))
    about = {"channel": shop.channel, "account": shop.provider_key, "at": store.now}
    comment = CommentReceived(**about, dedupe="c", sender=Person(wa_id=PHONE), comment_id="c1", text="SENTINEL")
    odd = Quarantined(**about, dedupe="q", reason="no type", data={"from": PHONE, "words": "SENTINEL"})
    await store.arrive(shop, comment, odd, odd.model_copy(update={"dedupe": "q2", "data": {"from": "905559998877"}}))
    for name, number in (
        ("dialled", f"00{PHONE}"),
        ("plus", f"+{PHONE}"),
        ("longer", f"{PHONE}4"),
        ("another", f"1{PHONE}"),
    ):
        await store.arrive(shop, told(shop, name, topic=name, data={"from": number}))
    await store.talk(shop)
    (person,) = [row["id"] for row in await store.rows(contacts, shop)]
    await Erasing(repository(store)).erase_contact(shop.id, person, actor="test")
    left = {row["topic"]: row["data"] for row in await store.rows(account_events, shop)}
    assert left["smb_app_state_sync"] is None
    assert left["history"] is not None
    assert {name for name in ("dialled", "plus", "longer", "another") if left[name] is None} == {"dialled", "plus"}
    assert [row["data"] is None for row in await store.rows(account_events, other)] == [False]
    kept = [row for row in await store.rows(inbound, shop) if row["body"] is not None]
    assert [row["reason"] for row in kept] == ["no type"], "only what names somebody else"
    # A repetition of what was erased is still known.
    (again,) = await store.arrive(shop, odd)
    assert again.status is RecordStatus.DUPLICATE


async def test_that_an_altered_address_stops_no_erasure(store: House) -> None:
    shop = await store.business()
    await store.vault.check_master_key()
    await store.talk(shop)
    await store.change(identity_keys, shop, {"value": b"altered, and long enough to be one"})
    (person,) = [row["id"] for row in await store.rows(contacts, shop)]
    await Erasing(repository(store)).erase_contact(shop.id, person, actor="test")
    assert await store.rows(contacts, shop) == []


async def test_that_what_was_told_goes_after_thirty_days(store: House) -> None:
    shop = await store.business()
    await store.arrive(shop, told(shop, "old"))
    store.later(days=29)
    await store.arrive(shop, told(shop, "young"))
    erasing = Erasing(repository(store))
    assert (await erasing.drop_expired(shop.id, most=100))["account_events"] == 0
    store.later(days=2)
    assert (await erasing.drop_expired(shop.id, most=100))["account_events"] == 1
    assert len(await store.rows(account_events, shop)) == 1


def test_that_the_newest_are_read_in_the_order_of_an_index(migrated_file: Path) -> None:
    sql = NEWEST.sql("sqlite")
    connection = sqlite3.connect(migrated_file)
    values = [sql.constants.get(name, "[]") for name in sql.names]
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql.text}", values)]
    connection.close()
    assert "ix_account_events_at" in steps[0]
    assert not any("ORDER BY" in step for step in steps)
