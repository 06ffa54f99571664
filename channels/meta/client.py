"""Calls to Meta's Graph over the server's one HTTP session; what an answer means for the message is decided by class.

"Not sent" is claimed only where no byte of the request left: name resolution, connecting, TLS (ENGINE 18).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
import orjson

from channels.meta.errors import Key, Row, read_error
from channels.meta.reading import Obj, load
from core.errors import MalformedPayload, OutcomeUnknown, Unreachable, UnreadableReply
from core.secret import Secret
from core.settings import Settings

HOSTS: Mapping[str, str] = {"facebook": "https://graph.facebook.com", "instagram": "https://graph.instagram.com"}
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=6, sock_connect=5, sock_read=15)
"""``connect`` ends well before ``total``: a time-out while connecting must be told apart, nothing was sent by then."""
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""Resolving, connecting, TLS, an address that is none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a call goes: which of Meta's hosts, the path below the version, whose token, which error table."""

    host: Literal["facebook", "instagram"]
    path: str
    token: Secret
    table: Mapping[Key, Row]


class MetaClient:
    """Graph calls with one session; connections are kept and reused."""

    def __init__(
        self, http: aiohttp.ClientSession | None, settings: Settings, *, timeout: aiohttp.ClientTimeout = TIMEOUT
    ) -> None:
        self._http = http
        self._base = settings.graph_url
        self._version = settings.graph_version
        self._timeout = timeout

    def url_of(self, to: Endpoint) -> str:
        """Return the address of a call."""
        return f"{self._base or HOSTS[to.host]}/{self._version}/{to.path}"

    async def post(self, to: Endpoint, body: Mapping[str, Any], **params: str) -> Obj:
        """Send ``body`` as JSON; raises SendError."""
        return await self._call("POST", to, data=orjson.dumps(body), params=params or None)

    async def get(self, to: Endpoint, **params: str) -> Obj:
        """Read a node or an edge; raises SendError."""
        return await self._call("GET", to, params=params)

    async def _call(
        self, method: str, to: Endpoint, *, data: bytes | None = None, params: Mapping[str, str] | None = None
    ) -> Obj:
        if self._http is None:
            raise Unreachable("This process has no HTTP session.")
        headers = {"Authorization": f"Bearer {to.token.reveal()}", "Content-Type": "application/json"}
        try:
            async with self._http.request(
                method,
                self.url_of(to),
                data=data,
                params=params,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                raw = await answer.read()
                return _judge(to.table, answer.status, raw, answer.headers)
        except NOT_SENT as error:
            raise Unreachable(fix="Check the network, DNS and FRONTDESK_GRAPH_URL.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown from error


def _judge(table: Mapping[Key, Row], status: int, raw: bytes, headers: Mapping[str, str]) -> Obj:
    try:
        body = Obj(load(raw))
    except MalformedPayload:
        body = Obj(None)
    if "error" in body or not 200 <= status < 300:
        raise read_error(table, status, body, headers)
    if not body:
        raise UnreadableReply
    return body
