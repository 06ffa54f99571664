"""A private Redis: one per worker process, because channels of pub/sub are shared by all databases of a server."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from tests.services.janitor import record_process
from tests.services.run import TestRun, find_free_port

_START_SECONDS = 10.0


class RedisNotFound(Exception):
    """redis-server is not on this machine: run scripts/test-services.sh."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class RedisServer:
    """One redis-server on a port of its own; may be stopped and started again.

    It keeps nothing on disk but its log, unless ``kept_in`` says where.
    """

    def __init__(self, folder: Path, *, name: str | None = None, kept_in: Path | None = None) -> None:
        self._folder = folder
        self._kept_in = kept_in
        self._name = name or f"redis-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = find_free_port()

    @classmethod
    def open(cls, run: TestRun) -> RedisServer:
        """Start this worker's server."""
        server = cls(run.folder)
        server.start()
        return server

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server on its port and wait until it answers.

        Raises:
            RedisNotFound: there is no redis-server on this machine.
        """
        program = shutil.which("redis-server")
        if program is None:
            raise RedisNotFound
        folder = self._kept_in or self._folder
        kept = ["--save", "3600 1", "--appendonly", "yes"] if self._kept_in else ["--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", *kept]
            + ["--dir", str(folder), "--logfile", str(folder / f"{self._name}.log")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        record_process(self._folder, self._name, self._process.pid)
        self._wait(self._process)

    def stop(self, *, how: int = signal.SIGTERM) -> None:
        """End the server; `SIGKILL` is how it dies in an accident."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    @asynccontextmanager
    async def recorded(self, file: Path) -> AsyncIterator[None]:
        """Write everything that the server is told into a file, for the length of the block."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with file.open("wb") as out:
            writer.write(b"MONITOR\r\n")
            out.write(await reader.readline())
            task = asyncio.create_task(_copy(reader, out))
            try:
                yield
            finally:
                writer.write(b"QUIT\r\n")
                await task
                writer.close()

    def forget(self) -> None:
        """Forget every key."""
        if self._ask("FLUSHALL") != "+OK":
            raise RuntimeError("redis-server did not forget")

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if self._ask("PING") == "+PONG":
                    return
            except OSError:
                pass
            time.sleep(0.01)
        raise RuntimeError(f"redis-server did not start: see {self._folder / f'{self._name}.log'}")

    def _ask(self, command: str) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(256).decode().strip()


async def _copy(reader: asyncio.StreamReader, out: BinaryIO) -> None:
    while heard := await reader.read(1 << 16):
        out.write(heard)
