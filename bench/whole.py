"""Whole turns: a signed webhook in, the reply's request at the provider out; Frontdesk and the same by the book.

Servers, provider and model run in processes of their own. CPU is what the kernel has booked on the servers' processes.
"""

import asyncio
import itertools
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson

import server
from bench.stage import PHONE, add_business
from bench.wire import free_port, read_answer, signed_message, start, wait_for
from core.settings import Settings

WARM_UP, MEASURED = 4.0, 6.0
"""Seconds."""
AT_ONCE_OF_A_WORKER = 64
"""Turns that a worker holds at once unless told otherwise."""
MODEL_SECONDS = 0.3
"""How long the slow model of the open loop takes."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class WholeFigures:
    """One load on one server."""

    turns_per_second: float
    cpu_ms: float
    """Of the server's processes, per turn."""
    whole_ms: tuple[float, float]
    """From the webhook's first byte to the reply at the provider: p50, p99."""
    ack_ms: tuple[float, float]


@dataclass(slots=True)
class Outside:
    """The provider and model process; tells who was written to."""

    port: int
    waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    seen: int = 0

    async def listen(self) -> None:
        """Wake whoever waits for a message, until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while True:
            writer.write(f"GET /arrived?after={self.seen} HTTP/1.1\r\nHost: o\r\n\r\n".encode())
            arrived = orjson.loads(await read_answer(reader))
            now = time.perf_counter()
            self.seen += len(arrived)
            for to in arrived:
                future = self.waiting.pop(to, None)
                if future is not None and not future.done():
                    future.set_result(now)


class Customers:
    """Write to one server, and wait for its replies."""

    def __init__(self, url_port: int, outside: Outside, *, run: int = 0) -> None:
        self._port = url_port
        self._run = run
        self._outside = outside
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._numbers: dict[int, int] = defaultdict(int)
        self.acks: list[float] = []
        self.wholes: list[float] = []
        self.began = time.perf_counter()

    async def turn(self, customer: int, *, phone: str = PHONE) -> None:
        """Write one message and wait for the reply."""
        future = self._outside.waiting[self._number(customer)] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        await self.write(customer, phone=phone)
        acked = time.perf_counter()
        async with asyncio.timeout(60):
            arrived = await future
        self.acks.append(acked - started)
        self.wholes.append(arrived - started)

    async def write(self, customer: int, *, phone: str) -> None:
        """Write one message, and wait for no more than that it was taken."""
        self._numbers[customer] += 1
        name = f"{self._port}.{self._run}.{customer}.{self._numbers[customer]}"
        request = signed_message(self._number(customer), name, phone=phone)
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request)
        await read_answer(reader)
        self._idle.append((reader, writer))

    def forget(self) -> None:
        """Begin to measure."""
        self.acks.clear()
        self.wholes.clear()
        self.began = time.perf_counter()

    def _number(self, customer: int) -> str:
        return f"44{77 + self._run}{customer:08d}"


class Writers(Protocol):
    """Customers as a load knows them, of our server or of another."""

    async def turn(self, customer: int, *, phone: str) -> None:
        """Write one message and wait for the reply."""

    def forget(self) -> None:
        """Begin to measure."""


Load = Callable[[Writers], Awaitable[None]]

TENANTS, NUMBERS = 8, 8
"""Businesses and numbers of each: a provider takes 80 messages a second from one number."""
EACH = 20
"""Customers that one slot of a load speaks for in turn: a provider takes one message in six seconds for one of them."""


def phone_of(slot: int) -> str:
    """Return the number that a slot's customers write to."""
    return f"PN-{slot % TENANTS}-{slot // TENANTS % NUMBERS}"


async def provision(settings: Settings, flow: dict[str, Any]) -> None:
    """Give a fresh store its businesses."""
    async with server.open_ports(settings) as ports:
        for tenant in range(TENANTS):
            phones = [f"PN-{tenant}-{number}" for number in range(NUMBERS)]
            await add_business(ports, flow, name=f"B{tenant}", phones=phones)


def closed_loop(at_once: int) -> Load:
    """Return a load of so many customers, each of whom writes again as soon as they are answered."""

    async def load(customers: Writers) -> None:
        async def one(slot: int) -> None:
            for number in itertools.count():
                if time.perf_counter() >= until:
                    return
                await customers.turn(slot * EACH + number % EACH, phone=phone_of(slot))

        for seconds in (WARM_UP, MEASURED):
            customers.forget()
            until = time.perf_counter() + seconds
            await asyncio.gather(*(one(slot) for slot in range(at_once)))

    return load


def open_loop(per_second: float) -> Load:
    """Return a load of strangers who come when they please (Poisson), whatever the server does."""
    pauses = random.Random(7)

    async def load(customers: Writers) -> None:
        customer = 1_000_000
        for seconds in (WARM_UP, MEASURED):
            customers.forget()
            until = time.perf_counter() + seconds
            async with asyncio.TaskGroup() as group:
                while time.perf_counter() < until:
                    customer += 1
                    group.create_task(customers.turn(customer, phone=phone_of(customer)))
                    await asyncio.sleep(pauses.expovariate(per_second))

    return load


@contextmanager
def outside_world(*, model_seconds: float = 0.0) -> Iterator[int]:
    """Run the provider and the model; yields their port."""
    port = free_port()
    process = start([sys.executable, "-m", "bench.provider", str(port), str(model_seconds)], {})
    try:
        asyncio.run(wait_for(port, "/ready"))
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def serve_frontdesk(
    settings: Settings, environment: dict[str, str], *, workers: int = 0
) -> Iterator[tuple[int, list[int]]]:
    """Run Frontdesk: one process, or one that serves and so many that work; yields its port and the process ids."""
    port, folder = free_port(), Path(sys.executable).parent
    roles = ["all"] if not workers else ["web", *["worker"] * workers]
    processes = [
        start([str(folder / "frontdesk"), "serve", "--role", role, "--port", str(port if not i else free_port())],
              environment)
        for i, role in enumerate(roles)
    ]  # fmt: skip
    with _running(processes):
        asyncio.run(wait_for(port, "/readyz"))
        yield port, [process.pid for process in processes]


@contextmanager
def serve_by_the_book(store: str, outside: int, *, secret: str, with_model: bool) -> Iterator[tuple[int, list[int]]]:
    """Run the server that LangGraph's documentation leads to."""
    port = free_port()
    command = [sys.executable, "-m", "bench.book.server", str(port), store, f"http://127.0.0.1:{outside}", secret,
               "model" if with_model else "none"]  # fmt: skip
    process = start(command, {})
    with _running([process]):
        asyncio.run(wait_for(port, "/healthz"))
        yield port, [process.pid]


@contextmanager
def _running(processes: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(40)


def measure(server: tuple[int, list[int]], outside: int, load: Load, *, run: int = 0) -> WholeFigures:
    """Put a load on a server; each run on the same one has customers of its own."""
    return asyncio.run(_measure(server, outside, load, run=run))


async def _measure(server: tuple[int, list[int]], outside: int, load: Load, *, run: int) -> WholeFigures:
    port, processes = server
    world = Outside(outside)
    customers = Customers(port, world, run=run)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(world.listen())
        spent, began = spent_cpu(processes), time.perf_counter()
        await load(customers)
        ended = time.perf_counter()
        spent = spent_cpu(processes) - spent
        listening.cancel()
    return figures_of(
        customers.wholes, customers.acks, spent=spent, took=ended - began, measured=ended - customers.began
    )


def figures_of(
    wholes: Sequence[float], acks: Sequence[float], *, spent: float, took: float, measured: float
) -> WholeFigures:
    """Return the figures of turns that took ``measured`` seconds until the last was answered.

    ``spent`` is the CPU of all that ``took`` so long, the warm-up in it: that counts on both sides of the division.
    """
    done = len(wholes)
    turns = done * (took / measured) if done else math.nan
    return WholeFigures(done / measured, spent * 1000 / turns, quantiles(wholes), quantiles(acks))


def better(runs: Sequence[WholeFigures]) -> WholeFigures:
    """Return the run with more turns."""
    return max(runs, key=lambda run: run.turns_per_second)


def spent_cpu(processes: Sequence[int]) -> float:
    """Return the seconds of CPU that processes have used (Linux)."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in processes]
    return sum(int(one[11]) + int(one[12]) for one in fields) / _TICKS


def quantiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds."""
    ordered = sorted(seconds) or [math.nan]
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000
