"""Builders draw flows: from an empty canvas to what customers are asked, by mouse, by key alone, and two at once."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from core.views_setup import FlowDetail
from desk.publishing import publish_flow
from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.browser.test_access import CALM, faults_in_both
from tests.scenarios.box import PHONE, Box, until

QUESTION = "What is your name?"
pytestmark = pytest.mark.timeout(240)


async def begin(page: Page, name: str) -> None:
    """Make an empty flow."""
    await page.get_by_role("link", name="Flows", exact=True).click()
    await page.get_by_role("button", name="New flow").click()
    await page.get_by_label("Name").fill(name)
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("heading", name=name, level=1).wait_for()


async def publish(page: Page) -> None:
    """Let it answer."""
    await page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What changes?").fill("The first one")
    await dialog.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Published, but it answers nowhere yet.")).to_be_visible()


async def stored(box: Box, key: str) -> FlowDetail:
    """Return a flow as the server has it."""
    return await box.ports.repositories.flows.get(box.tenant_id, key)


def card(page: Page, node: str) -> Locator:
    """Return a step on the canvas."""
    return page.locator(f".react-flow__node[data-id={node}]")


async def test_that_a_newcomer_draws_a_lead_flow_by_mouse(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await begin(page, "New customers")
        await expect(page.get_by_role("heading", name="How does the conversation begin?")).to_be_visible()
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="With a question").click()
        await card(page, "ask").get_by_role("button", name="Write the question…").click()
        await page.keyboard.type(QUESTION)
        await page.keyboard.press("Enter")
        # Drawn into nothing, an exit asks what comes there.
        out = await card(page, "ask").locator("[data-handleid=ok]").bounding_box()
        assert out is not None
        await page.mouse.move(out["x"] + 5, out["y"] + 5)
        await page.mouse.down()
        await page.mouse.move(out["x"] + 90, out["y"] + 150, steps=6)
        await page.mouse.up()
        await page.get_by_role("option", name="Lead").click()
        await card(page, "lead").locator("[data-handleid=ok]").click()
        await page.get_by_role("option", name="End", exact=False).first.click()
        await expect(page.get_by_role("button", name="Problems: 0")).to_be_visible()
        assert await faults_in_both(page) == []
        # Everything can be undone, and done again.
        await page.get_by_role("button", name="Undo").click()
        await expect(card(page, "end")).to_have_count(0)
        await page.keyboard.press("ControlOrMeta+Shift+Z")
        await expect(card(page, "end")).to_be_visible()
        await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        await publish(page)
    made = await stored(box, "new_customers")
    nodes = made.document["nodes"]
    assert made.published
    assert {key: node["to"] for key, node in nodes.items() if node.get("to")} == {
        "ask": {"ok": "lead"},
        "lead": {"ok": "end"},
    }
    assert nodes["ask"]["say"] == {"en": QUESTION}


@pytest.mark.long
async def test_that_a_flow_is_built_by_key_alone(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await begin(page, "By key")
        await page.get_by_role("button", name="Show as a list").focus()
        await page.keyboard.press("Enter")
        outline = page.get_by_role("list", name="Steps")
        await page.get_by_role("button", name="Add a step", exact=True).focus()
        for typed in ("question", "lead", "end"):
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("combobox", name="Add a step")).to_be_focused()
            await page.keyboard.type(typed)
            await page.keyboard.press("Enter")
            # The step that was just made has the focus; Tab goes on to what it says and where it leads.
            name = typed.capitalize()
            await expect(outline.get_by_role("button", name=name, exact=True)).to_be_focused()
            if typed == "question":
                await tab_to(page, "Text of Question")
                await page.keyboard.type(QUESTION)
            if typed != "end":
                await tab_to(page, f"Add a step after this: {name}")
        await page.keyboard.press("ArrowUp")
        await expect(outline.get_by_role("button", name="Lead", exact=True)).to_be_focused()
        assert await faults_in_both(page) == []
        await tab_to(page, "Publish", back=True)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog").get_by_label("What changes?")).to_be_focused()
        await tab_to(page, "Publish")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Published, but it answers nowhere yet.")).to_be_visible()
    made = await stored(box, "by_key")
    nodes = made.document["nodes"]
    assert made.published
    assert (nodes["ask"]["to"], nodes["lead"]["to"]) == ({"ok": "lead"}, {"ok": "end"})
    assert nodes["ask"]["say"] == {"en": QUESTION}


@pytest.mark.long
async def test_that_a_template_is_begun_with_and_published_by_key_alone(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Flows", exact=True).click()
        await page.get_by_role("button", name="New flow").focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="New flow")
        await expect(dialog.get_by_role("radio", name="Restaurant: table booking")).to_be_visible()
        assert await faults_in_both(page) == []
        await expect(dialog.get_by_label("Name")).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await expect(dialog.get_by_role("radio", name="An empty canvas")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await expect(dialog.get_by_role("radio", name="Clinic: new patients")).to_be_checked()
        await expect(dialog.get_by_label("Name")).to_have_value("Clinic: new patients")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Clinic: new patients", level=1).wait_for()
        await expect(page.get_by_role("button", name="Problems: 0")).to_be_visible()
        await publish(page)
    made = await stored(box, "clinic_lead")
    assert (made.published, made.document["locales"]["default"]) == (True, "en")


@pytest.mark.long
async def test_that_steps_are_grouped_and_move_together(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Flows", exact=True).click()
        await page.get_by_role("link", name="Clinic").click()
        for node in ("welcome", "agree"):
            await card(page, node).click(modifiers=["ControlOrMeta"], position={"x": 40, "y": 10})
        await page.get_by_role("button", name="Group", exact=True).click()
        await page.get_by_role("textbox", name="Title of the group").fill("Greeting")
        await page.keyboard.press("Enter")
        title = page.get_by_role("button", name="Greeting", exact=True)
        await expect(title).to_be_visible()
        assert await faults_in_both(page) == []

        async def groups() -> list[Any]:
            return (await stored(box, "clinic")).document.get("ui", {}).get("groups", [])

        await until(lambda: named(groups))

        async def places() -> list[list[int]]:
            pos = (await stored(box, "clinic")).document["ui"]["pos"]
            return [pos["welcome"], pos["agree"]]

        (before, beside), at = await places(), await title.bounding_box()
        assert at is not None
        await page.mouse.move(at["x"] + 10, at["y"] + 6)
        await page.mouse.down()
        await page.mouse.move(at["x"] + 70, at["y"] - 40, steps=4)
        held = await title.bounding_box()
        assert held is not None
        # The frame goes along while it is carried.
        assert (held["x"] - at["x"], held["y"] - at["y"]) == pytest.approx((60, -46), abs=1)
        await page.mouse.up()

        async def moved() -> bool:
            return (await places())[0] != before

        await until(moved)
        (x, y), (right, down) = await places()
        assert x - before[0] == right - beside[0] > 60
        assert y - before[1] == down - beside[1] < -40
        await page.get_by_role("button", name="Undo").click()
        # Closed, one card stands for both; the search finds it by name, a step within opens it.
        await page.get_by_role("button", name="Close the group: Greeting").click()
        closed = page.locator(".react-flow__node-fold")
        await expect(closed.get_by_text("Steps: 2")).to_be_visible()
        await expect(card(page, "agree")).to_have_count(0)
        await expect(page.locator(".react-flow__edge[data-id='agree ok']")).to_have_count(1)
        assert await faults_in_both(page) == []
        await find(page, "Greeting")
        await expect(closed).to_have_class(re.compile(r"\bselected\b"))
        await find(page, "Agreement")
        await expect(card(page, "agree")).to_be_visible()
        await expect(closed).to_have_count(0)
        await page.get_by_role("button", name="Undo").click()
        await expect(closed).to_be_visible()
        await closed.dblclick(position={"x": 60, "y": 50})
        await expect(card(page, "welcome")).to_be_visible()
        await page.get_by_role("button", name="Show as a list").click()
        await expect(page.get_by_role("list", name="Steps").get_by_text("Greeting")).to_have_count(2)


async def find(page: Page, words: str) -> None:
    """Search for something in the flow and go there."""
    await page.keyboard.press("ControlOrMeta+f")
    await page.get_by_role("dialog").get_by_role("combobox").fill(words)
    await page.get_by_role("option", name=words).first.click()


async def named(groups: Callable[[], Awaitable[list[Any]]]) -> bool:
    """Tell whether the group is stored as it was made."""
    found = await groups()
    return [(each["title"], each["nodes"]) for each in found] == [("Greeting", ["welcome", "agree"])]


@pytest.mark.long
async def test_that_a_conversation_is_moved_to_the_step_that_stands_for_its_own(
    box: Box, visit: Opener, meta: GraphApi, flow: dict[str, Any]
) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Kişisel verilerinizi")
    flow["nodes"]["consent"] = flow["nodes"].pop("agree")
    flow["nodes"]["welcome"]["to"] = {"next": "consent"}
    kept = box.ports.repositories
    flow_id = await kept.flows.save(box.tenant_id, flow, actor="test")
    await publish_flow(kept.flows, kept.catalog, tenant_id=box.tenant_id, flow=flow_id, actor="test")
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Flows", exact=True).click()
        await page.get_by_role("link", name="Clinic").click()
        await page.get_by_role("button", name="More", exact=True).click()
        await page.get_by_role("menuitem", name="What was published").click()
        await page.get_by_role("button", name="Move its conversations").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("Goes on at")).to_have_value("clinic/consent")
        await expect(dialog.get_by_role("button", name="Move 1")).to_be_enabled()
        assert await faults_in_both(page) == []
        await dialog.get_by_role("button", name="Move 1").click()
        await expect(dialog.get_by_text("Moved: 1")).to_be_visible()
    await customer.says("Evet")
    await customer.hears("Hangi")


@pytest.mark.long
async def test_that_a_file_that_lacks_something_is_taken_in_and_mended(
    box: Box, visit: Opener, eyes: Eyes, tmp_path: Path
) -> None:
    team = {"type": "handoff", "title": "Ask sales", "queue": "sales", "to": {"resolved": "bye"}}
    file = tmp_path / "orders.json"
    file.write_text(json.dumps({
        "schema": "flow/1", "key": "orders", "name": "Orders", "locales": {"default": "en", "supported": ["en"]},
        "entry": "hello", "nodes": {
            "hello": {"type": "message", "say": {"en": "We sell {{ tenant.name }}."}, "to": {"next": "team"}},
            "team": team, "bye": {"type": "end"},
        },
    }))  # fmt: skip
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Flows", exact=True).click()
        await page.locator("input[type=file]").set_input_files(file)
        dialog = page.get_by_role("dialog")
        needs = dialog.get_by_role("region", name="What it needs of your business")
        await expect(needs.get_by_text("Team sales")).to_be_visible()
        await needs.get_by_text("How to add it").click()
        await expect(needs.get_by_text("frontdesk queue add sales")).to_be_visible()
        assert await faults_in_both(page) == []
        await dialog.get_by_role("button", name="Create").click()
        await page.get_by_role("heading", name="Orders", level=1).wait_for()
        # Stored it is all the same; the editor names it again, and leads to where it is mended.
        await page.get_by_role("button", name="Problems: 1").click()
        await page.get_by_role("button", name="sales").click()
        await page.get_by_role("combobox", name="Team").click()
        await page.get_by_role("option", name="default").click()
        await expect(page.get_by_role("button", name="Problems: 0")).to_be_visible()
        await publish(page)
    made = await stored(box, "orders")
    assert (made.published, made.document["nodes"]["team"]["queue"]) == (True, "default")


@pytest.mark.long
async def test_that_two_builders_at_once_lose_nothing(box: Box, visit: Opener, eyes: Eyes) -> None:
    eyes.expect("412 PUT")
    async with signed_in(visit, box, **CALM) as one, signed_in(visit, box, "Selin", **CALM) as other:
        for page in (one, other):
            await page.get_by_role("link", name="Flows", exact=True).click()
            await page.get_by_role("link", name="Clinic").click()
            await page.get_by_role("button", name="Show as a list").click()
        await one.get_by_label("Text of Welcome").fill("Hello from one")
        await other.get_by_label("Text of Thanks").fill("Thanks from the other")
        for page in (one, other):
            await expect(page.get_by_label("Text of Welcome")).to_have_value("Hello from one")
            await expect(page.get_by_label("Text of Thanks")).to_have_value("Thanks from the other")
            await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        # The same step by both: the second is asked.
        await one.context.set_offline(True)
        await one.get_by_label("Text of Name").fill("One asks")
        await expect(one.get_by_role("status").filter(has_text="Offline")).to_be_visible()
        await other.get_by_label("Text of Name").fill("The other asks")

        async def arrived() -> bool:
            return (await stored(box, "clinic")).document["nodes"]["name"]["say"]["en"] == "The other asks"

        await until(arrived)
        await one.context.set_offline(False)
        dialog = one.get_by_role("dialog", name="Two people changed the same")
        await expect(dialog.get_by_text("One asks").first).to_be_visible()
        await expect(dialog.get_by_text("The other asks").first).to_be_visible()
        await dialog.get_by_text("Take theirs").click()
        await dialog.get_by_role("button", name="Go on with this").click()
        await expect(one.get_by_label("Text of Name")).to_have_value("The other asks")
        await one.get_by_role("button", name="Undo").click()
        await expect(one.get_by_label("Text of Welcome")).to_have_value("Hello from one")


async def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until what has this name has the focus."""
    for _ in range(60):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        found = await page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
        )
        if found.strip() == name:
            return
    raise AssertionError(f"Tab does not reach {name!r}")
