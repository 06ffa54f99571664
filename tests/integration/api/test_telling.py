"""Other programs tell a conversation that something happened, through HTTP, on both stores."""

from typing import Any

import pytest

from memory.query import Query, bool_eq, mine
from memory.tables import inbound
from tests.integration.api.house import House


def nested(deep: int) -> list[Any]:
    """Return lists within each other; of some depths JSON is read, and cannot be made again."""
    within: list[Any] = []
    for _ in range(deep - 1):
        within = [within]
    return within


async def events_of(house: House) -> list[Any]:
    async with house.ports.database.tenant(house.business.tenant_id, write=False) as tx:
        return list(await tx.all(Query(inbound.select().where(mine(inbound), bool_eq(inbound.c.kind, "event")))))


async def test_that_the_same_event_is_told_once(house: House) -> None:
    path = f"conversations/{house.business.conversation_id}/events"
    body = {"name": "paid", "data": {"n": 7, "by": "card"}, "idempotency_key": "order-7"}
    first, again = await house.call("POST", path, body), await house.call("POST", path, body)
    assert (first[0], again[0]) == (202, 202)
    assert first[1] == again[1]
    assert len(await events_of(house)) == 1
    status, problem = await house.call("POST", path, {**body, "data": {"n": 8}})
    assert (status, problem["code"]) == (409, "idempotency_key_reused")
    assert (await house.call("POST", path, {"name": "paid"}))[0] == 202
    assert len(await events_of(house)) == 2
    _, page = await house.call("GET", f"conversations/{house.business.conversation_id}/timeline")
    assert [item["details"]["name"] for item in page["items"] if item["kind"] == "told"] == ["paid", "paid"]


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "two words"}, {"name": "x" * 49}, {"name": "paid", "data": []}, {"name": "paid", "more": 1},
     {"name": "paid", "data": {"n": "x" * 8_000}}, {"name": "paid", "data": {"n": nested(254)}}],
)  # fmt: skip
async def test_that_what_no_step_could_wait_for_is_refused(sqlite_house: House, body: dict[str, Any]) -> None:
    path = f"conversations/{sqlite_house.business.conversation_id}/events"
    assert (await sqlite_house.call("POST", path, body))[0] == 422
    assert await events_of(sqlite_house) == []
