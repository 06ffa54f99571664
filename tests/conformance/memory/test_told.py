"""What other programs tell a conversation reaches its flow once, when the agent holds it (ENGINE rule 47)."""

from __future__ import annotations

import pytest

from core.errors import Conflict
from core.nouns import AGENT
from memory.engine.work_sql import MOST_PENDING
from memory.repositories.feeding import MOST_TOLD
from memory.tables import conversations, inbound
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import DENIZ, change, give
from tests.conformance.memory.turning import DONE, answer, engine, publish, said

PAY = {
    "pay": {"type": "wait", "for": "P2D", "events": ["paid"], "map": {"slots.n": "data.n"},
            "to": {"paid": "thanks", "elapsed": "done"}},
    "thanks": {"type": "message", "say": {"en": "Thanks for {{ slots.n }}."}, "to": {"next": "done"}}, "done": DONE,
}  # fmt: skip


async def waiting(store: House) -> tuple[Business, str]:
    """Return a conversation whose flow waits to be told."""
    shop = await store.business()
    await publish(store, shop, PAY, variables={"slots.n": {"type": "number"}})
    await store.arrive(shop, store.message(shop, "hi"))
    await answer(store, engine(store))
    (talk,) = await store.rows(conversations, shop)
    return shop, talk["id"]


async def tell(store: House, shop: Business, talk: str, name: str = "paid") -> None:
    """Tell it what another program would."""
    async with change(store, shop, talk) as desk:
        await desk.tell_flow(name, {"n": 7})


async def test_that_the_flow_goes_on_and_what_was_told_is_sealed(store: House) -> None:
    shop, talk = await waiting(store)
    await tell(store, shop, talk)
    (row,) = [row for row in await store.rows(inbound, shop) if row["kind"] == "event"]
    assert b"paid" not in row["body"]
    await answer(store, engine(store))
    assert await said(store, shop) == ["Thanks for 7."]
    (row,) = [row for row in await store.rows(inbound, shop) if row["kind"] == "event"]
    assert row["state"] == "done"


async def test_that_what_nobody_waits_for_says_nothing_and_is_done_with(store: House) -> None:
    shop, talk = await waiting(store)
    await tell(store, shop, talk, "shipped")
    await answer(store, engine(store))
    assert await said(store, shop) == []
    assert [row["state"] for row in await store.rows(inbound, shop) if row["kind"] == "event"] == ["done"]
    await tell(store, shop, talk)
    await answer(store, engine(store))
    assert await said(store, shop) == ["Thanks for 7."]


async def test_that_it_is_kept_while_a_person_holds_the_conversation(store: House) -> None:
    shop, talk = await waiting(store)
    await give(store, shop, talk, f"staff:{DENIZ}")
    await tell(store, shop, talk)
    await answer(store, engine(store))
    assert await said(store, shop) == []
    await give(store, shop, talk, AGENT)
    await answer(store, engine(store))
    assert await said(store, shop) == ["Thanks for 7."]


async def test_that_however_much_is_told_while_a_person_holds_it_the_customer_is_heard(store: House) -> None:
    shop, talk = await waiting(store)
    await give(store, shop, talk, f"staff:{DENIZ}")
    for _ in range(MOST_TOLD):
        await tell(store, shop, talk)
    with pytest.raises(Conflict):
        await tell(store, shop, talk)
    assert len([row for row in await store.rows(inbound, shop) if row["kind"] == "event"]) == MOST_TOLD < MOST_PENDING
    await store.arrive(shop, store.message(shop, "Hello?"))
    await answer(store, engine(store))
    assert await said(store, shop, "contact") == ["hi", "Hello?"]


async def test_that_it_comes_after_a_run_is_over_to_nobody(store: House) -> None:
    shop, talk = await waiting(store)
    await tell(store, shop, talk)
    await answer(store, engine(store))
    await tell(store, shop, talk)
    await answer(store, engine(store))
    assert await said(store, shop) == ["Thanks for 7."]
    assert {row["state"] for row in await store.rows(inbound, shop)} == {"done"}
