"""Start a peer, and put the load on it that ours gets: so many customers, each of whom waits for the answer."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.peers.install import Unavailable, environment_of, filled, fresh_files, home_of, install, reason_of
from bench.peers.table import ANSWER, Peer, Request
from bench.stage import open_postgres
from bench.whole import EACH, Load, WholeFigures, better, figures_of, spent_cpu
from bench.wire import free_port, read_answer, wait_for
from tests.services.postgres import PostgresNotFound

RUNS = 2
"""Of each load; the better one counts."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Ours beside one peer; of a peer that could not be measured, why."""

    peer: Peer
    ours: WholeFigures | None
    theirs: WholeFigures | str


def compare(peer: Peer, load: Load, *, ours: Callable[[], WholeFigures], tell: Callable[[str], None]) -> Beside:
    """Measure a peer, and ours beside it; one that cannot be installed or started says why."""
    tell(f"beside {peer.title} …")
    try:
        install(peer, tell)
        with serve(peer, _database() if peer.needs_postgres else None) as (port, process):
            talks = [Talkers(peer, port, run=run) for run in range(RUNS)]
            theirs = better([asyncio.run(_measure(talk, process, load)) for talk in talks])
    except Unavailable as why:
        return Beside(peer, None, str(why))
    return Beside(peer, ours(), theirs)


class Talkers:
    """Write to a peer and wait for its answers.

    Where opening a conversation is a request of its own, each slot of the load keeps to one, opened in the warm-up.
    """

    def __init__(self, peer: Peer, port: int, *, run: int) -> None:
        self._peer = peer
        self._port = port
        self._run = run
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._opened: dict[int, str] = {}
        self.wholes: list[float] = []
        self.began = time.perf_counter()

    async def turn(self, customer: int, *, phone: str) -> None:
        """Write one message and wait for the answer."""
        conversation = await self._find(customer)
        started = time.perf_counter()
        body = await self._post(self._peer.turn(conversation))
        self.wholes.append(time.perf_counter() - started)
        check_answer(body)

    def forget(self) -> None:
        """Begin to measure."""
        self.wholes.clear()
        self.began = time.perf_counter()

    async def _find(self, customer: int) -> str:
        if self._peer.opened_by is None:
            return f"{self._run}.{customer}"
        slot = customer // EACH
        if slot not in self._opened:
            self._opened[slot] = orjson.loads(await self._post(self._peer.opened_by))["thread_id"]
        return self._opened[slot]

    async def _post(self, request: Request) -> bytes:
        path, data = request
        body = orjson.dumps(data)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        # A server may close a connection that was idle while the others of the warm-up ended.
        self._idle = [(reader, writer) for reader, writer in self._idle if not reader.at_eof()]
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(head.encode() + body)
        async with asyncio.timeout(60):
            answer = await read_answer(reader)
        self._idle.append((reader, writer))
        return answer


def _database() -> str:
    try:
        return open_postgres().create_database().owner_url
    except PostgresNotFound as error:
        raise Unavailable(str(error)) from error


def check_answer(body: bytes) -> None:
    """Raise Unavailable where an answer is not the one that everybody gives."""
    if ANSWER.encode() not in body:
        raise Unavailable(f"answers something else: {reason_of(body.decode(errors='replace'))}")


async def _measure(talkers: Talkers, process: int, load: Load) -> WholeFigures:
    processes = _session(process)
    try:
        spent, began = spent_cpu(processes), time.perf_counter()
        await load(talkers)
        ended = time.perf_counter()
        spent, wholes = spent_cpu(processes) - spent, talkers.wholes
    except (OSError, EOFError, RuntimeError, LookupError, ValueError) as error:
        raise Unavailable(f"failed under the load: {reason_of(repr(error))}") from error
    # One request a turn: the answer is the acknowledgement.
    return figures_of(wholes, wholes, spent=spent, took=ended - began, measured=ended - talkers.began)


@contextmanager
def serve(peer: Peer, database: str | None) -> Iterator[tuple[int, int]]:
    """Run a peer; yields its port and the id of its first process."""
    port, log = free_port(), home_of(peer) / "log"
    more = {"DATABASE_URL": database} if database else {}
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                filled(peer, peer.command, port=port), cwd=fresh_files(peer), env=environment_of(peer, **more),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"did not start: {reason_of(str(error))}") from error
    try:
        try:
            asyncio.run(wait_for(port, peer.ready, lives=lambda: process.poll() is None))
        except RuntimeError as error:
            raise Unavailable(f"did not start: {reason_of(log.read_text(errors='replace'))}") from error
        yield port, process.pid
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, how)
            process.wait(20)


def _session(process: int) -> list[int]:
    """Return the processes that one has started, itself among them (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == process:
            found.append(int(stat.parent.name))
    return found
