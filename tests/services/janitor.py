"""Stop a run's servers and remove its folder once the run is over, however it ended.

Run as a program: `python janitor.py FOLDER`. It waits for its standard input to close, which the system does for the
test run that holds the other end even when that is killed, then ends each process named by a `*.pid` file in the
folder (`{"pid": …, "signal": …, "start": …}`), and deletes the folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

GRACE_SECONDS = 10.0


def start_janitor(folder: Path) -> subprocess.Popen[bytes]:
    """Watch over `folder` until the caller ends or closes the returned process's `stdin`."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal must not end the janitor before its work is done
    )


def record_process(folder: Path, name: str, pid: int, *, stop_signal: int = signal.SIGTERM) -> None:
    """Hand a server over to the janitor."""
    entry = json.dumps({"pid": pid, "signal": int(stop_signal), "start": _started_at(pid)})
    temporary = folder / f"{name}.pid.new"
    temporary.write_text(entry)
    temporary.replace(folder / f"{name}.pid")


def stop_recorded(folder: Path, name: str = "*") -> None:
    """End every recorded process, or the one of that name: first as it likes to be asked, then for good."""
    entries = [json.loads(path.read_text()) for path in folder.glob(f"{name}.pid")]
    entries = [entry for entry in entries if _is_same(entry)]
    for entry in entries:
        _send(entry["pid"], entry["signal"])
    deadline = time.monotonic() + GRACE_SECONDS
    while any(_is_same(entry) for entry in entries) and time.monotonic() < deadline:
        time.sleep(0.02)
    for entry in entries:
        if _is_same(entry):
            _send(entry["pid"], signal.SIGKILL)


def _is_same(entry: dict[str, object]) -> bool:
    """Tell whether the recorded process still runs; its number may belong to another by now."""
    pid = int(str(entry["pid"]))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    return entry["start"] is None or _started_at(pid) == entry["start"]


def _started_at(pid: int) -> str | None:
    """Read the start time of a process where the system tells it, `None` elsewhere; a zombie has none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "zombie" if fields[0] == "Z" else fields[19]


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def main() -> None:
    """Wait for the run to end, then clean up."""
    folder = Path(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    stop_recorded(folder)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
