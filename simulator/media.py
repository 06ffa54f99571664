"""Keep and hand out media: WhatsApp's two-step download with a token, and the open CDN of the other two."""

import hashlib
import secrets
from datetime import timedelta

from aiohttp import BodyPartReader, web

from simulator.errors import GraphError, no_such_object
from simulator.simulation import Simulation
from simulator.state import Account, Json, Media

URL_LIFETIME = timedelta(minutes=5)
MEGABYTE = 1 << 20
SIZE_MAX = {"image": 5 * MEGABYTE, "audio": 16 * MEGABYTE, "video": 16 * MEGABYTE}
DOCUMENT_MAX = 100 * MEGABYTE


def keep(sim: Simulation, content: bytes, mime_type: str, filename: str = "") -> Media:
    """Store bytes under a new media id."""
    media = Media(sim.ids.number(), content, mime_type, filename)
    sim.world.media[media.id] = media
    return media


async def upload(sim: Simulation, account: Account, request: web.Request) -> Json:
    """Take `POST /{phone}/media` (multipart) and return its id (META_API §3, Media)."""
    fields: dict[str, str] = {}
    content, mime_type, filename = b"", "", ""
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "file":
            content = bytes(await part.read(decode=True))
            mime_type, filename = part.headers.get("Content-Type", ""), part.filename or ""
        else:
            fields[part.name or ""] = await part.text()
    mime_type = fields.get("type") or mime_type
    if fields.get("messaging_product") != "whatsapp" or not content:
        raise GraphError(100, "Invalid parameter", details="messaging_product and file are required")
    if len(content) > SIZE_MAX.get(mime_type.partition("/")[0], DOCUMENT_MAX):
        raise GraphError(131053, "Media upload error", details=f"{mime_type} of {len(content)} bytes is too large")
    return {"id": keep(sim, content, mime_type, filename).id}


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
