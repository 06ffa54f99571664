"""The flow editor in Chromium: how soon a large flow is seen, and what the main thread does for each move of a drag.

Beside it the least that this browser does on this machine: a page of one box and one line, moved the same way.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
from playwright.async_api import Browser, Page

from bench.drawn import drawn_flow
from bench.frames import CATEGORIES, DragFigures, EditorFigures, Frame, parse_frames
from bench.stage import ACTOR, open_stage, settings_for
from bench.whole import serve_frontdesk
from bench.wire import environment_of
from core.nouns import Role
from core.settings import Settings
from desk.people import NewStaff, add_person
from tests.services.chromium import open_chromium

ROUNDS = 3
MOVES = 100
SLOWDOWN = 4
_EMAIL, _PASSWORD = "bench@example.com", "a long one for the bench"
_CARD = ".react-flow__node[data-id=s2]"
# What is seen is counted in every frame. The clock stops when the last of it is painted: no more came for a second.
_OPENING = """() => {
  window.opening = new Promise((done) => {
    let from = 0, last = 0, seen = 0;
    const look = () => {
      const count = document.querySelectorAll('.react-flow__node, .react-flow__edge-path').length;
      if (count !== seen) setTimeout(() => { last = performance.now(); });
      seen = count;
      if (last && performance.now() - last > 1000) done(last - from);
      else requestAnimationFrame(look);
    };
    addEventListener('click', () => { from = performance.now(); look(); }, { capture: true, once: true });
  });
}"""
_BARE = """<style>html { height: 100% } div { position: absolute; width: 240px; height: 90px; background: #eee }</style>
<div>One box</div><svg width="100%" height="100%"><path fill="none" stroke="black" /></svg>
<script>
  const [box, path] = document.querySelectorAll('div, path');
  addEventListener('mousemove', ({ clientX: x, clientY: y }) => {
    box.style.transform = `translate(${x - 40}px, ${y - 12}px)`;
    path.setAttribute('d', `M0 0C${x / 2} 0 ${x / 2} ${y} ${x} ${y}`);
  });
</script>"""


def measure_editor() -> EditorFigures:
    """Open a flow of two hundred steps over a fresh store and drag one of them, several times."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        settings = settings_for("sqlite", Path(folder), None)
        asyncio.run(_provision(settings))
        with serve_frontdesk(settings, environment_of(settings, 0)) as (port, _):
            return asyncio.run(_measure(f"http://127.0.0.1:{port}"))


async def _provision(settings: Settings) -> None:
    async with open_stage(settings) as stage:
        kept = stage.ports.repositories
        await kept.flows.save(stage.tenant_id, drawn_flow(), actor=ACTOR)
        new = NewStaff(_EMAIL, Role.OWNER, name="Bench", password=_PASSWORD)
        await add_person(kept.directory, kept.audit, tenant_id=stage.tenant_id, new=new, actor=ACTOR)


async def _measure(url: str) -> EditorFigures:
    opened, drags, bare = [], [], []
    async with open_chromium() as browser:
        for _ in range(ROUNDS):
            async with _page(browser) as page:
                opened.append(await _open(page, url))
                at = await page.locator(_CARD).bounding_box()
                assert at is not None
                drags.append(_figures(await _drag(browser, page, (at["x"] + 40, at["y"] + 12))))
            async with _page(browser) as page:
                await page.set_content(_BARE)
                bare.append(_figures(await _drag(browser, page, (300, 600))))
    return EditorFigures(min(opened), _quietest(drags), _quietest(bare))


@asynccontextmanager
async def _page(browser: Browser) -> AsyncIterator[Page]:
    # A profile of its own: nothing is cached.
    profile = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    try:
        yield await profile.new_page()
    finally:
        await profile.close()


async def _open(page: Page, url: str) -> float:
    """Sign in, go to the flows and click one; return how long it took until all that is seen was."""
    await page.goto(url)
    await page.get_by_label("E-mail").fill(_EMAIL)
    await page.get_by_label("Password", exact=True).fill(_PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Flows", exact=True).click()
    flow = page.get_by_role("link", name=drawn_flow()["name"])
    await flow.wait_for()
    await page.evaluate(_OPENING)
    await flow.click()
    took: float = await page.evaluate("() => window.opening")
    return took


async def _drag(browser: Browser, page: Page, at: tuple[float, float]) -> list[Frame]:
    """Press, move and let go; return the frames of the moves."""
    x, y = at
    session = await page.context.new_cdp_session(page)

    async def mouse(kind: str, step: int, *, held: bool = True) -> None:
        # Straight to the browser, which answers when a frame has dealt with it: Playwright's own mouse runs scripts.
        where = {"x": x + 2 * step, "y": y + step}
        await session.send(
            "Input.dispatchMouseEvent",
            {"type": kind, **where, "button": "left" if held else "none", "buttons": int(held), "clickCount": 1},
        )

    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    await mouse("mouseMoved", 0, held=False)
    await browser.start_tracing(page=page, categories=list(CATEGORIES))
    await mouse("mousePressed", 0)
    for step in range(MOVES):
        await mouse("mouseMoved", step)
    trace = await browser.stop_tracing()
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    await mouse("mouseReleased", MOVES)
    return parse_frames(orjson.loads(trace)["traceEvents"])


def _figures(frames: Sequence[Frame]) -> DragFigures:
    assert len(frames) > MOVES / 2, f"{len(frames)} frames of {MOVES} moves"
    return DragFigures(_quantiles([one.cpu_ms for one in frames]), _quantiles([one.wall_ms for one in frames]))


def _quantiles(found: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(found)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


def _quietest(rounds: Sequence[DragFigures]) -> DragFigures:
    return min(rounds, key=lambda one: one.cpu_ms[1])
