"""Tenants as those who run the server see them."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import to_ms
from desk.tenants import NewTenant, create_tenant
from memory.writing import Ledger
from tests.integration.api.house import House


async def test_that_a_tenant_nobody_can_get_into_yet_is_listed_until_it_is_erased(house: House) -> None:
    kept = house.ports.repositories
    made = await create_tenant(kept.tenants, NewTenant("Yeni", "tr", "Europe/Istanbul", "TR"))
    assert await kept.directory.list_tenant_ids() == [house.business.tenant_id, made]
    await kept.tenants.erase(made)
    assert await kept.directory.list_tenant_ids() == [house.business.tenant_id]


async def test_that_constants_are_set_one_by_one_and_told_to_flows(house: House) -> None:
    path = "tenant"
    status, told = await house.call("PUT", path, {"constants": {"phone": "+90 850", "floor": 3, "lift": True}})
    assert (status, told["constants"]) == (200, {"phone": "+90 850", "floor": 3, "lift": True})
    await house.call("PUT", path, {"constants": {"floor": None, "phone": "+90 851"}})
    _, told = await house.call("GET", path)
    assert told["constants"] == {"phone": "+90 851", "lift": True}
    setting = await house.ports.repositories.catalog.flow_setting(house.business.tenant_id)
    assert setting.variables == {"phone", "lift"}
    _, trail = await house.call("GET", "audit")
    assert (trail["items"][0]["action"], trail["items"][0]["details"]) == (
        "tenant.constants_changed",
        {"names": ["floor", "phone"]},
    )


@pytest.mark.parametrize("constants", [{"name": "x"}, {"guards": "x"}, {"a b": "x"}, {"a": "x" * 2001}, {"a": [1]}])
async def test_that_a_constant_that_flows_cannot_name_is_refused(sqlite_house: House, constants: Any) -> None:
    status, _ = await sqlite_house.call("PUT", "tenant", {"constants": constants})
    assert status == 422
    assert (await sqlite_house.call("GET", "tenant"))[1]["constants"] == {}


async def test_that_only_what_is_due_is_counted_as_waiting(house: House) -> None:
    ports, business = house.ports, house.business
    now = to_ms(ports.clock.now())
    seal = await ports.vault.sealer(business.tenant_id)
    other = await house.open_talk(business)
    for talk, due in ((business.conversation_id, now + 3_600_000), (other, now - 5_000)):
        async with ports.database.tenant(business.tenant_id) as tx:
            ledger = Ledger(tx, seal, talk, business.account_id, now, "test")
            ledger.wake_worker(due)
            await ledger.close()
    assert await ports.repositories.directory.backlog() == {"turns": (1, now - 5_000), "sends": (0, None)}
    async with house.client.get("/metrics") as reply:
        lines = (await reply.text()).splitlines()
    assert 'frontdesk_waiting{what="turns"} 1.0' in lines
    assert 'frontdesk_waiting{what="sends"} 0.0' in lines
