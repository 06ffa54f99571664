"""Previews are sealed, each tenant's own, and do not pile up."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from langgraph.checkpoint.base import empty_checkpoint

from core.clock import MovableClock
from core.desk_ports import Preview
from core.ids import TenantId, is_id
from memory.query import Query, mine
from memory.repositories.base import Store
from memory.repositories.erasing import Erasing
from memory.repositories.previews import SESSIONS_KEPT, TURNS_KEPT, Previews
from memory.repositories.tenants import Tenants
from memory.tables import checkpoint_writes, checkpoints


@pytest.fixture
async def tenant(store: Store) -> TenantId:
    """A tenant."""
    return await Tenants(store).create("Klinik", locale="tr", timezone="Europe/Istanbul", country="TR")


async def rows(store: Store, tenant: TenantId, table: sa.Table) -> list[Any]:
    async with store.read(tenant) as tx:
        return await tx.all(Query(sa.select(table).where(mine(table))))


async def put(preview: Preview, *words: str) -> None:
    """Store a checkpoint, and a write of its own, for each word."""
    for word in words:
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"] = {"slots": word}
        place: Any = {"configurable": {"thread_id": preview.session, "checkpoint_ns": ""}}
        made = await preview.saver.aput(place, checkpoint, {"source": "loop", "step": 0, "parents": {}}, {})
        await preview.saver.aput_writes(made, [("slots", word)], "task")


def later(store: Store, **by: float) -> None:
    assert isinstance(store.clock, MovableClock)
    store.clock.advance(timedelta(**by))


async def test_that_what_is_tried_out_is_sealed_and_the_tenants_own(store: Store, tenant: TenantId) -> None:
    other = await Tenants(store).create("Other", locale="en", timezone="UTC", country="GB")
    preview = await Previews(store).open(tenant, None)
    assert is_id(preview.session)
    await put(preview, "Sentinel-7f3a")
    (row,), (write,) = await rows(store, tenant, checkpoints), await rows(store, tenant, checkpoint_writes)
    assert b"Sentinel" not in bytes(row["checkpoint"]) + bytes(row["metadata"]) + bytes(write["value"])
    place: Any = {"configurable": {"thread_id": preview.session}}
    assert await preview.saver.aget_tuple(place) is not None
    theirs = await Previews(store).open(other, preview.session)
    assert await theirs.saver.aget_tuple(place) is None


async def test_that_previews_end_after_a_day_however_they_are_found_out(store: Store, tenant: TenantId) -> None:
    previews = Previews(store)
    await put(await previews.open(tenant, None), "old")
    later(store, hours=23)
    young = await previews.open(tenant, None)
    await put(young, "young")
    assert len(await rows(store, tenant, checkpoints)) == 2
    later(store, hours=2)
    await previews.open(tenant, young.session)
    assert {row["thread_id"] for row in await rows(store, tenant, checkpoints)} == {young.session}
    assert len(await rows(store, tenant, checkpoint_writes)) == 1
    later(store, days=1)
    assert (await Erasing(store).drop_expired(tenant, most=100))["previews"] == 1
    assert not await rows(store, tenant, checkpoints) + await rows(store, tenant, checkpoint_writes)


async def test_that_a_tenants_oldest_previews_make_room(store: Store, tenant: TenantId) -> None:
    previews, sessions = Previews(store), []
    for _ in range(SESSIONS_KEPT + 2):
        later(store, seconds=1)
        preview = await previews.open(tenant, None)
        await put(preview, "x")
        sessions.append(preview.session)
    for table in (checkpoints, checkpoint_writes):
        assert {row["thread_id"] for row in await rows(store, tenant, table)} == set(sessions[2:])


async def test_that_the_oldest_turns_of_a_long_preview_make_room(store: Store, tenant: TenantId) -> None:
    previews = Previews(store)
    short, long = await previews.open(tenant, None), await previews.open(tenant, None)
    await put(short, "short")
    await put(long, *(str(number) for number in range(TURNS_KEPT + 3)))
    await previews.open(tenant, long.session)
    for table in (checkpoints, checkpoint_writes):
        found = [row["thread_id"] for row in await rows(store, tenant, table)]
        assert (found.count(long.session), found.count(short.session)) == (TURNS_KEPT, 1)
    place: Any = {"configurable": {"thread_id": long.session}}
    newest = await long.saver.aget_tuple(place)
    assert newest.checkpoint["channel_values"] == {"slots": str(TURNS_KEPT + 2)}
