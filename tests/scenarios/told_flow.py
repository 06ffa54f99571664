"""A flow in which everything that can be kept of a customer is kept once, each thing with a word of its own."""

from typing import Any

from aiohttp import web

from tests.scenarios.sentinels import STEM


def word(what: str) -> str:
    """Return the secret word of a field."""
    return f"{STEM}{what}"


WISH, REPLY, WRITTEN = word("wish"), word("modelreply"), word("crmresult")
LEAD, FACT, REASON, SUGGESTED = word("leadfield"), word("fact"), word("reason"), word("suggested")
HEADER = word("header")


def told_flow() -> dict[str, Any]:
    """Ask, write to the business's own system, let a model talk, fetch a person."""
    return {
        "schema": "flow/1",
        "key": "clinic",
        "name": "Told",
        "locales": {"default": "en", "supported": ["en"]},
        "variables": {"slots.wish": {"type": "string"}, "slots.number": {"type": "string"}},
        "entry": "wish",
        "nodes": {
            "wish": {
                "type": "ask", "say": {"en": "What do you wish?"}, "expect": {"type": "text"}, "save": "slots.wish",
                "to": {"ok": "crm", "failed": "crm"},
            },
            "crm": {
                "type": "http", "connection": "crm", "method": "POST", "path": "/cases",
                "json": {"wish": "{{ slots.wish }}"}, "map": {"slots.number": "body.number"},
                "to": {"ok": "said", "error": "said"},
            },
            "said": {"type": "message", "say": {"en": "Noted as {{ slots.number }}."}, "to": {"next": "broken"}},
            "broken": {
                "type": "http", "connection": "crm", "method": "POST", "path": "/broken",
                "json": {"wish": "{{ slots.wish }}"}, "to": {"ok": "helper", "error": "helper"},
            },
            "helper": {
                "type": "agent", "instructions": "Help.", "tools": ["capture_lead", "remember_fact", "request_handoff"],
            },
        },
    }  # fmt: skip


async def open_crm() -> tuple[web.AppRunner, str]:
    """Serve the business's own system: one address takes cases, the other breaks and says what it was told."""

    async def take(request: web.Request) -> web.Response:
        assert request.headers["X-Key"] == HEADER
        return web.json_response({"number": WRITTEN})

    async def break_down(request: web.Request) -> web.Response:
        return web.Response(status=500, body=await request.read())

    app = web.Application()
    app.add_routes([web.post("/cases", take), web.post("/broken", break_down)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
