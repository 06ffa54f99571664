"""The simulated phones against the real server: what is sent can be tapped."""

from playwright.async_api import expect

from simulator import GraphApi
from tests.browser.conftest import Opener
from tests.scenarios.box import INSTAGRAM, PHONE, Box


async def test_that_customers_tap_their_way_on_whatsapp_and_instagram(box: Box, meta: GraphApi, visit: Opener) -> None:
    meta.customer(PHONE, "905321112233", name="Ayşe")
    meta.customer(INSTAGRAM, "7001", name="Ece", username="ece")
    page = await visit(meta.url)

    whatsapp = page.get_by_role("region", name="WhatsApp phone")
    await whatsapp.get_by_role("button", name="Merhaba").click()
    await whatsapp.get_by_role("button", name="Evet").click()
    await whatsapp.locator(".option").last.click()
    sheet = whatsapp.get_by_role("dialog")
    await sheet.get_by_role("button", name="Beyazlatma").click()
    await expect(whatsapp.get_by_text("Adınız ve soyadınız?")).to_be_visible()

    instagram = page.get_by_role("region", name="Instagram phone")
    await instagram.get_by_label("Message", exact=True).fill("merhaba")
    await instagram.get_by_role("button", name="Send", exact=True).click()
    chips = instagram.get_by_role("group", name="Quick replies")
    await chips.get_by_role("button", name="Evet").click()
    await chips.get_by_role("button", name="Diş teli").click()
    await expect(instagram.get_by_text("Adınız ve soyadınız?")).to_be_visible()
    await expect(chips).to_be_hidden()
    assert not meta.refused, meta.refused
