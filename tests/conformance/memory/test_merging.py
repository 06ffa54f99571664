"""Contacts that are joined while a turn runs: what it learns is kept of whom its conversation points to (rule 29)."""

from __future__ import annotations

from core.inbound import Person
from core.turns import CaptureLead
from memory.repositories.base import Store
from memory.repositories.merging import Merging
from memory.tables import contacts, conversations, facts, leads
from tests.conformance.memory.house import House

LEAD = CaptureLead(
    pipeline="sales",
    stage="new",
    fields={},
    name="Ece",
    phone=None,
    email=None,
    dedupe=(),
    tags=(),
    node="n",
    source=None,
)


async def test_that_a_turn_that_ran_meanwhile_writes_to_the_joined_contact(store: House) -> None:
    shop = await store.business()
    kept = (await store.talk(shop, sender=Person(wa_id="1"))).contact_id
    other = Person(wa_id="2")
    await store.talk(shop, sender=other)
    work = await store.load(shop, "Fıstığa alerjim var", sender=other)
    assert work.contact_id != kept
    merging = Merging(Store(store.database, store.vault, store.clock, store.ids))
    merge_id, _ = await merging.merge(shop.id, kept, work.contact_id, actor="test")
    await store.work.commit(
        work,
        store.write(work, facts={"allergy": ("nuts", None)}, leads=((store.ids.new(), LEAD),), opted_out=True),
    )
    assert {row["contact_id"] for row in await store.rows(facts, shop)} == {kept}
    assert {row["contact_id"] for row in await store.rows(leads, shop)} == {kept}
    (row,) = await store.rows(contacts, shop, id=kept)
    assert row["opted_out"]

    await merging.undo(shop.id, merge_id, actor="test")
    talks = {row["id"]: row["contact_id"] for row in await store.rows(conversations, shop)}
    assert talks[work.claim.conversation_id] == work.contact_id
    # The lead that came since goes where its conversation goes.
    assert {row["contact_id"] for row in await store.rows(leads, shop)} == {work.contact_id}
