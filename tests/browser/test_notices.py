"""Somebody waits, and people hear of it: in every tab by one stream, by sound, on their device, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from playwright.async_api import Page, expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.browser.test_access import CALM, faults_in_both
from tests.browser.test_queue import ASKS, row, shows, write
from tests.scenarios.box import PHONE, Box, until

log = structlog.get_logger("tests.browser")
pytestmark = pytest.mark.timeout(180)
COUNTS_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""

SHOWN = """
navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then(([one]) => one && [one.title, one.body, one.tag, one.data])
"""


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """A script that counts what a page would let sound."""
    file = tmp_path / "tones.js"
    file.write_text(COUNTS_TONES)
    return file


def streams(page: Page) -> list[str]:
    """Collect the live streams that any tab of this browser opens from now on."""
    opened: list[str] = []
    page.context.on("request", lambda asked: opened.append(asked.url) if asked.url.endswith("/api/v1/events") else None)
    return opened


async def another_tab(page: Page, eyes: Eyes) -> Page:
    tab = await page.context.new_page()
    eyes.watch(tab)
    await tab.goto(page.url.partition("#")[0])
    await tab.get_by_role("heading", name="Inbox").wait_for()
    return tab


@pytest.mark.long
async def test_that_tabs_share_one_stream_and_go_on_when_its_holder_is_closed(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes
) -> None:
    async with signed_in(visit, box) as first:
        opened = streams(first)
        tabs = [await another_tab(first, eyes) for _ in range(3)]
        await write(meta, box, Ferit=ASKS)
        for tab in (first, *tabs):
            await shows(tab, Waiting=1)
            await expect(tab).to_have_title("(1) Frontdesk")
        # The first may have asked just after it was counted; no other did.
        assert len(opened) <= 1
        opened.clear()
        await first.close()
        await meta.customer(PHONE, "905329999999", name="Can").says(ASKS)
        for tab in tabs:
            await shows(tab, Waiting=2)
            await expect(tab).to_have_title("(2) Frontdesk")
        assert len(opened) == 1


async def test_that_after_the_network_was_gone_the_screen_is_exactly_what_is(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes
) -> None:
    eyes.expect("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    await write(meta, box, Ferit=ASKS, Bora=ASKS)
    ferit, bora = (meta.customer(PHONE, f"90532111000{n}", name=name) for n, name in ((0, "Ferit"), (1, "Bora")))
    async with signed_in(visit, box) as page:
        await row(page, "Ferit").click()
        await expect(page.get_by_role("heading", name="Ferit")).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.get_by_text("Connection lost")).to_be_visible()
        for number in range(5):
            await ferit.says(f"söz {number}")
        await bora.says("vazgeçtim")
        talks = {item["contact"]["name"]: item for item in (await box.api("GET", "conversations?view=all"))["items"]}
        await box.api("POST", f"handoffs/{talks['Bora']['handoff']['id']}/claim", {})
        await meta.customer(PHONE, "905329999999", name="Can").says(ASKS)

        async def all_in() -> bool:
            items = (await box.api("GET", f"conversations/{talks['Ferit']['id']}/messages"))["items"]
            return sum(item["text"].startswith("söz") for item in items) == 5

        await until(all_in)
        await page.context.set_offline(False)
        for number in range(5):
            await expect(page.get_by_role("log").get_by_text(f"söz {number}", exact=True)).to_have_count(1)
        await shows(page, Waiting=2)
        await expect(page.get_by_text("Connection lost")).to_have_count(0)
        await page.get_by_role("tab", name="Waiting").click()
        await expect(row(page, "Can")).to_have_count(1)
        await expect(row(page, "Bora")).to_have_count(0)


@pytest.mark.long
async def test_that_it_sounds_once_for_all_tabs_when_that_was_switched_on(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes, counting: Path
) -> None:
    async with signed_in(visit, box, init_script=counting) as page:
        await write(meta, box, Ferit=ASKS)
        await shows(page, Waiting=1)
        assert await page.evaluate("window.tones") == 0
        await page.goto(f"{box.url}/#/settings/notices")
        await page.get_by_role("switch", name="Play a sound in this browser").check(force=True)

        async def listened() -> bool:
            return bool(await page.evaluate("window.tones") == 2)

        await until(listened)
        tab = await another_tab(page, eyes)
        await tab.locator("body").click(position={"x": 5, "y": 5})
        await page.bring_to_front()

        async def tones() -> int:
            return sum([int(await each.evaluate("window.tones")) for each in (page, tab)])

        async def rung() -> bool:
            return await tones() >= 4

        async def silent() -> bool:
            held = await page.evaluate("navigator.locks.query().then(({held}) => held.map(({name}) => name))")
            return "frontdesk:chime" not in held

        await until(silent)
        await meta.customer(PHONE, "905329999999", name="Can").says(ASKS)
        await until(rung)
        await shows(tab, Waiting=2)
        assert await tones() == 4


@pytest.fixture
async def pocket(box: Box, visit: Opener) -> AsyncIterator[Page]:
    """A page whose browser may show notices."""
    async with signed_in(visit, box, permissions=["notifications"]) as page:
        yield page


async def deliver(page: Page, told: dict[str, Any]) -> None:
    """Hand a push to the page's service worker, as the browser's push service does."""
    line = await page.context.new_cdp_session(page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def registered(event: dict[str, Any]) -> None:
        for each in event["registrations"]:
            if not found.done() and not each["isDeleted"]:
                found.set_result(each["registrationId"])

    line.on("ServiceWorker.workerRegistrationUpdated", registered)
    await line.send("ServiceWorker.enable")
    origin = page.url.split("/#")[0].rstrip("/")
    # Nobody looks at the console any more.
    await page.goto("about:blank")
    push = {"origin": origin, "registrationId": await found, "data": json.dumps(told)}
    await line.send("ServiceWorker.deliverPushMessage", push)


async def test_that_a_push_is_shown_where_nobody_looks_and_opens_its_conversation(
    box: Box, meta: GraphApi, pocket: Page
) -> None:
    await write(meta, box, Ferit=ASKS)
    await pocket.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    talk = (await box.waiting_handoff())["conversation_id"]
    told = {"kind": "waiting", "title": "Klinik", "body": "Somebody waits", "lang": "tr", "conversation_id": talk}
    await deliver(pocket, told)
    await pocket.goto(box.url)

    async def shown() -> bool:
        return bool(await pocket.evaluate(SHOWN) == ["Klinik", "Somebody waits", "waiting", talk])

    await until(shown)
    manifest = await pocket.evaluate("fetch('/console/manifest.webmanifest').then((answer) => answer.json())")
    for icon in manifest["icons"]:
        assert (
            await pocket.evaluate("(src) => createImageBitmap ? fetch(src).then((a) => a.status) : 0", icon["src"])
            == 200
        )
    await pocket.evaluate(
        "(open) => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', {data: {open}}))", f"/inbox/{talk}"
    )
    await expect(pocket.get_by_role("heading", name="Ferit")).to_be_visible()


@pytest.mark.long
async def test_that_one_says_how_one_is_told(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.goto(f"{box.url}/#/settings/notices")
        await page.get_by_role("heading", name="By e-mail").wait_for()
        assert await faults_in_both(page) == []
        await page.get_by_role("combobox", name="Write to me after").click()
        await page.get_by_role("option", name="15 minutes").click()
        await page.get_by_role("switch", name="Leave me alone").check(force=True)
        await page.get_by_label("From", exact=True).fill("21:30")
        await page.reload()
        await expect(page.get_by_role("combobox", name="Write to me after")).to_have_value("15 minutes")
        await expect(page.get_by_label("From", exact=True)).to_have_value("21:30")
        assert await faults_in_both(page) == []


@pytest.mark.long
async def test_that_a_slow_machine_is_soon_of_use(
    box: Box, meta: GraphApi, visit: Opener, record_property: Any
) -> None:
    await write(meta, box, Ferit=ASKS, Bora="merhaba")
    async with signed_in(visit, box) as page:
        figures = {}
        for slower in (1, 4):
            line = await page.context.new_cdp_session(page)
            await line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            await page.reload(wait_until="commit")
            await row(page, "Ferit").wait_for()
            figures[slower] = round(await page.evaluate("performance.now()"))
            await line.detach()
        # A figure, not a judgement: what a machine busy with other tests does says nothing of the product.
        record_property("interactive_ms", figures)
        log.info("interactive", ms=figures[1], ms_slowed_4_times=figures[4])
        await row(page, "Ferit").click()
        await expect(page.get_by_role("heading", name="Ferit")).to_be_visible()
