"""Files that customers send, fetched when somebody looks: from Meta's own hosts alone, never kept (META_API §4).

WhatsApp names a handle, whose address lives five minutes and wants the account's token; Instagram and Messenger name an
address on an open CDN. What an address or an answer says of itself is not believed beyond its size and kind.
"""

import base64
import hashlib
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import aiohttp

from core.content import MediaPart
from core.errors import FileUnavailable
from core.ports import FetchedFile
from core.secret import Secret
from core.settings import Settings

LARGEST = 25 << 20
"""Bytes; WhatsApp's documents may be four times that, which is to be opened on the phone."""
HOPS = 3
PATIENCE = aiohttp.ClientTimeout(total=60, connect=6, sock_read=20)
HOSTS = ("lookaside.fbsbx.com", ".fbcdn.net", ".cdninstagram.com")
"""Whole host names and domains; prefixes would match anybody's."""
UNKNOWN = "application/octet-stream"


class MetaFiles:
    """Fetches through a guarded session."""

    def __init__(self, http: aiohttp.ClientSession | None, settings: Settings, *, largest: int = LARGEST) -> None:
        self._http = http
        self._simulator = settings.graph_url
        self._largest = largest

    async def fetch(self, part: MediaPart, url: str | None, *, token: Secret | None = None) -> FetchedFile:
        """Return a file; raises FileUnavailable."""
        if self._http is None or url is None:
            raise FileUnavailable(reason="gone")
        headers = {"User-Agent": "Frontdesk"} | ({"Authorization": f"Bearer {token.reveal()}"} if token else {})
        try:
            for _ in range(HOPS):
                if not is_metas(url, self._simulator):
                    raise FileUnavailable("The file lies where Meta keeps none.", reason="refused")
                async with self._http.get(url, headers=headers, timeout=PATIENCE, allow_redirects=False) as answer:
                    if 300 <= answer.status < 400 and "Location" in answer.headers:
                        url, headers = urljoin(url, answer.headers["Location"]), {"User-Agent": "Frontdesk"}
                        continue
                    return await self._read(part, answer)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FileUnavailable(reason="unreachable") from error
        raise FileUnavailable(reason="refused")

    async def _read(self, part: MediaPart, answer: aiohttp.ClientResponse) -> FetchedFile:
        if answer.status != 200:
            raise FileUnavailable(reason="gone" if answer.status in {403, 404, 410} else "unreachable")
        pieces, size = list[bytes](), 0
        if (answer.content_length or 0) > self._largest:
            raise _too_large(self._largest)
        async for piece in answer.content.iter_chunked(64 * 1024):
            size += len(piece)
            if size > self._largest:
                raise _too_large(self._largest)
            pieces.append(piece)
        body = b"".join(pieces)
        if part.sha256 and not _same(part.sha256, body):
            raise FileUnavailable("The file is not the one that was sent.", reason="refused")
        return FetchedFile(body, kind_of(answer.headers), part.filename)


def is_metas(url: str, simulator: str | None) -> bool:
    """Tell whether an address is one of Meta's own stores of files, or the simulator's."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return False
    if simulator is not None and (parts.scheme, parts.netloc) == urlsplit(simulator)[:2]:
        return True
    host = (parts.hostname or "").lower()
    plain = parts.scheme == "https" and port in {None, 443} and parts.username is None
    return plain and any(host.endswith(each) if each.startswith(".") else host == each for each in HOSTS)


def kind_of(headers: Mapping[str, str]) -> str:
    """Return what an answer says that it is, without parameters."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower() or UNKNOWN


def _same(given: str, body: bytes) -> bool:
    """Compare with a digest in hexadecimal, as media describe it, or base64, as webhooks do."""
    digest = hashlib.sha256(body).digest()
    return given in {digest.hex(), base64.b64encode(digest).decode()}


def _too_large(largest: int) -> FileUnavailable:
    return FileUnavailable(f"The file is larger than {largest >> 20} MB: open it on the phone.", reason="too_large")
