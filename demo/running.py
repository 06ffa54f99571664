"""Everything of the demo in one process: store, CRM, simulator, server. Opened in order, closed the other way round."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from pydantic import SecretStr

from api.app import build_app
from api.engine import open_engine
from api.ports import PortsOpener
from core.errors import Misconfigured
from core.settings import Settings
from demo.crm import Crm, open_crm
from demo.phones import accounts_file
from demo.seed import seed
from demo.staff import SIGN_IN
from demo.state import STORE, DemoState, load_state, save_state
from demo.stories import play
from memory.migrate import current_and_head, upgrade
from simulator import Behaviour, GraphApi
from simulator.__main__ import HUMAN_PACE, handshake, register

HOST = "127.0.0.1"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the demo is asked for."""

    port: int
    simulator_port: int
    conversations: bool = True


@dataclass(frozen=True, slots=True)
class Running:
    """Where everything is."""

    settings: Settings
    state: DemoState
    simulated: GraphApi
    crm: Crm


def demo_settings(given: Settings, state: DemoState, wish: Wish) -> Settings:
    """Return settings of the demo's own: of what is configured only the model, the log and the folder count."""
    return Settings(
        database_url=f"sqlite:///{given.data_dir / STORE}",
        data_dir=given.data_dir,
        public_url=f"http://{HOST}:{wish.port}",
        graph_url=f"http://{HOST}:{wish.simulator_port}",
        meta_app_id="100118000000001",
        meta_app_secret=SecretStr(state.app_secret),
        meta_verify_token=SecretStr(state.verify_token),
        openai_api_key=given.openai_api_key,
        openai_base_url=given.openai_base_url,
        openai_model=given.openai_model,
        log_level=given.log_level,
        log_format=given.log_format,
        demo_login=":".join(SIGN_IN),
    )


@asynccontextmanager
async def open_demo(given: Settings, wish: Wish, *, open_ports: PortsOpener, tell: Tell) -> AsyncIterator[Running]:
    """Run the demo for the length of the block; raises Misconfigured where a port or the folder is taken."""
    folder = given.data_dir
    state = load_state(folder)
    save_state(folder, state)
    settings = demo_settings(given, state, wish)
    with bound(wish.port, "PORT") as listening:
        bound(wish.simulator_port, "SIMULATOR_PORT").close()
        await asyncio.to_thread(_upgrade, settings, tell)
        async with open_crm(state.crm_port) as crm:
            state.crm_port = crm.port
            await _seed(settings, state, crm, open_ports=open_ports, tell=tell)
            async with (
                open_simulator(state, settings, wish) as simulated,
                open_server(settings, listening, open_ports=open_ports),
            ):
                simulated.simulation.background.start(handshake(_webhooks(settings), state.verify_token))
                running = Running(settings, state, simulated, crm)
                if wish.conversations and not state.talked:
                    await _first_conversations(running, tell)
                yield running


def bound(port: int, variable: str) -> socket.socket:
    """Return a socket bound to the port, before anything else is done; raises Misconfigured naming the variable."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise taken(port, variable) from error
    return listening


def taken(port: int, variable: str) -> Misconfigured:
    """Return the error that says which port is in use, and what to set."""
    other = port + 100 if port < 65_000 else port - 100
    return Misconfigured([f"port {port} is in use: choose another one, for example {variable}={other} make run"])


@asynccontextmanager
async def open_simulator(state: DemoState, settings: Settings, wish: Wish) -> AsyncIterator[GraphApi]:
    """Run the simulator with the clinic's accounts and customers."""
    simulated = GraphApi(
        webhook_url=_webhooks(settings),
        app_secret=state.app_secret,
        behaviour=Behaviour(accept_any_account=True, receipts=HUMAN_PACE),
        host=HOST,
        port=wish.simulator_port,
        app_id=settings.meta_app_id or "",
    )
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(simulated)
        except OSError as error:
            raise taken(wish.simulator_port, "SIMULATOR_PORT") from error
        register(simulated, accounts_file(state))
        yield simulated


@asynccontextmanager
async def open_server(settings: Settings, listening: socket.socket, *, open_ports: PortsOpener) -> AsyncIterator[None]:
    """Run the product on a socket that is bound already."""
    app = build_app(settings, open_ports=open_ports, open_engine=open_engine)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


async def _first_conversations(running: Running, tell: Tell) -> None:
    tell("Letting three customers write")
    with_model = running.settings.openai_api_key is not None
    for fault in await play(running.simulated, with_model=with_model):
        tell(f"A conversation was cut short. {fault}")
    running.state.talked = True
    save_state(running.settings.data_dir, running.state)


async def _seed(settings: Settings, state: DemoState, crm: Crm, *, open_ports: PortsOpener, tell: Tell) -> None:
    try:
        async with open_ports(settings) as ports:
            await seed(ports.repositories, state, public_url=settings.public_url, crm_url=crm.url, tell=tell)
    finally:
        save_state(settings.data_dir, state)


def _upgrade(settings: Settings, tell: Tell) -> None:
    current, newest = current_and_head(settings.database_url)
    if current != newest:
        tell("Creating the store" if current is None else "Bringing the store to the newest schema")
        upgrade(settings.database_url)


def _webhooks(settings: Settings) -> str:
    return f"{settings.public_url}/webhooks/meta"
