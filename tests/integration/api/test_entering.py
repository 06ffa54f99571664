"""Getting in by mail: forgotten passwords, invitations, over a real SMTP socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import server
from api.auth import COOKIE
from core.nouns import Role
from tests.fakes.smtp_server import SmtpServer, link_of, words_of
from tests.integration.api.house import PASSWORD, House, open_house, settings_of

NEW = "a brand new password"


@pytest.fixture
async def mail() -> AsyncIterator[SmtpServer]:
    """A mail server."""
    async with SmtpServer() as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
async def posting(
    request: pytest.FixtureRequest, tmp_path: Path, aiohttp_client: Any, mail: SmtpServer
) -> AsyncIterator[House]:
    """The server over each store, with a mail server."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    more = {"smtp_url": SecretStr(mail.url), "mail_from": "Frontdesk <desk@example.com>"}
    async with open_house(settings_of(url, tmp_path, **more), aiohttp_client, server.open_ports) as opened:
        yield opened
        await opened.client.close()


def secret_of(link: str) -> str:
    return link.rpartition("/")[2]


async def sign_in(house: House, email: str, password: str) -> int:
    status, _ = await house.call("POST", "auth/login", {"email": email, "password": password}, key="")
    return status


async def test_that_a_forgotten_password_is_set_anew_by_the_mailed_link(posting: House, mail: SmtpServer) -> None:
    await posting.sign_in("deniz@example.com")
    old = {"Cookie": f"{COOKIE}={next(c.value for c in posting.client.session.cookie_jar)}"}
    posting.client.session.cookie_jar.clear()
    status, told = await posting.call("POST", "auth/forgot", {"email": " Deniz@example.com", "locale": "tr"}, key="")
    assert (status, told) == (202, {"told": True})
    letter = await mail.letter()
    assert (letter["To"], letter["From"]) == ("deniz@example.com", "Frontdesk <desk@example.com>")
    assert letter["Subject"] == "Frontdesk için yeni parola belirleyin"
    link = link_of(letter)
    assert link.startswith("http://127.0.0.1:8080/#/password/")
    assert link in words_of(letter, "html")
    ticket = {"ticket": secret_of(link)}
    _, shown = await posting.call("POST", "auth/ticket", ticket, key="")
    assert (shown["kind"], shown["email"], shown["has_password"]) == ("password", "deniz@example.com", True)
    assert (await posting.call("POST", "auth/password", {**ticket, "password": "short"}, key=""))[0] == 422
    status, told = await posting.call("POST", "auth/password", {**ticket, "password": NEW}, key="")
    assert (status, told["signed_in"]) == (200, True)
    assert (await posting.call("GET", "me", key=""))[0] == 200
    posting.client.session.cookie_jar.clear()
    assert (await posting.call("GET", "me", key="", **old))[0] == 401
    assert [await sign_in(posting, "deniz@example.com", each) for each in (PASSWORD, NEW)] == [401, 200]
    again = await posting.call("POST", "auth/password", {**ticket, "password": NEW}, key="")
    assert (again[0], again[1]["code"]) == (404, "not_found")


async def test_that_nobody_learns_who_has_an_account(posting: House, mail: SmtpServer) -> None:
    await posting.sign_in("known@example.com")
    looked: list[str] = []
    found = posting.ports.repositories.directory.find_staff_by_email
    answers = [
        await posting.call("POST", "auth/forgot", {"email": email}, key="")
        for email in ("unknown@example.com", "known@example.com")
    ]
    assert answers[0] == answers[1] == (202, {"told": True})
    assert (await mail.letter())["To"] == "known@example.com"
    assert mail.recipients == ["known@example.com"]
    assert (looked, await found("unknown@example.com")) == ([], None)


async def test_that_a_letter_can_be_asked_for_three_times_an_hour_by_known_and_unknown_alike(posting: House) -> None:
    for email in ("known@example.com", "unknown@example.com"):
        statuses = [(await posting.call("POST", "auth/forgot", {"email": email}, key=""))[0] for _ in range(4)]
        assert statuses == [202, 202, 202, 429]


async def test_that_of_two_links_the_second_opens_no_more_once_one_was_used(posting: House, mail: SmtpServer) -> None:
    await posting.sign_in("deniz@example.com")
    links = []
    for _ in range(2):
        await posting.call("POST", "auth/forgot", {"email": "deniz@example.com"}, key="")
        links.append(secret_of(link_of(await mail.letter())))
    assert (await posting.call("POST", "auth/password", {"ticket": links[1], "password": NEW}, key=""))[0] == 200
    assert (await posting.call("POST", "auth/ticket", {"ticket": links[0]}, key=""))[0] == 404


async def test_that_an_invited_colleague_joins_and_is_signed_in(posting: House, mail: SmtpServer) -> None:
    body = {"email": "Yeni@example.com", "role": "builder", "locale": "ru"}
    status, made = await posting.call("POST", "invitations", body)
    assert (status, made["sent"], made["connected"]) == (201, True, True)
    letter = await mail.letter()
    assert "Klinik" in letter["Subject"]
    ticket = {"ticket": secret_of(link_of(letter))}
    _, shown = await posting.call("POST", "auth/ticket", ticket, key="")
    assert (shown["business"], shown["role"], shown["has_password"]) == ("Klinik", "builder", False)
    assert (await posting.call("POST", "auth/password", {**ticket, "password": NEW}, key=""))[0] == 404
    join = {**ticket, "name": "Yeni", "password": NEW}
    status, joined = await posting.call("POST", "auth/join", join, key="")
    assert (status, joined["signed_in"]) == (200, True)
    _, me = await posting.call("GET", "me", key="")
    assert (me["staff"]["name"], me["role"], me["staff"]["locale"]) == ("Yeni", "builder", "ru")
    assert (await posting.call("POST", "auth/join", join, key=""))[0] == 404
    waiting = [each["email"] for each in (await posting.call("GET", "invitations"))[1]["items"]]
    assert "Yeni@example.com" not in waiting


async def test_that_who_has_a_password_keeps_it_and_joins_a_second_business(posting: House, mail: SmtpServer) -> None:
    await posting.sign_in("deniz@example.com")
    posting.client.session.cookie_jar.clear()
    other = await posting.open_business("Other")
    key = other.keys[Role.OWNER]
    await posting.call("POST", "invitations", {"email": "deniz@example.com", "role": "admin"}, key=key)
    ticket = {"ticket": secret_of(link_of(await mail.letter()))}
    assert (await posting.call("POST", "auth/ticket", ticket, key=""))[1]["has_password"]
    status, joined = await posting.call("POST", "auth/join", {**ticket, "password": NEW}, key="")
    assert (status, joined["signed_in"]) == (200, False)
    assert [await sign_in(posting, "deniz@example.com", each) for each in (NEW, PASSWORD)] == [401, 200]
    _, me = await posting.call("GET", "me", key="")
    assert sorted(each["name"] for each in me["memberships"]) == ["Klinik", "Other"]


async def test_that_an_ended_or_replaced_invitation_opens_no_more(posting: House, mail: SmtpServer) -> None:
    tickets = []
    for _ in range(2):
        _, made = await posting.call("POST", "invitations", {"email": "a@example.com", "role": "staff"})
        tickets.append({"ticket": secret_of(link_of(await mail.letter()))})
    statuses = [(await posting.call("POST", "auth/ticket", each, key=""))[0] for each in tickets]
    assert statuses == [404, 200]
    assert (await posting.call("DELETE", f"invitations/{made['id']}"))[0] == 204
    assert (await posting.call("POST", "auth/ticket", tickets[1], key=""))[0] == 404


async def test_that_an_admin_makes_no_owner(posting: House) -> None:
    admin, owner = posting.business.keys[Role.ADMIN], {"email": "o@example.com", "role": "owner"}
    assert (await posting.call("POST", "invitations", owner, key=admin))[0] == 403
    assert (await posting.call("POST", "api-keys", {"name": "k", "role": "owner"}, key=admin))[0] == 403


async def test_that_a_mail_server_that_refuses_is_told_and_the_invitation_stays(
    posting: House, mail: SmtpServer
) -> None:
    mail.refusing = True
    status, made = await posting.call("POST", "invitations", {"email": "b@example.com", "role": "staff"})
    assert (status, made["sent"]) == (201, False)
    mail.refusing = False
    await posting.call("POST", "invitations", {"email": "b@example.com", "role": "staff"})
    assert (await mail.letter())["To"] == "b@example.com"
    # An errand that fails is logged, and the next one is run all the same.
    await posting.sign_in("deniz@example.com")
    mail.refusing = True
    await posting.call("POST", "auth/forgot", {"email": "deniz@example.com"}, key="")
    while mail.recipients[-1] != "deniz@example.com":
        await posting.call("GET", "members")
    mail.refusing = False
    await posting.call("POST", "auth/forgot", {"email": "deniz@example.com"}, key="")
    assert (await mail.letter())["To"] == "deniz@example.com"


async def test_that_without_a_mail_server_letters_lie_in_a_folder(sqlite_house: House) -> None:
    status, made = await sqlite_house.call("POST", "invitations", {"email": "c@example.com", "role": "staff"})
    assert (status, made["sent"], made["connected"]) == (201, True, False)
    folder = sqlite_house.ports.settings.data_dir / "mail"
    [letter] = folder.glob("*.eml")
    assert b"To: c@example.com" in letter.read_bytes()
