"""Give each peer an environment of its own, once: a venv from its lock, and whatever it has to learn."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.peers.table import Peer

ROOT = Path(__file__).parents[2]
HOMES = ROOT / ".venv-peers"
_INSTALLATION, _TRAINING = 3600, 900
"""Seconds that a peer has for each."""
_QUIET_PIP = (
    "--disable-pip-version-check", "--no-input", "--quiet", "--quiet", "install", "--require-hashes", "--requirement",
)  # fmt: skip


class Unavailable(Exception):
    """A peer cannot be measured here; says why in a line."""


def home_of(peer: Peer) -> Path:
    """Return the folder of a peer's environment."""
    return HOMES / peer.name


def install(peer: Peer, tell: Callable[[str], None]) -> None:
    """Make a peer's environment where there is none from this very lock, and train it; raises Unavailable."""
    home = home_of(peer)
    locks = [ROOT / "requirements" / "pip.txt", peer.files / "requirements.txt"]
    with _once(home / "installed", locks) as missing:
        if missing:
            python = _python(peer)
            tell(f"installing {peer.title}, some minutes, once …")
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            _do([python, "-m", "venv", str(home / "venv")], home, _INSTALLATION)
            for lock in locks:
                _do(filled(peer, ("python", "-m", "pip", *_QUIET_PIP, str(lock))), home, _INSTALLATION)
    if not peer.trained_by:
        return
    with _once(home / "trained", sorted(peer.files.rglob("*.yml"))) as missing:
        if missing:
            tell(f"training {peer.title} …")
            _do(filled(peer, peer.trained_by), fresh_files(peer), _TRAINING, peer)


@contextmanager
def _once(stamp: Path, sources: Sequence[Path]) -> Iterator[bool]:
    """Tell whether something has yet to be made from these files; it has been, unless the body raises."""
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    missing = not stamp.exists() or stamp.read_text() != wanted
    yield missing
    if missing:
        stamp.write_text(wanted)


def filled(peer: Peer, command: Sequence[str], *, port: int = 0) -> list[str]:
    """Return a peer's command with the places filled in."""
    home = home_of(peer)
    program, *rest = command
    return [str(home / "venv" / "bin" / program), *(part.format(port=port, home=home) for part in rest)]


def fresh_files(peer: Peer) -> Path:
    """Return a new copy of a peer's files: what a server leaves beside them stays out of the repository."""
    work = home_of(peer) / "work"
    shutil.rmtree(work, ignore_errors=True)
    return Path(shutil.copytree(peer.files, work))


def environment_of(peer: Peer, **more: str) -> dict[str, str]:
    """Return the environment of a peer's processes: its programs first, nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FRONTDESK_", "OPENAI_"))}
    path = f"{home_of(peer) / 'venv' / 'bin'}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path} | dict(peer.environment) | more


def reason_of(output: str) -> str:
    """Return the line of a program's output that says best why it failed, fit for a cell of a table."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()] or lines or ["it said nothing"]
    return telling[-1].replace(f"{ROOT}/", "").replace("|", "/")[:160]


def _python(peer: Peer) -> str:
    """Return a Python that a peer runs on: of the setting, or of the PATH."""
    if peer.python is None:
        return sys.executable
    setting, name = f"PYTHON{peer.python.replace('.', '')}", f"python{peer.python}"
    python = os.environ.get(setting) or name
    asked = [python, "-c", "import ensurepip, sys; print('{}.{}'.format(*sys.version_info))"]
    try:
        told = subprocess.run(asked, check=False, capture_output=True, text=True, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        told = ""
    # One that is found may still not start: some managers of versions put a program for each of them on the PATH.
    if told != peer.python:
        raise Unavailable(f"it runs on {name} alone, which is not here; {setting} may name one")
    return python


def _do(command: list[str], where: Path, seconds: int, peer: Peer | None = None) -> None:
    try:
        done = subprocess.run(
            command, cwd=where, env=environment_of(peer) if peer else None, check=False, timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"not installed: {reason_of(str(error))}") from error
    if done.returncode:
        raise Unavailable(f"not installed: {reason_of(done.stdout)}")
