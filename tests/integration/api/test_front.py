"""The front door answers as the application does, whatever a provider's connection carries and however it is cut."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import front
from api.acknowledging import Acknowledging
from api.front import LARGEST, PATH, Front, Unusual, read_webhook
from channels.meta.signature import sign
from tests.integration.api.house import House

SECRET = "app-secret"
MANY = 40_000
"""Requests: ten megabytes."""
BODY = b'{"object": "whatsapp_business_account", "entry": []}'


@dataclass
class Doors:
    """One application behind two addresses: with the front door and without."""

    house: House
    door: Front
    front: int
    plain: int


@pytest.fixture
async def doors(sqlite_house: House) -> AsyncIterator[Doors]:
    """Both addresses."""
    app = sqlite_house.client.app
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        runner = sqlite_house.client.server.runner
        assert runner is not None
        assert isinstance(runner.server, web.Server)
        door = Front(runner.server, Acknowledging(app))
        ports = []
        for protocol in (door, runner.server):
            server = await loop.create_server(protocol, "127.0.0.1", 0)
            stack.callback(server.close)
            ports.append(server.sockets[0].getsockname()[1])
        stack.push_async_callback(door.close, 5)
        yield Doors(sqlite_house, door, *ports)


def request(
    body: bytes = BODY, *, version: str = "1.1", first: str = "", length: str | None = None, more: Sequence[str] = ()
) -> bytes:
    """Return a signed webhook."""
    lines = [first or f"POST {PATH} HTTP/{version}", "Host: localhost",
             f"Content-Length: {len(body) if length is None else length}",
             f"X-Hub-Signature-256: {sign(body, SECRET)}", *more]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode() + body


async def answers_of(port: int, pieces: Sequence[bytes], *, count: int = 1) -> list[tuple[str, dict[str, str], bytes]]:
    """Send pieces; return what comes back: status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    try:
        async with asyncio.timeout(10):
            return [await _answer(reader) for _ in range(count)]
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return status, headers, await reader.readexactly(int(headers.get("content-length", 0)))


SHAPES = {
    "plain": request(),
    "what a proxy adds": request(more=("X-Forwarded-For: 1.2.3.4", "connection:  keep-alive ", "User-Agent: é")),
    "not JSON": request(b"nonsense"),
    "a signature that does not fit": request().replace(b"sha256=", b"sha256=0"),
    "no signature": request().replace(b"X-Hub-Signature-256", b"X-Other"),
    "two lengths": request(more=(f"Content-Length: {len(BODY)}",)),
    "two lengths that differ": request(more=("content-length: 3",)),
    "a length that is none": request(length="+5"),
    "a space before the colon": request(more=("Content-Length : 5",)),
    "a folded line": request(more=("X-Long: one", " two")),
    "a bare line feed": request(more=("X-One: 1\nX-Two: 2",)),
    "two signatures": request(more=("X-Hub-Signature-256: sha256=0",)),
    "chunks": request(more=("Transfer-Encoding: chunked",)),
    "the old protocol": request(version="1.0"),
    "the last of a connection": request(more=("Connection: close",)),
    "a question mark": request(first=f"POST {PATH}?a=b HTTP/1.1"),
    "another method": request(first=f"PUT {PATH} HTTP/1.1"),
    "another place": request(first="POST /webhooks/other HTTP/1.1"),
    "too large": request(b" " * (5 << 20)),
    "a long head": request(more=tuple(f"X-{n}: {'a' * 500}" for n in range(20))),
    "what needs other reading": request(more=("Content-Encoding: gzip",)),
    "a length in another's words": request().replace(b"Content-Length: ", b"X-A: content-length:"),
    "no host": request().replace(b"Host: localhost\r\n", b""),
    "two hosts": request(more=("Host: elsewhere",)),
    "no request": b"\x16\x03\x01 nonsense\r\n\r\n",
}
OWN = {"date", "server", "x-request-id", "connection", "content-type"}


@pytest.mark.parametrize("shape", SHAPES)
async def test_that_both_ways_say_the_same(doors: Doors, shape: str) -> None:
    ours, theirs = [await answers_of(port, [SHAPES[shape]]) for port in (doors.front, doors.plain)]
    (status, headers, body), (plain_status, plain_headers, plain_body) = ours[0], theirs[0]
    assert (status, body) == (plain_status, plain_body)
    assert headers.keys() - OWN == plain_headers.keys() - OWN
    if body:
        assert headers["content-type"] == plain_headers["content-type"]


@given(st.lists(st.sampled_from(["plain", "not JSON", "no signature"]), min_size=1, max_size=5), st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_that_requests_cut_and_run_together_are_each_answered(
    doors: Doors, shapes: list[str], data: st.DataObject
) -> None:
    whole = b"".join(SHAPES[shape] for shape in shapes)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=4)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    found = [await answers_of(port, pieces, count=len(shapes)) for port in (doors.front, doors.plain)]
    assert [(status, body) for status, _, body in found[0]] == [(status, body) for status, _, body in found[1]]


async def test_that_one_connection_carries_many_and_then_anything_else(doors: Doors) -> None:
    clock = doors.house.ports.clock
    started = clock.now().replace(microsecond=0)
    found = await answers_of(doors.front, [request() + request(), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"], count=3)
    assert [status for status, _, _ in found] == ["HTTP/1.1 200 OK"] * 3
    ended = clock.now()
    for _, headers, _ in found[:2]:
        assert headers["content-length"] == "0"
        assert started <= parsedate_to_datetime(headers["date"]) <= ended


@pytest.mark.parametrize(("version", "connection"), [("1.1", "close"), ("1.0", None), ("1.0", "keep-alive")])
async def test_that_a_client_which_may_not_go_on_is_told_so(doors: Doors, version: str, connection: str | None) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.front)
    writer.write(request(version=version, more=(f"Connection: {connection}",) if connection else ()))
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.startswith(f"http/{version} 200 ")
    if connection == "keep-alive":
        assert "connection: keep-alive" in head
    else:
        assert await reader.read() == b""
    writer.close()


async def test_that_closing_finishes_what_is_being_answered(doors: Doors) -> None:
    idle, unused = await asyncio.open_connection("127.0.0.1", doors.front)
    busy, writer = await asyncio.open_connection("127.0.0.1", doors.front)
    answer, answering = asyncio.Event(), asyncio.Event()

    async def slowly(_: object) -> bytes:
        answering.set()
        await answer.wait()
        return b"said"

    doors.door.answer = slowly
    writer.write(request())
    await answering.wait()
    closing = asyncio.ensure_future(doors.door.close(5))
    assert await idle.read() == b""
    assert not closing.done()
    answer.set()
    await closing
    assert await busy.read() == b"said"
    for each in (unused, writer):
        each.close()


async def test_that_closing_waits_for_nobody_without_end(doors: Doors) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", doors.front)
    answering = asyncio.Event()

    async def never(_: object) -> bytes:
        answering.set()
        return await asyncio.Future()

    doors.door.answer = never
    writer.write(request())
    await answering.wait()
    writer.close()
    async with asyncio.timeout(10):
        await doors.door.close(0.01)
    late, unused = await asyncio.open_connection("127.0.0.1", doors.front)
    assert await late.read() == b""
    unused.close()


async def test_that_who_does_not_read_is_not_heard(doors: Doors) -> None:
    """Neither what is sent nor what is said piles up in the server: whoever sends waits."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"." * 2000

    async def say(_: object) -> bytes:
        return said

    door = Front(lambda: asyncio.Protocol(), say)
    server = await asyncio.get_running_loop().create_server(door, sock=listening)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(listening.getsockname())
    reader, writer = await asyncio.open_connection(sock=sock, limit=4096)
    sent = 0
    try:
        while sent < MANY:
            writer.write(request() * 100)
            sent += 100
            async with asyncio.timeout(1):
                await writer.drain()
    except TimeoutError:
        pass
    assert sent < MANY
    for _ in range(sent):
        assert await reader.readexactly(len(said)) == said
    writer.close()
    server.close()
    await door.close(5)


async def test_that_half_a_request_is_not_waited_for_without_end(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "STALLED_SECONDS", 0.01)
    loop = asyncio.get_running_loop()
    door = Front(lambda: asyncio.Protocol(), doors.door.answer)
    server = await loop.create_server(door, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(request()[:-1])
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    server.close()
    await door.close(5)


def test_that_only_a_whole_request_of_the_one_shape_is_read() -> None:
    found = read_webhook(request() + b"POST")
    assert isinstance(found, tuple)
    assert (found[0].body, found[1]) == (BODY, b"POST")
    assert read_webhook(request()[:-1]) == len(request())
    answered = {"plain", "what a proxy adds", "not JSON", "a signature that does not fit", "no signature"}
    for shape, data in SHAPES.items():
        if shape not in answered:
            with pytest.raises(Unusual):
                read_webhook(data)
    with pytest.raises(Unusual):
        read_webhook(request(b" " * (LARGEST + 1)))
