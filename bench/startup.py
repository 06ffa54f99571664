"""How soon a server is ready and what it keeps in memory, with one business and with a thousand (Linux)."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import server
from bench.flow import measured_flow
from bench.stage import add_business
from bench.whole import Customers, Outside, serve_frontdesk
from bench.wire import environment_of
from core.settings import Settings

TENANTS = 1_000
WAVE = 50


@dataclass(frozen=True, slots=True)
class StartFigures:
    """One server."""

    store: str
    ready_seconds: float
    ready_mib: float
    busy_mib: float
    """After every one of the thousand businesses has answered a customer."""


def measure_start(settings: Settings, outside: int) -> StartFigures:
    """Start a server over a store with a thousand businesses and let each answer once."""
    asyncio.run(_provision(settings))
    began = time.perf_counter()
    with serve_frontdesk(settings, environment_of(settings, 0)) as (port, (process,)):
        ready, idle = time.perf_counter() - began, _resident_mib(process)
        asyncio.run(_let_all_answer(port, outside))
        busy = _resident_mib(process)
    return StartFigures("sqlite" if settings.is_sqlite else "postgresql", ready, idle, busy)


async def _provision(settings: Settings) -> None:
    async with server.open_ports(settings) as ports:
        for number in range(TENANTS):
            flow = {**measured_flow(bubbles=1), "name": f"Flow {number}"}
            await add_business(ports, flow, name=f"B{number}", phones=[f"PN-{number}"])


async def _let_all_answer(port: int, outside: int) -> None:
    world = Outside(outside)
    customers = Customers(port, world)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(world.listen())
        for start in range(0, TENANTS, WAVE):
            await asyncio.gather(*(customers.turn(2_000_000 + n, phone=f"PN-{n}") for n in range(start, start + WAVE)))
        listening.cancel()


def _resident_mib(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024
