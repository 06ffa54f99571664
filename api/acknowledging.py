"""What the front door says: the same answers as the application's, as bytes."""

import time
from email.utils import formatdate
from functools import lru_cache, partial

from aiohttp import web

from api.front import PATH
from api.keys import ENGINE, PORTS
from api.middlewares import answer_to, note_provider
from api.webhooks import take_in
from core.ports import RawRequest


class Acknowledging:
    """Stores a webhook and tells how that went."""

    def __init__(self, app: web.Application) -> None:
        self._take_in = partial(take_in, app[ENGINE].intake)
        self._clock = app[PORTS].clock

    async def __call__(self, raw: RawRequest) -> bytes:
        """Return the answer."""
        started = time.perf_counter()
        try:
            await self._take_in(raw)
        except Exception as error:
            response = answer_to(error, PATH)
            note_provider("POST", PATH, response.status, time.perf_counter() - started)
            return as_bytes(response, self._second())
        note_provider("POST", PATH, 200, time.perf_counter() - started)
        return acknowledgement(self._second())

    def _second(self) -> int:
        return self._clock.now_ms() // 1000


@lru_cache(maxsize=2)
def acknowledgement(second: int) -> bytes:
    """Return an empty 200; an origin server with a clock says the date (RFC 9110 §6.6.1)."""
    return f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: {formatdate(second, usegmt=True)}\r\n\r\n".encode()


def as_bytes(response: web.Response, second: int) -> bytes:
    """Return a whole answer, after which the connection stays open."""
    body = response.body if isinstance(response.body, bytes) else b""
    headers = {**response.headers, "Content-Length": str(len(body)), "Date": formatdate(second, usegmt=True)}
    lines = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
