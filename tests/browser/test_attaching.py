"""Staff attach files: chosen, pasted, dropped; what the channel does not take is refused; the phone shows the rest."""

import re

import pytest
from playwright.async_api import Page, expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.browser.test_access import CALM, faults_in_both
from tests.browser.test_files import DOT
from tests.browser.test_queue import row
from tests.scenarios.box import PHONE, Box, until

PDF = b"%PDF-1.7\n%%EOF"
pytestmark = [pytest.mark.timeout(180), pytest.mark.long]
GIVE = """([kind, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name, { type }));
  const target = document.querySelector("footer textarea");
  const init = { bubbles: true, cancelable: true };
  target.dispatchEvent(kind === "paste" ? new ClipboardEvent("paste", { ...init, clipboardData: held })
    : new DragEvent(kind, { ...init, dataTransfer: held }));
}"""
DATA = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


async def give(page: Page, kind: str, name: str) -> None:
    """Paste a picture into the reply, or drag it over the conversation."""
    await page.evaluate(GIVE, [kind, name, "image/png", DATA])


async def test_that_staff_send_files_with_words_and_the_phone_shows_them(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes
) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("fiş var mı?")
    async with signed_in(visit, box, **CALM) as page:
        await row(page, "Ayşe").click()
        files = page.get_by_role("list", name="Files to send")
        choose = page.locator("footer input[type=file]")
        await choose.set_input_files(
            [
                {"name": "fiş.png", "mimeType": "image/png", "buffer": DOT},
                {"name": "teklif.pdf", "mimeType": "application/pdf", "buffer": PDF},
                {"name": "film.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
                {"name": "büyük.png", "mimeType": "image/png", "buffer": bytes(6 << 20)},
            ]
        )
        await expect(files.get_by_role("listitem")).to_have_count(4)
        await expect(files.locator("[data-ready]")).to_have_count(2)
        await expect(files.get_by_text("Larger than the 5 MB that this channel takes")).to_be_visible()
        await expect(files.get_by_text(re.compile("This channel takes .*JPEG.* only"))).to_be_visible()
        assert not [each for each in eyes.addresses if "film.exe" in each]
        assert await faults_in_both(page) == []
        for name in ("film.exe", "büyük.png"):
            await page.get_by_role("button", name=f"Remove {name}").click()
        await page.reload()
        await expect(files.locator("[data-ready]")).to_have_count(2)
        await give(page, "paste", "pasted.png")
        await give(page, "dragenter", "dropped.png")
        await expect(page.get_by_text("Drop files to attach them")).to_be_visible()
        await give(page, "drop", "dropped.png")
        await expect(page.get_by_text("Drop files to attach them")).to_have_count(0)
        await expect(files.locator("[data-ready]")).to_have_count(4)
        await page.get_by_role("button", name="Remove dropped.png").click()
        await page.get_by_label("Reply", exact=True).fill("Buyurun")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(files).to_have_count(0)
        log = page.get_by_role("log")
        await expect(log.get_by_role("img", name="Buyurun")).to_have_attribute("src", re.compile("^blob:"))
        await expect(log.get_by_text("teklif.pdf")).to_be_visible()
        await expect(page.get_by_label("Reply", exact=True)).to_have_value("")
        assert await faults_in_both(page) == []

    def shown() -> list[str]:
        return [message.view["media"]["kind"] for message in customer.thread.messages if "media" in message.view]

    await until(lambda: len(shown()) == 3)
    assert shown() == ["image", "document", "image"]
