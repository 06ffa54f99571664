"""Files that customers sent, handed to whoever of the staff looks; they are somebody else's, and treated so."""

from urllib.parse import quote

from aiohttp import web

from api.calling import Call, Route
from core.errors import NotFound
from core.nouns import Role
from desk.files import INLINE, fetch_media, find_media

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""Even opened by itself nothing of it runs."""


async def get_media(call: Call) -> web.StreamResponse:
    """Return a file that a customer sent."""
    talk, message_id, kept = call.id(), call.id("message_id"), call.kept
    number = call.request.match_info["number"]
    found = (await kept.threads.pick(call.tenant, talk, [message_id])).get(message_id)
    if found is None or found.author != "contact" or not (number.isascii() and number.isdigit()):
        raise NotFound
    part = find_media(found.parts, int(number[:4]))
    account_id = await kept.conversations.account_of(call.tenant, talk)
    file = await fetch_media(
        part, account_id, tenant_id=call.tenant, accounts=kept.accounts, channels=call.ports.channels
    )
    shown = file.kind in INLINE
    name = f"; filename*=UTF-8''{quote(file.name, safe='')}" if file.name else ""
    headers = {
        "Content-Type": file.kind if shown else "application/octet-stream",
        "Content-Disposition": ("inline" if shown else "attachment") + name,
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return web.Response(body=file.body, headers=headers)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/conversations/{id}/messages/{message_id}/media/{number}", Role.STAFF, get_media),
)
