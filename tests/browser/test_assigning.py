"""Conversations find a person: in turn, by team, and those that nobody takes or that did not arrive."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from simulator import GraphApi, Refuse
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, axe, faults_in_both
from tests.scenarios.box import PHONE, Box

__all__ = ["axe"]
ASKS = "temsilci lütfen"
pytestmark = pytest.mark.timeout(180)


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


async def set_rules(box: Box, **rules: Any) -> None:
    policy = await box.api("GET", "policies")
    await box.api("PUT", "policies", {**policy, "assignment": {**policy["assignment"], **rules}})


@pytest.mark.long
async def test_that_who_is_there_gets_what_waits_and_whoever_is_away_does_not(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    async with signed_in(visit, box, "Deniz") as deniz, signed_in(visit, box, "Selin") as selin:
        await selin.get_by_role("button", name="Account").click()
        await selin.get_by_role("menuitem", name="I am away").click()
        await expect(selin.get_by_text("Nothing is given to you now")).to_be_visible()
        await deniz.get_by_role("link", name="Settings").click()
        await deniz.get_by_role("link", name="Who gets what").click()
        await deniz.get_by_role("switch", name="Give conversations out in turn").check()
        await deniz.get_by_role("button", name="Save").first.click()
        await expect(deniz.get_by_text("Saved")).to_be_visible()
        await deniz.get_by_role("link", name="Inbox").click()
        for number, name in enumerate(("Ferit", "Bora")):
            await meta.customer(PHONE, f"90532111{number:04d}", name=name).says(ASKS)
        await expect(tab(deniz, "Mine")).to_have_text("Mine2")
        await expect(tab(selin, "Mine")).to_have_text("Mine0")
        await row(deniz, "Ferit").click()
        await expect(deniz.get_by_role("log").get_by_text("Given to You in turn")).to_be_visible()


async def test_that_a_team_has_its_own_view_and_is_given_conversations_by_keyboard(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    async with signed_in(visit, box, "Deniz", **CALM) as page, signed_in(visit, box, "Selin") as selin:
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("link", name="Who gets what").click()
        await page.get_by_role("button", name="Add a team").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill("Patient care")
        await dialog.get_by_label("Key in flows").fill("care")
        await dialog.get_by_role("combobox", name="Members").fill("sel")
        await page.get_by_role("option", name="Selin").click()
        await page.keyboard.press("Escape")
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("listitem").filter(has_text="Patient care")).to_contain_text("Selin")
        assert await faults_in_both(page) == []
        await page.get_by_role("link", name="Inbox").click()
        await meta.customer(PHONE, "905321110000", name="Ferit").says(ASKS)
        await row(page, "Ferit").focus()
        await page.keyboard.press("a")
        await page.keyboard.type("care")
        await expect(page.get_by_role("option", name="Patient care")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(tab(selin, "Patient care")).to_have_text("Patient care1")
        await tab(selin, "Patient care").click()
        await row(selin, "Ferit").click()
        await expect(selin.get_by_role("log").get_by_text("Deniz gave it to the team Patient care")).to_be_visible()
        await selin.keyboard.press("t")
        await expect(selin.locator("header").get_by_text("You hold this")).to_be_visible()
        await page.keyboard.press("z")
        await expect(page.get_by_text("Changed since by somebody, left as they are: Ferit")).to_be_visible()


@pytest.mark.long
async def test_that_what_did_not_arrive_is_listed_with_its_reason_and_sent_again(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    customer = meta.customer(PHONE, "905321110000", name="Ferit")
    await customer.says("merhaba")
    await customer.hears("Kişisel")
    async with signed_in(visit, box, "Deniz", **CALM) as page:
        await row(page, "Ferit").click()
        for words in ("Yarın gelin", "Saat onda"):
            meta.fail_next(Refuse(131026, "Message undeliverable"), account=PHONE)
            reply = page.get_by_role("textbox", name="Reply", exact=True)
            await reply.fill(words)
            await reply.press("Enter")
            await expect(page.get_by_role("log").get_by_text("Failed").last).to_be_visible()
        await expect(tab(page, "Not delivered")).to_have_text("Not delivered2")
        await tab(page, "Not delivered").click()
        lost = page.get_by_role("list", name="Not delivered")
        await expect(lost.get_by_role("link", name="Ferit")).to_be_visible()
        await expect(lost.get_by_text("(131026)")).to_have_count(2)
        assert await faults_in_both(page) == []
        await lost.get_by_role("link", name="Yarın gelin").click()
        await expect(page.get_by_role("log").locator("[data-found]")).to_contain_text("Yarın gelin")
        first = lost.get_by_role("listitem").filter(has_text="Yarın gelin").last
        await first.get_by_role("button", name="Send again").click()
        await customer.hears("Yarın gelin")
        await expect(lost.get_by_text("Yarın gelin")).to_have_count(0)
        await lost.get_by_role("button", name="Done with it").click()
        await expect(page.get_by_text("Everything arrived")).to_be_visible()
        assert "Saat onda" not in customer.heard
