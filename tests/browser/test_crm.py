"""Staff work on leads and contacts."""

import pytest
from playwright.async_api import expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, faults, faults_in_both
from tests.scenarios.box import INSTAGRAM, PHONE, Box

STAGES = [("new", "New"), ("offer", "Offer"), ("won", "Won")]


async def make_lead(box: Box, meta: GraphApi) -> None:
    """Let a customer leave name and number."""
    await box.ports.repositories.catalog.set_pipeline(box.tenant_id, "default", name="Sales", stages=STAGES)
    customer = meta.customer(PHONE, "905321112233", name="Ayşe Yılmaz")
    for words, answer in (
        ("merhaba", "Kişisel verilerinizi"), ("evet", "Hangi tedavi"), ("implant", "Adınız"),
        ("Ayşe Yılmaz", "hangi numaradan"), ("0532 111 22 33", "Teşekkürler"),
    ):  # fmt: skip
        await customer.says(words)
        await customer.hears(answer)
    await box.lead()


async def test_that_a_lead_is_moved_by_keyboard_and_gets_an_owner(box: Box, meta: GraphApi, visit: Opener) -> None:
    await make_lead(box, meta)
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Leads", exact=True).click()
        card = page.locator("[data-lead]")
        await card.wait_for()
        assert await faults_in_both(page) == []
        await card.focus()
        await page.keyboard.press("Shift+ArrowRight")
        await expect(page.get_by_role("region", name="Offer", exact=True).locator("[data-lead]")).to_be_focused()
        await page.keyboard.press("Shift+ArrowRight")
        await expect(page.get_by_role("region", name="Won", exact=True).locator("[data-lead]")).to_be_focused()
        await page.keyboard.press("Shift+ArrowRight")
        await page.get_by_role("button", name="to another stage").click()
        await page.get_by_role("menuitem", name="Offer").click()
        await expect(page.get_by_role("region", name="Offer", exact=True).locator("[data-lead]")).to_have_count(1)
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Value").fill("1500")
        await dialog.get_by_label("Value").press("Enter")
        await dialog.get_by_role("combobox", name="Owner").click()
        await page.get_by_role("option", name="Deniz").click()
        await expect(dialog.get_by_text("Captured from this message")).to_be_visible()
        assert await faults(page) == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("region", name="Offer", exact=True)).to_contain_text("TRY")
        await page.get_by_text("Table", exact=True).click()
        await expect(page.get_by_role("row", name="Deniz")).to_contain_text("Offer")
        assert await faults_in_both(page) == []
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Export").click()
        assert (await download.value).suggested_filename == "leads.csv"
    lead = await box.lead()
    assert (lead["stage"], lead["value"], lead["owner"]["name"]) == ("offer", 1500, "Deniz")


@pytest.mark.long
async def test_that_two_contacts_are_joined_and_taken_apart(box: Box, meta: GraphApi, visit: Opener) -> None:
    await meta.customer(PHONE, "905321112233", name="Ayşe Yılmaz").says("merhaba")
    await meta.customer(INSTAGRAM, "7001", name="Ayşe", username="ayse").says("merhaba")
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Contacts", exact=True).click()
        await page.get_by_role("link", name="Ayşe Yılmaz").wait_for()
        assert await faults_in_both(page) == []
        await page.get_by_label("Part of a name, or a whole phone number").fill("+90 532 111 22 33")
        await expect(page.get_by_role("row")).to_have_count(2)
        await page.get_by_role("link", name="Ayşe Yılmaz").click()
        await page.get_by_role("heading", name="Ayşe Yılmaz").wait_for()
        await page.get_by_role("textbox", name="Notes").fill("Likes tea")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Likes tea")).to_be_visible()
        await page.get_by_placeholder("Add a tag").fill("vip")
        await page.keyboard.press("Enter")
        assert await faults_in_both(page) == []
        talks = page.get_by_role("region", name="Conversations")
        await expect(talks.get_by_role("link")).to_have_count(1)
        await page.get_by_role("button", name="Join contacts").click()
        assert await faults(page) == []
        await page.get_by_role("dialog").get_by_role("button", name="Join").first.click()
        await expect(talks.get_by_role("link")).to_have_count(2)
        await page.get_by_role("button", name="Take apart").click()
        await expect(talks.get_by_role("link")).to_have_count(1)
