"""What a provider's connection carries back when its webhook was taken."""

import asyncio
from email.utils import parsedate_to_datetime

import pytest

from channels.meta.signature import sign
from tests.integration.api.house import House

SECRET = "app-secret"
BODY = b'{"object": "whatsapp_business_account", "entry": []}'


def request(version: str = "1.1", *, connection: str | None = None) -> bytes:
    lines = [f"POST /webhooks/meta HTTP/{version}", "Host: localhost", f"Content-Length: {len(BODY)}",
             f"X-Hub-Signature-256: {sign(BODY, SECRET)}"]  # fmt: skip
    lines += [f"Connection: {connection}"] if connection else []
    return "\r\n".join([*lines, "", ""]).encode() + BODY


async def test_that_one_connection_carries_many(sqlite_house: House) -> None:
    server = sqlite_house.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(request() + request())
    for _ in range(2):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.strip().split("\r\n")
        headers = dict(line.split(": ", maxsplit=1) for line in lines)
        assert status == "HTTP/1.1 200 OK"
        assert headers["Content-Length"] == "0"
        assert parsedate_to_datetime(headers["Date"]) == sqlite_house.ports.clock.now().replace(microsecond=0)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
    writer.close()


@pytest.mark.parametrize(("version", "connection"), [("1.1", "close"), ("1.0", None), ("1.0", "keep-alive")])
async def test_that_a_client_which_may_not_go_on_is_told_so(
    sqlite_house: House, version: str, connection: str | None
) -> None:
    server = sqlite_house.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(request(version, connection=connection))
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.startswith(f"http/{version} 200 ")
    if connection == "keep-alive":
        assert "connection: keep-alive" in head
    else:
        assert await reader.read() == b""
    writer.close()
