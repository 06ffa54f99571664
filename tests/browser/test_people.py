"""People get in, and set up who else does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pydantic import SecretStr

from core.settings import Settings
from tests.browser.conftest import Opener, signed_in
from tests.browser.eyes import Eyes
from tests.browser.test_access import CALM, faults, faults_in_both
from tests.fakes.smtp_server import SmtpServer, link_of
from tests.scenarios.box import PASSWORD, Box, settings_of

NEW = "a brand new password"


@pytest.fixture
async def mail() -> AsyncIterator[SmtpServer]:
    """A mail server."""
    async with SmtpServer() as opened:
        yield opened


@pytest.fixture
def settings(settings: Settings, mail: SmtpServer, tmp_path: Path) -> Settings:
    """Settings of a server that sends letters."""
    more = {"smtp_url": SecretStr(mail.url), "mail_from": "Frontdesk <desk@example.com>"}
    return settings_of(settings.database_url, None, tmp_path, settings.graph_url or "", **more)


async def sign_in(page: Page, password: str) -> None:
    await page.get_by_label("E-mail").fill("deniz@example.com")
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.long
async def test_that_a_forgotten_password_is_reset_by_the_mailed_link(
    box: Box, mail: SmtpServer, visit: Opener, eyes: Eyes
) -> None:
    eyes.expect("404 POST /api/v1/auth/ticket", "401 POST /api/v1/auth/login")
    page = await visit(box.url, **CALM)
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("E-mail").fill("deniz@example.com")
    assert await faults_in_both(page) == []
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_text("Look into your mailbox")).to_be_visible()
    link = link_of(await mail.letter())
    await page.goto(link)
    await page.get_by_label("New password").fill(NEW)
    assert await faults(page) == []
    await page.get_by_role("button", name="Set password and sign in").click()
    await page.get_by_role("heading", name="Inbox").wait_for()
    other = await visit(link, **CALM)
    await expect(other.get_by_text("This link opens no more")).to_be_visible()
    assert await faults(other) == []
    await other.get_by_role("link", name="Back to sign-in").click()
    await sign_in(other, PASSWORD)
    await expect(other.get_by_text("E-mail or password is wrong.")).to_be_visible()
    await sign_in(other, NEW)
    await other.get_by_role("heading", name="Inbox").wait_for()


async def test_that_an_invited_colleague_joins_and_answers(box: Box, mail: SmtpServer, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.get_by_role("link", name="Settings", exact=True).click()
        await page.get_by_role("link", name="Team").click()
        await page.get_by_text("Selin", exact=True).wait_for()
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Invite a colleague").click()
        await page.get_by_label("E-mail").fill("yeni@example.com")
        assert await faults(page) == []
        await page.get_by_role("button", name="Send invitation").click()
        await expect(page.get_by_text("Invitation sent to yeni@example.com")).to_be_visible()
        colleague = await visit(link_of(await mail.letter()), **CALM)
        await expect(colleague.get_by_role("heading", name="Join Klinik")).to_be_visible()
        await colleague.get_by_label("Your name").fill("Yeni Biri")
        await colleague.get_by_label("New password").fill(NEW)
        assert await faults(colleague) == []
        await colleague.get_by_role("button", name="Join").click()
        await colleague.get_by_role("heading", name="Inbox").wait_for()
        await page.reload()
        await expect(page.get_by_text("Yeni Biri")).to_be_visible()


@pytest.mark.long
async def test_that_a_device_is_signed_out_from_another(box: Box, visit: Opener, eyes: Eyes) -> None:
    eyes.expect("401 GET", "401 POST")
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
    async with signed_in(visit, box, **CALM) as page, signed_in(visit, box, user_agent=phone) as lost:
        await page.get_by_role("link", name="Settings", exact=True).click()
        await expect(page.get_by_text("This device")).to_have_count(1)
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Sign out: Safari on iPhone").click()
        await expect(page.get_by_text("Safari on iPhone")).to_be_hidden()
        await lost.reload()
        await expect(lost.get_by_label("E-mail")).to_be_visible()


@pytest.mark.long
async def test_that_opening_hours_are_set_for_a_week_with_a_holiday(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.goto(f"{box.url}/#/settings/hours")
        await page.get_by_text("At these hours").click()
        await page.get_by_label("Monday, to").fill("12:30")
        await page.get_by_role("button", name="Add hours on Monday").click()
        await page.get_by_label("Monday, to").nth(1).fill("19:00")
        await page.get_by_label("Day", exact=True).fill("2027-01-01")
        await page.get_by_role("button", name="Add", exact=True).click()
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        policy = await box.api("GET", "policies")
        monday = [(each["start"], each["end"]) for each in policy["hours"] if each["day"] == 0]
        assert monday == [("09:00:00", "12:30:00"), ("12:30:00", "19:00:00")]
        assert (policy["holidays"], len(policy["hours"])) == (["2027-01-01"], 6)


@pytest.mark.long
async def test_that_a_key_is_shown_once_and_revoked_by_its_name(box: Box, visit: Opener) -> None:
    async with signed_in(visit, box, **CALM) as page:
        await page.goto(f"{box.url}/#/settings/keys")
        await page.get_by_role("button", name="Create a key").click()
        await page.get_by_label("What it is for").fill("Website")
        await page.get_by_role("dialog").get_by_role("button", name="Create a key").click()
        key = await page.get_by_role("dialog").locator("pre").inner_text()
        assert key.startswith("fd_")
        assert await faults(page) == []
        await page.get_by_role("button", name="I have copied it").click()
        assert await faults_in_both(page) == []
        await page.get_by_role("button", name="Revoke: Website").click()
        await page.get_by_role("textbox", name="What it is for").fill("Website")
        await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        await expect(page.get_by_text("opens nothing any more")).to_be_visible()
