"""Staff at work in the console while customers write."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.scenarios.box import PHONE, Box


async def test_that_staff_answer_a_customer_who_asked_for_a_person(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe Yılmaz")
    async with signed_in(visit, box) as page:
        await expect(page.get_by_text("No conversation here yet")).to_be_visible()
        await customer.says("merhaba")
        row = page.get_by_role("link", name="Ayşe Yılmaz")
        await expect(row).to_contain_text("Kişisel verilerinizi")
        await customer.says("temsilci lütfen")
        await expect(row).to_contain_text("Asked for a person")
        await row.click()
        await expect(row.get_by_label("unread")).to_be_hidden()
        await expect(page.get_by_text("Nobody holds this")).to_be_visible()

        await page.keyboard.press("t")
        await expect(page.locator("header").get_by_text("You hold this")).to_be_visible()
        reply = page.get_by_role("textbox", name="Reply")
        await reply.fill("Ben Deniz, buyurun.")
        await reply.press("Enter")
        await customer.hears("Ben Deniz, buyurun.")
        thread = page.get_by_role("log")
        await expect(thread.get_by_text("Ben Deniz, buyurun.")).to_have_count(1)
        await customer.says("teşekkürler")
        await expect(thread.get_by_text("teşekkürler", exact=True)).to_be_visible()

        await page.get_by_role("button", name="Hand back").first.click()
        await expect(page.locator("header").get_by_text("The agent answers")).to_be_visible()
        await customer.says("menü")
        await expect(thread.get_by_text("Hangi tedavi").last).to_be_visible()


@pytest.mark.long
async def test_that_of_two_who_claim_one_handoff_one_wins_and_the_other_is_told(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes
) -> None:
    eyes.expect("409 POST /api/v1/handoffs/")
    await meta.customer(PHONE, "905321112233", name="Ayşe").says("temsilci")
    handoff = await box.waiting_handoff()
    both = asyncio.Barrier(2)

    async def together(route: Route) -> None:
        await both.wait()
        await route.continue_()

    async def try_to_take(page: Page) -> None:
        await page.get_by_role("link", name="Ayşe").click()
        await page.route("**/claim", together)
        await page.get_by_role("button", name="Take").click()

    async with signed_in(visit, box, "Deniz") as deniz, signed_in(visit, box, "Selin") as selin:
        await asyncio.gather(try_to_take(deniz), try_to_take(selin))
        pages = {"Deniz": deniz, "Selin": selin}

        async def wins(name: str) -> str:
            await pages[name].get_by_text("You hold this now").wait_for()
            return name

        races = [asyncio.create_task(wins(name)) for name in pages]
        done, waiting = await asyncio.wait(races, return_when=asyncio.FIRST_COMPLETED)
        winner = done.pop().result()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        loser = pages["Selin" if winner == "Deniz" else "Deniz"]
        await expect(loser.get_by_text("A colleague was faster")).to_be_visible()
        await expect(loser.locator("header").get_by_text(f"{winner} holds this")).to_be_visible()
        await expect(loser.get_by_text("You hold this now")).to_have_count(0)
    detail = await box.api("GET", f"conversations/{handoff['conversation_id']}")
    assert detail["owner_name"] == winner
