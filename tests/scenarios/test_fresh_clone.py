"""What a newcomer does: clone, ``make run``, and talk to the clinic on every channel; then end it.

Only downloads are left out: the clone finds every dependency installed, as it would where caches are warm.
"""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo.phones import INSTAGRAM_ID, PHONE_NUMBER_ID, WIDGET_ID
from tests.scenarios.box import until
from tests.scenarios.visitor import listening
from tests.services.run import find_free_port

HERE = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds for anything at all; a loaded machine may need many of them to build the front end."""

pytestmark = [pytest.mark.timeout(1200), pytest.mark.long]


async def test_that_a_fresh_clone_runs_and_answers_on_every_channel(tmp_path: Path) -> None:
    for program in ("git", "make"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine")
    clone = tmp_path / "clone"
    await run("git", "clone", "--quiet", str(HERE), str(clone))
    install(clone)
    found = await run(str(clone / ".venv/bin/python"), "-c", "import core; print(core.__file__)", folder=tmp_path)
    assert Path(found.strip()).is_relative_to(clone)
    server, simulator = find_free_port(), find_free_port()
    log = tmp_path / "make.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            "make", "run", cwd=clone, env=newcomer(PORT=str(server), SIMULATOR_PORT=str(simulator)),
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    with killed_at_last(process):
        await until(lambda: "is open" in log.read_text() or process.returncode is not None, PATIENCE)
        assert process.returncode is None, log.read_text()
        async with aiohttp.ClientSession() as http:
            await expect_pages(http, f"http://127.0.0.1:{server}")
            await talk_on_the_website(http, f"http://127.0.0.1:{server}")
            phones = f"http://127.0.0.1:{simulator}/_sim"
            await talk_on_the_phone(http, phones, {"account": PHONE_NUMBER_ID, "person": "905320000118"})
            await talk_on_the_phone(http, phones, {"account": INSTAGRAM_ID, "person": "7118000000118"})
        os.kill(await demo_of(process), signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0, log.read_text()
        assert "Traceback" not in log.read_text()
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


def install(clone: Path) -> None:
    """Lay what ``make setup`` would download into the clone, by links; what it would build is left to it."""
    here, there = HERE / ".venv", clone / ".venv"
    (packages,) = here.glob("lib/python3*/site-packages")
    link(here / "bin", there / "bin")
    link(packages, there / packages.relative_to(here))
    shutil.copy(here / "pyvenv.cfg", there)
    editable = there / packages.relative_to(here) / "_frontdesk.pth"
    editable.unlink()
    editable.write_text(f"{clone}\n")  # else the clone would run the tree that it was cloned from
    modules = clone / "frontend" / "node_modules"
    link(HERE / "frontend" / "node_modules", modules, ("@frontdesk", ".bin"))
    for stamp in (there / ".venv-stamp", there / ".base-stamp", modules / ".installed"):
        stamp.unlink(missing_ok=True)
        stamp.touch()


def link(here: Path, there: Path, copied: Collection[str] = ()) -> None:
    """Fill a folder with links to what is in another; links, and folders of links named ``copied``, lead as before."""
    there.mkdir(parents=True)
    for entry in here.iterdir():
        if entry.is_symlink():
            (there / entry.name).symlink_to(entry.readlink())
        elif entry.name in copied:
            link(entry, there / entry.name)
        elif entry.name != ".vite-temp":
            (there / entry.name).symlink_to(entry)


def newcomer(**more: str) -> dict[str, str]:
    """Return the environment of somebody who has set nothing, and who may not download."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    offline = {"PIP_NO_INDEX": "1", "npm_config_offline": "true", "npm_config_update_notifier": "false"}
    return {**kept, **offline, **more}


async def run(*command: str, folder: Path = HERE) -> str:
    """Run a command to its end; returns what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=newcomer(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@contextmanager
def killed_at_last(process: Process) -> Iterator[None]:
    """Leave nothing running, whatever happens in the block."""
    try:
        yield
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)


async def demo_of(make: Process) -> int:
    """Return the process that make runs: its own end says how that one ended."""
    listed = (line.split() for line in (await run("ps", "-A", "-o", "pid=,ppid=")).splitlines())
    (child,) = (int(pid) for pid, parent in listed if int(parent) == make.pid)
    return child


async def expect_pages(http: aiohttp.ClientSession, url: str) -> None:
    """Check that the console and a website with the widget are there: the front end was built."""
    for path in ("/", f"/widget/demo/{WIDGET_ID}", "/widget.js"):
        async with http.get(url + path) as reply:
            assert reply.status == 200, (path, await reply.text())


async def talk_on_the_website(http: aiohttp.ClientSession, url: str) -> None:
    """Open the widget, write, and see the answer come."""
    origin = {"Origin": url}
    async with http.post(f"{url}/widget/v1/{WIDGET_ID}/sessions", json={}, headers=origin) as reply:
        assert reply.status == 200, await reply.text()
        headers = {**origin, "Authorization": f"Bearer {(await reply.json())['session_token']}"}
    body = {"client_id": "first", "text": "Merhaba"}
    async with http.post(f"{url}/widget/v1/messages", json=body, headers=headers) as reply:
        assert reply.status == 202, await reply.text()
    async with listening(http, f"{url}/widget/v1/events", {**headers, "Last-Event-ID": "0"}) as frames:
        await until(lambda: any(f.kind == "message" and f.data["author"] == "agent" for f in frames), PATIENCE)


async def talk_on_the_phone(http: aiohttp.ClientSession, phones: str, person: dict[str, str]) -> None:
    """Take up a phone that nobody used yet, write, and see the answer come."""

    async def play(act: str, body: dict[str, str]) -> None:
        async with http.post(f"{phones}/{act}", json=body) as reply:
            assert reply.status == 200, await reply.text()

    async def answered() -> bool:
        async with http.get(f"{phones}/state") as reply:
            state: dict[str, Any] = await reply.json()
        mine = [t["messages"] for t in state["threads"] if t["person"]["id"] == person["person"]]
        return any(message["author"] == "business" for messages in mine for message in messages)

    await play("customers", {**person, "name": "Yeni Müşteri", "username": "yeni.musteri.ornek"})
    await play("say", {"account": person["account"], "customer": person["person"], "text": "Merhaba"})
    await until(answered, PATIENCE)
