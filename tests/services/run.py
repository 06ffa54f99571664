"""One test run's folder, shared by its worker processes: what is in it, and who may start a server in it."""

from __future__ import annotations

import fcntl
import json
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TestRun:
    """A folder that lives as long as the test run, and locks in it."""

    __test__ = False  # not a class of tests

    folder: Path

    @classmethod
    def create(cls) -> TestRun:
        """Make the folder. Others may pass through it: PostgreSQL runs under an account of its own."""
        folder = Path(tempfile.mkdtemp(prefix="frontdesk-tests-"))
        folder.chmod(0o711)
        return cls(folder)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock that the other worker processes of this run see."""
        with (self.folder / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def once(self, name: str, make: Callable[[], dict[str, str]]) -> dict[str, str]:
        """Return what `make` gave the first worker that asked; the others wait for it."""
        kept = self.folder / f"{name}.json"
        with self.lock(name):
            if not kept.exists():
                kept.write_text(json.dumps(make()))
            values: dict[str, str] = json.loads(kept.read_text())
        return values


def find_free_port() -> int:
    """Find a TCP port on the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
