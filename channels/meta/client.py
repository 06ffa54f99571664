"""Calls to Meta's Graph over the server's one HTTP session; what an answer means for the message is decided by class.

"Not sent" is claimed only where no byte of the request left: name resolution, connecting, TLS (ENGINE 18).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

import aiohttp
import orjson

from channels.meta.errors import Key, Row, read_error
from channels.meta.reading import Obj, load
from core.errors import MalformedPayload, OutcomeUnknown, SendError, Unreachable, UnreadableReply
from core.files import FileAtHand
from core.secret import Secret
from core.settings import Settings

HOSTS: Mapping[str, str] = {"facebook": "https://graph.facebook.com", "instagram": "https://graph.instagram.com"}
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=6, sock_connect=5, sock_read=15)
"""``connect`` ends well before ``total``: a time-out while connecting must be told apart, nothing was sent by then."""
UPLOADING = aiohttp.ClientTimeout(total=120, connect=6, sock_connect=5, sock_read=60)
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

    async def upload(self, to: Endpoint, file: FileAtHand, *, name: str, fields: Mapping[str, str]) -> Obj:
        """Hand a file to the provider's store; raises SendError.

        Nothing is said by it, so it may be repeated freely: it never leaves a message in doubt (ENGINE 19).
        """
        try:
            return await self._call("POST", to, data=_form(file, name, fields), timeout=UPLOADING)
        except SendError as error:
            if error.delivered is None:
                raise Unreachable("The file could not be handed over; nothing was said.") from error
            raise

    async def _call(
        self,
        method: str,
        to: Endpoint,
        *,
        data: bytes | aiohttp.MultipartWriter | None = None,
        params: Mapping[str, str] | None = None,
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> Obj:
        if self._http is None:
            raise Unreachable("This process has no HTTP session.")
        headers = {"Authorization": f"Bearer {to.token.reveal()}"}
        if not isinstance(data, aiohttp.MultipartWriter):
            headers["Content-Type"] = "application/json"
        try:
            async with self._http.request(
                method,
                self.url_of(to),
                data=data,
                params=params,
                headers=headers,
                timeout=timeout or self._timeout,
                allow_redirects=False,
            ) as answer:
                raw = await answer.read()
                return _judge(to.table, answer.status, raw, answer.headers)
        except NOT_SENT as error:
            raise Unreachable(fix="Check the network, DNS and FRONTDESK_GRAPH_URL.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown from error


def id_of(answer: Obj, name: str) -> str:
    """Return the id that the provider gave an uploaded file; raises Unreachable: without one nothing can be said."""
    found = answer.text(name)
    if found is None:
        raise Unreachable("The provider took the file and gave it no id.")
    return found


class _Pieces(aiohttp.payload.AsyncIterablePayload):
    """A file as it is read, of a length that is known before."""

    def __init__(self, file: FileAtHand) -> None:
        super().__init__(file.read(), content_type=file.kept.mime)
        self._size = file.kept.size


def _form(file: FileAtHand, name: str, fields: Mapping[str, str]) -> aiohttp.MultipartWriter:
    form = aiohttp.MultipartWriter("form-data")
    for key, value in fields.items():
        form.append(value).set_content_disposition("form-data", name=key)
    pieces = _Pieces(file)
    pieces.set_content_disposition("form-data", name=name, filename=plain_name(file.kept.name))
    form.append_payload(pieces)
    return form


def plain_name(name: str) -> str:
    """Return a file's name in ASCII: Messenger shows it to customers, and not every upload takes other letters."""
    path = PurePath(name)
    stem = re.sub(r"[^A-Za-z0-9-]+", "_", _ascii(path.stem)).strip("_")[:80]
    return (stem or "file") + re.sub(r"[^A-Za-z0-9.]", "", _ascii(path.suffix))[:8]


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text.replace("ı", "i")).encode("ascii", "ignore").decode()


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
