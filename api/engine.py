"""How the engine is put together from what is open: the agent's parts over the store's."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from email.utils import parseaddr
from urllib.parse import urlsplit

from agent.attempt import Pace
from agent.resources import open_resources
from agent.runtime import Engine, EngineStores
from api.live_hub import Everywhere
from api.metrics import RINGS
from api.ports import Ports
from core.settings import Settings
from desk.holding import Desk
from desk.mailing import NOBODY
from desk.noticing import Noticer, Sender
from desk.scheduling import Scheduler
from memory.checkpointer import TurnSaver
from memory.engine.catalog import EngineCatalog
from memory.engine.door import EngineDoor
from memory.engine.effects import EngineEffects, EngineUsage
from memory.engine.intake import EngineIntake
from memory.engine.receipts import EngineReceipts
from memory.engine.work import EngineWork
from memory.index.following import Indexer
from memory.redis_bells import RedisBells
from memory.repositories.attending import Attending
from memory.repositories.base import Store
from memory.repositories.joining import Joining
from memory.repositories.snoozing import Snoozes
from memory.warming import compile_ahead


def build_stores(ports: Ports) -> EngineStores:
    """Build the store's side of the engine."""
    database, vault, clock, ids = ports.database, ports.vault, ports.clock, ports.ids
    store = Store(database, vault, clock, ids)
    capabilities = {kind: channel.capabilities for kind, channel in ports.channels.items()}
    door = EngineDoor(database, vault, clock=clock, ids=ids, capabilities=capabilities)
    return EngineStores(
        intake=EngineIntake(database, vault),
        work=EngineWork(database, vault, clock=clock, ids=ids, door=door),
        effects=EngineEffects(database, vault, clock),
        door=door,
        receipts=EngineReceipts(database, vault, clock),
        saver=TurnSaver(),
        wakes=Snoozes(store),
        joins=Joining(store),
        index=Indexer(store),
        attends=Attending(store),
        files=ports.repositories.files,
    )


def build_bells(ports: Ports) -> RedisBells | None:
    """Build the doorbells to other processes, where there are any."""
    url = ports.settings.redis_url
    if url is None:
        return None
    return RedisBells(
        url,
        ports.vault,
        process_id=ports.ids.new(),
        live=ports.live,
        heard=lambda kind: RINGS.labels(kind).inc(),
    )


def build_noticer(ports: Ports) -> Noticer:
    """Build what tells people that somebody waits for them."""
    return Noticer(
        ports.repositories.noticing,
        ports.outside,
        mailer=ports.mailer,
        clock=ports.clock,
        sender=_sender(ports.settings),
    )


def build_scheduler(ports: Ports, engine: Engine) -> Scheduler:
    """Build what says later what staff planned."""
    desk = Desk(ports.repositories.conversations, ports.channels, engine.doorbells, ports.clock)
    return Scheduler(ports.repositories.plans, desk)


def _sender(settings: Settings) -> Sender:
    is_public = urlsplit(settings.public_url).scheme == "https"
    mail = f"mailto:{parseaddr(settings.mail_from or NOBODY)[1]}"
    contact = settings.public_url if is_public and settings.mail_from is None else mail
    return Sender(settings.public_url, contact, allow_private=settings.simulates)


@asynccontextmanager
async def open_engine(ports: Ports, *, works: bool = True) -> AsyncIterator[Engine]:
    """Run the engine for the length of the block; ``works`` False takes in and never answers (a web process)."""
    catalog = EngineCatalog(ports.database, ports.vault)
    usage = EngineUsage(ports.database, clock=ports.clock, ids=ports.ids)
    bells = build_bells(ports)
    async with AsyncExitStack() as stack:
        resources = await stack.enter_async_context(
            open_resources(ports.settings, catalog=catalog, usage=usage, clock=ports.clock, http=ports.http)
        )
        engine = Engine(
            build_stores(ports),
            channels=ports.channels,
            webhooks=ports.webhooks,
            resources=resources,
            live=Everywhere(ports.live, bells) if bells else ports.live,
            clock=ports.clock,
            pace=Pace(ports.settings.turns_at_once if works else 0, runner=ports.settings.runner),
            elsewhere=bells,
        )
        if bells:
            await stack.enter_async_context(bells.running(engine.rings if works else None))
        compile_ahead("sqlite" if ports.settings.is_sqlite else "postgresql")
        yield await stack.enter_async_context(engine.running(build_noticer(ports), build_scheduler(ports, engine)))
