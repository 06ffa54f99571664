"""Words that are said later: once, judged again when their moment comes, by whoever looks first (ENGINE rule 45)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.errors import InvalidInput, NotFound, SendRefused
from core.ids import StaffId, TenantId
from core.inbound import Person
from core.nouns import Actor, Role
from desk.holding import Desk
from desk.scheduling import Scheduler, plan_reply, unplan_reply
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations
from memory.repositories.planning import Plans
from memory.tables import contacts, conversations, messages, outbox, planned_dues, planned_messages
from tests.conformance.memory.house import Business, House, texts
from tests.conformance.memory.owning import DENIZ, EMRE, give
from tests.conformance.memory.turning import PlainChannel

WORDS = "SENTINEL yarın arayacağım"


@dataclass
class Rings:
    """Doorbells that nobody hears."""

    sent: list[str] = field(default_factory=list)

    def changed(self, tenant_id: TenantId, conversation_id: str | None, event_no: int) -> None: ...

    def present(self, tenant_id: TenantId, conversation_id: str, staff_id: str, state: str) -> None: ...

    def send(self, conversation_id: str) -> None:
        self.sent.append(conversation_id)

    def work(self, conversation_id: str) -> None: ...


@dataclass
class Office:
    """A business with a conversation that Deniz plans in."""

    house: House
    shop: Business
    talk: str
    desk: Desk
    plans: Plans
    scheduler: Scheduler

    @property
    def deniz(self) -> Actor:
        return Actor(tenant_id=self.shop.id, role=Role.STAFF, staff_id=StaffId(DENIZ))

    async def plan(self, *, hours: float = 1, text: str = WORDS) -> str:
        at = self.house.now + timedelta(hours=hours)
        return (await plan_reply(self.desk, self.talk, actor=self.deniz, text=text, at=at)).id

    async def said(self) -> list[str]:
        """Let it look, and return what staff have said."""
        await self.scheduler.look()
        rows = await self.house.rows(messages, self.shop, author="staff")
        return texts(rows, await self.house.sealer(self.shop))

    async def owner(self) -> str:
        (row,) = await self.house.rows(conversations, self.shop)
        return str(row["owner"])

    async def planned(self) -> list[tuple[str, str | None]]:
        found = await self.plans.page(self.shop.id, self.talk)
        return [(each.text, each.refused) for each in found.items]


@pytest.fixture
async def office(store: House) -> Office:
    await store.vault.check_master_key()
    shop = await store.business()
    work = await store.talk(shop, "Merhaba")
    kept = Store(store.database, store.vault, store.clock, store.ids)
    channels: Any = {ChannelType.WHATSAPP: PlainChannel()}
    desk = Desk(Conversations(kept), channels, Rings(), store.clock)
    plans = Plans(kept)
    return Office(store, shop, str(work.claim.conversation_id), desk, plans, Scheduler(plans, desk))


async def test_that_words_are_said_once_at_their_moment_and_take_the_conversation(office: Office) -> None:
    await office.plan()
    office.house.later(minutes=59)
    assert (await office.said(), await office.planned(), await office.owner()) == ([], [(WORDS, None)], "agent")
    office.house.later(minutes=1)
    assert await office.said() == [WORDS]
    assert await office.said() == [WORDS]
    assert (await office.planned(), await office.owner()) == ([], f"staff:{DENIZ}")
    (request,) = await office.house.rows(outbox, office.shop)
    assert (request["state"], request["initiated"]) == ("queued", 1)
    assert await office.house.rows(planned_dues) == []


async def test_that_of_many_who_look_one_says_them(office: Office) -> None:
    await office.plan()
    office.house.later(hours=1)
    await asyncio.gather(*(office.scheduler.look() for _ in range(5)))
    assert await office.said() == [WORDS]


async def test_that_words_at_rest_are_sealed(office: Office) -> None:
    await office.plan()
    (row,) = await office.house.rows(planned_messages, office.shop)
    assert b"SENTINEL" not in row["body"]


async def test_that_what_was_taken_back_is_not_said(office: Office) -> None:
    planned = await office.plan()
    await unplan_reply(office.desk, office.talk, actor=office.deniz, planned_id=planned)
    office.house.later(hours=2)
    assert await office.said() == []
    with pytest.raises(NotFound):
        await unplan_reply(office.desk, office.talk, actor=office.deniz, planned_id=planned)


async def test_that_whoever_wants_no_more_messages_meanwhile_gets_none(office: Office) -> None:
    await office.plan()
    (contact,) = await office.house.rows(contacts, office.shop)
    await office.house.change(contacts, office.shop, {"opted_out": 1}, id=contact["id"])
    office.house.later(hours=1)
    assert await office.said() == []
    assert (await office.planned(), await office.owner()) == ([(WORDS, "opted_out")], "agent")
    assert await office.said() == []


async def test_that_a_window_that_will_be_closed_is_refused_at_once(office: Office) -> None:
    with pytest.raises(SendRefused):
        await office.plan(hours=25)
    for hours in (-1.0, 9000.0):
        with pytest.raises(InvalidInput):
            await office.plan(hours=hours)
    assert await office.planned() == []


async def test_that_a_window_that_closed_in_between_is_told(office: Office) -> None:
    await office.plan(hours=23)
    office.house.later(hours=30)
    assert await office.said() == []
    assert await office.planned() == [(WORDS, "window_closed")]


async def test_that_a_colleague_who_holds_it_keeps_it(office: Office) -> None:
    await office.plan()
    await give(office.house, office.shop, office.talk, f"staff:{EMRE}")
    office.house.later(hours=1)
    assert await office.said() == [WORDS]
    assert await office.owner() == f"staff:{EMRE}"


async def test_that_words_belong_to_their_conversation(office: Office) -> None:
    planned = await office.plan()
    other = await office.house.talk(office.shop, "Selam", sender=Person(wa_id="905559998877"))
    with pytest.raises(NotFound):
        await unplan_reply(office.desk, str(other.claim.conversation_id), actor=office.deniz, planned_id=planned)
    assert await office.planned() == [(WORDS, None)]
