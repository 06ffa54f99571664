"""Processes and raw HTTP for the benchmarks: the load costs little beside what it measures."""

import asyncio
import hashlib
import hmac
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable

import orjson

from bench.stage import PHONE, SECRET, VERIFY
from core.settings import Settings


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    """Return the body of an answer; raises RuntimeError where it is not 200."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
    lines = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in lines:
        return b"".join([piece async for piece in _pieces(reader)])
    return await reader.readexactly(next((int(line[15:]) for line in lines if line[:15] == b"content-length:"), 0))


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    size = 1
    while size:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        yield (await reader.readexactly(size + 2))[:-2]


def signed_message(number: str, name: str, *, phone: str = PHONE) -> bytes:
    """Return the request of a webhook with one text of a customer, signed."""
    body = orjson.dumps({
        "object": "whatsapp_business_account",
        "entry": [{"id": "W1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550001111", "phone_number_id": phone},
            "contacts": [{"profile": {"name": "Somebody"}, "wa_id": number}],
            "messages": [{"from": number, "id": f"wamid.{name}.{os.getpid()}", "type": "text",
                          "timestamp": str(int(time.time())), "text": {"body": "How much is it?"}}],
        }}]}],
    })  # fmt: skip
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process that knows no settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FRONTDESK_", "OPENAI_"))}
    return subprocess.Popen(command, env=kept | environment, stderr=subprocess.DEVNULL)


def environment_of(settings: Settings, port: int, **more: str) -> dict[str, str]:
    """Return the environment that makes a server read these settings."""
    key = settings.master_key.get_secret_value() if settings.master_key else ""
    given = {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_URL": settings.migration_url or "",
        "DATA_DIR": str(settings.data_dir),
        "MASTER_KEY": key,
        "META_APP_SECRET": SECRET,
        "META_VERIFY_TOKEN": VERIFY,
        "GRAPH_URL": settings.graph_url or "",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "error",
    }
    return {f"FRONTDESK_{name}": value for name, value in given.items()} | more


async def wait_for(port: int, path: str, *, lives: Callable[[], bool] = lambda: True) -> None:
    """Wait until a server answers 200; raises RuntimeError where it does not, or ends meanwhile."""
    for _ in range(1200):
        if not lives():
            break
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n")
            writer.close()
            if b" 200 " in head:
                return
        except (OSError, asyncio.IncompleteReadError):
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError(f"nothing is ready on port {port}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
