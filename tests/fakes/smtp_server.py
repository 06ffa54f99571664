"""A mail server over a real socket that keeps what it is given: enough of RFC 5321 for one client at a time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import cast


@dataclass
class SmtpServer:
    """Takes letters; ``refusing`` answers that the mailbox is not there."""

    refusing: bool = False
    letters: "asyncio.Queue[EmailMessage]" = field(default_factory=asyncio.Queue)
    recipients: list[str] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> "SmtpServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def letter(self) -> EmailMessage:
        """Return the next letter; waits for it."""
        async with asyncio.timeout(15):
            return await self.letters.get()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        self._open.discard(writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := (await reader.readuntil(b"\r\n")).decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "RCPT":
                self.recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "RCPT" and self.refusing:
                writer.write(b"550 no such mailbox\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
                self.letters.put_nowait(cast(EmailMessage, message_from_bytes(raw, policy=default)))
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 sink\r\n" if verb != "AUTH" else b"535 no\r\n")


def words_of(letter: EmailMessage, kind: str = "plain") -> str:
    """Return what a letter says, as plain text or as HTML."""
    body = letter.get_body((kind,))
    assert body is not None
    return str(cast(EmailMessage, body).get_content())


def link_of(letter: EmailMessage) -> str:
    """Return the link of a letter."""
    return next(line for line in words_of(letter).splitlines() if line.startswith("http"))
