"""Speak HTTP as the Graph API: take a request apart, meet planned faults, dispatch, render refusals.

The rules of each channel live in its own modules.
"""

import asyncio
import re

import orjson
from aiohttp import web

from simulator import faults, media, nodes, send_api, whatsapp
from simulator.access import Access, Call
from simulator.errors import WHATSAPP, GraphError, invalid, token_refused, unknown_path
from simulator.faults import Fault
from simulator.ledger import Exchange, Refused, words_of
from simulator.simulation import Simulation
from simulator.state import Account, Channel, Json

BODY_LIMIT = 110 << 20
VERSION = re.compile(r"v\d+\.\d+")
SERVER_BUSY = GraphError(131016, "Service unavailable", status=500)
MESSAGES_EDGE = 2
TITLE_SHOWN = 80


class GraphRoutes:
    """The catch-all handler under which every Graph address lives."""

    def __init__(self, sim: Simulation, access: Access) -> None:
        self._sim = sim
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        """List the routes; the catch-all must come last in the application."""
        return [
            web.get("/whatsapp_business/attachments/", self.download),
            web.get("/cdn/{media_id}", self.cdn),
            web.route("*", "/{address:.*}", self.graph),
        ]

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Serve WhatsApp media to the holder of the token."""
        ticket = request.query.get("ext", "")
        return media.download(self._sim, ticket, bearer(request), any_token=self._access.accept_any)

    async def cdn(self, request: web.Request) -> web.StreamResponse:
        """Serve Instagram and Messenger media to anybody, as their CDN does."""
        return media.as_response(self._sim.world.media.get(request.match_info["media_id"]))

    async def graph(self, request: web.Request) -> web.StreamResponse:
        """Answer one Graph request and log it."""
        sim = self._sim
        call = Call(request.method, path_of(request), dict(request.query), {}, {}, "")
        exchange = sim.ledger.note(sim.clock.now(), "request", f"{request.method} /{call.address}", None)
        try:
            call = await read_call(request)
            exchange.body = call.body or dict(call.query.items() - {("access_token", call.token)})
            self._access.authenticate(call)
            exchange.account = call.path[0] if call.path else ""
            response = await self._dispatch(call, request, exchange)
        except GraphError as error:
            response = self._refuse(call, error)
        if isinstance(response, web.Response):
            exchange.status, exchange.response = response.status, json_or_text(response)
        sim.ledger.changed(exchange)
        return response

    async def _dispatch(self, call: Call, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        if call.method == "POST" and len(call.path) == MESSAGES_EDGE and call.path[1] == "messages":
            account = self._access.account_for_sending(call)
            exchange.account = account.id
            return await self._send(account, call, request, exchange)
        if call.method == "POST" and len(call.path) == MESSAGES_EDGE and call.path[1] == "media":
            self._access.account_for_sending(call)
            return answer(await media.upload(self._sim, request))
        if call.method == "POST" and len(call.path) == MESSAGES_EDGE and call.path[1] == "message_attachments":
            self._access.account_for_sending(call)
            return answer(await media.upload_attachment(self._sim, request))
        if call.method == "GET" and len(call.path) == 1 and call.path[0] in self._sim.world.media:
            return answer(media.describe(self._sim, call.path[0]))
        if not call.path:
            raise unknown_path(call.address)
        return answer(nodes.answer(self._sim, self._access, call))

    async def _send(self, account: Account, call: Call, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        is_message = "status" not in call.body and "sender_action" not in call.body
        exchange.title = title_of(call.body, is_message=is_message)
        fault = self._sim.faults.take(account.id) if is_message else None
        if fault is not None:
            exchange.note = f"fault: {type(fault).__name__}"
        early = await self._meet(fault, account, request)
        if early is not None:
            return early
        await media.fetch_link(self._sim, account, call.body)
        product = whatsapp.send if account.channel is Channel.WHATSAPP else send_api.send
        result = product(self._sim, account, call.body, call.headers)
        exchange.customer = customer_of(self._sim, account, call.body)
        if isinstance(fault, faults.LoseAnswer | faults.Hang):
            if isinstance(fault, faults.Hang):
                await asyncio.sleep(fault.seconds)
            exchange.note += " (accepted, answer lost)"
            return cut(request)
        return answer(result)

    async def _meet(self, fault: Fault | None, account: Account, request: web.Request) -> web.StreamResponse | None:
        """Let a fault strike before the message is accepted; None lets it through."""
        match fault:
            case faults.Throttled(code=code):
                usual = 130429 if account.channel is Channel.WHATSAPP else 613
                raise GraphError(
                    code or usual, "Rate limit hit", status=429 if account.channel is Channel.WHATSAPP else 400
                )
            case faults.ServerError(status=status, body=str(text)):
                return web.Response(status=status, text=text, content_type="text/html")
            case faults.ServerError(status=status):
                raise GraphError(SERVER_BUSY.code, SERVER_BUSY.message, status=status)
            case faults.TokenExpired():
                raise token_refused("Error validating access token: the session has expired")
            case faults.Refuse():
                raise GraphError(fault.code, fault.message, subcode=fault.subcode, status=fault.status)
            case faults.Hang(accept=False):
                await asyncio.sleep(fault.seconds)
                return cut(request)
            case faults.Slow(seconds=seconds):
                await asyncio.sleep(seconds)
                return None
            case _:
                return None

    def _refuse(self, call: Call, error: GraphError) -> web.Response:
        sim = self._sim
        account = call.path[0] if call.path else ""
        product = WHATSAPP if call.body.get("messaging_product") == WHATSAPP else None
        body = error.body(sim.ids.trace(), product=product)
        now = sim.clock.now()
        sim.ledger.refused.append(
            Refused(account, call.address, call.body, error.status, body["error"], now, call.headers)
        )
        return answer(body, status=error.status)


async def read_call(request: web.Request) -> Call:
    """Take a request apart; the token may come as header, query or body field."""
    body: Json = {}
    if request.method in {"POST", "DELETE"} and request.content_type == "application/json":
        raw = await request.read()
        try:
            parsed = orjson.loads(raw) if raw else {}
        except orjson.JSONDecodeError as error:
            raise invalid("the body is not JSON") from error
        if not isinstance(parsed, dict):
            raise invalid("the body must be a JSON object")
        body = parsed
    elif request.content_type == "application/x-www-form-urlencoded":
        body = {key: str(value) for key, value in (await request.post()).items()}
    token = bearer(request) or request.query.get("access_token", "") or str(body.pop("access_token", ""))
    return Call(request.method, path_of(request), dict(request.query), body, dict(request.headers), token)


def path_of(request: web.Request) -> tuple[str, ...]:
    """Split the path and drop a leading version."""
    parts = [part for part in request.match_info["address"].split("/") if part]
    return tuple(parts[1:] if parts and VERSION.fullmatch(parts[0]) else parts)


def bearer(request: web.Request) -> str:
    """Read the Bearer token, or an empty string."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def customer_of(sim: Simulation, account: Account, body: Json) -> str:
    """Name the customer a send is for, for the log."""
    recipient = body.get("recipient")
    direct = recipient.get("id") if isinstance(recipient, dict) else recipient
    digits = "".join(c for c in str(body.get("to") or "") if c.isdigit())
    thread = sim.world.find_thread(account, digits or str(direct))
    return thread.person.id if thread else ""


def title_of(body: Json, *, is_message: bool) -> str:
    """Say in a few words what a send is, for the log."""
    if not is_message:
        return "typing" if "typing_indicator" in body else str(body.get("sender_action") or body["status"])
    words = words_of(body)
    kind = body.get("type") or ("text" if "text" in (body.get("message") or {}) else "attachment")
    return f"{kind}: {words[:TITLE_SHOWN]}" if words else str(kind)


def cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def answer(body: Json, *, status: int = 200) -> web.Response:
    """Render JSON with the API's headers."""
    headers = {"Content-Type": "application/json; charset=UTF-8", "facebook-api-version": "v26.0"}
    return web.Response(body=orjson.dumps(body), status=status, headers=headers)


def json_or_text(response: web.Response) -> object:
    """Read a response back for the log."""
    try:
        return orjson.loads(response.body) if isinstance(response.body, bytes) else None
    except orjson.JSONDecodeError:
        return response.text
