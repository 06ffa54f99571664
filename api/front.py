"""The front door: answers a provider's plain webhooks itself, and leaves everything else to the application.

A webhook has one shape, and there are a thousand of them a second. The web framework spends four fifths of an
acknowledgement on what this shape makes no use of: tasks, streams, multi-dictionaries, routes, response objects. So the
bytes of a connection are looked at first. A whole request of exactly the shape is answered here; from the first that is
anything else, whatever it is, the connection belongs to the application for good, with every byte held back. Both lead
to the same intake and say the same (``tests/integration/api/test_front.py``); ``docs/decisions`` tells what it saves.
"""

import asyncio
import re
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, cast

from channels.meta.signature import SIGNATURE_HEADER
from core.ports import RawRequest

LARGEST = 64 * 1024
"""Bytes of a body; what is larger is the application's, which reads as it comes."""
LONGEST_HEAD = 8190
"""Bytes of a request's first line and headers."""
IDLE_SECONDS, STALLED_SECONDS = 3630.0, 60.0
"""How long a connection may stay open without a request, longer than proxies keep theirs; and with half of one."""

PATH = "/webhooks/meta"

_HEAD = re.compile(
    rb"POST " + PATH.encode() + rb" HTTP/1\.1\r\n"
    rb"(?:"
    rb"(?i:content-length):[\t ]*+([0-9]{1,6})[\t ]*+\r\n"
    rb"|(?i:" + SIGNATURE_HEADER.encode() + rb"):[\t ]*+([\x21-\x7e]*+)[\t ]*+\r\n"
    rb"|(?i:connection):[\t ]*+(?i:keep-alive)[\t ]*+\r\n"
    rb"|(?!(?i:content-length|x-hub-signature-256|transfer-encoding|content-encoding|connection|expect|upgrade|te):)"
    rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++:[\t\x20-\x7e\x80-\xff]*+\r\n"
    rb")*+\r\n"
)
"""RFC 9112 to the letter: no bare line feed, no folded line, no space before a colon; and no framing but a length."""
_SIGNATURE = SIGNATURE_HEADER.encode() + b":"

Answering = Callable[[RawRequest], Coroutine[Any, Any, bytes]]


class Unusual(Exception):
    """Not the shape that is answered here."""


def read_webhook(data: bytes) -> tuple[RawRequest, bytes] | int:
    """Return the request that ``data`` begins with, and what follows it; how long it is while it is not whole.

    Raises Unusual where it is, or may become, anything else. What two servers could read in two ways is unusual: a
    length given twice or no plain number, any other framing.
    """
    head = _HEAD.match(data, 0, LONGEST_HEAD)
    if head is None:
        raise Unusual
    length, signature = head.groups(b"")
    start = head.end()
    names = data[:start].lower()
    is_usual = (
        length
        and int(length) <= LARGEST
        and names.count(b"content-length:") == names.count(b"\r\nhost:") == 1
        and names.count(_SIGNATURE) <= 1
    )
    if not is_usual:
        raise Unusual
    whole = start + int(length)
    if len(data) < whole:
        return whole
    return RawRequest(data[start:whole], {SIGNATURE_HEADER: signature.decode()}), data[whole:]


class Front:
    """Every connection that came, until it was given to the application."""

    def __init__(self, application: Callable[[], asyncio.Protocol], answer: Answering) -> None:
        self.application = application
        self.answer = answer
        self.connections: set[_Connection] = set()
        self.is_closed = False
        self.loop = asyncio.get_running_loop()
        self._sweeping = self.loop.call_later(STALLED_SECONDS, self._sweep)

    def __call__(self) -> asyncio.Protocol:
        """Return what receives a new connection."""
        return _Connection(self)

    async def close(self, seconds: float) -> None:
        """Take no more requests, and wait so long for those that are being answered; the others are cut off."""
        self.is_closed = True
        self._sweeping.cancel()
        answers = [answer for connection in [*self.connections] if (answer := connection.end()) is not None]
        if answers:
            _, late = await asyncio.wait(answers, timeout=seconds)
            for answer in late:
                answer.cancel()

    def _sweep(self) -> None:
        now = self.loop.time()
        for connection in [*self.connections]:
            connection.close_if_idle(now)
        self._sweeping = self.loop.call_later(STALLED_SECONDS, self._sweep)


class _Connection(asyncio.Protocol):
    """Holds no more than it was sent at once, and says no more than is read: who sends faster waits."""

    __slots__ = ("_answer", "_ending", "_front", "_heard", "_held", "_is_paused", "_is_read", "_transport", "_wanted")

    def __init__(self, front: Front) -> None:
        self._front = front
        self._transport: asyncio.Transport
        self._held = b""
        self._wanted = 0
        """Bytes without which looking again would show nothing new."""
        self._answer: asyncio.Task[bytes] | None = None
        self._ending = False
        self._is_paused = False
        self._is_read = True
        self._heard = front.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen."""
        self._transport = cast(asyncio.Transport, transport)
        if self._front.is_closed:
            self._transport.close()
            return
        self._front.connections.add(self)
        with suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, once what is being stored is stored."""
        if self._answer is None:
            self._front.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Answer, wait for the rest, or give the connection away."""
        self._heard = self._front.loop.time()
        self._held = self._held + data if self._held else data
        self._go_on()

    def pause_writing(self) -> None:
        """Answer nothing more until what was said is read."""
        self._is_read = False

    def resume_writing(self) -> None:
        """Go on answering."""
        self._is_read = True
        self._go_on()

    def end(self) -> asyncio.Task[bytes] | None:
        """Close now, or as soon as what is being answered was; returns the answer waited for."""
        self._ending = True
        if self._answer is None:
            self._transport.close()
        return self._answer

    def close_if_idle(self, now: float) -> None:
        """Close what has not been heard of for long."""
        is_stalled = self._held or not self._is_read
        if self._answer is None and now - self._heard > (STALLED_SECONDS if is_stalled else IDLE_SECONDS):
            self._transport.abort()

    def _go_on(self) -> None:
        is_free = self._answer is None and self._is_read and not self._ending
        if is_free and self._held and len(self._held) >= self._wanted:
            try:
                found = read_webhook(self._held)
            except Unusual:
                self._give_away()
                return
            if isinstance(found, int):
                self._wanted = found
            else:
                request, self._held = found
                self._wanted, is_free = 0, False
                self._answer = self._front.loop.create_task(self._front.answer(request))
                self._answer.add_done_callback(self._answered)
        self._pause(not is_free and len(self._held) > LARGEST)

    def _answered(self, answer: asyncio.Task[bytes]) -> None:
        self._answer = None
        if self._transport.is_closing():
            self._front.connections.discard(self)
            return
        if answer.cancelled() or answer.exception() is not None:
            self._transport.abort()
            return
        self._transport.write(answer.result())
        if self._ending:
            self._transport.close()
        elif self._held:
            self._go_on()

    def _pause(self, paused: bool) -> None:
        if paused != self._is_paused:
            self._is_paused = paused
            (self._transport.pause_reading if paused else self._transport.resume_reading)()

    def _give_away(self) -> None:
        self._pause(False)
        self._front.connections.discard(self)
        protocol = self._front.application()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._held)
