"""A customer asks for a person, and somebody's pocket buzzes: the whole server, and a push service that decrypts."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from simulator import GraphApi
from tests.conformance.memory.test_noticing import SECRET
from tests.fakes.push_service import PushService, b64, unb64
from tests.scenarios.box import PHONE, Box, until
from tests.scenarios.flows import clinic_flow


@pytest.fixture
def flow() -> dict[str, Any]:
    """The clinic, which fetches a person when told to."""
    document = clinic_flow()
    asks: dict[str, Any] = {"id": "person", "class": "hard", "mode": "phrase", "do": "goto", "to": "person"}
    document["triggers"].append(asks | {"keywords": {"tr": ["temsilci"]}})
    return document


@pytest.fixture
async def push() -> AsyncIterator[PushService]:
    async with PushService() as service:
        yield service


async def ask_for_person(box: Box, meta: GraphApi, number: str) -> str:
    await meta.customer(PHONE, number, name="Ayşe").says(f"{SECRET} temsilci lütfen")
    return number


async def waiting(box: Box, count: int) -> bool:
    return len((await box.api("GET", "handoffs?state=waiting"))["items"]) == count


async def test_that_a_browser_is_told_until_its_person_signs_out(box: Box, meta: GraphApi, push: PushService) -> None:
    await box.sign_in()
    before = await box.api("GET", "me/notices")
    assert (before["this_browser"], len(unb64(before["push_key"]))) == (False, 65)
    browser = push.subscribe("phone")
    await box.api("PUT", "me/push", browser.subscription)
    assert (await box.api("GET", "me/notices"))["this_browser"]
    await ask_for_person(box, meta, "905321110001")
    told = await push.push()
    handoff = await box.waiting_handoff()
    assert (told["to"], told["kind"], told["conversation_id"]) == ("phone", "waiting", handoff["conversation_id"])
    assert (told["title"], told["body"]) == ("Klinik", "Bir müşteri temsilci bekliyor.")
    assert SECRET not in str(told)

    await box.api("POST", "auth/logout", {})
    await box.sign_in("another@example.com")
    other = push.subscribe("other")
    await box.api("PUT", "me/push", other.subscription)
    await ask_for_person(box, meta, "905321110002")
    assert (await push.push())["to"] == "other"
    await until(lambda: waiting(box, 2))
    assert push.pushes.empty()


async def test_that_a_browser_is_told_no_more_when_that_is_switched_off(
    box: Box, meta: GraphApi, push: PushService
) -> None:
    await box.sign_in()
    await box.api("PUT", "me/push", push.subscribe("phone").subscription)
    await box.api("DELETE", "me/push")
    assert not (await box.api("GET", "me/notices"))["this_browser"]
    await box.api("PUT", "me/push", push.subscribe("tablet").subscription)
    await ask_for_person(box, meta, "905321110001")
    assert (await push.push())["to"] == "tablet"


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "ftp://push.example.com/1"},
        {"endpoint": "https://user@push.example.com/1"},
        {"keys": {"p256dh": b64(b"\x04" + b"\x01" * 64), "auth": b64(b"a" * 16)}},
    ],
)
async def test_that_what_is_no_subscription_is_refused(box: Box, push: PushService, change: dict[str, Any]) -> None:
    await box.sign_in()
    await box.api("PUT", "me/push", push.subscribe("phone").subscription | change, status=422)


async def test_that_wishes_are_kept_and_nonsense_is_refused(box: Box) -> None:
    await box.sign_in()
    wish = {"mail_after_minutes": 10, "quiet": {"start": "22:00", "to": "08:00"}, "timezone": "Europe/Istanbul"}
    await box.api("PUT", "me/notices", wish)
    kept = await box.api("GET", "me/notices")
    assert kept["mail_after_minutes"] == 10
    assert (kept["quiet"], kept["timezone"]) == ({"start": "22:00:00", "to": "08:00:00"}, "Europe/Istanbul")
    noise = {"quiet": {"start": "x", "to": "y"}}
    for bad in ({"mail_after_minutes": 0}, {"timezone": "Mars/Phobos"}, {"timezone": "/etc/passwd"}, noise):
        await box.api("PUT", "me/notices", bad, status=422)
