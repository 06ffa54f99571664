"""One run on one store: everything started, the load, the accidents, the wait until all is quiet, the verdict."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from time import monotonic

import aiohttp

import server
from bench.chaos.books import Books
from bench.chaos.crowd import PHONE, WABA, Crowd
from bench.chaos.fleet import Kills, Member, Nursery
from bench.chaos.flow import echo_flow
from bench.chaos.journal import Journal
from bench.chaos.judge import OPEN, RECONCILE, Verdict, judge
from bench.chaos.staff import Staff
from bench.chaos.stores import Place, open_place
from bench.chaos.weather import Weather
from core.channel_types import ChannelType
from core.nouns import Role
from core.secret import Secret
from core.settings import read_settings
from desk.people import NewStaff, add_person
from desk.publishing import publish_flow
from desk.tenants import NewTenant, create_tenant
from memory.repositories.accounts import NewAccount
from memory.repositories.catalog import Connection
from simulator import GraphApi

SECRET, VERIFY, TOKEN = "chaos-secret", "chaos-verify", "chaos-token"
EMAIL, PASSWORD = "staff@example.com", "correct horse battery"
READY = 120.0
LEASES = 60.0
"""Seconds for which the sender's lease of a dead process holds a conversation (``memory.engine.door``)."""
AHEAD = 3
"""So many kills' share of the messages is written before the next kill must have come."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made of; the same seed gives the same choices, not the same interleaving."""

    store: str
    messages: int
    kills: int
    customers: int
    seed: int
    life: float = 6.0
    """Seconds after which a process that came to no named point is killed where it stands."""
    lease: float | None = None
    """Seconds; None: the product's own."""
    restarts: int = 0
    """How often each service that can be restarted is."""
    together: int = 40
    """Messages that may wait for their answer at once."""
    trouble: float = 0.05
    """Share of outside writes that are slow or cut off."""

    @property
    def patience(self) -> float:
        """Return the seconds without any change after which nothing more is expected."""
        return (LEASES if self.lease is None else self.lease) + RECONCILE + 30


@dataclass(slots=True)
class Report:
    """What came of it."""

    plan: Plan
    verdict: Verdict
    kills: Counter[str]
    restarts: Counter[str]
    seconds: float
    messages: int = 0
    answers: int = 0
    writes: int = 0
    holds: int = 0
    strange: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """Return everything that must not be."""
        return [*self.verdict.violations, *(f"process: {words}" for words in self.strange)]


Told = Callable[[str, int, int], None]
"""Called with what is being done, the messages written and the processes killed so far."""


async def run_chaos(plan: Plan, told: Told) -> Report:
    """Run it."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(open_place(plan.store))
        chance = random.Random(plan.seed)
        books = await stack.enter_async_context(Books(chance, trouble=plan.trouble).serving())
        meta = await stack.enter_async_context(GraphApi(app_secret=SECRET))
        meta.add_whatsapp(PHONE, WABA, TOKEN)
        environment = {**place.environment, **_ours(meta.url)}
        await _provision(environment, books.url)
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        nursery = await stack.enter_async_context(Nursery(environment, lease=plan.lease).open())
        return await _Run(plan, place, meta=meta, books=books, nursery=nursery, http=http, told=told).run()


class _Run:
    def __init__(
        self,
        plan: Plan,
        place: Place,
        *,
        meta: GraphApi,
        books: Books,
        nursery: Nursery,
        http: aiohttp.ClientSession,
        told: Told,
    ) -> None:
        chance = random.Random(plan.seed + 1)
        self.members = [Member(role, place.folder) for role in place.roles]
        addresses = [member.url for member in self.members if member.role != "worker"]
        self.plan, self.place, self.books, self.nursery, self.http = plan, place, books, nursery, http
        self.journal = Journal()
        self.kills = Kills(plan.kills, chance, plan.life, lambda: len(self.journal.heard))
        self.crowd = Crowd(meta, self.journal, chance, customers=plan.customers, together=plan.together)
        self.staff = Staff(self.journal, chance, addresses=addresses, http=http)
        self.weather = Weather(meta, chance, latest_receipt=3.0 if plan.lease else 40.0)
        self.addresses, self.meta, self._told = addresses, meta, told
        self.restarts = Counter[str]()
        self.began = monotonic()

    async def run(self) -> Report:
        """Start, trouble, wait, judge."""
        self.tell("starting")
        async with asyncio.TaskGroup() as fleet:
            lives = [
                fleet.create_task(member.live(self.nursery, self.kills, self.http, services_up=lambda: self.place.up))
                for member in self.members
            ]
            watch = fleet.create_task(self.crowd.watch())
            await self._load()
            await self._settle()
            for task in (*lives, watch):
                task.cancel()
        self.crowd.look()
        plan, journal = self.plan, self.journal
        return Report(
            plan, judge(journal, self.books.written), self.kills.done, self.restarts, monotonic() - self.began,
            messages=self.crowd.written, answers=len(journal.heard), writes=len(self.books.written),
            holds=len(journal.holds), strange=self.kills.strange,
        )  # fmt: skip

    async def _load(self) -> None:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            blowing = group.create_task(self.weather.blow(self.addresses))
            await self.staff.sign_in(EMAIL, PASSWORD)
            self.kills.begun = True
            group.create_task(self._meddle(over))
            services = group.create_task(self._restart_services())
            async with asyncio.TaskGroup() as writers:
                while self.kills.left or self.crowd.written < self.plan.messages:
                    if self._is_ahead():
                        await asyncio.sleep(0.05)
                    else:
                        await self.crowd.write(writers)
                    self.tell("under way")
                over.set()
                blowing.cancel()
                self.weather.clear()
            await services

    def _is_ahead(self) -> bool:
        """Keep messages and kills in step, so that the one does not end long before the other."""
        share = (self.kills.count + AHEAD) / max(1, self.plan.kills)
        return self.kills.left and self.crowd.written >= self.plan.messages * min(1.0, share)

    async def _meddle(self, over: asyncio.Event) -> None:
        await self.staff.meddle(self.crowd.names, place=self._place, until=over)

    def _place(self) -> int:
        self.crowd.look()
        return len(self.journal.heard)

    async def _restart_services(self) -> None:
        for number in range(self.plan.restarts):
            due = self.plan.messages * (number + 1) / (self.plan.restarts + 1)
            while self.crowd.written < due:  # noqa: ASYNC110 - a count, there is nothing to wait on
                await asyncio.sleep(0.1)
            for service in self.place.restarts:
                await self.place.restart(service)
                self.restarts[service] += 1

    async def _settle(self) -> None:
        """Wait until every customer has an answer, or the inbox says what became of it, or nothing moves any more."""
        changed, known = monotonic(), (0, 0)
        while monotonic() - changed < self.plan.patience:
            self.tell("waiting for quiet")
            await asyncio.sleep(1)
            await self.staff.give_back(self.crowd.names)
            await self.staff.find(self.crowd.names)
            names = self.crowd.waiting | self._staff_unheard()
            await self.staff.look_up(names)
            left = {name for name in names if self.journal.on_record.get(name) not in OPEN}
            if not left:
                break
            if (now := (len(self.journal.heard), len(left))) != known:
                changed, known = monotonic(), now
        with suppress(TimeoutError):
            await asyncio.wait_for(self.meta.settle(), self.plan.patience)
        await asyncio.sleep(2)

    def _staff_unheard(self) -> set[str]:
        return {name for name in self.journal.written if name[0] == "S"} - self.journal.answered()

    def tell(self, what: str) -> None:
        """Show how far things are."""
        self._told(what, self.crowd.written, self.kills.count)


def _ours(graph_url: str) -> dict[str, str]:
    return {
        "FRONTDESK_META_APP_ID": "1",
        "FRONTDESK_META_APP_SECRET": SECRET,
        "FRONTDESK_META_VERIFY_TOKEN": VERIFY,
        "FRONTDESK_GRAPH_URL": graph_url,
    }


async def _provision(environment: dict[str, str], books: str) -> None:
    """Make a business with a number, the echo flow and one member of staff."""
    async with server.open_ports(read_settings(environment)) as ports:
        kept = ports.repositories
        tenant = await create_tenant(kept.tenants, NewTenant("Chaos", locale="en", timezone="UTC", country="GB"))
        account = NewAccount(
            ChannelType.WHATSAPP, PHONE, "Number", token=Secret(TOKEN), settings={"waba_id": WABA}, groups=(WABA,)
        )
        await kept.accounts.connect(tenant, account, actor="chaos")
        await kept.catalog.set_connection(tenant, Connection("books", books, allow_private=True))
        flow = await kept.flows.save(tenant, echo_flow(), actor="chaos")
        await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=flow, actor="chaos")
        person = NewStaff(EMAIL, Role.STAFF, password=PASSWORD)
        await add_person(kept.directory, kept.audit, tenant_id=tenant, new=person, actor="chaos")
