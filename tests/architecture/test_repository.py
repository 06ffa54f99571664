"""What is committed: locks that can be trusted, and no trace of the machine it was written on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, list_repository

# In pieces, so that this file does not hold what it looks for.
_HOSTS = ["pypi" + ".org", "files." + "pythonhosted", "registry." + "npmjs", "registry." + "yarnpkg"]
_HOMES = re.compile(r"(?<![\w.$}])/" + r"(?:root|work|Users/[a-z]\w*|opt/(?:wheels|pypi))/")
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
_BINARY = {".png", ".jpg", ".jpeg", ".gif", ".ico", ".woff", ".woff2", ".ttf", ".mp3", ".ogg", ".mp4", ".pdf", ".webp"}


def find_lock_faults(text: str) -> list[str]:
    """A lock names exact versions, each with hashes, and no place."""
    faults = [f"names a place: {line}" for line in text.splitlines() if "://" in line or re.match(r"-(?!-hash)", line)]
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if not _REQUIREMENT.match(entry):
            faults.append(f"not an exact version: {entry.splitlines()[0]}")
        elif not re.search(r"--hash=sha256:[0-9a-f]{64}", entry):
            faults.append(f"no hash: {entry.splitlines()[0]}")
    return faults


def find_traces(text: str) -> list[str]:
    """Paths of somebody's machine, and hosts of registries."""
    return [match.group() for match in _HOMES.finditer(text)] + [host for host in _HOSTS if host in text]


def find_npm_lock_faults(text: str) -> list[str]:
    """An npm lock carries a hash for every package and no address."""
    packages: dict[str, dict[str, object]] = json.loads(text)["packages"]
    return [
        f"{name}: {'an address' if 'resolved' in entry else 'no hash'}"
        for name, entry in packages.items()
        if "node_modules/" in name and not entry.get("link")
        if "resolved" in entry or ("integrity" not in entry and not entry.get("inBundle"))
    ]


@pytest.mark.parametrize("name", ["base.txt", "dev.txt", "bench.txt"])
def test_that_locks_can_be_trusted(name: str) -> None:
    assert find_lock_faults(_lock(name)) == []


def test_that_the_locks_of_the_peers_can_be_trusted() -> None:
    locks = list((ROOT / "bench" / "peers").glob("*/requirements.txt"))
    assert locks
    faults = {str(path): find_lock_faults(_read(path)) for path in locks}
    assert not any(faults.values()), faults


def test_that_the_tests_run_on_what_is_shipped() -> None:
    assert _versions("base.txt").items() <= _versions("dev.txt").items()


def test_that_locks_hold_what_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    assert _missing(project["project"]["dependencies"] + groups["build"], "base.txt") == set()
    assert _missing(groups["dev"], "dev.txt") == set()
    assert project["build-system"]["requires"] == groups["build"]


def test_that_npm_locks_can_be_trusted() -> None:
    locks = [path for path in list_repository() if path.name == "package-lock.json"]
    faults = {str(path): find_npm_lock_faults(path.read_text(encoding="utf-8")) for path in locks}
    assert not any(faults.values()), faults


def test_that_nothing_tells_where_it_was_written() -> None:
    faults = {}
    for path in list_repository():
        if path.suffix not in _BINARY and (traces := find_traces(_read(path))):
            faults[path.relative_to(ROOT).as_posix()] = traces
    assert not faults


@pytest.mark.parametrize(
    "text",
    [
        "aiohttp==3.0\n",
        "aiohttp>=3.0 \\\n    --hash=sha256:" + "a" * 64,
        "--find-links /somewhere\naiohttp==3.0 \\\n    --hash=sha256:" + "a" * 64,
        "aiohttp @ https" + "://example.com/aiohttp.whl \\\n    --hash=sha256:" + "a" * 64,
    ],
)
def test_that_a_bad_lock_is_found(text: str) -> None:
    assert find_lock_faults(text)


def test_that_a_bad_npm_lock_is_found() -> None:
    good = {"integrity": "sha512-x", "version": "1"}
    lock = {
        "": {},
        "console": {},
        "node_modules/console": {"link": True, "resolved": "console"},
        "node_modules/ok": good,
    }
    assert find_npm_lock_faults(json.dumps({"packages": lock})) == []
    for bad in [{**good, "resolved": "somewhere"}, {"version": "1"}]:
        assert find_npm_lock_faults(json.dumps({"packages": {**lock, "node_modules/bad": bad}}))


def test_that_traces_are_found() -> None:
    assert find_traces("see /" + "root/notes")
    assert find_traces("cd /" + "work/main")
    assert find_traces("from https://" + _HOSTS[0] + "/simple")
    assert not find_traces("a frame/work/order, ../root/x, ${HOME}/work/x, /usr/lib/x")


@pytest.mark.parametrize(("targets", "beside"), [(["setup"], True), (["clean", "setup"], False)])
def test_that_make_works_side_by_side_within_one_target_alone(targets: list[str], beside: bool) -> None:
    # Without what the make around these tests, if there is one, would hand down.
    bare = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    printed = subprocess.run(
        ["make", "--dry-run", "--print-data-base", *targets],
        cwd=ROOT, env=bare, check=False, capture_output=True, text=True,
    ).stdout  # fmt: skip
    (flags,) = re.findall(r"^MAKEFLAGS = (.*)$", printed, re.MULTILINE)
    assert ("-j" in flags) == beside


def _missing(declared: list[str], lock: str) -> set[str]:
    names = {_normal(re.split(r"[\[<>=~!; ]", line)[0]) for line in declared}
    return names - _versions(lock).keys()


def _versions(name: str) -> dict[str, str]:
    return {_normal(found["name"]): found["version"] for found in _REQUIREMENT.finditer(_lock(name))}


def _lock(name: str) -> str:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
