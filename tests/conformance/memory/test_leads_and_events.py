"""Leads merge by their key and never by accident; live events are numbered without a gap (ENGINE rules 33, 36)."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import orjson

from core.inbound import Person
from core.turns import CaptureLead
from memory.tables import events, leads, stream_events, tenant_counters
from tests.conformance.memory.house import Business, House


def lead(**more: Any) -> CaptureLead:
    base: dict[str, Any] = {
        "pipeline": "sales", "stage": "new", "fields": {}, "name": None, "phone": None, "email": None, "dedupe": (),
        "tags": (), "node": "n1", "source": None,
    }  # fmt: skip
    return CaptureLead(**{**base, **more})


async def capture(store: House, shop: Business, who: str, *found: CaptureLead) -> None:
    captured = tuple((store.ids.new(), one) for one in found)
    await store.talk(shop, f"Ben {who}", sender=Person(wa_id=who), leads=captured)


async def opened(store: House, shop: Business) -> list[dict[str, Any]]:
    seal = await store.sealer(shop)
    rows = []
    for row in await store.rows(leads, shop):
        words = {name: seal.open_text(f"leads.{name}", row["id"], row[name]) for name in ("name", "phone", "email")}
        fields = seal.open_json("leads.fields", row["id"], row["fields"])
        rows.append({**row, **words, "fields": fields, "tags": orjson.loads(row["tags"])})
    return rows


async def test_that_a_lead_with_the_same_key_is_completed(store: House) -> None:
    shop = await store.business()
    key = (("phone", "+905551112233"),)
    await capture(
        store, shop, "1", lead(name="Ayşe", phone="+905551112233", fields={"size": 38}, tags=("web",), dedupe=key)
    )
    await capture(
        store, shop, "2", lead(email="a@example.com", fields={"colour": "blue"}, tags=("ad", "web"), dedupe=key)
    )
    (row,) = await opened(store, shop)
    assert (row["name"], row["phone"], row["email"]) == ("Ayşe", "+905551112233", "a@example.com")
    assert (row["fields"], row["tags"]) == ({"size": 38, "colour": "blue"}, ["web", "ad"])
    assert row["version"] == 2


async def test_that_a_lead_keeps_the_stage_that_people_gave_it(store: House) -> None:
    shop = await store.business()
    key = (("phone", "+905551112233"),)
    await capture(store, shop, "1", lead(dedupe=key))
    await store.change(leads, shop, {"stage": "won"}, pipeline="sales")
    await capture(store, shop, "1", lead(dedupe=key))
    assert [row["stage"] for row in await opened(store, shop)] == ["won"]


async def test_that_without_a_whole_key_nothing_merges_across_contacts(store: House) -> None:
    shop = await store.business()
    for who in ("1", "2"):
        await capture(store, shop, who, lead(name=who))
        await capture(store, shop, who, lead(pipeline="service", name=who, dedupe=(("email", ""), ("phone", "+90555"))))
    rows = await opened(store, shop)
    assert len(rows) == 4
    await capture(store, shop, "1", lead(name="Ayşe"))
    assert len(await opened(store, shop)) == 4


async def test_that_keys_are_told_apart_whatever_is_in_them(store: House) -> None:
    shop = await store.business()
    await capture(store, shop, "1", lead(dedupe=(("a", "1|b=2"),)))
    await capture(store, shop, "2", lead(dedupe=(("a", "1"), ("b", "2"))))
    assert len(await opened(store, shop)) == 2


async def test_that_the_order_of_a_key_does_not_matter(store: House) -> None:
    shop = await store.business()
    await capture(store, shop, "1", lead(dedupe=(("a", "1"), ("b", "2"))))
    await capture(store, shop, "2", lead(dedupe=(("b", "2"), ("a", "1"))))
    assert len(await opened(store, shop)) == 1


async def test_that_a_lead_belongs_to_one_pipeline_and_tenant(store: House) -> None:
    one, two = await store.business(), await store.business()
    key = (("phone", "+905551112233"),)
    await capture(store, one, "1", lead(dedupe=key), lead(pipeline="service", dedupe=key))
    await capture(store, two, "1", lead(dedupe=key))
    assert len(await opened(store, one)) == 2
    assert len(await opened(store, two)) == 1
    ours, theirs = [next(r for r in await opened(store, s) if r["pipeline"] == "sales") for s in (one, two)]
    assert ours["dedupe_hash"] != theirs["dedupe_hash"]


async def test_that_a_lead_names_the_message_it_came_from(store: House) -> None:
    shop = await store.business()
    work = await store.load(shop)
    write = store.write(work, leads=((store.ids.new(), lead(source=work.pending[0].id)),))
    await store.work.commit(work, write)
    assert [row["source_message_id"] for row in await opened(store, shop)] == [work.pending[0].message_id]


async def test_that_conversations_that_bring_one_lead_at_once_lose_nothing_of_it(store: House) -> None:
    shop = await store.business()
    key = (("email", "a@example.com"),)
    await store.arrive(shop, *(store.message(shop, sender=Person(wa_id=str(n))) for n in range(8)))
    works = [await store.work.load(claim) for claim in await store.claim()]
    assert len(works) == 8
    brought = [lead(fields={f"f{n}": n}, tags=(f"t{n}",), dedupe=key) for n in range(8)]
    await asyncio.gather(
        *(
            store.work.commit(work, store.write(work, leads=((store.ids.new(), one),)))
            for work, one in zip(works, brought, strict=True)
        )
    )
    (row,) = await opened(store, shop)
    assert row["fields"] == {f"f{n}": n for n in range(8)}
    assert sorted(row["tags"]) == [f"t{n}" for n in range(8)]


async def test_that_events_are_numbered_without_a_gap_in_the_order_of_commits(store: House) -> None:
    shops = [await store.business() for _ in range(2)]
    for shop in shops:
        await store.arrive(shop, *(store.message(shop, sender=Person(wa_id=str(n))) for n in range(12)))
    works = [await store.work.load(claim) for claim in await store.claim(limit=24, cap=12)]
    finished: dict[str, list[int]] = {shop.id: [] for shop in shops}

    async def commit(work: Any) -> None:
        committed = await store.work.commit(work, store.write(work, contact_fields={"name": "x"}))
        finished[work.claim.tenant_id].append(committed.event_no)

    await asyncio.gather(*(commit(work) for work in works))
    for shop in shops:
        rows = await store.rows(events, shop)
        numbers = sorted(row["no"] for row in rows)
        assert numbers == list(range(1, len(rows) + 1))
        (counter,) = await store.rows(tenant_counters, shop)
        assert counter["event_no"] == len(rows)
        assert len(set(finished[shop.id])) == 12
        assert max(finished[shop.id]) == len(rows)
        # Each turn's events lie together, in the order they happened.
        by_turn = [row["conversation_id"] for row in sorted(rows, key=lambda row: row["no"])]
        assert sum(1 for a, b in itertools.pairwise(by_turn) if a != b) == 11


async def test_that_a_turn_that_fails_uses_up_no_number(store: House) -> None:
    shop = await store.business()
    await store.talk(shop)
    (before,) = await store.rows(tenant_counters, shop)
    work = await store.load(shop)
    message, _ = store.says("x")
    twice = store.write(work, messages=(message, message))
    failed = await asyncio.gather(store.work.commit(work, twice), return_exceptions=True)
    assert isinstance(failed[0], Exception)
    assert await store.rows(tenant_counters, shop) == [before]


async def test_that_an_event_says_what_happened_to_what(store: House) -> None:
    shop = await store.business()
    work = await store.answer(shop, store.says("Hoş geldiniz"), owner="nobody", owner_why="handoff")
    rows = sorted(await store.rows(events, shop), key=lambda row: row["no"])
    kinds = [row["kind"] for row in rows]
    assert kinds[0] == "conversation.created"
    assert {"message.created", "turn.committed", "conversation.owner_changed"} <= set(kinds)
    assert {row["conversation_id"] for row in rows} == {work.claim.conversation_id}


async def test_that_a_widgets_stream_has_numbers_of_its_own(store: House) -> None:
    from core.channel_types import ChannelType

    shop = await store.business(ChannelType.WIDGET)
    await store.answer(shop, store.says("Hoş geldiniz"))
    await store.answer(shop, store.says("Başka?"), owner="nobody")
    rows = sorted(await store.rows(stream_events, shop), key=lambda row: row["no"])
    assert [row["no"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["kind"] for row in rows].count("message") == 4
    assert "owner" in {row["kind"] for row in rows}
