"""A whole Frontdesk beside a simulated Meta, for scenarios: real sockets, a real store, nothing patched."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr

import server
from api.app import build_app
from api.engine import open_engine
from api.keys import PORTS
from api.ports import Ports
from api.serving import listen, serving
from core.channel_types import ChannelType
from core.ids import TenantId
from core.nouns import Role
from core.secret import Secret
from core.settings import Settings
from desk.people import NewStaff, add_person
from desk.publishing import publish_flow
from desk.tenants import NewTenant, create_tenant
from memory.repositories.accounts import NewAccount
from simulator import GraphApi
from tests.services.run import find_free_port

APP_SECRET, VERIFY = "scenario-secret", "scenario-verify"
PHONE, WABA, INSTAGRAM = "PN1", "WABA1", "17841400000000001"
WIDGET = "widget-1"
PASSWORD = "correct horse battery"
MASTER = base64.b64encode(b"m" * 32).decode()


@dataclass(slots=True)
class Box:
    """One business with a number, an Instagram account, a website and a flow."""

    settings: Settings
    url: str
    ports: Ports
    meta: GraphApi
    http: aiohttp.ClientSession
    tenant_id: TenantId
    headers: dict[str, str] = field(default_factory=dict)

    async def api(self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        """Call the staff API as whoever signed in; checks the status."""
        async with self.http.request(
            method, f"{self.url}/api/v1/{path}", json=body, headers={**self.headers, **headers}
        ) as reply:
            text = await reply.text()
            assert reply.status == status or (status == 200 and reply.status < 300), (method, path, reply.status, text)
            return orjson.loads(text) if text else None

    async def sign_in(self, email: str = "staff@example.com", *, role: Role = Role.STAFF) -> None:
        """Make a member of staff and sign in as them."""
        await self.make_staff(email, role=role)
        reply = await self.api("POST", "auth/login", {"email": email, "password": PASSWORD})
        self.headers = {"X-CSRF-Token": reply["csrf_token"]}

    async def make_staff(self, email: str, *, role: Role = Role.STAFF) -> None:
        """Make a member of staff."""
        kept = self.ports.repositories
        new = NewStaff(email, role, password=PASSWORD)
        await add_person(kept.directory, kept.audit, tenant_id=self.tenant_id, new=new, actor="test")

    async def lead(self) -> Any:
        """Return the only lead; waits for it."""
        return await self.only("leads")

    async def waiting_handoff(self) -> Any:
        """Return the only waiting handoff; waits for it."""
        return await self.only("handoffs?state=waiting")

    async def only(self, path: str) -> Any:
        """Return the only item of a list; waits for it."""

        async def found() -> bool:
            return bool((await self.api("GET", path))["items"])

        await until(found)
        items = (await self.api("GET", path))["items"]
        assert len(items) == 1, items
        return items[0]


@asynccontextmanager
async def open_box(settings: Settings, flow: Mapping[str, Any], meta: GraphApi) -> AsyncIterator[Box]:
    """Start the server over a migrated store and give it a business."""
    async with AsyncExitStack() as stack:
        app = build_app(settings, open_ports=server.open_ports, open_engine=open_engine)
        port = int(settings.public_url.rpartition(":")[2])
        await stack.enter_async_context(serving(app, listen("127.0.0.1", port)))
        ports = app[PORTS]
        tenant_id = await provision(ports, flow, origin=settings.public_url)
        meta.webhooks.url = f"{settings.public_url}/webhooks/meta"
        jar = aiohttp.CookieJar(unsafe=True)
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield Box(settings, settings.public_url, ports, meta, http, tenant_id)


async def provision(ports: Ports, flow: Mapping[str, Any], *, origin: str) -> TenantId:
    """Make a business with three accounts and a published flow, unless the store has one."""
    kept = ports.repositories
    known = await kept.directory.list_tenant_ids()
    if known:
        return known[0]
    tenant = await create_tenant(kept.tenants, NewTenant("Klinik", "tr", "Europe/Istanbul", "TR"))
    accounts = (
        NewAccount(
            ChannelType.WHATSAPP, PHONE, "Number", token=Secret("tok-wa"), settings={"waba_id": WABA}, groups=(WABA,)
        ),
        NewAccount(
            ChannelType.INSTAGRAM, INSTAGRAM, "Instagram", token=Secret("tok-ig"), settings={"variant": "login"}
        ),
        NewAccount(ChannelType.WIDGET, WIDGET, "Website", settings={"origins": [origin]}),
    )
    for account in accounts:
        await kept.accounts.connect(tenant, account, actor="test")
    flow_id = await kept.flows.save(tenant, flow, actor="test")
    await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=flow_id, actor="test")
    return tenant


def settings_of(url: str, migration: str | None, folder: Path, graph_url: str, **more: Any) -> Settings:
    """Return settings of a server on a free port."""
    return Settings(
        database_url=url,
        migration_url=migration,
        data_dir=folder,
        master_key=SecretStr(MASTER),
        meta_app_id="1",
        meta_app_secret=SecretStr(APP_SECRET),
        meta_verify_token=SecretStr(VERIFY),
        graph_url=graph_url,
        public_url=f"http://127.0.0.1:{find_free_port()}",
        **more,
    )


async def until(test: Callable[[], Any], seconds: float = 15.0, *, every: float = 0.02) -> None:
    """Wait until ``test`` holds, looking ``every`` so many seconds; it may be a coroutine function."""
    async with asyncio.timeout(seconds):
        while True:
            held = test()
            if asyncio.iscoroutine(held):
                held = await held
            if held:
                return
            await asyncio.sleep(every)
