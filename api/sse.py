"""Server-sent events: writing them, and keeping the line alive."""

from typing import Any

import orjson
from aiohttp import web

HEARTBEAT = 15.0
"""Seconds between comments on a quiet line; clients take 60 s of silence for a dead one."""
POLL = 2.0
"""Seconds after which the store is looked at without a ring: another process may have written."""
RETRY_MS = 1000


async def open_stream(request: web.Request) -> web.StreamResponse:
    """Start a stream; proxies are asked not to gather it."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(request)
    await response.write(f"retry: {RETRY_MS}\n\n".encode())
    return response


def encode(event: str, data: Any, *, number: int | None = None) -> bytes:
    """Return one event; JSON has no line breaks, so one ``data`` line carries it."""
    name = f"id: {number}\n" if number is not None else ""
    return f"{name}event: {event}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def last_number(request: web.Request) -> int | None:
    """Return the number that the client has seen; None at the first connection or where it makes no sense."""
    text = request.headers.get("Last-Event-ID", "").strip()
    return int(text) if text.isdigit() and len(text) < 19 else None
