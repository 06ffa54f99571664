"""Files: what customers sent, what staff send, and the links by which others fetch the latter.

They are somebody else's, and treated so: what a browser would run is saved, not opened.
"""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from aiohttp import web
from pydantic import StringConstraints

from api.calling import Call, Reply, Route
from api.inbox import Listed
from core.content import MediaPart
from core.errors import InvalidInput, NotFound
from core.files import FileAtHand
from core.ids import TenantId, is_id
from core.nouns import Role
from core.views_composing import FileView
from desk.attaching import Offered, take_in_file
from desk.files import INLINE, fetch_media, find_media

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""Even opened by itself nothing of it runs."""
CHUNK = 64 << 10
TALK = "/api/v1/conversations/{id}"


class FileQuery(Listed):
    """What a file is called."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240)] = "file"


async def add_file(call: Call) -> Reply:
    """Take in a file to be sent: the body is the file, ``Content-Type`` its kind; refused as its channel would."""
    talk, request = call.id(), call.request
    account = await call.kept.accounts.get(call.tenant, await call.kept.conversations.account_of(call.tenant, talk))
    able = call.ports.channels[account.channel].capabilities
    name = _plain(call.query(FileQuery).name)
    offered = Offered(name, request.content_type.lower(), request.content_length, _body(request))
    kept = await take_in_file(call.kept.files, able, offered, actor=call.actor, conversation_id=talk)
    view = FileView(id=kept.id, name=kept.name, media=kept.media, mime=kept.mime, size=kept.size)
    return Reply(view, status=201)


async def drop_file(call: Call) -> None:
    """Forget a file that was not sent."""
    await call.kept.files.drop(call.tenant, call.id(), call.id("file_id"))


async def get_media(call: Call) -> web.StreamResponse:
    """Return a file of a message: one that a customer sent, or one of ours that is kept here."""
    talk, message_id, kept = call.id(), call.id("message_id"), call.kept
    number = call.request.match_info["number"]
    found = (await kept.threads.pick(call.tenant, talk, [message_id])).get(message_id)
    if found is None or not (number.isascii() and number.isdigit()):
        raise NotFound
    part = find_media(found.parts, int(number[:4]))
    if part.file is not None:
        return await _stream(call, await kept.files.at_hand(call.tenant, part.file), {"Cache-Control": "no-store"})
    if found.author != "contact":
        raise NotFound
    return await _fetched(call, talk, part)


async def get_linked(call: Call) -> web.StreamResponse:
    """Return a file of ours to whoever has its link: a provider that fetches it, a visitor of the website."""
    place = call.request.match_info
    tenant, until = place["tenant_id"], place["until"]
    if not (is_id(tenant) and until.isascii() and until.isdigit() and len(until) < 12):
        raise NotFound
    files, file_id = call.kept.files, call.id("file_id")
    await files.check_link(TenantId(tenant), file_id, int(until), place["signature"])
    return await _stream(call, await files.at_hand(TenantId(tenant), file_id), {"Cache-Control": "private"})


async def _fetched(call: Call, talk: str, part: MediaPart) -> web.Response:
    account_id = await call.kept.conversations.account_of(call.tenant, talk)
    file = await fetch_media(
        part, account_id, tenant_id=call.tenant, accounts=call.kept.accounts, channels=call.ports.channels
    )
    headers = _headers(file.kind, file.name) | {"Cache-Control": "no-store"}
    return web.Response(body=file.body, headers=headers)


async def _stream(call: Call, file: FileAtHand, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=_headers(file.kept.mime, file.kept.name) | headers)
    response.content_length = file.kept.size
    await response.prepare(call.request)
    if call.request.method != "HEAD":
        async for piece in file.read():
            await response.write(piece)
    await response.write_eof()
    return response


def _headers(kind: str, name: str | None) -> dict[str, str]:
    shown = kind in INLINE
    called = f"; filename*=UTF-8''{quote(name, safe='')}" if name else ""
    return {
        "Content-Type": kind if shown else "application/octet-stream",
        "Content-Disposition": ("inline" if shown else "attachment") + called,
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_chunked(CHUNK):
        yield chunk


def _plain(name: str) -> str:
    """Return a file's name without folders; what would not be seen in it is refused."""
    last = name.replace("\\", "/").rpartition("/")[2]
    if not last.isprintable() or not last.strip(" ."):
        raise InvalidInput(errors=[{"field": "name", "why": "is no name of a file"}])
    return last


ROUTES: tuple[Route, ...] = (
    Route("GET", TALK + "/messages/{message_id}/media/{number}", Role.STAFF, get_media),
    Route("POST", TALK + "/files", Role.STAFF, add_file, query=FileQuery, answer=FileView),
    Route("DELETE", TALK + "/files/{file_id}", Role.STAFF, drop_file),
)
LINKED: tuple[Route, ...] = (Route("GET", "/files/{tenant_id}/{file_id}/{until}/{signature}", None, get_linked),)
