"""Staff see why the agent said what it said, and where the customer stands."""

from playwright.async_api import expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, axe, faults_in_both
from tests.scenarios.box import PHONE, Box

__all__ = ["axe"]


async def test_that_each_answer_of_the_agent_explains_itself(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    for words, heard in (("merhaba", "Kişisel"), ("evet", "Hangi tedavi"), ("implant", "Adınız")):
        await customer.says(words)
        await customer.hears(heard)
    async with signed_in(visit, box, viewport={"width": 1440, "height": 900}, **CALM) as page:
        await page.get_by_role("link", name="Ayşe").click()
        side = page.get_by_role("complementary")
        await expect(side.get_by_text("Name", exact=True).first).to_be_visible()
        await expect(side.get_by_text("for 1 min")).to_be_visible()

        await page.get_by_role("button", name="Why", exact=True).last.click()
        path = side.get_by_role("list", name="The way through the flow")
        await expect(path.get_by_role("listitem")).to_have_count(2)
        await expect(path.locator("[aria-current=step]")).to_contain_text("Name")
        await expect(side.get_by_text("slots.service")).to_be_visible()
        assert await faults_in_both(page) == []
        await side.get_by_role("button", name="Close").click()
        await expect(path).to_be_hidden()
        await expect(page.get_by_role("button", name="Why", exact=True).last).to_be_focused()

        await page.keyboard.press("w")
        await expect(path).to_be_visible()
