"""The processes of the product: started, ended without a word, started again."""

import asyncio
import itertools
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp

from core.faults import POINTS
from tests.services.run import find_free_port

OF_WEB = tuple(point for point in POINTS if point.startswith("intake."))
OF_WORKER = tuple(point for point in POINTS if point not in OF_WEB)
PASSAGES = 40
"""A process dies at the latest at this passage of its point."""
BY_CHANCE = 0.2
"""Share of lives that end at no point, but at any moment."""
POLL = 0.1
ANSWERS = 15
"""What a process that came to no point has given before it is killed, unless that takes longer than ``PATIENCE``."""
PATIENCE = 15.0


@dataclass(slots=True)
class Kills:
    """How many are wanted, and how those before came about."""

    wanted: int
    chance: random.Random
    life: float
    """Seconds after which a process that came to no point is killed where it stands."""
    heard: Callable[[], int]
    """How many answers customers have: a process that dies before it gave any only ends others' turns again and again,
    which are then rightly set aside (ENGINE rule 8)."""
    begun: bool = False
    """Nobody's time is up before there is any load."""
    done: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    """Processes that ended by themselves."""
    _next: dict[tuple[str, ...], deque[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many processes were killed."""
        return self.done.total()

    @property
    def left(self) -> bool:
        """Tell whether more are to die."""
        return self.count < self.wanted

    def plan(self, role: str) -> tuple[str, int] | None:
        """Choose where a new process dies; None: at any moment. Every point has its turn before any has a second."""
        if self.chance.random() < BY_CHANCE:
            return None
        points = {"web": OF_WEB, "worker": OF_WORKER}.get(role, tuple(POINTS))
        queue = self._next.setdefault(points, deque())
        if not queue:
            queue.extend(self.chance.sample(points, len(points)))
        return queue.popleft(), self.chance.randint(1, PASSAGES)


class Nursery:
    """The harness's end of ``bench.chaos.nursery``."""

    def __init__(self, environment: Mapping[str, str], *, lease: float | None) -> None:
        self._environment = environment
        self._arguments = [] if lease is None else [str(lease)]
        self._process: Process | None = None
        self._closing = False
        self._tags = itertools.count(1)
        self._started: dict[str, asyncio.Future[tuple[int, asyncio.Future[int]]]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Nursery"]:
        """Run for the length of the block; every child ends with it."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.chaos.nursery", *self._arguments, env={**_bare(), **self._environment},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdin is not None
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read(self._process))
            try:
                yield self
            finally:
                self._closing = True
                self._process.stdin.close()
                await reading
                await self._process.wait()

    async def start(self, role: str, port: int, point: str | None, log: Path) -> tuple[int, asyncio.Future[int]]:
        """Start a process; returns its id, and its exit code to come."""
        assert self._process is not None
        assert self._process.stdin is not None
        tag = str(next(self._tags))
        started = self._started[tag] = asyncio.get_running_loop().create_future()
        self._process.stdin.write("\t".join((tag, role, str(port), point or "-", str(log))).encode() + b"\n")
        return await asyncio.shield(started)  # whoever is cancelled meanwhile, the start is told all the same

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            match line.decode().split():
                case ["started", tag, pid]:
                    end = self._ends[int(pid)] = asyncio.get_running_loop().create_future()
                    self._started.pop(tag).set_result((int(pid), end))
                case ["ended", pid, code]:
                    self._ends.pop(int(pid)).set_result(int(code))
                case _:
                    pass
        waiting: list[asyncio.Future[Any]] = [*self._started.values(), *self._ends.values()]
        for future in () if self._closing else waiting:
            future.set_exception(RuntimeError("the nursery is gone"))


class Member:
    """One place in the fleet: a role and a port, and whichever process holds it just now."""

    def __init__(self, role: str, folder: Path) -> None:
        self.role = role
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{role}-{self.port}.log"
        self.is_ready = False

    async def live(
        self, nursery: Nursery, kills: Kills, http: aiohttp.ClientSession, *, services_up: Callable[[], bool]
    ) -> None:
        """Hold the place until cancelled: a process that died is followed by another."""
        while True:
            plan = kills.plan(self.role) if kills.left else None
            life = None if not kills.left else kills.life if plan else kills.chance.uniform(0.1, kills.life)
            self.is_ready = False
            pid, end = await nursery.start(self.role, self.port, plan and f"{plan[0]}:{plan[1]}", self.log)
            code, ended = await self._see_through(pid, end, http, kills=kills, life=life)
            if code == -signal.SIGKILL:
                kills.done[plan[0] if plan and not ended else "at any moment"] += 1
            elif services_up() and self.is_ready:
                kills.strange.append(f"{self.role} ended by itself with {code}: {self.log.read_text()[-600:]}")
            else:
                await asyncio.sleep(POLL)

    async def _see_through(
        self, pid: int, end: asyncio.Future[int], http: aiohttp.ClientSession, *, kills: Kills, life: float | None
    ) -> tuple[int, bool]:
        """Wait until the process is ready and then until its end; returns its code, and whether its life was over."""
        while not end.done() and not self.is_ready:
            self.is_ready = await is_ready(http, self.url)
            await asyncio.sleep(POLL)
        if life is None:
            return await asyncio.shield(end), False
        before, until = kills.heard(), monotonic() + life
        while not end.done():
            now, heard = monotonic(), kills.heard()
            if not kills.begun:
                before, until = heard, now + life
            elif now > until and (heard >= before + ANSWERS or now > until + PATIENCE):
                break
            await asyncio.sleep(POLL)
        ended = not end.done() and _kill(pid)
        return await asyncio.shield(end), ended


def _kill(pid: int) -> bool:
    """Kill a process; tells whether it was still there: it may have died at its point without that being told yet."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


async def is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    """Tell whether a server takes traffic."""
    try:
        async with http.get(f"{url}/readyz", timeout=aiohttp.ClientTimeout(total=2)) as reply:
            return reply.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("FRONTDESK_", "OPENAI_"))}
