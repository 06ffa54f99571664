"""Give each test a simulator on a free port and a server that records what Meta would tell it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from simulator import Behaviour, Clock, GraphApi, Receipts

SECRET = "app-secret"
PHONE, WABA, WA_TOKEN = "106540352242922", "102290129340398", "wa-token"
INSTAGRAM, INSTAGRAM_PAGE, IG_TOKEN = "17841400000000001", "200000000000009", "ig-token"
PAGE, PAGE_TOKEN = "100000000000001", "page-token"
NUMBER = "905321112233"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Server:
    """The product's side of the wire: records raw webhooks, answers the planned statuses, then 200."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    planned: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.raw.append(await request.read())
        self.headers.append(dict(request.headers))
        return web.Response(status=self.planned.pop(0) if self.planned else 200)

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        return [orjson.loads(raw) for raw in self.raw]

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The values of WhatsApp changes."""
        return [c["value"] for w in self.webhooks for e in w["entry"] for c in e.get("changes", [])]

    @property
    def items(self) -> list[dict[str, Any]]:
        """The messaging items of Instagram and Messenger."""
        return [item for w in self.webhooks for e in w["entry"] for item in e.get("messaging", [])]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [s for value in self.changes for s in value.get("statuses", [])]


@dataclass
class Graph:
    """The product's way to the Graph API."""

    api: GraphApi
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, token: str | None, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.request(method, f"{self.api.url}{path}", headers=headers, **options) as response:
            return response.status, await response.json(content_type=None)

    async def whatsapp(self, **body: Any) -> Answer:
        full = {"messaging_product": "whatsapp", "to": f"+{NUMBER}", **body}
        return await self.call("POST", f"/v26.0/{PHONE}/messages", WA_TOKEN, json=full)

    async def text(self, body: str) -> Answer:
        return await self.whatsapp(type="text", text={"body": body})

    async def instagram(self, message: dict[str, Any], **extra: Any) -> Answer:
        body = {"recipient": {"id": "7001"}, "message": message, **extra}
        return await self.call("POST", f"/v26.0/{INSTAGRAM}/messages", IG_TOKEN, json=body)

    async def messenger(self, message: dict[str, Any], **extra: Any) -> Answer:
        body = {"recipient": {"id": "8001"}, "messaging_type": "RESPONSE", "message": message, **extra}
        return await self.call("POST", f"/v26.0/{PAGE}/messages", PAGE_TOKEN, json=body)

    async def control(self, act: str, /, **body: Any) -> Answer:
        return await self.call("POST", f"/_sim/{act}", None, json=body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    recorder = Server()
    app = web.Application()
    app.router.add_post("/webhooks/meta", recorder.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    recorder.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/meta"
    yield recorder
    await runner.cleanup()


@pytest.fixture
def clock() -> Clock:
    start = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    return Clock(lambda: start)


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour(receipts=Receipts(sent=0.0, delivered=0.01, read=0.02))


@pytest.fixture
async def api(server: Server, clock: Clock, behaviour: Behaviour) -> AsyncIterator[GraphApi]:
    async with GraphApi(webhook_url=server.url, app_secret=SECRET, behaviour=behaviour, clock=clock) as simulated:
        simulated.webhooks.retry_delays = (0.01, 0.01, 0.01)
        simulated.add_whatsapp(PHONE, WABA, WA_TOKEN, display="+15550001111", name="Clinic")
        simulated.add_instagram(INSTAGRAM, IG_TOKEN, page_id=INSTAGRAM_PAGE, username="clinic")
        simulated.add_messenger(PAGE, PAGE_TOKEN, name="Clinic")
        yield simulated


@pytest.fixture
async def graph(api: GraphApi) -> AsyncIterator[Graph]:
    async with aiohttp.ClientSession() as session:
        yield Graph(api, session)
        await asyncio.sleep(0)


@pytest.fixture
async def ayse(api: GraphApi) -> Any:
    """A WhatsApp customer whose window is open."""
    customer = api.customer(PHONE, NUMBER, name="Ayşe")
    await customer.says("Merhaba")
    return customer


@pytest.fixture
async def omar(api: GraphApi) -> Any:
    """An Instagram customer whose window is open."""
    customer = api.customer(INSTAGRAM, "7001", name="Omar Haddad", username="omar")
    await customer.says("مرحبا")
    return customer


@pytest.fixture
async def vera(api: GraphApi) -> Any:
    """A Messenger customer whose window is open."""
    customer = api.customer(PAGE, "8001", name="Vera Kim")
    await customer.says("Привет")
    return customer
