"""Everything is reached by the Tab key alone, on every page: nothing is skipped, and nothing keeps the focus."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_queue import press, row
from tests.scenarios.box import PHONE, Box

PAGES = (
    "inbox", "leads", "contacts", "channels", "start", "settings/account", "settings/team", "settings/assign",
    "settings/hours", "settings/canned", "settings/keys",
)  # fmt: skip
MOST = 250
pytestmark = pytest.mark.timeout(240)

NAME = """one => one.type === 'radio' ? one.name : [
    one.tagName, one.getAttribute('aria-label'), one.placeholder, one.getAttribute('href'), one.innerText,
].filter(Boolean).join(' ')"""
CONTROLS = "a[href], button, input, select, textarea, [tabindex]"
REACHABLE = f"""() => [...document.querySelectorAll("{CONTROLS}")].filter(one => {{
    if (one.tabIndex < 0 || one.matches(':disabled') || getComputedStyle(one).visibility === 'hidden') return false;
    return one.getClientRects().length > 0 && !one.closest('[inert], [aria-hidden=true]');
}}).map({NAME})"""
FOCUSED = f"""() => {{
    const one = document.activeElement;
    return !one || one === document.body ? null : ({NAME})(one);
}}"""
"""Of a group of choices one is reached, and arrows lead to the others: they are called by the group."""


async def missed_by_tab(page: Page) -> list[str]:
    """Press Tab from wherever the focus was, once round; return what was not reached on the way."""
    reached, left = set[str](), 0
    for _ in range(MOST):
        await page.keyboard.press("Tab")
        name: str | None = await page.evaluate(FOCUSED)
        left += name is None
        reached.add(name or "")
        if left == 2:
            break
    there: list[str] = await page.evaluate(REACHABLE)
    return [name for name in there if name not in reached]


@pytest.mark.long
async def test_that_every_control_of_every_page_is_reached_by_tab(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("temsilci lütfen")
    await box.waiting_handoff()
    async with signed_in(visit, box) as page:
        for name in PAGES:
            await page.goto(f"{box.url}/#/{name}")
            await page.get_by_role("heading", level=1).wait_for()
            await page.wait_for_load_state("networkidle" if name == "start" else "load")
            assert await missed_by_tab(page) == [], name


async def test_that_a_customer_is_served_from_hello_to_done_without_a_mouse(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("temsilci lütfen")
    await box.waiting_handoff()
    async with signed_in(visit, box) as page:
        await press(page, "1")
        await expect(row(page, "Ayşe")).to_be_visible()
        await press(page, "j", "Enter", "t")
        await expect(page.locator("header").get_by_text("You hold this")).to_be_visible()
        await press(page, "n")
        await page.keyboard.type("Sabah arasın")
        await press(page, "Control+Enter")
        await expect(page.get_by_role("log").get_by_text("Sabah arasın")).to_be_visible()
        await press(page, "Escape", "r")
        await page.keyboard.type("Buyurun")
        await press(page, "Enter")
        await customer.hears("Buyurun")
        await press(page, "Escape", "Shift+B")
        await expect(page.get_by_label("What should the agent know?")).to_be_focused()
        await page.keyboard.type("Sabah boş")
        await press(page, "Control+Enter")
        await expect(page.locator("header").get_by_text("The agent answers")).to_be_visible()
        await press(page, "e")
        await press(page, "6")
        await expect(row(page, "Ayşe")).to_be_visible()
        await press(page, "Control+k")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.type("leads")
        await press(page, "Enter")
        await expect(page.get_by_role("heading", name="Leads", level=1)).to_be_visible()
