"""Acknowledgements per second: signed webhooks into the whole server, against a bare handler that only checks the HMAC.

The servers run in processes of their own; the load generator speaks HTTP/1.1 over plain asyncio sockets, so that it
costs little beside them. Bodies are made and signed before the clock starts.
"""

import asyncio
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.stage import SECRET, open_stage, settings_for
from bench.wire import environment_of, free_port, read_answer, signed_message, start, wait_for
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
    bare, ours = free_port(), free_port()
    processes = [
        start([sys.executable, "-m", "bench.bare_server", str(bare), SECRET], {}),
        start([sys.executable, "-m", "bench.ack_server", str(ours)], environment_of(settings, ours)),
    ]
    try:
        asyncio.run(wait_for(bare, "/healthz"))
        asyncio.run(wait_for(ours, "/readyz"))
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
        bodies = [signed_message(f"4477{i % CUSTOMERS:08d}", f"{connections}.{repeat}.{i}") for i in range(REQUESTS)]
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
            await read_answer(reader)
            latencies.append(time.perf_counter() - started)
        writer.close()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(connection())
    took = time.perf_counter() - started
    latencies.sort()
    return len(requests) / took, latencies[int(len(latencies) * 0.99)] * 1000
