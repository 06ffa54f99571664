"""Letters: the same in every language, and nothing of whoever is named in them gets into their head."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import MovableClock
from core.entering import Letter
from core.errors import MailFailed
from core.ids import RandomIds
from desk.letter_words import PHRASES
from desk.letters import Invitation, compose_invitation, compose_password
from desk.mailing import FolderMailer, SmtpMailer, compose_mail
from desk.passwords import needs_rehash
from tests.fakes.smtp_server import SmtpServer

LINK = "https://desk.example/#/join/secret"
UNTIL = datetime(2026, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize("locale", sorted(PHRASES))
def test_that_every_language_says_everything(locale: str) -> None:
    assert PHRASES[locale].keys() == PHRASES["en"].keys()
    about = Invitation("a@example.com", "Klinik", "Deniz", UNTIL)
    for letter in (
        compose_invitation(about, LINK, locale=locale),
        compose_password("a@example.com", LINK, locale=locale),
    ):
        assert LINK in letter.text
        assert letter.html.count(LINK) == 2
        assert "{" not in letter.text + letter.subject
        assert ('dir="rtl"' in letter.html) == (locale == "ar")


def test_that_a_name_is_neither_markup_nor_a_head_of_its_own() -> None:
    about = Invitation("a@example.com", "<b>Klinik</b>", "Deniz\r\nBcc: all@example.com", UNTIL)
    letter = compose_invitation(about, LINK, locale="en")
    assert "<b>" not in letter.html
    assert letter.subject == "Deniz Bcc: all@example.com invites you to <b>Klinik</b> on Frontdesk"
    message = compose_mail(letter, "Frontdesk <desk@example.com>", clock=MovableClock())
    assert message["Bcc"] is None


async def test_that_a_letter_that_cannot_leave_says_so(tmp_path: Path) -> None:
    letter = Letter("a@example.com", "s", "t", "<p>t</p>")
    with pytest.raises(MailFailed):
        await SmtpMailer("smtp://127.0.0.1:1", "desk@example.com", clock=MovableClock()).send(letter)
    (tmp_path / "mail").write_text("not a folder")
    with pytest.raises(MailFailed):
        await FolderMailer(tmp_path / "mail", "desk@example.com", clock=MovableClock(), ids=RandomIds()).send(letter)


async def test_that_a_password_leaves_no_machine_unencrypted() -> None:
    async with SmtpServer() as server:
        # The same server under a name that is not known to be this machine.
        url = server.url.replace("//127.0.0.1", "//me:secret@0.0.0.0")
        with pytest.raises(MailFailed, match="SMTPNotSupportedError"):
            await SmtpMailer(url, "desk@example.com", clock=MovableClock()).send(Letter("a@example.com", "s", "t", ""))
        assert server.letters.empty()


def test_that_a_hash_of_another_kind_is_made_anew() -> None:
    assert needs_rehash("$2b$12$x")
