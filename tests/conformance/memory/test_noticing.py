"""Who is told that somebody waits: once, on browsers that are signed in, by mail when nobody came (ENGINE rule 44)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import time
from typing import Literal

import pytest

from core.clock import MovableClock
from core.devices import Device
from core.entering import Letter
from core.guarded import open_guarded_session
from core.ids import StaffId, TenantId
from core.noticing import NoticeSettings
from core.nouns import Role
from core.policy import Assignment, Policy
from desk.noticing import Noticer, Sender
from desk.push import read_keys
from memory.directory import Directory
from memory.repositories.attending import Attending
from memory.repositories.base import Store
from memory.repositories.members import Members
from memory.repositories.notice_settings import NoticeChoices
from memory.repositories.noticing import Noticing
from memory.repositories.sign_ins import SignIns
from memory.tables import notice_settings, push_devices, tenants
from tests.conformance.memory.house import Business, House
from tests.conformance.memory.owning import asks_for_person, change
from tests.fakes.push_service import PushService

SECRET = "SENTINEL dişim ağrıyor"
WEEK_MS = 7 * 86_400_000
A_MINUTE = NoticeSettings(mail_after_minutes=5, timezone="Europe/Istanbul")


@dataclass
class Desk:
    """A business with people who want to be told."""

    house: House
    shop: Business
    push: PushService
    kept: Store
    letters: list[Letter]
    noticer: Noticer

    async def hire(self, name: str, role: Role = Role.STAFF) -> StaffId:
        directory = Directory(self.kept)
        staff_id = await directory.add_staff(f"{name}@example.com", name=name, password_hash=None)
        await directory.add_member(self.shop.id, staff_id, role)
        return staff_id

    async def listen(self, staff_id: StaffId, name: str) -> str:
        """Sign in with a browser that is told; returns the session token."""
        signs, browser = SignIns(self.kept), self.push.subscribe(name)
        token = await signs.add(staff_id, lasts_ms=WEEK_MS, device=Device(None, None))
        found = await signs.find(token)
        assert found is not None
        given = browser.subscription["keys"]
        keys = read_keys(browser.endpoint, given["p256dh"], given["auth"])
        await NoticeChoices(self.kept).switch_on(self.shop.id, staff_id, sign_in_id=found[0], keys=keys)
        return token

    async def wish(self, staff_id: StaffId, chosen: NoticeSettings) -> None:
        await NoticeChoices(self.kept).put(self.shop.id, staff_id, chosen)

    async def ask_for_person(self) -> str:
        work = await self.house.talk(self.shop, SECRET, **asks_for_person(self.house))
        return str(work.claim.conversation_id)

    async def told(self) -> list[tuple[str, str, str | None]]:
        """Let it look, and return who was told what, of which conversation."""
        await self.noticer.tell_devices()
        got = []
        while not self.push.pushes.empty():
            push = self.push.pushes.get_nowait()
            got.append((push["to"], push["kind"], push["conversation_id"]))
        return sorted(got)

    async def mailed(self) -> list[Letter]:
        await self.noticer.tell_by_mail()
        sent, self.letters[:] = list(self.letters), []
        return sent


class KeptLetters:
    """A mailer that keeps letters."""

    is_connected = True

    def __init__(self, kept: list[Letter]) -> None:
        self._kept = kept

    async def send(self, letter: Letter) -> None:
        self._kept.append(letter)


@pytest.fixture
async def desk(store: House) -> AsyncIterator[Desk]:
    await store.vault.check_master_key()
    kept = Store(store.database, store.vault, store.clock, store.ids)
    letters: list[Letter] = []
    shop = await store.business()
    async with PushService() as push, open_guarded_session(allow_private=True) as http:
        sender = Sender("http://desk.example", "mailto:desk@example.com", allow_private=True)
        noticer = Noticer(Noticing(kept), http, mailer=KeptLetters(letters), clock=store.clock, sender=sender)
        yield Desk(store, shop, push, kept, letters, noticer)


async def test_that_everybody_is_told_once_that_somebody_waits_and_not_what_they_said(desk: Desk) -> None:
    for name in ("deniz", "selin"):
        await desk.listen(await desk.hire(name), name)
    talk = await desk.ask_for_person()
    assert await desk.told() == [("deniz", "waiting", talk), ("selin", "waiting", talk)]
    assert await desk.told() == []
    assert all(SECRET.encode() not in body for body in desk.push.bodies)
    assert {headers["Content-Encoding"] for headers in desk.push.headers} == {"aes128gcm"}


async def test_that_what_was_taken_meanwhile_is_not_told(desk: Desk) -> None:
    deniz = await desk.hire("deniz")
    await desk.listen(deniz, "deniz")
    talk = await desk.ask_for_person()
    async with change(desk.house, desk.shop, talk) as made:
        await made.claim_handoff(made.state.handoff_id, deniz)
        await made.give_to(f"staff:{deniz}", "claimed")
    assert ("deniz", "waiting", talk) not in await desk.told()


@pytest.mark.parametrize("to", ["admins", "everyone"])
async def test_that_what_nobody_takes_is_told_to_whom_it_is_escalated(
    desk: Desk, to: Literal["admins", "everyone"]
) -> None:
    await desk.listen(await desk.hire("deniz"), "deniz")
    await desk.listen(await desk.hire("ece", Role.ADMIN), "ece")
    rules = Policy(assignment=Assignment(escalate_minutes=10, escalate_to=to))
    await desk.house.change(tenants, desk.shop, {"policy": rules.model_dump_json()})
    talk = await desk.ask_for_person()
    await desk.told()
    desk.house.later(seconds=601)
    await Attending(desk.kept).escalate(desk.shop.id, rules)
    admin, others = [("ece", "late", talk)], [("deniz", "late", talk)]
    assert await desk.told() == (admin if to == "admins" else others + admin)


async def test_that_words_of_a_customer_are_told_to_whoever_holds_them(desk: Desk) -> None:
    deniz, selin = await desk.hire("deniz"), await desk.hire("selin")
    for staff_id, name in ((deniz, "deniz"), (selin, "selin")):
        await desk.listen(staff_id, name)
    work = await desk.house.talk(desk.shop, "Merhaba")
    talk = str(work.claim.conversation_id)
    async with change(desk.house, desk.shop, talk) as made:
        await made.give_to(f"staff:{selin}", "assigned")
    assert await desk.told() == [("selin", "assigned", talk), ("selin", "reply", talk)]
    await desk.house.talk(desk.shop, SECRET)
    assert await desk.told() == [("selin", "reply", talk)]


async def test_that_nobody_is_told_after_signing_out_or_leaving(desk: Desk) -> None:
    deniz, selin = await desk.hire("deniz"), await desk.hire("selin", Role.OWNER)
    token = await desk.listen(deniz, "deniz")
    await desk.listen(selin, "selin")
    await SignIns(desk.kept).end(token)
    talk = await desk.ask_for_person()
    assert await desk.told() == [("selin", "waiting", talk)]
    await desk.hire("owner", Role.OWNER)
    await Members(desk.kept).end(desk.shop.id, selin, actor="test")
    async with change(desk.house, desk.shop, talk) as made:
        await made.add_note("@deniz @selin", None, mentions=(deniz, selin))
    assert await desk.told() == []


async def test_that_another_business_hears_nothing(desk: Desk) -> None:
    await desk.listen(await desk.hire("deniz"), "deniz")
    desk.shop, mine = await desk.house.business(), desk.shop
    await desk.ask_for_person()
    assert await desk.told() == []
    desk.shop = mine


async def test_that_processes_that_look_at_once_tell_once(desk: Desk) -> None:
    await desk.listen(await desk.hire("deniz"), "deniz")
    await desk.ask_for_person()
    await asyncio.gather(*(desk.noticer.tell_devices() for _ in range(5)))
    assert desk.push.pushes.qsize() == 1


async def test_that_a_browser_that_is_gone_is_forgotten(desk: Desk) -> None:
    await desk.listen(await desk.hire("deniz"), "deniz")
    desk.push.answers = [410]
    await desk.ask_for_person()
    assert await desk.told() == []
    assert await desk.house.rows(push_devices) == []


async def test_that_quiet_hours_are_kept(desk: Desk) -> None:
    deniz = await desk.hire("deniz")
    await desk.listen(deniz, "deniz")
    # Noon in UTC is three o'clock in Istanbul.
    await desk.wish(deniz, NoticeSettings(5, (time(14), time(16)), "Europe/Istanbul"))
    desk.house.later(minutes=1)
    await desk.ask_for_person()
    desk.house.later(minutes=10)
    assert (await desk.told(), await desk.mailed()) == ([], [])
    desk.house.later(minutes=60)
    assert [letter.to for letter in await desk.mailed()] == ["deniz@example.com"]


async def test_that_a_letter_comes_once_when_nobody_took_it_in_time(desk: Desk) -> None:
    deniz, selin = await desk.hire("deniz"), await desk.hire("selin")
    await desk.wish(deniz, A_MINUTE)
    await desk.wish(selin, NoticeSettings())
    desk.house.later(minutes=1)
    await desk.ask_for_person()
    desk.house.later(minutes=4)
    assert await desk.mailed() == []
    desk.house.later(minutes=2)
    first, *rest = await desk.mailed()
    assert (first.to, rest) == ("deniz@example.com", [])
    assert "Shop" in first.subject
    assert SECRET not in first.text + first.html
    assert "http://desk.example/#/inbox" in first.text
    assert await desk.mailed() == []


async def test_that_nobody_is_written_to_of_what_was_taken_or_waited_before_they_wished(desk: Desk) -> None:
    deniz = await desk.hire("deniz")
    talk = await desk.ask_for_person()
    desk.house.later(minutes=1)
    await desk.wish(deniz, A_MINUTE)
    desk.house.later(minutes=30)
    assert await desk.mailed() == []
    async with change(desk.house, desk.shop, talk) as made:
        await made.claim_handoff(made.state.handoff_id, deniz)
    await desk.house.change(notice_settings, desk.shop, {"mailed_ms": 0}, tenant_id=desk.shop.id, staff_id=deniz)
    assert await desk.mailed() == []


async def test_that_a_broken_address_of_our_own_network_is_never_asked(desk: Desk) -> None:
    await desk.listen(await desk.hire("deniz"), "deniz")
    async with open_guarded_session() as http:
        sender = Sender("https://desk.example", "mailto:desk@example.com")
        guarded = Noticer(Noticing(desk.kept), http, mailer=KeptLetters([]), clock=MovableClock(), sender=sender)
        await desk.ask_for_person()
        await guarded.tell_devices()
    assert desk.push.pushes.qsize() == 0
    assert TenantId(desk.shop.id)
