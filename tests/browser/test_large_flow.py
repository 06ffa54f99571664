"""A flow of two hundred steps draws what is seen and what moves. Counted, so that a busy machine tells the same."""

import pytest
from playwright.async_api import CDPSession, Page, expect

from bench.drawn import STEPS, drawn_flow
from tests.browser.conftest import Opener, signed_in
from tests.scenarios.box import Box

pytestmark = [pytest.mark.timeout(240), pytest.mark.long]
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
  const boxOf = (at) => (at instanceof Element ? at : at.parentElement).closest('[data-id]');
  new MutationObserver((found) => {
    for (const { target } of found) { const box = boxOf(target); if (box) window.changed.add(box.dataset.id); }
  }).observe(document.querySelector('.react-flow__viewport'), { subtree: true, attributes: true, childList: true });
}"""
LOOSE = """() => {
  const path = document.querySelector('.react-flow__edges > :last-child path');
  const exits = ['yes', 'else'].map((each) => {
    const { right, y, height } = document.querySelector(`[data-id=s2] [data-handleid=${each}]`).getBoundingClientRect();
    return { x: right, y: y + height / 2 };
  });
  const begins = [...path.getAttribute('d').matchAll(/M ?([-.\\d]+)[ ,]([-.\\d]+)/g)].map(([, x, y]) =>
    new DOMPoint(+x, +y).matrixTransform(path.getScreenCTM()));
  return exits.filter((exit) => !begins.some(({ x, y }) => Math.hypot(x - exit.x, y - exit.y) < 2)).length;
}"""


async def test_that_moving_one_of_two_hundred_steps_draws_that_one_alone(box: Box, visit: Opener) -> None:
    await box.ports.repositories.flows.save(box.tenant_id, drawn_flow(), actor="test")
    async with signed_in(visit, box) as page:
        await page.get_by_role("link", name="Flows", exact=True).click()
        await page.get_by_role("link", name="Large").click()
        moved = page.locator(".react-flow__node[data-id=s2]")
        await expect(moved).to_be_visible()
        assert await page.evaluate(SEEN) < STEPS / 2
        # Where exits are was guessed before the card was drawn.
        assert await page.evaluate(GAP) < 2
        mouse = await take_hold(page)
        x, y = await place_of(page)
        calls = await calls_of_a_drag(page, mouse)
        carried = pytest.approx((x + 2 * MOVES, y + MOVES), abs=1)
        assert await place_of(page) == carried
        # React draws nothing: the card is carried, its lines are drawn on a sheet.
        assert await page.evaluate("() => [...window.changed]") == []
        assert await page.evaluate(LOOSE) == 0
        # What a move does depends on what is moved, not on how much is seen.
        assert calls / MOVES < 250, calls
        await page.mouse.up()
        await expect(page.locator("[class*=sheet]")).to_have_count(0)
        assert await place_of(page) == carried
        assert await page.evaluate(GAP) < 2


async def place_of(page: Page) -> tuple[float, float]:
    """Return where the step is on the screen."""
    at = await page.locator(".react-flow__node[data-id=s2]").bounding_box()
    assert at is not None
    return at["x"], at["y"]


async def take_hold(page: Page) -> tuple[float, float]:
    """Begin to drag a step; return where the mouse is."""
    left, top = await place_of(page)
    x, y = left + 40, top + 12
    await page.mouse.move(x, y)
    await page.mouse.down()
    for step in range(5):
        await page.mouse.move(x + 2 * step, y + step)
    return x + 8, y + 4


async def calls_of_a_drag(page: Page, mouse: tuple[float, float]) -> int:
    """Drag on; return how many functions the page called meanwhile."""
    x, y = mouse
    session = await page.context.new_cdp_session(page)
    await page.evaluate(WATCH)
    await session.send("Profiler.enable")
    await session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    for step in range(1, MOVES + 1):
        await page.mouse.move(x + 2 * step, y + step)
    return await count_calls(session)


async def count_calls(session: CDPSession) -> int:
    """Return how many functions were called since counting began."""
    found = await session.send("Profiler.takePreciseCoverage")
    return sum(
        function["ranges"][0]["count"]
        for script in found["result"]
        if "/console/assets/" in script["url"]
        for function in script["functions"]
    )
