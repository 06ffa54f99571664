"""Intake over a store that a test holds up."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from agent.intake import Intake
from core.channel_types import ChannelType
from core.clock import SystemClock
from core.content import TextPart
from core.errors import StoreUnavailable
from core.ids import ChannelAccountId, TenantId
from core.inbound import MessageReceived, Person
from core.store import Recorded, RecordStatus, Route, Slice

ROUTE = Route(TenantId("t"), ChannelAccountId("a"), ChannelType.WHATSAPP, primary=True)
MESSAGE = MessageReceived(
    channel=ChannelType.WHATSAPP, account="PN1", dedupe="m1", provider_id="m1", sender=Person(wa_id="49151"),
    parts=(TextPart(text="hello"),),
)  # fmt: skip


class HeldStore:
    """Implements ``core.store.IntakeStore``; commits nothing while it is held."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.taken: list[Slice] = []

    async def routes(self, provider_keys: Sequence[str]) -> Mapping[str, Sequence[Route]]:
        return {key: [ROUTE] for key in provider_keys}

    async def opt_out_words(self, tenant_id: TenantId) -> frozenset[str]:
        return frozenset()

    async def count_unattributed(self, keys: Sequence[tuple[str, str]], at: datetime) -> None:
        raise AssertionError("nothing here is unknown")

    async def record(self, slices: Sequence[Slice]) -> list[Recorded]:
        self.taken += slices
        await self.free.wait()
        return [Recorded(RecordStatus.NEW) for _ in slices]


async def test_that_a_store_that_does_not_commit_in_time_refuses() -> None:
    store, told = HeldStore(), list[Sequence[Recorded]]()
    intake = Intake(store, {}, clock=SystemClock(), told=told.append, patience=timedelta(milliseconds=20))
    with pytest.raises(StoreUnavailable) as refused:
        await intake.record([MESSAGE])
    assert (refused.value.status, told, len(store.taken)) == (503, [], 1)
    store.free.set()
    assert [item.status for item in await intake.record([MESSAGE])] == [RecordStatus.NEW]
    assert len(told) == 1
