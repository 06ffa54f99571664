"""Acknowledgements per second: signed webhooks into the whole server, against a bare handler that only checks the HMAC.

The servers run in processes of their own; the load generator speaks HTTP/1.1 over plain asyncio sockets, so that it
costs little beside them. Bodies are made and signed before the clock starts.
"""

import asyncio
import hashlib
import hmac
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.stage import PHONE, SECRET, VERIFY, open_stage, settings_for
from core.settings import Settings
from tests.services.postgres import PostgresServer

CONNECTIONS = (4, 64)
REQUESTS = 3000
CUSTOMERS = 300
"""Most messages come from people who have written before."""
REPEATS = 3


@dataclass(frozen=True, slots=True)
class AckFigures:
    """Medians over repeats."""

    store: str
    connections: int
    bare_rate: float
    bare_p99_ms: float
    rate: float
    p99_ms: float

    @property
    def ratio(self) -> float:
        """Return our rate over the bare handler's."""
        return self.rate / self.bare_rate


def measure_acks(store: str, folder: Path, postgres: PostgresServer | None) -> list[AckFigures]:
    """Start both servers and interleave the load."""
    settings = settings_for(store, folder / "acks", postgres)
    asyncio.run(_provision(settings))
    bare, ours = _free_port(), _free_port()
    processes = [
        _start([sys.executable, "-m", "bench.bare_server", str(bare), SECRET], {}),
        _start([sys.executable, "-m", "bench.ack_server", str(ours)], _environment(settings, ours)),
    ]
    try:
        asyncio.run(_wait(bare, "/healthz"))
        asyncio.run(_wait(ours, "/readyz"))
        return [asyncio.run(_compare(store, bare, ours, connections)) for connections in CONNECTIONS]
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(40)


async def _provision(settings: Settings) -> None:
    async with open_stage(settings):
        pass


async def _compare(store: str, bare: int, ours: int, connections: int) -> AckFigures:
    figures: list[tuple[float, float, float, float]] = []
    for repeat in range(REPEATS + 1):
        bodies = [_body(f"{connections}.{repeat}.{i}", i) for i in range(REQUESTS)]
        figures.append((*await _load(bare, bodies, connections), *await _load(ours, bodies, connections)))
    medians = [statistics.median(column) for column in zip(*figures[1:], strict=True)]
    return AckFigures(store, connections, *medians)


async def _load(port: int, requests: list[bytes], connections: int) -> tuple[float, float]:
    queue = iter(requests)
    latencies: list[float] = []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in queue:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
            )
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - started)
        writer.close()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(connection())
    took = time.perf_counter() - started
    latencies.sort()
    return len(requests) / took, latencies[int(len(latencies) * 0.99)] * 1000


def _body(name: str, number: int) -> bytes:
    body = orjson.dumps({
        "object": "whatsapp_business_account",
        "entry": [{"id": "W1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550001111", "phone_number_id": PHONE},
            "contacts": [{"profile": {"name": "Somebody"}, "wa_id": f"4477{number % CUSTOMERS:08d}"}],
            "messages": [{"from": f"4477{number % CUSTOMERS:08d}", "id": f"wamid.{name}.{os.getpid()}",
                          "timestamp": str(int(time.time())), "type": "text", "text": {"body": "How much is it?"}}],
        }}]}],
    })  # fmt: skip
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST /webhooks/meta HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FRONTDESK_", "OPENAI_"))}
    return subprocess.Popen(command, env=kept | environment, stderr=subprocess.DEVNULL)


def _environment(settings: Settings, port: int) -> dict[str, str]:
    key = settings.master_key.get_secret_value() if settings.master_key else ""
    given = {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_URL": settings.migration_url or "",
        "DATA_DIR": str(settings.data_dir),
        "MASTER_KEY": key,
        "META_APP_SECRET": SECRET,
        "META_VERIFY_TOKEN": VERIFY,
        "GRAPH_URL": "http://127.0.0.1:9",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "error",
    }
    return {f"FRONTDESK_{name}": value for name, value in given.items()}


async def _wait(port: int, path: str) -> None:
    for _ in range(300):
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
