"""Fairness (ENGINE rule 6): what a business's customers notice of another one's backlog."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import server
from bench.flow import model_flow
from bench.stage import add_business
from bench.whole import Customers, Outside, quantiles, spent_cpu
from core.settings import Settings

MODEL_SECONDS = 0.2
BACKLOG = 10_000
AT_ONCE = 4
"""Turns that the one process holds at once: with the model's time the load is about half of what a core can do.

With 8 it is at four fifths, and whoever comes waits for the core itself, fair or not.
"""

SECONDS = 60
"""One message a second."""

QUIET = "PN-QUIET"
BUSY = tuple(f"PN-BUSY-{number}" for number in range(32))
"""A provider takes 80 messages a second from one number."""

_WRITERS = 32


@dataclass(frozen=True, slots=True)
class FairnessFigures:
    """A turn of the quiet business, p50 and p99 in milliseconds."""

    alone_ms: tuple[float, float]
    beside_ms: tuple[float, float]
    left: int
    """Messages of the busy business that still waited at the end."""
    cores: float
    """Of the CPU, used by the server while both were served."""


async def provision(settings: Settings) -> None:
    """Give a fresh store its two businesses."""
    async with server.open_ports(settings) as ports:
        await add_business(ports, model_flow(), name="Quiet", phones=[QUIET])
        await add_business(ports, model_flow(), name="Busy", phones=BUSY)


async def measure_fairness(served: tuple[int, list[int]], outside: int) -> FairnessFigures:
    """Serve the quiet business alone, then beside the other one's backlog."""
    port, processes = served
    world = Outside(outside)
    customers = Customers(port, world)
    strangers = iter(range(1_000_000, 2_000_000))
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(world.listen())
        await _once_a_second(customers, strangers, 5)
        customers.forget()
        await _once_a_second(customers, strangers, SECONDS)
        alone = quantiles(customers.wholes)
        before = world.seen
        await _pile_up(customers)
        customers.forget()
        spent, began = spent_cpu(processes), time.perf_counter()
        await _once_a_second(customers, strangers, SECONDS)
        cores = (spent_cpu(processes) - spent) / (time.perf_counter() - began)
        beside = quantiles(customers.wholes)
        answered = world.seen - before - SECONDS
        listening.cancel()
    return FairnessFigures(alone, beside, BACKLOG - answered, cores)


async def _once_a_second(customers: Customers, strangers: Iterator[int], count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(customers.turn(next(strangers), phone=QUIET))
            await asyncio.sleep(1)


async def _pile_up(customers: Customers) -> None:
    """Write the busy business's messages, each of another customer."""
    left = iter(range(BACKLOG))

    async def write() -> None:
        for number in left:
            await customers.write(number, phone=BUSY[number % len(BUSY)])

    await asyncio.gather(*(write() for _ in range(_WRITERS)))
