"""A flow of two hundred steps draws what is seen and what moves. Counted, so that a busy machine tells the same."""

from typing import Any

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import Opener, signed_in
from tests.scenarios.box import Box

pytestmark = [pytest.mark.timeout(240), pytest.mark.long]
STEPS, ROWS = 200, 10
MOVES = 20
SEEN = "() => document.querySelectorAll('.react-flow__node').length"
GAP = """() => {
  const line = document.querySelector('[data-id="s2 yes"] path');
  const from = line.getPointAtLength(0).matrixTransform(line.getScreenCTM());
  const exit = document.querySelector('[data-id=s2] [data-handleid=yes]').getBoundingClientRect();
  return Math.hypot(from.x - exit.right, from.y - exit.y - exit.height / 2);
}"""
WATCH = """() => {
  window.changed = new Set();
  const boxOf = (at) => (at instanceof Element ? at : at.parentElement).closest('.react-flow__node, .react-flow__edge');
  new MutationObserver((found) => {
    for (const { target } of found) { const box = boxOf(target); if (box) window.changed.add(box.dataset.id); }
  }).observe(document.querySelector('.react-flow__viewport'), { subtree: true, attributes: true, childList: true });
}"""


def large_flow() -> dict[str, Any]:
    """Questions, messages and decisions that lead on and ahead."""
    nodes = {f"s{at}": _step(at) for at in range(STEPS)}
    return {
        "schema": "flow/1", "key": "large", "name": "Large", "entry": "s0",
        "locales": {"default": "en", "supported": ["en"]},
        "variables": {"slots.pick": {"type": "enum", "values": ["one", "two"]}},
        "nodes": nodes,
        "ui": {"pos": {f"s{at}": [at // ROWS * 344, at % ROWS * 240] for at in range(STEPS)}},
    }  # fmt: skip


def _step(at: int) -> dict[str, Any]:
    if at == STEPS - 1:
        return {"type": "end", "v": 1}
    then, ahead = f"s{at + 1}", f"s{min(at + 7, STEPS - 1)}"
    if at % 3 == 0:
        options = [{"id": each, "label": {"en": each}} for each in ("one", "two")]
        return {
            "type": "ask", "v": 1, "title": f"Question {at}", "say": {"en": f"Which is it for {at}?"},
            "expect": {"type": "choice", "options": options}, "save": "slots.pick", "to": {"ok": then, "failed": ahead},
        }  # fmt: skip
    if at % 3 == 1:
        return {"type": "message", "v": 1, "say": {"en": f"That was number {at}."}, "to": {"next": then}}
    rows = [{"var": "slots.pick", "op": "eq", "value": "one"}]
    return {"type": "condition", "v": 1, "cases": [{"id": "yes", "all": rows}], "to": {"yes": then, "else": ahead}}


async def test_that_moving_one_of_two_hundred_steps_draws_that_one_alone(box: Box, visit: Opener) -> None:
    await box.ports.repositories.flows.save(box.tenant_id, large_flow(), actor="test")
    async with signed_in(visit, box) as page:
        await page.get_by_role("link", name="Flows", exact=True).click()
        await page.get_by_role("link", name="Large").click()
        moved = page.locator(".react-flow__node[data-id=s2]")
        await expect(moved).to_be_visible()
        assert await page.evaluate(SEEN) < STEPS / 2
        # Where exits are was guessed before the card was drawn.
        assert await page.evaluate(GAP) < 2
        calls = await calls_of_a_drag(page)
        assert await page.evaluate("() => [...window.changed].sort()") == ["s1 next", "s2", "s2 else", "s2 yes"]
        # What a move does depends on how many steps are seen, not on how many there are.
        assert calls / MOVES < 20_000, calls


async def calls_of_a_drag(page: Page) -> int:
    """Drag a step; return how many functions the page called meanwhile."""
    at = await page.locator(".react-flow__node[data-id=s2]").bounding_box()
    assert at is not None
    x, y = at["x"] + 40, at["y"] + 12
    await page.mouse.move(x, y)
    await page.mouse.down()
    for step in range(5):
        await page.mouse.move(x + 2 * step, y + step)
    session = await page.context.new_cdp_session(page)
    await page.evaluate(WATCH)
    await session.send("Profiler.enable")
    await session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    for step in range(MOVES):
        await page.mouse.move(x + 10 + 2 * step, y + 5 + step)
    calls = await count_calls(session)
    await page.mouse.up()
    return calls


async def count_calls(session: CDPSession) -> int:
    """Return how many functions were called since counting began."""
    found = await session.send("Profiler.takePreciseCoverage")
    return sum(
        function["ranges"][0]["count"]
        for script in found["result"]
        if "/console/assets/" in script["url"]
        for function in script["functions"]
    )
