"""Serve `/_sim/…`: what the phone page and tests in other processes use to play customers and to look inside."""

import asyncio
import base64
import binascii
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from simulator import faults, media
from simulator.customer import Customer, NothingToTap
from simulator.live import encode
from simulator.snapshot import account_view, exchange_view, refused_view, sent_view, thread_view
from simulator.state import Json, Media
from simulator.webhooks import Disorder

if TYPE_CHECKING:
    from simulator.graph_api import GraphApi

HEARTBEAT_SECONDS = 15.0
LOG_PAGE = 200
Act = Callable[[Json], Awaitable[Json]]
FAULTS: dict[str, Callable[..., faults.Fault]] = {
    "throttled": faults.Throttled,
    "server_error": faults.ServerError,
    "hang": faults.Hang,
    "slow": faults.Slow,
    "lose_answer": faults.LoseAnswer,
    "token_expired": faults.TokenExpired,
    "refuse": faults.Refuse,
}


class BadControl(Exception):
    """A control request that makes no sense; its text says why."""


class ControlRoutes:
    """The control API over one GraphApi."""

    def __init__(self, api: "GraphApi") -> None:
        self._api = api
        self._sim = api.simulation

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        acts: dict[str, Act] = {
            "customers": self.add_customer,
            "say": self.say,
            "tap": self.tap,
            "image": self.image,
            "react": self.react,
            "unsend": self.unsend,
            "block": self.block,
            "staff": self.staff,
            "clock": self.clock,
            "fail": self.fail,
            "disorder": self.disorder,
            "reset": self.reset,
        }
        return [
            web.get("/_sim/state", self.state),
            web.get("/_sim/log", self.log),
            web.get("/_sim/ledger", self.ledger),
            web.get("/_sim/events", self.events),
            web.get("/_sim/media/{media_id}", self.media),
            *(web.post(f"/_sim/{name}", self._guarded(act)) for name, act in acts.items()),
        ]

    def _guarded(self, act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Read JSON, run the act, and answer mistakes with 422 and a reason."""

        async def handle(request: web.Request) -> web.StreamResponse:
            # Only this content type makes a browser ask first, so a foreign page cannot drive the simulator.
            if request.content_type != "application/json":
                return reply({"error": "send application/json"}, status=415)
            try:
                body = orjson.loads(await request.read() or b"{}")
                if not isinstance(body, dict):
                    raise BadControl("the body must be a JSON object")
                return reply(await act(body))
            except (BadControl, LookupError, TypeError, orjson.JSONDecodeError, binascii.Error) as error:
                return reply({"error": f"{type(error).__name__}: {error}"}, status=422)

        return handle

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Answer everything a freshly opened page needs."""
        now = self._sim.clock.now()
        return reply(
            {
                "now": now.isoformat(),
                "offset_seconds": self._sim.clock.offset.total_seconds(),
                "webhook_url": self._api.webhooks.url,
                "accounts": [account_view(a) for a in self._api.accounts],
                "threads": [thread_view(t, now) for t in self._sim.world.threads.values()],
                "log": [exchange_view(e) for e in list(self._sim.ledger.log)[-LOG_PAGE:]],
            }
        )

    async def log(self, request: web.Request) -> web.StreamResponse:
        """Answer the raw log after `?after=<seq>`."""
        after = request.query.get("after", "0")
        first = int(after) if after.isdigit() else 0
        return reply({"items": [exchange_view(e) for e in self._sim.ledger.log if e.seq > first]})

    async def ledger(self, request: web.Request) -> web.StreamResponse:
        """Answer the accepted and refused requests."""
        return reply(
            {"sent": [sent_view(s) for s in self._api.sent], "refused": [refused_view(r) for r in self._api.refused]}
        )

    async def media(self, request: web.Request) -> web.StreamResponse:
        """Serve a picture to the phone page."""
        kept: Media | None = self._sim.world.media.get(request.match_info["media_id"])
        return media.as_response(kept)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream changes: `thread`, `log`, `clock`, `account`, `reset`."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        # A page that was closed ends its stream by an error on the next write.
        with self._sim.live.listen() as queue, contextlib.suppress(ConnectionResetError):
            await response.write(encode("clock", {"now": self._sim.clock.now().isoformat()}))
            while not request.transport or not request.transport.is_closing():
                try:
                    frame = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    frame = b": still here\n\n"
                await response.write(frame)
        return response

    async def add_customer(self, body: Json) -> Json:
        """Hand a new customer a phone: `account`, `person` (number), `name`, `username`, `hide_phone`."""
        customer = self._api.customer(
            text(body, "account"),
            str(body.get("person") or ""),
            name=str(body.get("name") or ""),
            username=str(body.get("username") or ""),
            hide_phone=bool(body.get("hide_phone")),
        )
        return thread_view(customer.thread, self._sim.clock.now())

    async def say(self, body: Json) -> Json:
        """Write `text`, quoting `reply_to` if given."""
        reply_to = str(body["reply_to"]) if body.get("reply_to") else None
        return self._begin(self._customer(body).says(text(body, "text"), reply_to=reply_to))

    async def tap(self, body: Json) -> Json:
        """Tap `option`."""
        customer, option = self._customer(body), text(body, "option")
        customer.offers(option)
        return self._begin(customer.taps(option))

    async def image(self, body: Json) -> Json:
        """Send the picture in `base64`, with `mime_type` and `caption`."""
        content = base64.b64decode(text(body, "base64"), validate=True)
        mime_type = str(body.get("mime_type") or "image/jpeg")
        if not mime_type.startswith("image/"):
            raise BadControl("mime_type must be an image")
        caption = str(body.get("caption") or "")
        return self._begin(self._customer(body).sends_image(content, mime_type=mime_type, caption=caption))

    async def react(self, body: Json) -> Json:
        """Put `emoji` (empty: none) under `message`."""
        customer, target = self._customer(body), text(body, "message")
        if customer.thread.find(target) is None:
            raise NothingToTap(f"no message {target}")
        return self._begin(customer.reacts(str(body.get("emoji") or ""), to=target))

    async def unsend(self, body: Json) -> Json:
        """Delete the customer's `message`."""
        return self._begin(self._customer(body).unsends(text(body, "message")))

    async def block(self, body: Json) -> Json:
        """Block the business, or stop blocking it."""
        customer = self._customer(body)
        customer.blocks(blocked=bool(body.get("blocked", True)))
        self._sim.changed(customer.thread)
        return {"ok": True}

    async def staff(self, body: Json) -> Json:
        """Answer `text` as a person in the native app."""
        return self._begin(self._api.staff_replies_in_app(self._customer(body), text(body, "text")))

    async def clock(self, body: Json) -> Json:
        """Move the clock by `advance_seconds`, or `reset` it."""
        if body.get("reset"):
            self._sim.clock.reset()
        self._api.advance(timedelta(seconds=float(body.get("advance_seconds") or 0)))
        return {"now": self._sim.clock.now().isoformat(), "offset_seconds": self._sim.clock.offset.total_seconds()}

    async def fail(self, body: Json) -> Json:
        """Plan the fault `kind` for the next `times` messages; `with` holds the fault's own arguments."""
        kind = FAULTS.get(text(body, "kind"))
        if kind is None:
            raise BadControl(f"kind must be one of {', '.join(FAULTS)}")
        account = str(body["account"]) if body.get("account") else None
        self._api.fail_next(kind(**(body.get("with") or {})), times=int(body.get("times") or 1), account=account)
        return {"planned": len(self._sim.faults)}

    async def disorder(self, body: Json) -> Json:
        """Set how webhook deliveries misbehave: the fields of Disorder."""
        self._api.disturb(Disorder(**body))
        return {"ok": True}

    async def reset(self, body: Json) -> Json:
        """Start over."""
        await self._api.reset()
        return {"ok": True}

    def _customer(self, body: Json) -> Customer:
        return self._api.customer(text(body, "account"), text(body, "customer"))

    def _begin(self, act: Awaitable[object]) -> Json:
        """Answer at once; the page sees the ticks change over the event stream."""

        async def run() -> None:
            await act

        self._sim.background.start(run())
        return {"ok": True}


def text(body: Json, name: str) -> str:
    """Return a required, non-empty string of the body."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadControl(f"{name} is required")
    return value


def reply(body: Json, *, status: int = 200) -> web.Response:
    """Render JSON that no cache keeps."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return web.Response(body=orjson.dumps(body), status=status, headers=headers)
