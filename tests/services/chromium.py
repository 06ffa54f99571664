"""The browser of `tests/browser`: the Chromium that is on the machine, kept from talking to anyone but us."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--no-first-run",
)


class ChromiumNotFound(Exception):
    """No Chromium on this machine: run scripts/test-services.sh."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def find_chromium() -> Path:
    """Find the browser to drive.

    Raises:
        ChromiumNotFound: there is none.
    """
    named = os.environ.get("FRONTDESK_TEST_CHROMIUM")
    found = [named] if named else [*map(shutil.which, _NAMES), *_PLACES]
    for path in found:
        if path and Path(path).exists():
            return Path(path)
    raise ChromiumNotFound


@asynccontextmanager
async def open_chromium(*, headless: bool = True) -> AsyncIterator[Browser]:
    """Start Chromium with an empty profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            headless=headless,
            chromium_sandbox=os.geteuid() != 0,  # root has no sandbox
            args=list(_QUIET),
        )
        try:
            yield browser
        finally:
            await browser.close()
