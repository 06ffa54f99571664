"""Words for later: planned from the composer, shown above it, taken back into it, and said when their moment comes."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from core.clock import to_ms
from memory.query import Query, mine
from memory.tables import planned_dues, planned_messages
from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, faults_in_both
from tests.browser.test_queue import ASKS, row, write
from tests.scenarios.box import PHONE, Box

WORDS = "Yarın sizi arayacağız."
pytestmark = pytest.mark.timeout(180)


async def make_due(box: Box) -> None:
    """Let the moment of everything planned be now."""
    now = to_ms(box.ports.clock.now() - timedelta(seconds=1))
    async with box.ports.database.tenant(box.tenant_id) as tx:
        for table, scope in ((planned_messages, "tenant"), (planned_dues, "directory")):
            change = table.update().values(due_ms=now).where(mine(table))
            await tx.run(Query(change, scope=scope))  # type: ignore[arg-type]


@pytest.mark.long
async def test_that_words_are_planned_edited_and_said(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321110000", name="Ferit")
    await write(meta, box, Ferit=ASKS)
    async with signed_in(visit, box, **CALM) as page:
        await row(page, "Ferit").click()
        reply = page.get_by_role("textbox", name="Reply")
        await reply.fill("Birazdan")
        await page.get_by_role("button", name="Send later").click()
        await page.get_by_role("menuitem", name="In an hour").click()
        planned = page.get_by_role("list", name="Planned")
        await expect(planned.get_by_text("Birazdan")).to_be_visible()
        await expect(reply).to_have_value("")
        assert await faults_in_both(page) == []
        await planned.get_by_role("button", name="Edit").click()
        await expect(reply).to_have_value("Birazdan")
        await expect(planned).to_have_count(0)
        files = page.get_by_role("list", name="Files to send")
        paper = {"name": "teklif.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 %%EOF"}
        await page.locator("footer input[type=file]").set_input_files([paper])
        await expect(files.locator("[data-ready]")).to_have_count(1)
        await page.get_by_role("button", name="Send later").click()
        await page.get_by_role("menuitem", name="In an hour").click()
        await expect(planned.get_by_text("teklif.pdf")).to_be_visible()
        await expect(files).to_have_count(0)
        assert await faults_in_both(page) == []
        await planned.get_by_role("button", name="Edit").click()
        await expect(files.get_by_text("teklif.pdf")).to_be_visible()
        await expect(reply).to_have_value("Birazdan")
        await page.get_by_role("button", name="Remove teklif.pdf").click()
        await reply.fill(WORDS)
        await page.get_by_role("button", name="Send later").click()
        await expect(page.get_by_text("The provider lets you write until", exact=False)).to_be_visible()
        await page.get_by_role("button", name="Plan", exact=True).click()
        await expect(planned.get_by_text(WORDS)).to_be_visible()
        await make_due(box)
        await customer.hears(WORDS)
        await expect(page.get_by_role("log").get_by_text(WORDS, exact=True)).to_have_count(1)
        await expect(planned).to_have_count(0)
        await expect(row(page, "Ferit").get_by_label("You hold this")).to_be_visible()
