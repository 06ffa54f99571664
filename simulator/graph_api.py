"""Offer the simulator as one object: start it, register accounts, play customers, break things, see what arrived."""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from simulator import send_api
from simulator import send_api_events as direct
from simulator import whatsapp_events as events
from simulator.access import Access
from simulator.app import BODY_LIMIT, GraphRoutes
from simulator.clock import Clock
from simulator.control import ControlRoutes
from simulator.customer import Customer
from simulator.faults import Fault
from simulator.ids import bsuid_of
from simulator.ledger import Refused, Sent, Signal
from simulator.phone_page import page_routes
from simulator.simulation import Behaviour, Simulation
from simulator.snapshot import account_view
from simulator.state import Account, Author, Channel, Message, Person, Template
from simulator.webhooks import POST_TIMEOUT_SECONDS, Delivery, Disorder

SHUTDOWN_SECONDS = 0.2


class GraphApi:
    """A simulated graph.facebook.com and graph.instagram.com on a loopback port.

    Use it as an async context manager; `url` is what FRONTDESK_GRAPH_URL wants.
    """

    def __init__(
        self,
        *,
        webhook_url: str | None = None,
        app_secret: str = "",
        behaviour: Behaviour | None = None,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        app_id: str = "100000000000001",
    ) -> None:
        self.clock = clock or Clock()
        self.behaviour = behaviour or Behaviour()
        self.simulation = Simulation(self.clock, self.behaviour, app_id)
        self.webhooks = self.simulation.webhooks
        self.webhooks.url, self.webhooks.app_secret = webhook_url, app_secret
        self._host, self._port = host, port
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Bind the port; failure half-way unwinds what was opened."""
        async with AsyncExitStack() as stack:
            timeout = aiohttp.ClientTimeout(total=POST_TIMEOUT_SECONDS)
            self.webhooks.session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
            runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            stack.push_async_callback(self.simulation.background.close)
            await web.TCPSite(runner, self._host, self._port).start()
            self._port = int(runner.addresses[0][1])
            self.simulation.url = self.url
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop deliveries and close the port."""
        await self._stack.aclose()
        self.webhooks.session = None

    def _application(self) -> web.Application:
        sim = self.simulation
        access = Access(
            sim.world,
            sim.ids,
            accept_any=self.behaviour.accept_any_account,
            on_new=lambda account: sim.live.publish("account", account_view(account)),
        )
        app = web.Application(client_max_size=BODY_LIMIT)
        app.add_routes(page_routes())
        app.add_routes(ControlRoutes(self).routes())
        app.add_routes(GraphRoutes(self.simulation, access).routes())
        return app

    @property
    def url(self) -> str:
        """The base address, without a trailing slash."""
        return f"http://{self._host}:{self._port}"

    @property
    def sent(self) -> list[Sent]:
        """Every accepted message request, oldest first."""
        return self.simulation.ledger.sent

    @property
    def refused(self) -> list[Refused]:
        """Every request answered with an error, oldest first."""
        return self.simulation.ledger.refused

    @property
    def signals(self) -> list[Signal]:
        """Every accepted typing indicator, read mark and reaction by sender action."""
        return self.simulation.ledger.signals

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook with its bytes, attempts and answers, oldest first."""
        return self.webhooks.deliveries

    @property
    def accounts(self) -> list[Account]:
        """The registered accounts."""
        return self.simulation.world.accounts

    def add_whatsapp(
        self, phone_number_id: str, waba_id: str, token: str, *, display: str = "+15550001111", name: str = "Business"
    ) -> Account:
        """Register a phone number; its WhatsApp business account comes with Meta's own `hello_world` template."""
        account = Account(Channel.WHATSAPP, phone_number_id, token, name, waba_id=waba_id, display=display)
        self.accounts.append(account)
        if waba_id not in self.simulation.world.templates:
            self.add_template(waba_id, "hello_world", language="en_US", body="Hello World")
        return account

    def add_instagram(
        self,
        account_id: str,
        token: str,
        *,
        page_id: str | None = None,
        username: str = "business",
        name: str = "Business",
    ) -> Account:
        """Register an Instagram professional account; `page_id` also opens the Facebook-Login address."""
        account = Account(Channel.INSTAGRAM, account_id, token, name, username=username, page_id=page_id)
        self.accounts.append(account)
        return account

    def add_messenger(self, page_id: str, token: str, *, name: str = "Business") -> Account:
        """Register a Page."""
        account = Account(Channel.MESSENGER, page_id, token, name)
        self.accounts.append(account)
        return account

    def add_template(
        self,
        waba_id: str,
        name: str,
        *,
        language: str = "en",
        body: str = "",
        status: str = "APPROVED",
        buttons: Sequence[str] = (),
    ) -> Template:
        """Register a template; its variables are counted from `{{…}}` in the body."""
        count = len(set(re.findall(r"\{\{\w+\}\}", body)))
        template = Template(name, language, body, count, status, buttons=tuple(buttons))
        templates = self.simulation.world.templates.setdefault(waba_id, [])
        templates[:] = [t for t in templates if (t.name, t.language) != (name, language)] + [template]
        return template

    def account(self, account_id: str) -> Account:
        """Return a registered account; raise LookupError if there is none."""
        account = self.simulation.world.find_account(account_id)
        if account is None:
            raise LookupError(f"no account {account_id}")
        return account

    def customer(
        self, account_id: str, person_id: str = "", *, name: str = "", username: str = "", hide_phone: bool = False
    ) -> Customer:
        """Return the phone of a customer of an account, handing them one if they are new.

        `person_id` is the phone number on WhatsApp, the IGSID or PSID elsewhere (invented when empty).
        `hide_phone` makes a WhatsApp user known by business-scoped id only.
        """
        account, world = self.account(account_id), self.simulation.world
        thread = world.find_thread(account, person_id) if person_id else None
        if thread is None:
            person_id = person_id.lstrip("+") or self.simulation.ids.number(digits=12)
            person = Person(person_id, name or username or f"Customer {person_id[-4:]}", username=username)
            if account.channel is Channel.WHATSAPP:
                person.bsuid = bsuid_of(person_id, account.waba_id)
                person.phone = None if hide_phone else person_id
                person.id = person.bsuid if hide_phone else person_id
            thread = world.open_thread(account, person)
            self.simulation.changed(thread)
        return Customer(self.simulation, thread)

    async def staff_replies_in_app(self, customer: Customer, text: str) -> Delivery:
        """Answer as a person in the native app: a webhook that carries no `app_id` of ours (META_API §2, §4, §5)."""
        sim, thread = self.simulation, customer.thread
        account, person, now = thread.account, thread.person, sim.clock.now()
        whatsapp, instagram = account.channel is Channel.WHATSAPP, account.channel is Channel.INSTAGRAM
        message_id = sim.ids.wamid(person.phone or "0") if whatsapp else sim.ids.mid(account.id, instagram=instagram)
        message = sim.add_message(
            thread, Message(message_id, Author.STAFF_APP, "text", {"text": text}, now, status="sent")
        )
        if whatsapp:
            payload = events.staff_echo(account, person, message_id, now, text)
        else:
            dialect = send_api.dialect_of(account)
            app_id = None if instagram else dialect.inbox_app_id
            payload = direct.echo(dialect, account, person, message, {"text": text}, app_id)
        return await sim.webhooks.send(payload, title="staff in app", account=account.id, customer=person.id).settled()

    def fail_next(self, fault: Fault, *, times: int = 1, account: str | None = None) -> None:
        """Let the next messages (not typing or read marks) meet a fault of `simulator.faults`."""
        self.simulation.faults.plan(fault, times=times, account=account)

    def disturb(self, disorder: Disorder | None = None) -> None:
        """Make webhook deliveries misbehave from now on; without an argument, make them behave again."""
        self.webhooks.disorder = disorder or Disorder()

    def forget_media(self) -> None:
        """Keep files no longer, as providers do after some days."""
        self.simulation.world.media.clear()

    def advance(self, by: timedelta) -> None:
        """Move the simulator's clock and tell open pages."""
        self.clock.advance(by)
        self.simulation.live.publish("clock", {"now": self.clock.now().isoformat()})

    async def settle(self) -> None:
        """Wait until every webhook and receipt on its way has arrived or been given up."""
        await self.simulation.background.drain()

    async def reset(self) -> None:
        """Forget people, messages, ledgers, faults and the clock's offset; accounts and templates stay."""
        await self.simulation.background.close()
        self.simulation.world.forget_threads()
        self.simulation.ledger.clear()
        self.simulation.faults.clear()
        self.webhooks.deliveries.clear()
        self.webhooks.disorder = Disorder()
        self.clock.reset()
        self.simulation.live.publish("reset", {})
