"""Providers' webhooks: acknowledged when they are durably stored, never before."""

import secrets

import structlog
from aiohttp import web

from api.calling import Call
from api.metrics import count_refused
from core import faults
from core.desk_ports import Intake, SignedRequests
from core.errors import AppError, NotFound
from core.ports import RawRequest

META = "meta"

log = structlog.get_logger("api.webhooks")


async def handshake(call: Call) -> web.StreamResponse:
    """Answer the provider's check that the address is ours."""
    return web.Response(text=call.ports.webhooks[META].handshake(call.request.query))


async def receive(call: Call) -> web.StreamResponse:
    """Store a webhook, then acknowledge it."""
    request = call.request
    try:
        raw = RawRequest(await request.read(), request.headers)
    except web.HTTPException:
        count_refused(META, "too_large")
        raise
    await take_in(call.engine.intake, raw)
    return web.Response()


async def take_in(intake: Intake, raw: RawRequest) -> None:
    """Store a webhook; raises WebhookError, StoreUnavailable."""
    try:
        await intake.accept(META, raw)
    except AppError as error:
        count_refused(META, error.code)
        raise
    faults.reach("intake.before_answer")


async def delete_data(call: Call) -> web.StreamResponse:
    """Take a request to delete a person's data; the code shows how it stands."""
    await _signed_user(call)
    code = secrets.token_hex(12)
    await call.kept.directory.add_data_deletion(code, "received")
    url = f"{call.settings.public_url}/data-deletion/{code}"
    return web.json_response({"url": url, "confirmation_code": code})


async def show_deletion(call: Call) -> web.StreamResponse:
    """Show how a request to delete data stands."""
    state = await call.kept.directory.find_data_deletion(call.request.match_info["code"][:64])
    if state is None:
        raise NotFound
    words = {
        "received": "The request was received. It concerns somebody who connected this app at Meta; whoever runs this "
        "server sees to it. If you wrote to a business, ask that business to delete what it keeps of you.",
        "done": "What was kept of you has been deleted.",
    }
    return web.Response(text=words.get(state, state))


async def deauthorize(call: Call) -> web.StreamResponse:
    """Note that somebody took the app's permission away; which accounts that ends, the next check of each shows."""
    await _signed_user(call)
    log.warning("a permission was taken away", action="deauthorized")
    return web.json_response({"success": True})


async def _signed_user(call: Call) -> str:
    source: object = call.ports.webhooks[META]
    if not isinstance(source, SignedRequests):
        raise NotFound
    form = await call.request.post()
    given = form.get("signed_request")
    return source.read_signed_request(given if isinstance(given, str) else "")
