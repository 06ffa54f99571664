"""Everybody can use it: axe finds nothing against WCAG 2.2 AA, in light and dark, left to right and right to left."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Frame, Page, expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_widget import say
from tests.scenarios.box import INSTAGRAM, PHONE, WIDGET, Box

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SECTIONS = ("Team", "Who gets what", "Business hours", "Canned replies", "API keys")
# Colours that are still on their way are not what anybody reads.
CALM: dict[str, Any] = {"reduced_motion": "reduce", "init_script": AXE}


@pytest.fixture(scope="module", autouse=True)
def axe() -> None:
    """Skip where the front end's own tools are not installed."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in frontend/")


async def faults(place: Page | Frame) -> list[str]:
    """Return what axe finds: the rule, and where."""
    found: Any = await place.evaluate(
        "rules => axe.run(document, {iframes: false, runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


async def faults_in_both(page: Page) -> list[str]:
    """Return what axe finds in the light and in the dark."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {fault}" for fault in await faults(page)]
    return found


async def test_that_every_page_of_the_console_is_accessible(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe Yılmaz")
    await customer.says("merhaba")
    await customer.says("evet")
    await customer.says("temsilci")
    await box.waiting_handoff()
    page = await visit(box.url, **CALM)
    await page.get_by_label("E-mail").wait_for()
    assert await faults(page) == []
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Ayşe").click()
        await expect(page.get_by_role("log").get_by_text("temsilci", exact=True)).to_be_visible()
        assert await faults_in_both(page) == []
        for name in ("Leads", "Contacts", "Channels", "Get started", "Settings"):
            await page.get_by_role("link", name=name, exact=True).click()
            await page.get_by_role("heading", name=name, level=1).wait_for()
            assert await faults_in_both(page) == [], name
        for name in SECTIONS:
            await page.get_by_role("navigation", name="Settings").get_by_role("link", name=name).click()
            await page.get_by_role("heading", name=name, level=2).first.wait_for()
            assert await faults_in_both(page) == [], name


async def test_that_the_widget_is_accessible(box: Box, visit: Opener) -> None:
    for scheme, language in (("light", "tr"), ("dark", "ar")):
        page = await visit(
            f"{box.url}/widget/demo/{WIDGET}?lang=tr&widget-lang={language}", color_scheme=scheme, **CALM
        )
        assert await faults(page) == []
        await page.locator("button.b").click()
        panel = page.frame_locator("iframe")
        await say(panel, "merhaba")
        await expect(panel.get_by_role("button", name="Evet")).to_be_visible()
        frame = next(each for each in page.frames if "/panel" in each.url)
        assert await faults(frame) == [], (scheme, language)


async def test_that_the_phones_are_accessible(box: Box, meta: GraphApi, visit: Opener) -> None:
    customers = (
        meta.customer(PHONE, "905321112233", name="Ayşe"),
        meta.customer(INSTAGRAM, "7001", name="Ece", username="ece"),
    )
    for customer in customers:
        await customer.says("merhaba")
        await customer.hears("Kişisel verilerinizi")
    page = await visit(meta.url, **CALM)
    whatsapp = page.get_by_role("region", name="WhatsApp phone")
    await expect(whatsapp.get_by_role("button", name="Evet")).to_be_visible()
    assert await faults_in_both(page) == []
