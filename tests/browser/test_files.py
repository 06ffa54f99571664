"""What customers send is seen in the thread: pictures at once, the rest when asked for, or why not."""

import base64
import re

import pytest
from playwright.async_api import expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.browser.test_access import CALM, faults_in_both
from tests.browser.test_queue import row
from tests.scenarios.box import PHONE, Box

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
pytestmark = pytest.mark.timeout(180)


async def test_that_a_picture_is_shown_and_its_loss_is_said(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes
) -> None:
    eyes.expect("502 GET")
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.sends_image(DOT, mime_type="image/png", caption="bu diş")
    async with signed_in(visit, box, **CALM) as page:
        await row(page, "Ayşe").click()
        picture = page.get_by_role("log").get_by_role("img", name="bu diş")
        await expect(picture).to_have_attribute("src", re.compile("^blob:"))
        assert await picture.evaluate("(image) => image.complete && image.naturalWidth") == 1
        assert await faults_in_both(page) == []
        meta.forget_media()
        await page.reload()
        await expect(page.get_by_role("log").get_by_text("The provider keeps it no longer.")).to_be_visible()
        assert await faults_in_both(page) == []
