"""Staff in the thread: from the brief to the hand-back, notes, presence, drafts, and words that are only words."""

import pytest
from playwright.async_api import expect

from core.nouns import Role
from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.browser.test_access import CALM, axe, faults_in_both
from tests.scenarios.box import PHONE, Box, until

__all__ = ["axe"]

WIDE = {"width": 1440, "height": 900}
MARKUP = '<img src=x onerror="document.title=1"><b>ayşe</b> {{contact.name}}'


async def become_owner(box: Box) -> None:
    """Let the box call the API with an owner's key."""
    _, key = await box.ports.repositories.directory.add_api_key(box.tenant_id, "test", Role.OWNER)
    box.headers = {"Authorization": f"Bearer {key}"}


async def test_that_staff_read_the_brief_answer_by_a_canned_reply_and_hand_back(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    await become_owner(box)
    words = {"tr": "Merhaba {{contact.first_name}}, ben {{staff.name}}.", "en": "Hello {{contact.name}}"}
    await box.api("POST", "canned-replies", {"shortcut": "selam", "texts": words})
    customer = meta.customer(PHONE, "905321112233", name="Ayşe Yılmaz")
    await customer.says("merhaba")
    await customer.says("temsilci lütfen")
    handoff = await box.waiting_handoff()
    async with signed_in(visit, box, viewport=WIDE, **CALM) as page:
        await page.get_by_role("link", name="Ayşe Yılmaz").click()
        brief = page.get_by_role("region", name="What the handoff is about")
        await expect(brief).to_contain_text("Asked for a person")
        await expect(brief).to_contain_text("waiting 1 min")
        await expect(brief).to_contain_text("+905321112233")
        thread = page.get_by_role("log")
        await expect(thread.get_by_text("A person is wanted: Asked for a person")).to_be_visible()

        await page.keyboard.press("t")
        await expect(thread.get_by_text("You took it")).to_be_visible()
        reply = page.get_by_role("textbox", name="Reply", exact=True)
        await reply.press_sequentially("/se")
        await expect(page.get_by_role("option", name="/selam")).to_be_visible()
        await reply.press("Enter")
        await expect(reply).to_have_value("Merhaba Ayşe, ben Deniz.")
        await reply.press("Enter")
        await customer.hears("Merhaba Ayşe, ben Deniz.")

        await page.keyboard.press("Escape")
        await page.keyboard.press("Shift+B")
        await page.get_by_label("What should the agent know?").fill("Salıyı öner")
        await page.get_by_role("dialog").get_by_role("button", name="Hand back").click()
        await expect(thread.get_by_text("You handed back to the agent")).to_be_visible()
        await expect(thread.get_by_text("Salıyı öner")).to_be_visible()
        await expect(brief).to_be_hidden()
        await customer.says("menü")
        await expect(thread.get_by_text("Hangi tedavi").last).to_be_visible()
    told = await box.api("GET", f"conversations/{handoff['conversation_id']}/timeline")
    assert [item["kind"] for item in told["items"]] == ["handoff", "owner", "returned"]


@pytest.mark.long
async def test_that_brief_thread_and_composer_are_accessible(box: Box, meta: GraphApi, visit: Opener) -> None:
    await become_owner(box)
    await box.api("POST", "canned-replies", {"shortcut": "selam", "texts": {"tr": "Merhaba"}})
    customer = meta.customer(PHONE, "905321112233", name="Ayşe Yılmaz")
    await customer.says("temsilci lütfen")
    handoff = await box.waiting_handoff()
    await box.api("POST", f"conversations/{handoff['conversation_id']}/notes", {"text": "Fiyat?"})
    async with signed_in(visit, box, viewport=WIDE, **CALM) as page:
        await page.get_by_role("link", name="Ayşe Yılmaz").click()
        await expect(page.get_by_role("log").get_by_text("Fiyat?")).to_be_visible()
        await page.get_by_role("textbox", name="Reply", exact=True).press_sequentially("/se")
        await expect(page.get_by_role("option", name="/selam")).to_be_visible()
        assert await faults_in_both(page) == []
        await page.get_by_role("tab", name="Note").click()
        await page.get_by_role("button", name="Take").click()
        await page.get_by_role("button", name="Hand back with an instruction").click()
        await page.get_by_label("What should the agent know?").wait_for()
        assert await faults_in_both(page) == []


@pytest.mark.long
async def test_that_a_colleague_who_is_called_in_a_note_is_told(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Kişisel")
    async with signed_in(visit, box, "Selin") as selin, signed_in(visit, box, "Deniz", **CALM) as deniz:
        await deniz.get_by_role("link", name="Ayşe").click()
        await deniz.get_by_role("tab", name="Note").click()
        note = deniz.get_by_role("textbox", name="Note", exact=True)
        await note.press_sequentially("Fiyatı @Sel")
        await note.press("Enter")
        await note.press_sequentially("biliyor")
        await note.press("Enter")
        await expect(deniz.get_by_role("log").get_by_text("Note by Deniz")).to_be_visible()
        await selin.get_by_role("button", name="You were called in a note").click()
        mark = selin.get_by_role("log").locator("mark")
        await expect(mark).to_have_text("@Selin")
        await expect(mark).to_have_attribute("data-me", "true")
    assert "Fiyatı" not in " ".join(customer.heard)


@pytest.mark.long
async def test_that_nobody_writes_over_a_colleague_unasked(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Kişisel")
    async with signed_in(visit, box, "Selin") as selin, signed_in(visit, box, "Deniz", **CALM) as deniz:
        await deniz.get_by_role("link", name="Ayşe").click()
        await selin.get_by_role("link", name="Ayşe").click()
        await expect(deniz.get_by_text("Selin is looking at this too")).to_be_visible()
        mine = deniz.get_by_role("textbox", name="Reply", exact=True)
        await mine.fill("Merhaba, ben Deniz")
        await selin.get_by_role("textbox", name="Reply", exact=True).press_sequentially("Ben")
        await expect(deniz.get_by_text("Selin is typing")).to_be_visible()
        await mine.press("Enter")
        await expect(deniz.get_by_text("Selin is typing. Send all the same?")).to_be_visible()
        assert "Merhaba, ben Deniz" not in customer.heard
        await deniz.get_by_role("status").get_by_role("button", name="Send").click()
        await customer.hears("Merhaba, ben Deniz")


async def test_that_a_draft_outlives_a_session_that_ended_amid_it(
    box: Box, meta: GraphApi, visit: Opener, eyes: Eyes
) -> None:
    eyes.expect("401 ")
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Kişisel")
    async with signed_in(visit, box, "Deniz", **CALM) as page:
        await page.get_by_role("link", name="Ayşe").click()
        reply = page.get_by_role("textbox", name="Reply", exact=True)
        await reply.fill("Yarın saat onda")
        await page.context.clear_cookies()
        await reply.press("Enter")
        await page.get_by_label("E-mail").fill("deniz@example.com")
        await page.get_by_label("Password", exact=True).fill("correct horse battery")
        await page.get_by_role("button", name="Sign in").click()
        await expect(reply).to_have_value("Yarın saat onda")
        await reply.press("Enter")
        await customer.hears("Yarın saat onda")

        async def forgotten() -> bool:
            kept = await page.evaluate("Object.keys(localStorage).filter(name => name.includes(':draft:'))")
            return not kept

        await until(forgotten)


async def test_that_what_a_customer_writes_is_never_markup(box: Box, meta: GraphApi, visit: Opener) -> None:
    customer = meta.customer(PHONE, "905321112233", name="<i>Ayşe</i>")
    for said, heard in (("merhaba", "Kişisel"), ("evet", "Hangi tedavi"), ("implant", "Adınız")):
        await customer.says(said)
        await customer.hears(heard)
    await customer.says(MARKUP)
    await customer.hears("numara")
    await customer.says("temsilci")
    await box.waiting_handoff()
    async with signed_in(visit, box, viewport=WIDE, **CALM) as page:
        await page.get_by_role("link", name="<i>Ayşe</i>").click()
        await expect(page.get_by_role("log").get_by_text(MARKUP)).to_be_visible()
        await expect(page.get_by_role("region", name="What the handoff is about")).to_contain_text("<img src=x")
        await page.get_by_role("button", name="Why", exact=True).nth(-2).click()
        await expect(page.get_by_role("complementary").get_by_text("<img src=x").first).to_be_visible()
        assert await page.locator("img[src='x']").count() == 0
        assert await page.title() == "(1) Frontdesk"


@pytest.mark.long
async def test_that_canned_replies_are_kept_in_the_settings(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.goto(f"{box.url}/#/settings/canned")
        await page.get_by_role("button", name="Add a reply").first.click()
        await page.get_by_role("textbox", name="Shortcut").fill("Adres")
        await page.get_by_label("English").fill("Moda Caddesi 1, {{contact.name}}")
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("/adres", exact=True)).to_be_visible()
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Delete: /adres").click()
        await expect(page.get_by_text("/adres", exact=True)).to_be_hidden()
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_text("/adres", exact=True)).to_be_visible()
