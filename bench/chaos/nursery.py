"""Starts processes of the product at once: it has imported everything, and forks.

Importing takes seconds of a core, and a run ends hundreds of processes. What runs in a child is ``frontdesk serve``.
One line in: a tag, role, port, point to die at (or ``-``) and log; lines out: ``started TAG PID``, ``ended PID CODE``.
"""

import os
import select
import signal
import sys
from datetime import timedelta

import core.store
import core.store.door
import core.store.work

ENDED = signal.SIGCHLD


def main(lease: str | None = None) -> None:
    """Fork until the standard input closes, then end every child; ``lease``: seconds, instead of the product's own.

    Work stays claimed for that long by a process that died: a short run would mostly wait.
    """
    if lease is not None:  # before anything that is made of it is imported
        core.store.LEASE = core.store.work.LEASE = core.store.door.LEASE = timedelta(seconds=float(lease))
    import api.engine
    import api.serving  # noqa: F401 - what the children need
    import server  # noqa: F401

    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(ENDED, lambda number, frame: None)
    signal.set_wakeup_fd(wake)
    children: set[int] = set()
    _tell("ready")
    waiting = b""
    while True:
        readable, _, _ = select.select([0, woken], [], [])
        if woken in readable:
            os.read(woken, 4096)
            _bury(children)
        if 0 in readable:
            read = os.read(0, 65536)
            if not read:
                break
            *lines, waiting = (waiting + read).split(b"\n")
            for line in lines:
                tag, *how = line.decode().split("\t")
                pid = os.fork()
                if pid == 0:
                    _serve(*how)
                children.add(pid)
                _tell(f"started {tag} {pid}")
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _serve(role: str, port: str, point: str, log: str) -> None:
    """Become a process of the product; never returns."""
    import server

    signal.set_wakeup_fd(-1)
    signal.signal(ENDED, signal.SIG_DFL)
    code = 1
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor in (1, 2):
            os.dup2(file, descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ[server.KILL_AT] = "" if point == "-" else point
        server.main(["serve", "--role", role, "--port", port])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bury(children: set[int]) -> None:
    for pid in tuple(children):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            children.discard(pid)
            _tell(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
