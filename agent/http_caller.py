"""Requests to services that a tenant has connected: ``core.turns.HttpCaller`` over one aiohttp session.

A builder names a connection and a path, never a URL. The connection's host is the only one asked; names are resolved
here and the connection is made to the very address that was checked, so a name that changes its mind between check and
use gains nothing. Redirects are refused: they would lead around both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

import aiohttp
import orjson

from core.clock import Clock, SystemClock
from core.errors import ToolFailed
from core.guarded import PrivateAddress, is_literal, is_public
from core.secret import Secret
from core.turns import HttpCall, HttpReply

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
LARGEST = 1024 * 1024
"""Bytes of an answer, unpacked."""
MOST_RETRIES = 3
LONGEST_WAIT = 2.0
"""Seconds before another attempt; a server that asks for more has refused."""

_BAD_PATH = re.compile(r"[\x00-\x20\\]|^//|^[^/]")
_BASE = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(/[\w.~%/-]*)?", re.IGNORECASE)
"""No user, no query, no other scheme: nothing that two parsers could read in two ways."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A service of a tenant's."""

    key: str
    base_url: str
    headers: Mapping[str, Secret] = field(default_factory=dict)
    """Sent with every request: keys and tokens."""
    hosts: frozenset[str] = frozenset()
    """The hosts that may be asked; empty means the base URL's."""


class Connections(Protocol):
    """Where a tenant's connections are found."""

    async def find_connection(self, key: str) -> Connection | None:
        """Return the tenant's connection of that key."""
        ...


class ConnectionCaller:
    """``core.turns.HttpCaller`` of one tenant; cheap to make."""

    def __init__(
        self,
        connections: Connections,
        session: aiohttp.ClientSession,
        *,
        allow_private: bool = False,
        largest: int = LARGEST,
        clock: Clock | None = None,
    ) -> None:
        """Call through ``session``; ``allow_private`` is for demos and tests, and must match the session's."""
        self._connections = connections
        self._session = session
        self._allow_private = allow_private
        self._largest = largest
        self._clock = clock or SystemClock()

    async def call(self, request: HttpCall) -> HttpReply:
        """Perform the request; any status is an answer. Raises ToolFailed, whose ``code`` says what went wrong."""
        connection = await self._connections.find_connection(request.connection)
        if connection is None:
            raise ToolFailed(f"There is no connection “{request.connection}”.", code="unknown_connection")
        url = self._url(connection, request)
        retries = min(request.retries, MOST_RETRIES) if _may_repeat(request) else 0
        for attempt in range(retries + 1):
            wait = min(0.2 * 2**attempt, LONGEST_WAIT)
            try:
                reply, asked_wait = await self._attempt(url, connection, request)
            except ToolFailed as error:
                if attempt == retries or error.facts.get("code") not in request.retry_on:
                    raise
            else:
                wait = max(wait, asked_wait)
                if attempt == retries or _kind(reply.status) not in request.retry_on or wait > LONGEST_WAIT:
                    return reply
            await self._clock.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _url(self, connection: Connection, request: HttpCall) -> str:
        path, _, _ = request.path.partition("?")
        if request.method not in METHODS or _BAD_PATH.search(request.path) or {".", ".."} & _segments(path):
            raise ToolFailed("The request is malformed.", code="bad_request")
        base = _BASE.fullmatch(connection.base_url)
        if base is None or (base[1].lower() != "https" and not self._allow_private):
            raise ToolFailed("A connection needs an https:// address.", code="host_not_allowed")
        host = base[2].strip("[]").lower()
        if connection.hosts and host not in connection.hosts:
            raise ToolFailed("This host is not allowed.", code="host_not_allowed")
        # aiohttp asks the resolver for names only.
        if is_literal(host) and not self._allow_private and not is_public(host):
            raise ToolFailed("This address is private.", code="private_address")
        return connection.base_url.rstrip("/") + request.path.partition("#")[0]

    async def _attempt(self, url: str, connection: Connection, request: HttpCall) -> tuple[HttpReply, float]:
        timeout = aiohttp.ClientTimeout(total=request.timeout.total_seconds())
        data = None if request.json is None else orjson.dumps(request.json)
        headers = _headers(connection, request)
        try:
            async with self._session.request(
                request.method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                if 300 <= response.status < 400 and "Location" in response.headers:
                    raise ToolFailed("The service wants to send us elsewhere.", code="redirect", status=response.status)
                body = await self._read(response)
                return HttpReply(response.status, _parse(body, response.charset)), _retry_after(response.headers)
        except TimeoutError as error:
            raise ToolFailed("The service did not answer in time.", code="timeout", sent=request.write) from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddress):
                raise ToolFailed("This address is private.", code="private_address") from error
            raise ToolFailed("The service cannot be reached.", code="network", sent=False) from error
        except aiohttp.InvalidURL as error:
            raise ToolFailed("The request is malformed.", code="bad_request") from error
        except aiohttp.ClientError as error:
            raise ToolFailed("The connection to the service broke.", code="network", sent=request.write) from error
        except ValueError as error:
            # aiohttp refuses header values with line breaks this way.
            raise ToolFailed("The connection's headers are malformed.", code="bad_request") from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in response.content.iter_chunked(64 * 1024):
            size += len(piece)
            if size > self._largest:
                raise ToolFailed("The service's answer is too large.", code="too_large", limit=self._largest)
            pieces.append(piece)
        return b"".join(pieces)


def _headers(connection: Connection, request: HttpCall) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "Frontdesk"}
    if request.json is not None:
        headers["Content-Type"] = "application/json"
    if request.write and request.idempotency_key:
        headers["Idempotency-Key"] = request.idempotency_key
    return headers | {name: secret.reveal() for name, secret in connection.headers.items()}


def _may_repeat(request: HttpCall) -> bool:
    """A write is repeated only where the service can tell that it is the same one."""
    return not request.write or request.idempotency_key is not None


def _parse(body: bytes, charset: str | None) -> Any:
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return body.decode(charset or "utf-8", errors="replace")
        except LookupError:
            return body.decode("utf-8", errors="replace")


def _kind(status: int) -> str:
    return "429" if status == 429 else f"{status // 100}xx"


def _retry_after(headers: Mapping[str, str]) -> float:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 0.0


def _segments(path: str) -> set[str]:
    return set(unquote(unquote(path)).replace("\\", "/").split("/"))
