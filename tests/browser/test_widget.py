"""The widget on somebody else's website, used as visitors use it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import FrameLocator, Page, expect

from core.channel_types import ChannelType
from memory.repositories.accounts import NewAccount
from tests.browser.conftest import Opener
from tests.browser.eyes import Eyes
from tests.scenarios.box import WIDGET, Box, until

SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<link rel="icon" href="data:,"></head><body><main><h1>Shop</h1></main>
<script async src="{url}/widget.js" data-widget="{widget}"></script></body></html>"""


@asynccontextmanager
async def open_shop(box: Box) -> AsyncIterator[str]:
    """Serve a website of somebody else's with the widget's script tag; returns its origin."""

    async def home(request: web.Request) -> web.Response:
        return web.Response(text=SHOP.format(url=box.url, widget=WIDGET), content_type="text/html")

    app = web.Application()
    app.router.add_get("/", home)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def allow(box: Box, origins: Sequence[str]) -> None:
    """Say which websites may show the widget."""
    account = NewAccount(ChannelType.WIDGET, WIDGET, "Website", settings={"origins": list(origins)})
    await box.ports.repositories.accounts.connect(box.tenant_id, account, actor="test")


@pytest.fixture
async def shop(box: Box) -> AsyncIterator[str]:
    """A website that may show the widget."""
    async with open_shop(box) as origin:
        await allow(box, [origin])
        yield origin


async def panel_of(page: Page) -> FrameLocator:
    """Open the panel by its bubble."""
    await page.get_by_role("button", name="Open chat").click()
    return page.frame_locator("iframe")


async def say(panel: FrameLocator, text: str) -> None:
    """Write a message and send it."""
    box = panel.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


async def texts(panel: FrameLocator) -> list[str]:
    """Return the words of every bubble."""
    return await panel.locator(".bubble:not(.dots)").all_inner_texts()


async def test_that_a_visitor_is_answered_taps_and_sees_who_joins(box: Box, shop: str, visit: Opener) -> None:
    page = await visit(shop)
    panel = await panel_of(page)
    await expect(panel.get_by_role("textbox")).to_be_focused()
    # Before the first word it says whose it is, in nobody's name.
    hello = panel.get_by_text("Write what you would like to know.")
    await expect(hello).to_be_visible()
    assert await texts(panel) == []
    await say(panel, "merhaba")
    await panel.get_by_role("button", name="Evet").click()
    await expect(hello).to_be_hidden()
    await panel.get_by_role("button", name="Diş teli").click()
    await expect(panel.get_by_text("Adınız ve soyadınız?")).to_be_visible()
    await expect(panel.get_by_role("button", name="Evet")).to_contain_class("old")
    await say(panel, "temsilci")
    handoff = await box.waiting_handoff()
    conversation = handoff["conversation_id"]
    await box.api("POST", "auth/login", {"email": "deniz@example.com", "password": "correct horse battery"})
    box.headers = {"X-CSRF-Token": (await box.api("GET", "me"))["csrf_token"]}
    await box.api("POST", f"handoffs/{handoff['id']}/claim", {})
    await expect(panel.get_by_text("Deniz joined")).to_be_visible()
    await box.api("POST", f"conversations/{conversation}/messages", {"text": "Ben Deniz.", "idempotency_key": "k"})
    await expect(panel.get_by_text("Ben Deniz.")).to_be_visible()
    said = await texts(panel)

    await page.reload()
    panel = page.frame_locator("iframe")
    await expect(panel.get_by_text("Ben Deniz.")).to_be_visible()
    assert await texts(panel) == said
    await expect(panel.get_by_role("banner").get_by_text("Deniz")).to_be_visible()


async def test_that_a_lost_connection_loses_and_doubles_nothing(box: Box, shop: str, visit: Opener, eyes: Eyes) -> None:
    eyes.expect("ERR_INTERNET_DISCONNECTED")
    page = await visit(shop)
    panel = await panel_of(page)
    await say(panel, "merhaba")
    await expect(panel.get_by_role("button", name="Evet")).to_be_visible()
    conversation = (await box.only("conversations"))["id"]

    await page.context.set_offline(True)
    await expect(panel.get_by_text("You are offline")).to_be_visible()
    await say(panel, "evet")
    await box.api("POST", f"conversations/{conversation}/messages", {"text": "Ben Deniz.", "idempotency_key": "k"})
    await page.context.set_offline(False)

    await expect(panel.get_by_text("Ben Deniz.")).to_have_count(1)
    await expect(panel.get_by_text("evet", exact=True)).to_have_count(1)
    await expect(panel.get_by_text("You are offline")).to_be_hidden()

    async def arrived() -> bool:
        messages = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
        return [each["text"] for each in messages if each["author"] == "contact"] == ["evet", "merhaba"]

    await until(arrived)
    said = await texts(panel)
    assert len(said) == len(set(said)), said


async def test_that_a_website_which_is_not_listed_cannot_show_the_panel(
    box: Box, shop: str, visit: Opener, eyes: Eyes
) -> None:
    eyes.expect("frame-ancestors", "Framing")
    await allow(box, ["https://another.example"])
    page = await visit(shop)
    panel = await panel_of(page)
    await expect(page.locator("iframe")).to_be_visible()
    await expect(panel.get_by_role("textbox")).to_have_count(0)
    await until(lambda: any("frame-ancestors" in each for each in eyes.complaints))
    async with box.http.post(f"{box.url}/widget/v1/{WIDGET}/sessions", json={}, headers={"Origin": shop}) as reply:
        assert reply.status == 403
