"""Serving: the application behind one listening socket, until told to stop."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import structlog
from aiohttp import web

from api.acknowledging import Acknowledging
from api.app import build_app
from api.front import Front
from api.ports import EngineOpener, PortsOpener
from core.errors import Misconfigured
from core.settings import Settings

SHUTDOWN_SECONDS = 5.0
"""How long requests under way may take once the streams were told to end; turns have a budget of their own."""

BACKLOG = 128
"""Connections that the system keeps until they are accepted."""

log = structlog.get_logger("api.serving")


def serve_forever(
    settings: Settings, *, open_ports: PortsOpener, open_engine: EngineOpener, host: str, port: int
) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    app = build_app(settings, open_ports=open_ports, open_engine=open_engine)
    app.on_startup.append(_settle)
    listening = listen(host, port)
    _tell(settings, host, port)
    with asyncio.Runner(loop_factory=_loop) as runner, suppress(asyncio.CancelledError, KeyboardInterrupt):
        runner.run(_serve(app, listening))


async def _serve(app: web.Application, listening: socket.socket) -> None:
    """Serve until cancelled: then stop listening, finish what was begun, and close what was opened."""
    _cancel_when_told()
    async with serving(app, listening):
        await asyncio.Event().wait()


@asynccontextmanager
async def serving(app: web.Application, listening: socket.socket) -> AsyncIterator[None]:
    """Run an application behind its front door."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        front = Front(cast(web.Server, runner.server), Acknowledging(app))
        server = await asyncio.get_running_loop().create_server(front, sock=listening, backlog=BACKLOG)
        try:
            yield
        finally:
            server.close()
            await front.close(SHUTDOWN_SECONDS)
    finally:
        await runner.cleanup()


def _cancel_when_told() -> None:
    """Let SIGTERM and Ctrl-C end the task that serves, and a second one what it still waits for."""
    loop, task = asyncio.get_running_loop(), cast("asyncio.Task[None]", asyncio.current_task())
    with suppress(NotImplementedError):  # Windows' loops know no signals: there Ctrl-C interrupts the runner
        for told in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(told, task.cancel)


COLLECT_AFTER = (20_000, 20, 50)
"""New objects, young and middle collections before the garbage collector looks: nearly all go by their counts."""


async def _settle(app: web.Application) -> None:
    """Take what was loaded out of the garbage collector's sight: walking half a million objects takes 200 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def listen(host: str, port: int) -> socket.socket:
    """Bind before anything is opened: an address in use is said in one line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Misconfigured([f"{host}:{port} cannot be listened on: {error.strerror}"]) from error
    return listening


def _tell(settings: Settings, host: str, port: int) -> None:
    log.info("listening", action="listening", address=f"http://{host}:{port}", public=settings.public_url)
    store = "sqlite" if settings.is_sqlite else "postgresql"
    log.info("store", action="store", kind=store)
    if settings.openai_api_key is None:
        log.info("no language model is connected: offline mode, flows and knowledge answer", action="model", model=None)
    else:
        log.info("language model", action="model", model=settings.openai_model, at=settings.openai_base_url or "openai")


def _loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()
