"""Fixtures of the browser tests: a whole server on SQLite beside the simulated Meta, and people who look at it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, Page, expect

from api.pages import DIST
from core.nouns import Role
from core.settings import Settings
from desk.people import NewStaff, add_person
from memory.migrate import upgrade
from simulator import GraphApi
from tests.browser.eyes import Eyes
from tests.scenarios.box import APP_SECRET, INSTAGRAM, PASSWORD, PHONE, WABA, Box, open_box, settings_of
from tests.scenarios.flows import clinic_flow

# A machine that is busy with other tests draws late; what is wrong stays wrong.
expect.set_options(timeout=15_000)
PARTS = ("console/index.html", "widget/panel.html", "widget/widget.js")


class Opener(Protocol):
    """Opens a page in a browser profile of its own."""

    async def __call__(self, address: str, *, init_script: Path | None = None, **context: Any) -> Page:
        """Go to the address; ``context`` are options of the profile (size, language, colours)."""
        ...


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """Skip everything where there is nothing to look at."""
    missing = [name for name in PARTS if not (DIST / name).is_file()]
    if missing:
        pytest.skip(f"the front end is not built (no {', '.join(missing)}): run make setup")


@pytest.fixture
async def meta() -> AsyncIterator[GraphApi]:
    """A simulated Graph API with its phone page."""
    async with GraphApi(app_secret=APP_SECRET) as api:
        api.add_whatsapp(PHONE, WABA, "tok-wa")
        api.add_instagram(INSTAGRAM, "tok-ig")
        yield api


@pytest.fixture
def flow() -> dict[str, Any]:
    """A clinic that asks first yes or no, then one of four, and fetches a person when told to."""
    agree = {
        "type": "ask", "v": 1, "title": "Agreement", "save": "slots.agree",
        "say": {"tr": "Kişisel verilerinizi işleyebilir miyiz?", "en": "May we process your personal data?"},
        "expect": {"type": "choice", "options": [
            {"id": "yes", "label": {"tr": "Evet", "en": "Yes"}},
            {"id": "no", "label": {"tr": "Hayır", "en": "No"}},
        ]},
        "retries": {"max": 3}, "to": {"ok": "service", "failed": "person"},
    }  # fmt: skip
    document = clinic_flow(agree=agree)
    document["variables"]["slots.agree"] = {"type": "enum", "values": ["yes", "no"]}
    document["variables"]["slots.service"]["values"] += ["whitening", "checkup"]
    document["nodes"]["welcome"]["to"] = {"next": "agree"}
    document["nodes"]["service"]["expect"]["options"] += [
        {"id": "whitening", "label": {"tr": "Beyazlatma", "en": "Whitening"}},
        {"id": "checkup", "label": {"tr": "Kontrol", "en": "Check-up"}},
    ]
    document["triggers"].append(
        {"id": "person", "class": "hard", "mode": "phrase", "do": "goto", "to": "person",
         "keywords": {"tr": ["temsilci"], "en": ["human"]}}
    )  # fmt: skip
    return document


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, to be copied."""
    path = tmp_path_factory.mktemp("store") / "frontdesk.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path, meta: GraphApi, migrated: Path) -> Settings:
    """Settings of a server over a store of its own."""
    copy = shutil.copy(migrated, tmp_path)
    return settings_of(f"sqlite:///{copy}", None, tmp_path, meta.url)


@pytest.fixture
async def box(settings: Settings, meta: GraphApi, flow: dict[str, Any]) -> AsyncIterator[Box]:
    """The running server, with two members of staff and a visitor of the API."""
    async with open_box(settings, flow, meta) as opened:
        await opened.sign_in()
        for name in ("Deniz", "Selin"):
            await hire(opened, name)
        yield opened


async def hire(box: Box, name: str) -> None:
    """Make a member of staff who can do everything."""
    kept = box.ports.repositories
    new = NewStaff(f"{name.lower()}@example.com", Role.OWNER, name=name, password=PASSWORD)
    await add_person(kept.directory, kept.audit, tenant_id=box.tenant_id, new=new, actor="test")


@pytest.fixture
def eyes() -> Eyes:
    """Who sees what pages complain of."""
    return Eyes()


@pytest.fixture
async def visit(browser: Browser, eyes: Eyes) -> AsyncIterator[Opener]:
    """Opens pages; fails the test at its end where one of them complained."""
    async with AsyncExitStack() as stack:

        async def opener(address: str, *, init_script: Path | None = None, **context: Any) -> Page:
            options: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, **context}
            profile = await browser.new_context(**options)
            stack.push_async_callback(profile.close)
            profile.set_default_timeout(15_000)
            if init_script is not None:
                await profile.add_init_script(path=init_script)
            page = await profile.new_page()
            eyes.watch(page)
            await page.goto(address)
            return page

        yield opener
        eyes.assert_calm()


@asynccontextmanager
async def signed_in(visit: Opener, box: Box, name: str = "Deniz", **context: Any) -> AsyncIterator[Page]:
    """Sign in to the console as a member of staff, as people do."""
    page = await visit(box.url, **context)
    await page.get_by_label("E-mail").fill(f"{name.lower()}@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Inbox").wait_for()
    yield page
