"""The clinic's own customer system, as small as can be: takes leads, remembers idempotency keys, shows the logo.

It stands for whatever a business already has; the product reaches it as any other connection.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

LOGO_FILE = Path(__file__).parent / "assets" / "logo.png"


@dataclass(slots=True)
class Crm:
    """What the system knows, and where it listens."""

    url: str = ""
    port: int = 0
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    """Idempotency key → the lead that the first request with it made."""

    async def take(self, request: web.Request) -> web.Response:
        """Store a lead; a key seen before answers with the lead it made then."""
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            return web.json_response({"error": "not JSON"}, status=400)
        if not isinstance(body, dict) or not body.get("phone"):
            return web.json_response({"error": "phone is missing"}, status=422)
        key = request.headers.get("Idempotency-Key", "")
        if known := self.answered.get(key):
            return web.json_response({"id": known}, status=200)
        lead_id = f"A-{secrets.token_hex(3).upper()}"
        self.leads[lead_id] = body
        if key:
            self.answered[key] = lead_id
        return web.json_response({"id": lead_id}, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """List the leads."""
        return web.json_response({"items": [{"id": key, **lead} for key, lead in self.leads.items()]})

    async def logo(self, request: web.Request) -> web.Response:
        """Serve the clinic's picture."""
        content = await asyncio.to_thread(LOGO_FILE.read_bytes)
        return web.Response(body=content, content_type="image/png", headers={"Cache-Control": "max-age=3600"})


@asynccontextmanager
async def open_crm(port: int = 0) -> AsyncIterator[Crm]:
    """Run the system on the loopback: on ``port`` where it is free, else on any free one."""
    crm = Crm()
    app = web.Application(client_max_size=64 * 1024)
    app.add_routes([web.post("/leads", crm.take), web.get("/leads", crm.show), web.get("/logo.png", crm.logo)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await _listen(runner, port)
        crm.port = int(runner.addresses[0][1])
        crm.url = f"http://127.0.0.1:{crm.port}"
        yield crm
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
