"""Search in the console: what was said is found, marked, and opened where it stands, also far up a long thread."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from core.clock import to_ms
from core.content import TextPart
from core.nouns import Delivery
from core.policy import Author
from memory.writing import Ledger, NewMessage
from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, faults_in_both
from tests.browser.test_queue import press, write
from tests.scenarios.box import Box

HIT = "Dün <b>kaplumbağa</b> sormuştum"
pytestmark = pytest.mark.timeout(180)


async def grow(box: Box, name: str, *, messages: int) -> None:
    """Give somebody's conversation a past, in whose beginning HIT stands."""
    talks = (await box.api("GET", "conversations?view=all"))["items"]
    (talk,) = [item for item in talks if item["contact"]["name"] == name]
    ports, tenant = box.ports, box.tenant_id
    seal, now_ms = await ports.vault.sealer(tenant), to_ms(ports.clock.now())
    async with ports.database.tenant(tenant) as tx:
        ledger = Ledger(tx, seal, talk["id"], talk["account"]["id"], now_ms, "test")
        said = [HIT if number == 3 else f"Soru {number}" for number in range(messages)]
        await ledger.add(
            [
                NewMessage(ports.ids.new(), Author.CONTACT, (TextPart(text=text),), now_ms, now_ms, Delivery.RECEIVED)
                for text in said
            ],
            [],
        )
        await ledger.close()


def results(page: Page) -> Locator:
    return page.get_by_role("search")


async def look_for(page: Page, words: str) -> None:
    await press(page, "Control+f")
    await page.keyboard.type(words)


async def test_that_a_message_is_found_and_opened_where_it_stands(box: Box, meta: GraphApi, visit: Opener) -> None:
    await write(meta, box, Ferit="merhaba", Bora="selam")
    await grow(box, "Ferit", messages=160)
    async with signed_in(visit, box, **CALM) as page:
        await look_for(page, "kaplum")
        found = results(page).get_by_role("link", name="Ferit")
        await expect(found.locator("mark")).to_have_text("kaplumbağa")
        # What a customer wrote is text, whatever it looks like.
        await expect(found).to_contain_text(HIT)
        assert await faults_in_both(page) == []
        await press(page, "ArrowDown")
        await expect(found).to_be_focused()
        await press(page, "Enter")
        log = page.get_by_role("log")
        message = log.locator("[data-found]")
        await expect(message).to_contain_text(HIT)
        await expect(message).to_be_in_viewport()
        await expect(message).to_be_focused()
        await expect(log.get_by_text("Soru 159", exact=True)).to_have_count(0)
        assert await faults_in_both(page) == []
        await log.get_by_role("button", name="To the newest").click()
        await expect(log.get_by_text("Soru 159", exact=True)).to_be_in_viewport()
        await expect(message).to_have_count(0)


@pytest.mark.long
async def test_that_people_are_found_by_name_and_number_and_nothing_says_what_may_be_tried(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    await write(meta, box, Ferit="merhaba", Bora="selam")
    async with signed_in(visit, box, **CALM) as page:
        for words in ("fer", "0000"):
            await look_for(page, words)
            await expect(results(page).get_by_role("link", name="Ferit").first).to_be_visible()
            await expect(results(page).get_by_role("link", name="Bora")).to_have_count(0)
        await look_for(page, "yokböyle")
        await expect(results(page).get_by_text("Nothing found for “yokböyle”")).to_be_visible()
        await expect(results(page).get_by_text("by the last four digits")).to_be_visible()
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Clear the search").first.click()
        await expect(page.get_by_role("tab", name="All open")).to_be_visible()


@pytest.mark.long
async def test_that_notes_are_found_and_opened_where_they_stand(box: Box, meta: GraphApi, visit: Opener) -> None:
    await write(meta, box, Ferit="merhaba")
    (talk,) = (await box.api("GET", "conversations?view=all"))["items"]
    await box.api("POST", f"conversations/{talk['id']}/notes", {"text": "Tosbağa sözü verildi"}, status=201)
    await box.api("POST", f"contacts/{talk['contact']['id']}/notes", {"text": "Tosbağa sever"}, status=201)
    await grow(box, "Ferit", messages=160)
    async with signed_in(visit, box, **CALM) as page:
        await look_for(page, "tosbağa sözü")
        await results(page).get_by_role("link", name="Ferit").click()
        note = page.get_by_role("log").locator("[data-found]")
        await expect(note).to_contain_text("Tosbağa sözü verildi")
        await expect(note).to_be_in_viewport()
        await expect(note).to_be_focused()
        await expect(page.get_by_text("Soru 159", exact=True)).to_have_count(0)
        await look_for(page, "tosbağa sever")
        found = results(page).get_by_role("link", name="Ferit")
        await expect(found).to_contain_text("Note on the contact")
        await found.click()
        await expect(page.locator("article[data-found]")).to_have_text(re.compile("Tosbağa sever"))
        await expect(page.locator("article[data-found]")).to_be_focused()
