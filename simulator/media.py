"""Keep and hand out media: WhatsApp's two-step download with a token, and the open CDN of the other two."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import orjson
from aiohttp import BodyPartReader, ClientError, ClientTimeout, web

from simulator.errors import GraphError, invalid, no_such_object
from simulator.limits import LOOPBACK_HOSTS
from simulator.simulation import Simulation
from simulator.state import Account, Channel, Json, Media

URL_LIFETIME = timedelta(minutes=5)
MEGABYTE = 1 << 20
SIZE_MAX = {"image": 5 * MEGABYTE, "audio": 16 * MEGABYTE, "video": 16 * MEGABYTE}
DOCUMENT_MAX = 100 * MEGABYTE
KINDS: Mapping[str, frozenset[str]] = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    "sticker": frozenset({"image/webp"}),
}
"""What WhatsApp takes; a document may be anything that is none of these."""
DIRECT_MAX = {"image": 8 * MEGABYTE}
DIRECT_OTHER_MAX = 25 * MEGABYTE
DIRECT_KINDS: Mapping[str, tuple[str, ...]] = {"image": ("image/jpeg", "image/png", "image/gif"),
    "video": ("video/",), "audio": ("audio/", "video/mp4"), "file": ("",)}  # fmt: skip
"""How the types of what Instagram and Messenger take begin (META_API §4 Send)."""
FETCH = ClientTimeout(total=20)


def keep(sim: Simulation, content: bytes, mime_type: str, filename: str = "") -> Media:
    """Store bytes under a new media id."""
    media = Media(sim.ids.number(), content, mime_type, filename)
    sim.world.media[media.id] = media
    return media


async def upload(sim: Simulation, request: web.Request) -> Json:
    """Take `POST /{phone}/media` (multipart) and return its id (META_API §3, Media)."""
    fields, kept = await _read_form(request, "file")
    if fields.get("messaging_product") != "whatsapp" or not kept.content:
        raise GraphError(100, "Invalid parameter", details="messaging_product and file are required")
    mime_type = fields.get("type") or kept.mime_type
    _check_whatsapp(mime_type, kept.content)
    return {"id": keep(sim, kept.content, mime_type, kept.filename).id}


async def upload_attachment(sim: Simulation, request: web.Request) -> Json:
    """Take `POST /{page}/message_attachments` (multipart) and return its id (META_API §5)."""
    fields, kept = await _read_form(request, "filedata")
    try:
        kind = str(orjson.loads(fields.get("message", ""))["attachment"]["type"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise invalid("message.attachment.type is required") from error
    if not kept.content:
        raise invalid("filedata is required")
    _check_direct(kind, kept.mime_type, kept.content)
    return {"attachment_id": keep(sim, kept.content, kept.mime_type, kept.filename).id}


async def fetch_link(sim: Simulation, account: Account, body: Json) -> None:
    """Fetch what a message names by its address, as Meta does at once; only this machine's are asked.

    What lies elsewhere is believed: a simulator reaches for nobody else's server.
    """
    kind, url = _link_of(body)
    if url is None or urlsplit(url).hostname not in LOOPBACK_HOSTS or sim.webhooks.session is None:
        return
    try:
        async with sim.webhooks.session.get(url, timeout=FETCH) as response:
            content, mime_type = await response.read(), response.content_type
            name = response.content_disposition.filename if response.content_disposition else None
    except (ClientError, TimeoutError) as error:
        raise _not_fetched(account, f"{url} does not answer") from error
    if response.status != HTTPStatus.OK:
        raise _not_fetched(account, f"{url} answers {response.status}")
    if account.channel is Channel.WHATSAPP:
        _check_whatsapp(mime_type, content)
        check_kind(kind, mime_type)
    else:
        _check_direct(kind, mime_type, content)
    sim.world.links[url] = keep(sim, content, mime_type, name or "")


def show_kept(sim: Simulation, view: Json) -> Json:
    """Let the phone show what was fetched or uploaded, not what an address says later."""
    shown = view.get("media")
    kept = sim.world.links.get(shown["url"]) or sim.world.media.get(shown.get("id", "")) if shown else None
    if shown is None or kept is None:
        return view
    named = {"url": f"/_sim/media/{kept.id}", "filename": shown["filename"] or kept.filename}
    return view | {"media": {**shown, **named}}


def check_kind(kind: str, mime_type: str) -> None:
    """Refuse a file under a type of message that is not its own (131053)."""
    taken = KINDS.get(kind)
    if taken is not None and mime_type not in taken:
        raise GraphError(131053, "Media upload error", details=f"{mime_type} is no {kind}")


def _check_whatsapp(mime_type: str, content: bytes) -> None:
    if len(content) > SIZE_MAX.get(mime_type.partition("/")[0], DOCUMENT_MAX):
        raise GraphError(131053, "Media upload error", details=f"{mime_type} of {len(content)} bytes is too large")
    is_media = mime_type.partition("/")[0] in SIZE_MAX
    if is_media and not any(mime_type in taken for taken in KINDS.values()):
        raise invalid(f"file must be one of the types that are supported, {mime_type} is not")


def _check_direct(kind: str, mime_type: str, content: bytes) -> None:
    if not mime_type.startswith(DIRECT_KINDS.get(kind, ())):
        raise GraphError(100, "Upload attachment failure", subcode=2018047, details=f"{mime_type} is no {kind}")
    if len(content) > DIRECT_MAX.get(kind, DIRECT_OTHER_MAX):
        raise GraphError(100, "Upload attachment failure", details=f"{len(content)} bytes are too many")


def _link_of(body: Json) -> tuple[str, str | None]:
    """Return what a message of either product names by its address."""
    kind = str(body.get("type", ""))
    content = body.get(kind)
    if isinstance(content, dict) and isinstance(content.get("link"), str):
        return kind, content["link"]
    message = body.get("message")
    attachment = message.get("attachment") if isinstance(message, dict) else None
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    url = payload.get("url") if isinstance(payload, dict) else None
    return (str(attachment["type"]), url) if isinstance(url, str) and attachment else ("", None)


def _not_fetched(account: Account, details: str) -> GraphError:
    if account.channel is Channel.WHATSAPP:
        return GraphError(131053, "Media upload error", details=details)
    return GraphError(100, "Failed to fetch the file from the url", subcode=2018008, details=details)


async def _read_form(request: web.Request, name: str) -> tuple[dict[str, str], Media]:
    fields, kept = dict[str, str](), Media("", b"", "")
    if not request.content_type.startswith("multipart/"):
        raise invalid(f"{name} must be uploaded as multipart/form-data")
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == name:
            content = bytes(await part.read(decode=True))
            kept = Media("", content, part.headers.get("Content-Type", ""), part.filename or "")
        else:
            fields[part.name or ""] = await part.text()
    return fields, kept


def describe(sim: Simulation, media_id: str) -> Json:
    """Answer `GET /{media_id}` with a fresh address that lives five minutes."""
    media = sim.world.media.get(media_id)
    if media is None:
        raise no_such_object(media_id)
    ticket = secrets.token_urlsafe(16)
    sim.world.media_urls[ticket] = (media_id, sim.clock.now() + URL_LIFETIME)
    return {
        "messaging_product": "whatsapp",
        "url": f"{sim.url}/whatsapp_business/attachments/?mid={media_id}&ext={ticket}",
        "mime_type": media.mime_type,
        "sha256": hashlib.sha256(media.content).hexdigest(),
        "file_size": len(media.content),
        "id": media.id,
    }


def download(sim: Simulation, ticket: str, token: str, *, any_token: bool) -> web.Response:
    """Serve an address from `describe`: 401 without the account's token, 404 once it expired."""
    if not token or not (any_token or sim.world.with_token(token)):
        return web.Response(status=401, text="Authentication failed")
    media_id, expires_at = sim.world.media_urls.get(ticket, ("", None))
    media = sim.world.media.get(media_id)
    if media is None or expires_at is None or sim.clock.now() >= expires_at:
        return web.Response(status=404, text="URL expired")
    return as_response(media)


def as_response(media: Media | None) -> web.Response:
    """Serve the bytes; never as something a browser would run."""
    if media is None:
        return web.Response(status=404, text="No such media")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return web.Response(body=media.content, headers=headers | {"Content-Type": media.mime_type})
