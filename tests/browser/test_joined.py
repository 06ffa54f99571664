"""A conversation that goes on in another one: staff write nothing into it, and are led to where the customer is."""

import pytest
from playwright.async_api import expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, faults_in_both
from tests.scenarios.box import PHONE, Box
from tests.scenarios.named import NUMBER, become_one

pytestmark = pytest.mark.timeout(180)


async def test_that_a_closed_conversation_leads_to_the_one_that_goes_on(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    customer = meta.customer(PHONE, NUMBER, name="Ayşe")
    await box.sign_in()
    closed, goes_on = await become_one(box, customer)
    async with signed_in(visit, box, **CALM) as page:
        await page.goto(f"{box.url}/#/inbox/{closed}")
        there = page.get_by_role("link", name="Go there")
        await expect(there).to_be_visible()
        await expect(page.get_by_text("It goes on in another conversation")).to_be_visible()
        await expect(page.get_by_role("button", name="Take")).to_have_count(0)
        await expect(page.get_by_role("textbox", name="Reply")).to_have_count(0)
        assert await faults_in_both(page) == []
        await there.click()
        await expect(page).to_have_url(f"{box.url}/#/inbox/{goes_on}")
        await expect(page.get_by_text("Another conversation of the same person goes on here")).to_be_visible()
        await expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
