"""Servers as they run in production: processes of their own, in roles, over one store."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
from pydantic import SecretStr

import server
from core.settings import Settings
from simulator import GraphApi
from tests.scenarios.box import Box, provision, until
from tests.scenarios.posting import is_ready
from tests.services.run import find_free_port

COMMAND = str(Path(sys.executable).with_name("frontdesk"))


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment that makes a process read these settings."""
    values = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if value is not None:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            values[name.upper() if name.startswith("openai_") else f"FRONTDESK_{name.upper()}"] = text
    return {**os.environ, **values}


async def frontdesk(*arguments: str, environment: dict[str, str], folder: Path) -> tuple[int, Any, str]:
    """Run a command; returns its exit code, its answer as JSON and what it complained of."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, *arguments, "--json", env=environment, cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, orjson.loads(out) if out.strip() else None, err.decode()


@dataclass(slots=True)
class Fleet:
    """Web and worker processes over one store."""

    settings: Settings
    folder: Path
    http: aiohttp.ClientSession
    running: list[Process] = field(default_factory=list)
    web: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop(signal.SIGKILL)

    async def start(self, *roles: str) -> None:
        """Start processes and wait until each takes traffic; ``web`` lists the addresses of those that serve."""
        addresses = [await self._start(role, find_free_port()) for role in roles]
        self.web = [url for role, url in zip(roles, addresses, strict=True) if role != "worker"]
        for url in addresses:
            await until(lambda url=url: is_ready(self.http, url), 90)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop every process and wait for its end."""
        for process in self.running:
            if process.returncode is None:
                process.send_signal(how)
        for process in self.running:
            await process.wait()
        self.running.clear()

    async def kill(self) -> None:
        """Kill the process that was started last."""
        process = self.running.pop()
        process.kill()
        await process.wait()

    async def _start(self, role: str, port: int) -> str:
        log = (self.folder / f"{role}-{port}.log").open("wb")
        process = await asyncio.create_subprocess_exec(
            COMMAND, "serve", "--role", role, "--port", str(port),
            env=environment_of(self.settings), cwd=self.folder, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        self.running.append(process)
        return f"http://127.0.0.1:{port}"


@asynccontextmanager
async def open_fleet(
    settings: Settings, flow: dict[str, Any], meta: GraphApi, folder: Path
) -> AsyncIterator[tuple[Fleet, Box]]:
    """Give a store a business; yields its processes, none started yet, and the business."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        server.open_ports(settings) as ports,
        aiohttp.ClientSession(cookie_jar=jar) as http,
        Fleet(settings, folder, http) as fleet,
    ):
        tenant_id = await provision(ports, flow, origin=settings.public_url)
        yield fleet, Box(settings, "", ports, meta, http, tenant_id)
