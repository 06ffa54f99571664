"""The queue in the console: by keyboard alone, in two tabs at once, by name, and for everybody."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.test_access import CALM, faults_in_both
from tests.scenarios.box import PHONE, Box, until

ASKS = "temsilci lütfen"
pytestmark = pytest.mark.timeout(180)


async def write(meta: GraphApi, box: Box, **says: str) -> None:
    """Let customers write, one after the other, so that the last stands first."""
    for number, (name, words) in enumerate(says.items()):
        await meta.customer(PHONE, f"90532111{number:04d}", name=name).says(words)

        async def answered(count: int = number + 1) -> bool:
            items = (await box.api("GET", "conversations?view=all"))["items"]
            return len(items) == count and all(item["last_message"]["author"] != "contact" for item in items)

        await until(answered)


async def shows(page: Page, **counts: int) -> None:
    """Wait until views have these numbers."""
    for name, count in counts.items():
        await expect(page.get_by_role("tab", name=name)).to_have_text(f"{name}{count}")


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_that_the_queue_is_worked_by_keyboard_alone(box: Box, meta: GraphApi, visit: Opener) -> None:
    await write(meta, box, Ferit="merhaba", Bora="merhaba", Cem=ASKS)
    async with signed_in(visit, box) as page:
        await expect(row(page, "Cem")).to_be_visible()
        await shows(page, Waiting=1, Mine=0, Agent=2, Snoozed=0)
        await press(page, "j")
        await expect(row(page, "Cem")).to_be_focused()
        await press(page, "ArrowDown")
        await expect(row(page, "Bora")).to_be_focused()
        await press(page, "k", "t")
        await expect(row(page, "Cem").get_by_label("You hold this")).to_be_visible()
        await shows(page, Waiting=0, Mine=1, Agent=2)

        await press(page, "Enter")
        await expect(page.get_by_role("log").get_by_text(ASKS, exact=True)).to_be_visible()
        await press(page, "r")
        reply = page.get_by_role("textbox", name="Reply")
        await expect(reply).to_be_focused()
        await page.keyboard.type("best seat? take j k e b t x 1")
        await expect(reply).to_have_value("best seat? take j k e b t x 1")
        await shows(page, Waiting=0, Mine=1, Agent=2)
        await press(page, "Enter")
        await expect(page.get_by_role("log").get_by_text("best seat?")).to_be_visible()
        await press(page, "Escape", "b")
        await shows(page, Mine=0, Agent=3)

        await press(page, "x", "Shift+J", "s")
        await expect(page.get_by_role("option", name="In an hour")).to_be_visible()
        await press(page, "Enter")
        await shows(page, Agent=1, Snoozed=2)
        await press(page, "z")
        await shows(page, Agent=3, Snoozed=0)

        await row(page, "Ferit").focus()
        await press(page, "l")
        await page.keyboard.type("vip")
        await press(page, "Enter", "Escape")
        await expect(row(page, "Ferit").get_by_text("vip")).to_be_visible()
        await press(page, "a")
        await page.keyboard.type("sel")
        await expect(page.get_by_role("option", name="Selin")).to_be_visible()
        await press(page, "Enter")
        await expect(row(page, "Ferit").get_by_label("Selin holds this")).to_be_visible()
        await press(page, "e")
        await shows(page, Resolved=1)
        await expect(row(page, "Ferit")).to_have_count(0)
        await press(page, "6")
        await expect(row(page, "Ferit")).to_be_visible()
        await press(page, "/")
        await expect(page.get_by_role("textbox", name="Search messages, names, numbers")).to_be_focused()
        await press(page, "Escape", "?")
        await expect(page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Snooze")).to_be_visible()


async def test_that_numbers_and_rows_follow_what_happens_in_another_tab(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    await write(meta, box, Ferit=ASKS, Bora=ASKS)
    async with signed_in(visit, box, "Deniz") as deniz, signed_in(visit, box, "Selin") as selin:
        await press(selin, "1")
        await expect(row(selin, "Ferit")).to_be_visible()
        await shows(deniz, Waiting=2)
        await shows(selin, Waiting=2, Mine=0)
        await row(deniz, "Ferit").focus()
        await press(deniz, "t")
        await shows(deniz, Waiting=1, Mine=1)
        await shows(selin, Waiting=1, Mine=0)
        await expect(row(selin, "Ferit")).to_have_count(0)
        await press(selin, "4")
        await expect(row(selin, "Ferit").get_by_label("Deniz holds this")).to_be_visible()
        # What a colleague holds is not taken in passing.
        await row(selin, "Ferit").focus()
        await press(selin, "t")
        await expect(selin.get_by_text("Held by a colleague: Ferit")).to_be_visible()
        await expect(row(selin, "Ferit").get_by_label("Deniz holds this")).to_be_visible()
        await meta.customer(PHONE, "905329999999", name="Can").says(ASKS)
        await shows(deniz, Waiting=2, Mine=1)
        await shows(selin, Waiting=2, Mine=0)


@pytest.mark.long
async def test_that_resolving_an_open_conversation_is_taken_back_with_its_handoff(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    await write(meta, box, Ferit=ASKS)
    async with signed_in(visit, box, "Deniz") as page:
        await press(page, "1")
        await row(page, "Ferit").click()
        await page.get_by_role("button", name="Resolve").click()
        await shows(page, Waiting=0, Resolved=1)
        await page.get_by_role("button", name="Undo").click()
        await shows(page, Waiting=1, Resolved=0)
        (handoff,) = (await box.api("GET", "handoffs"))["items"]
        assert (handoff["state"], handoff["claimed_by"]) == ("waiting", None)
        await expect(row(page, "Ferit")).to_be_visible()


@pytest.mark.long
async def test_that_everything_is_reached_by_name(box: Box, meta: GraphApi, visit: Opener) -> None:
    await write(meta, box, Ferit="merhaba", Bora=ASKS)
    async with signed_in(visit, box) as page:
        await expect(row(page, "Bora")).to_be_visible()
        await page.get_by_role("textbox", name="Search messages, names, numbers").focus()
        await press(page, "Control+k")
        field = page.get_by_role("combobox", name="Everything by name")
        await field.fill("ferit")
        await expect(page.get_by_role("option", name="Ferit")).to_be_visible()
        await press(page, "Enter")
        await expect(page.get_by_role("heading", name="Ferit")).to_be_visible()
        for typed in ("take it", "waiting", "dark", "türkçe"):
            await press(page, "Control+k")
            await field.fill(typed)
            await press(page, "Enter")
            await expect(field).to_be_hidden()
        await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
        await expect(page.get_by_role("tab", name="Bekleyen")).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_role("tab", name="Bende")).to_have_text("Bende1")


@pytest.mark.long
async def test_that_a_long_list_draws_few_rows_and_loads_the_rest_on_the_way(
    box: Box, meta: GraphApi, visit: Opener
) -> None:
    for number in range(45):
        await meta.customer(PHONE, f"9053222{number:05d}", name=f"Kişi {number:02d}").says("merhaba")

    async def all_there() -> bool:
        counts = await box.api("GET", "conversations/counts")
        return bool(counts["all"] == 45)

    await until(all_there, 60)
    async with signed_in(visit, box) as page:
        await expect(page.get_by_role("tab", name="All open")).to_have_text("All open45")
        drawn = "rows => rows.map(row => row.querySelector('bdi').textContent)"
        rows = page.locator("a[data-id]")
        await expect(rows.first).to_be_visible()
        seen: set[str] = set()
        for _ in range(60):
            names = await rows.evaluate_all(drawn)
            assert len(names) < 30
            seen |= set(names)
            if len(seen) == 45:
                break
            await press(page, "j", "j", "j")
        assert len(seen) == 45


@pytest.mark.long
async def test_that_the_queue_is_accessible(box: Box, meta: GraphApi, visit: Opener) -> None:
    await write(meta, box, Ferit="merhaba", Bora=ASKS)
    async with signed_in(visit, box, **CALM) as page:
        await expect(row(page, "Bora")).to_be_visible()
        await press(page, "j", "x", "j", "x")
        await expect(page.get_by_text("2 chosen")).to_be_visible()
        assert await faults_in_both(page) == []
        for key, name in (
            ("s", "Put aside until…"),
            ("a", "Give to…"),
            ("l", "Labels"),
            ("Control+k", "Everything by name"),
        ):
            await press(page, key)
            await expect(page.get_by_role("dialog", name=name)).to_be_visible()
            assert await faults_in_both(page) == [], name
            await press(page, "Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)
        await press(page, "?")
        await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        assert await faults_in_both(page) == []
        await press(page, "Escape", "Escape", "5")
        await expect(page.get_by_text("Nothing is snoozed")).to_be_visible()
        assert await faults_in_both(page) == []
