"""Sends letters: to the mail server that the settings name, else into a folder, where developers read them."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.clock import Clock
from core.entering import Letter, Mailer
from core.errors import MailFailed
from core.ids import Ids
from core.settings import Settings

SECONDS = 15.0
"""How long the mail server may take for each of its answers."""
NOBODY = "frontdesk@localhost"
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def mailer_of(settings: Settings, clock: Clock, ids: Ids) -> Mailer:
    """Return what sends letters under these settings."""
    if settings.smtp_url is None:
        return FolderMailer(settings.data_dir / "mail", settings.mail_from or NOBODY, clock=clock, ids=ids)
    return SmtpMailer(settings.smtp_url.get_secret_value(), settings.mail_from or NOBODY, clock=clock)


class SmtpMailer:
    """Hands letters to a mail server, one connection each: they are few."""

    def __init__(self, url: str, sender: str, *, clock: Clock) -> None:
        self._server = urlsplit(url)
        self._sender = sender
        self._name = _domain(sender)
        self._clock = clock

    @property
    def is_connected(self) -> bool:
        """Tell whether letters leave this machine."""
        return True

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server; raises MailFailed."""
        message = compose_mail(letter, self._sender, clock=self._clock)
        try:
            await asyncio.to_thread(self._deliver, message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed(f"The mail server did not take the letter ({type(error).__name__}).") from error

    def _deliver(self, message: EmailMessage) -> None:
        host, secure = self._server.hostname or "", ssl.create_default_context()
        if self._server.scheme == "smtps":
            with smtplib.SMTP_SSL(host, self._server.port or 465, self._name, timeout=SECONDS, context=secure) as line:
                self._say(line, message)
            return
        with smtplib.SMTP(host, self._server.port or 25, self._name, timeout=SECONDS) as line:
            line.ehlo()
            if line.has_extn("starttls"):
                line.starttls(context=secure)
                line.ehlo()
            elif self._server.username and host not in _LOCAL:
                raise smtplib.SMTPNotSupportedError("a password is sent over an encrypted line only")
            self._say(line, message)

    def _say(self, line: smtplib.SMTP, message: EmailMessage) -> None:
        if self._server.username:
            line.login(unquote(self._server.username), unquote(self._server.password or ""))
        line.send_message(message)


class FolderMailer:
    """Writes each letter to a file of its own."""

    def __init__(self, folder: Path, sender: str, *, clock: Clock, ids: Ids) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock
        self._ids = ids

    @property
    def is_connected(self) -> bool:
        """Tell whether letters leave this machine."""
        return False

    async def send(self, letter: Letter) -> None:
        """Write a letter; raises MailFailed."""
        data = compose_mail(letter, self._sender, clock=self._clock).as_bytes(policy=SMTP)
        try:
            await asyncio.to_thread(self._write, data)
        except OSError as error:
            raise MailFailed(f"The letter could not be written to {self._folder}.") from error

    def _write(self, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / f"{self._ids.new()}.eml").write_bytes(data)


def compose_mail(letter: Letter, sender: str, *, clock: Clock) -> EmailMessage:
    """Return a letter as a message: plain text first, the same in HTML beside it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=_domain(sender))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _domain(sender: str) -> str:
    """Return what we call ourselves: asking the network for this machine's own name can take as long as it likes."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
