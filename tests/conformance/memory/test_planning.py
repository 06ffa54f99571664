"""Words that are said later: once, judged again when their moment comes, by whoever looks first (ENGINE rule 45)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType, FileLimit
from core.content import MediaKind, MediaPart, load_parts
from core.errors import FileRefused, InvalidInput, NotFound, SendRefused
from core.files import NewFile
from core.ids import StaffId, TenantId
from core.inbound import Person
from core.nouns import Actor, Role
from desk.holding import Desk
from desk.reply import Reply, send_reply
from desk.scheduling import Scheduler, plan_reply, unplan_reply
from memory.repositories.base import Store
from memory.repositories.contacts import Contacts
from memory.repositories.conversations import Conversations
from memory.repositories.erasing import Erasing
from memory.repositories.files import Files
from memory.repositories.planning import Plans
from memory.repositories.profiles import Profiles
from memory.tables import (
    contacts,
    conversations,
    file_pieces,
    files,
    messages,
    outbox,
    planned_dues,
    planned_messages,
)
from memory.writing import open_body
from tests.conformance.memory.house import Business, House, texts
from tests.conformance.memory.owning import DENIZ, EMRE, give
from tests.conformance.memory.turning import PlainChannel

WORDS = "SENTINEL yarın arayacağım"
PDF = b"%PDF-1.7 teklif %%EOF"


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body


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
    files: Files
    store: Store
    channel: PlainChannel

    @property
    def deniz(self) -> Actor:
        return Actor(tenant_id=self.shop.id, role=Role.STAFF, staff_id=StaffId(DENIZ))

    async def plan(self, *, hours: float = 1, text: str = WORDS, file: str | None = None) -> str:
        at = self.house.now + timedelta(hours=hours)
        reply = Reply(text, file=file)
        return (await plan_reply(self.desk, self.talk, actor=self.deniz, reply=reply, at=at)).id

    async def take_back(self, planned: str, *, keep_file: bool = False) -> None:
        await unplan_reply(self.desk, self.talk, actor=self.deniz, planned_id=planned, keep_file=keep_file)

    async def hand_over(self, *, mime: str = "application/pdf", media: MediaKind = "document") -> str:
        """Hand over a file for the conversation, as its channel takes it."""
        new = NewFile("teklif.pdf", media, mime, StaffId(DENIZ))
        return (await self.files.take_in(self.shop.id, self.talk, new, _pieces(PDF))).id

    async def kept(self) -> dict[str, tuple[bool, str | None]]:
        """Return each file that is kept: whether it was sent, and for which words it waits."""
        rows = await self.house.rows(files, self.shop)
        return {row["id"]: (row["sent_ms"] is not None, row["planned_id"]) for row in rows}

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
    channel = PlainChannel()
    papers = {"document": FileLimit(frozenset({"application/pdf"}), largest=1 << 20)}
    channel.capabilities = replace(channel.capabilities, media=papers)
    channels: Any = {ChannelType.WHATSAPP: channel}
    desk = Desk(Conversations(kept), channels, Rings(), store.clock)
    plans = Plans(kept)
    talk, scheduler = str(work.claim.conversation_id), Scheduler(plans, desk)
    return Office(store, shop, talk, desk, plans, scheduler, Files(kept), kept, channel)


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


async def test_that_words_which_cannot_be_opened_hold_up_no_others(office: Office) -> None:
    odd = await office.plan()
    await office.house.change(planned_messages, office.shop, {"body": b"SENTINEL altered, long enough"}, id=odd)
    office.house.later(minutes=1)
    await office.plan()
    office.house.later(hours=1)
    assert await office.said() == [WORDS]
    assert await office.house.rows(planned_dues) == []


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


async def test_that_a_file_is_kept_past_its_day_and_sent_at_its_moment(office: Office) -> None:
    file = await office.hand_over()
    planned = await office.plan(hours=23.9, file=file, text="Teklifiniz")
    (shown,) = (await office.plans.page(office.shop.id, office.talk)).items
    assert shown.file is not None
    assert (shown.file.id, shown.file.name, shown.text) == (file, "teklif.pdf", "Teklifiniz")
    # It is spoken for: neither sent otherwise, nor planned twice, nor dropped.
    with pytest.raises(NotFound):
        await send_reply(office.desk, office.talk, actor=office.deniz, reply=Reply("", file=file))
    with pytest.raises(NotFound):
        await office.plan(file=file)
    with pytest.raises(NotFound):
        await office.files.drop(office.shop.id, office.talk, file)
    # Handed over long before its moment: what nobody sends is swept after a day.
    await office.house.change(files, office.shop, {"created_ms": 1}, id=file)
    await Erasing(office.store).drop_expired(office.shop.id, most=100)
    assert await office.kept() == {file: (False, planned)}
    office.house.later(hours=23.9)
    await office.said()
    (said,) = await office.house.rows(messages, office.shop, author="staff")
    body = open_body(await office.house.sealer(office.shop), said["id"], said["body"])
    (part,) = load_parts(body.parts)
    assert isinstance(part, MediaPart)
    assert (part.file, part.caption, part.filename) == (file, "Teklifiniz", "teklif.pdf")
    assert (await office.kept(), await office.planned()) == ({file: (True, None)}, [])


async def test_that_a_file_goes_with_the_words_that_are_taken_back_unless_it_is_wanted(office: Office) -> None:
    gone, wanted = await office.hand_over(), await office.hand_over()
    await office.take_back(await office.plan(file=gone, text=""))
    assert await office.kept() == {wanted: (False, None)}
    assert {row["file_id"] for row in await office.house.rows(file_pieces, office.shop)} == {wanted}
    await office.take_back(await office.plan(file=wanted, text=""), keep_file=True)
    assert await office.kept() == {wanted: (False, None)}
    await office.plan(file=wanted, text="")
    office.house.later(hours=1)
    await office.scheduler.look()
    assert await office.kept() == {wanted: (True, None)}


async def test_that_a_file_is_judged_when_it_is_planned_and_when_it_is_due(office: Office) -> None:
    film = await office.hand_over(mime="video/webm", media="video")
    with pytest.raises(FileRefused):
        await office.plan(file=film)
    file = await office.hand_over()
    planned = await office.plan(file=file, text="Teklif")
    less = {"document": FileLimit(frozenset({"application/pdf"}), largest=len(PDF) - 1)}
    office.channel.capabilities = replace(office.channel.capabilities, media=less)
    office.house.later(hours=1)
    assert await office.said() == []
    assert await office.planned() == [("Teklif", "too_large")]
    assert await office.kept() == {film: (False, None), file: (False, planned)}


async def test_that_a_file_that_may_not_go_stays_with_its_words(office: Office) -> None:
    file = await office.hand_over()
    planned = await office.plan(hours=23, file=file)
    office.house.later(hours=30)
    assert await office.said() == []
    assert await office.planned() == [(WORDS, "window_closed")]
    assert await office.kept() == {file: (False, planned)}
    work = await office.house.talk(office.shop, "Selam", sender=Person(wa_id="905559998877"))
    stranger, at = str(work.claim.conversation_id), office.house.now + timedelta(hours=1)
    with pytest.raises(NotFound):
        await plan_reply(office.desk, stranger, actor=office.deniz, reply=Reply("", file=file), at=at)
    (row,) = await office.house.rows(conversations, office.shop, id=office.talk)
    await Erasing(office.store).erase_contact(office.shop.id, row["contact_id"], actor="test")
    assert (await office.kept(), await office.house.rows(file_pieces, office.shop)) == ({}, [])


async def test_that_what_is_planned_and_noted_of_a_person_is_exported_with_them(office: Office) -> None:
    await office.plan(file=await office.hand_over())
    (person,) = await office.house.rows(contacts, office.shop)
    await Profiles(office.store).add_note(office.shop.id, person["id"], "Pays late", staff_id=None)
    document = await Contacts(office.store).export(office.shop.id, person["id"])
    (planned,) = document["conversations"][0]["planned"]
    assert (planned["text"], planned["file"]["name"]) == (WORDS, "teklif.pdf")
    assert [note["text"] for note in document["notes"]] == ["Pays late"]
