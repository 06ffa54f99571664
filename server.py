"""The composition root: settings, everything that is opened, the application, the ``frontdesk`` command.

The only module that reads the environment and ``.env``, and the only one that knows every part.
"""

import asyncio
import base64
import contextlib
import functools
import logging
import os
import secrets
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import structlog
import typer
from pydantic_settings.sources.providers.dotenv import read_env_file

from api.commands import channels, flows, keys, search, setup, store, tenants
from api.commands.chat import chat
from api.commands.console import Console, complain, console_of
from api.live_hub import LiveHub
from api.ports import Ports, Repositories
from channels.base import ChannelRuntime
from channels.registry import CHANNELS, WEBHOOKS
from core import faults
from core.clock import SystemClock
from core.errors import AppError, Misconfigured, StoreUnavailable
from core.guarded import open_guarded_session
from core.ids import RandomIds
from core.settings import Settings, read_settings
from desk.mailing import mailer_of
from memory.crypto import MasterKey
from memory.database import Database
from memory.postgres import PostgresDatabase
from memory.repositories.base import Store
from memory.sqlite import SqliteDatabase
from memory.vault import Vault

PORT = 8080
ROLES = ("all", "web", "worker")
KILL_AT = "FRONTDESK_TEST_KILL_AT"
"""Where ``make chaos`` wants this process to die; no setting: nothing else ever names it."""


def load_settings() -> Settings:
    """Read ``.env`` and the environment, which wins; raises Misconfigured with every fault."""
    file = Path(".env")
    given = read_env_file(file, case_sensitive=True) if file.is_file() else {}
    return read_settings({name: value for name, value in given.items() if value is not None} | dict(os.environ))


@asynccontextmanager
async def open_ports(settings: Settings) -> AsyncIterator[Ports]:
    """Open the store, the network and the channels; what was opened is closed again, also after a failure half-way."""
    clock, ids = SystemClock(), RandomIds()
    async with AsyncExitStack() as stack:
        database = await _open_database(settings)
        stack.push_async_callback(database.close)
        vault = Vault(database, _master_key(settings), clock)
        await vault.check_master_key()
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        outside = await stack.enter_async_context(open_guarded_session(allow_private=settings.simulates))
        runtime = ChannelRuntime(http, settings, clock, outside)
        yield Ports(
            settings=settings,
            clock=clock,
            ids=ids,
            database=database,
            vault=vault,
            http=http,
            outside=outside,
            live=LiveHub(),
            mailer=mailer_of(settings, clock, ids),
            channels={kind: make(runtime) for kind, make in CHANNELS.items()},
            webhooks={name: make(settings) for name, make in WEBHOOKS.items()},
            repositories=Repositories.over(Store(database, vault, clock, ids)),
        )


async def _open_database(settings: Settings) -> Database:
    if settings.is_sqlite:
        return _open_file(settings)
    return await PostgresDatabase.open(settings.database_url.replace("postgres://", "postgresql://", 1))


def _open_file(settings: Settings) -> Database:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        raise StoreUnavailable(f"There is no store at {path} yet: run “frontdesk db upgrade”.")
    return SqliteDatabase(str(path))


def _master_key(settings: Settings) -> MasterKey:
    previous = settings.master_key_previous
    old = base64.b64decode(previous.get_secret_value()) if previous else None
    if settings.master_key is not None:
        return MasterKey(base64.b64decode(settings.master_key.get_secret_value()), old)
    return MasterKey(base64.b64decode(_kept_key(settings.data_dir / "master.key")), old)


def _kept_key(file: Path) -> str:
    """Return the key in ``file``, made where it is absent; only its owner may read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        text = file.read_text().strip()
        if len(base64.b64decode(text or "")) != 32:
            raise Misconfigured([f"{file} does not hold a key: base64 of 32 bytes"]) from None
        return text
    text = base64.b64encode(secrets.token_bytes(32)).decode()
    with os.fdopen(descriptor, "w") as out:
        out.write(text + "\n")
    return text


def safe_traceback(exc_info: Any) -> str:
    """Format an exception without local variables and without foreign messages: both can quote a customer."""
    _, error, trace = exc_info
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
    words = f"{type(error).__name__}: {error.message}" if isinstance(error, AppError) else type(error).__name__
    return "\n".join([*lines, words])


def configure_log(settings: Settings) -> None:
    """Write the log to stderr, as text or one JSON object a line."""
    json = settings.log_format == "json"
    # Plain tracebacks: structlog's own would print local variables, customers' words and tokens among them.
    text = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(safe_traceback),
            structlog.processors.JSONRenderer() if json else text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def run_server(settings: Settings, host: str, port: int | None, role: str) -> None:
    """Serve until told to stop."""
    from api.engine import open_engine
    from api.serving import serve_forever
    from memory.migrate import current_and_head

    if role not in ROLES:
        raise Misconfigured([f"--role is one of {', '.join(ROLES)}"])
    if settings.is_sqlite and role != "all":
        raise Misconfigured([f"--role {role} needs PostgreSQL: with SQLite one process serves (--role all)"])
    if settings.is_sqlite:
        store.upgrade_to_newest(settings)
    current, newest = current_and_head(settings.migration_url or settings.database_url)
    if current != newest:
        raise StoreUnavailable(f"The store has schema {current or 'none'}, this version needs {newest}: db upgrade")
    configure_log(settings)
    faults.arm(os.environ.get(KILL_AT, ""))
    opening = functools.partial(open_engine, works=role != "web")
    serve_forever(settings, open_ports=open_ports, open_engine=opening, host=host, port=port or PORT)


app = typer.Typer(
    help="Answers a business's customers, and knows when to fetch a human.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(store.db, name="db")
app.add_typer(tenants.tenant, name="tenant")
app.add_typer(tenants.staff, name="staff")
app.add_typer(tenants.api_key, name="api-key")
app.add_typer(channels.channel, name="channel")
app.add_typer(setup.connection, name="connection")
app.add_typer(setup.asset, name="asset")
app.add_typer(setup.queue, name="queue")
app.add_typer(setup.pipeline, name="pipeline")
app.add_typer(setup.template, name="template")
app.add_typer(setup.contact, name="contact")
app.add_typer(setup.retention, name="retention")
app.add_typer(search.search, name="search")
app.add_typer(keys.keys, name="keys")
app.add_typer(flows.flow, name="flow")
app.add_typer(flows.knowledge, name="knowledge")
app.command("doctor")(store.doctor)
app.command("chat")(chat)


@app.command("serve")
def serve(context: typer.Context, host: str = "127.0.0.1", port: int | None = None, role: str = "all") -> None:
    """Start the server."""
    console = console_of(context)
    console.serve(console.read_settings(), host, port, role)


@app.command("simulate")
def simulate(
    host: str = "127.0.0.1",
    port: int = 8081,
    webhook_url: str = "http://127.0.0.1:8080/webhooks/meta",
) -> None:
    """Run the simulated Meta and its phones alone."""
    from simulator.__main__ import serve as serve_simulator

    settings = load_settings()
    secret, token = (settings.app_secrets or ("",))[0], settings.meta_verify_token
    verify = token.get_secret_value() if token else None
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            serve_simulator(host=host, port=port, webhook_url=webhook_url, app_secret=secret, verify_token=verify)
        )


def main(arguments: list[str] | None = None) -> None:
    """Run the command; ``--json`` may stand anywhere."""
    given = sys.argv[1:] if arguments is None else arguments
    console = Console("--json" in given, load_settings, open_ports, run_server)
    try:
        app(args=[word for word in given if word != "--json"], obj=console, prog_name="frontdesk")
    except AppError as error:
        complain(error.message, error.facts)
        sys.exit(1)


if __name__ == "__main__":
    main()
