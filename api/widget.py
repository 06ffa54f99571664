"""The website widget's interface: a session, messages in, a stream out. Nothing is stored before the first message."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.calling import Call, Reply
from api.client_address import client_address
from api.keys import THROTTLES
from channels.widget.channel import widget_message
from core.content import MediaPart, Part
from core.errors import Forbidden, IdempotencyReused, NotFound, Overloaded, Unauthenticated
from core.store import RecordStatus
from core.views import (
    View,
)
from core.views_thread import MessageView
from desk.visiting import LASTS, Pass, check_pass, read_claim, write_pass
from memory.directory import Route
from memory.repositories.visitors import Site

SHOWN = 50
FILES_LAST = timedelta(hours=25)
"""How long a panel that stays open can fetch what it shows; opened anew it gets other links."""
Links = Callable[[str], str]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class SessionBody(BaseModel):
    """What a panel says when it opens."""

    model_config = ConfigDict(extra="ignore")
    locale: str | None = Field(default=None, max_length=20)


class TapBody(BaseModel):
    """An option that was tapped."""

    model_config = ConfigDict(extra="forbid")
    payload: Annotated[str, Field(min_length=1, max_length=1000)]
    title: Annotated[str, Field(max_length=1000)] = ""


class WidgetBody(BaseModel):
    """What a visitor says; repeating a ``client_id`` is harmless."""

    model_config = ConfigDict(extra="forbid")
    client_id: ClientId
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)] | None = None
    tap: TapBody | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "WidgetBody":
        if (self.text is None) == (self.tap is None):
            raise ValueError("give either text or tap")
        return self


class WidgetConfig(View):
    """What the panel shows before anything is said."""

    name: str
    accent: str | None = None
    greeting: str | None = None
    locale: str | None = None
    automatic: bool = True
    model_connected: bool
    suggestions: list[str] = Field(default_factory=list)


class WidgetMessage(View):
    """A message as the visitor sees it."""

    id: str
    no: int
    """Its place in the conversation: what a panel sorts by."""
    author: str
    author_name: str | None = None
    parts: list[dict[str, Any]]
    text: str
    at: Any
    delivery: str
    draft: str | None = None


class WidgetOwner(View):
    """Who answers."""

    owner: str
    name: str | None = None


class WidgetSession(View):
    """A visitor's session."""

    session_token: str
    config: WidgetConfig
    messages: list[WidgetMessage]
    owner: WidgetOwner | None = None
    last_event_id: str | None = None
    """Sent as Last-Event-ID, the stream begins right behind these messages."""


class WidgetAccepted(View):
    """The message is stored."""

    message_id: str


async def open_session(call: Call) -> Reply:
    """Open a visitor's session, or go on with the one whose token is sent."""
    route, site = await find_site(call, call.request.match_info["widget_id"])
    check_origin(call, site)
    call.request.app[THROTTLES].widget_sessions.take(client_address(call.request))
    visitor = await _visitor(call, route)
    expires = int(call.ports.clock.now().timestamp() + LASTS.total_seconds())
    token = await write_pass(Pass(route.provider_key, visitor, expires), _signer(call, route))
    conversation_id, known = await call.kept.visitors.conversation_of(route.tenant_id, route.account_id, visitor)
    seen = await call.kept.threads.opening(route.tenant_id, conversation_id, limit=SHOWN) if known else None
    links = await file_links(call, route)
    config = WidgetConfig(
        name=site.name,
        accent=site.theme.get("accent"),
        greeting=site.theme.get("greeting"),
        locale=site.locale,
        automatic=True,
        model_connected=call.settings.openai_api_key is not None,
        suggestions=list(site.theme.get("suggestions") or ()),
    )
    session = WidgetSession(
        session_token=token,
        config=config,
        messages=[show_message(each, links=links) for each in seen.messages] if seen else [],
        owner=await show_owner(call, route, seen.owner) if seen else None,
        last_event_id=str(seen.number) if seen else "0",
    )
    return Reply(session, headers=_cors(call))


async def post_message(call: Call) -> Reply:
    """Take a visitor's message."""
    route, site, visitor = await visitor_of(call)
    check_origin(call, site)
    call.request.app[THROTTLES].widget_messages.take(visitor)
    await call.engine.admit(route.tenant_id)
    body = call.body(WidgetBody)
    event = widget_message(
        route.provider_key,
        visitor,
        f"{visitor}|{body.client_id}",
        at=call.ports.clock.now(),
        text=body.text if body.tap is None else body.tap.title or None,
        payload=body.tap.payload if body.tap else None,
    )
    recorded = (await call.engine.intake.record([event]))[0]
    if recorded.inbound_id is None:
        raise Overloaded
    if recorded.status is RecordStatus.DUPLICATE and not await call.kept.visitors.same_as_stored(
        route.tenant_id, recorded.inbound_id, event
    ):
        raise IdempotencyReused
    message_id = await call.kept.visitors.message_id(route.tenant_id, recorded.inbound_id)
    return Reply(WidgetAccepted(message_id=message_id), status=202, headers=_cors(call))


async def preflight(call: Call) -> web.StreamResponse:
    """Tell a browser what another site may ask; the answer to the request itself says which site may."""
    allowed = {
        "Access-Control-Allow-Methods": "POST, GET",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
        "Access-Control-Max-Age": "600",
    }
    return web.Response(status=204, headers=_cors(call) | allowed)


async def find_site(call: Call, widget_id: str) -> tuple[Route, Site]:
    """Return a widget that is switched on; raises NotFound."""
    route = await call.kept.directory.find_widget(widget_id[:100])
    if route is None or route.channel != "widget":
        raise NotFound
    site = await call.kept.visitors.site(route.tenant_id, route.account_id)
    if not site.active:
        raise NotFound
    return route, site


async def visitor_of(call: Call) -> tuple[Route, Site, str]:
    """Return the widget and the visitor of a session token; raises Unauthenticated."""
    token = _bearer(call)
    if token is None:
        raise Unauthenticated("Send the session token.")
    claim = read_claim(token)
    try:
        route, site = await find_site(call, claim.widget_id)
    except NotFound as error:
        raise Unauthenticated("This session has ended; open a new one.") from error
    await check_pass(token, claim, sign=_signer(call, route), clock=call.ports.clock)
    return route, site, claim.visitor


def check_origin(call: Call, site: Site) -> None:
    """Refuse requests that another site's page makes; the panel itself is served from here."""
    origin = call.request.headers.get("Origin")
    if origin and origin not in site.origins and not is_ours(call, origin):
        raise Forbidden("This widget may not be used there.", reason="origin")


def is_ours(call: Call, origin: str) -> bool:
    """Tell whether an origin is this server's own, by its public address or the one it was reached at."""
    mine = urlsplit(call.settings.public_url)
    return origin == f"{mine.scheme}://{mine.netloc}" or urlsplit(origin).netloc == call.request.host


async def file_links(call: Call, route: Route) -> Links:
    """Return what makes links to the files that the business sent."""
    links, now = await call.kept.files.links(route.tenant_id), call.ports.clock.now()
    # By the hour, so that a browser that comes back knows the picture again.
    until = now.replace(minute=0, second=0, microsecond=0) + FILES_LAST
    return lambda file_id: links.to(file_id, until)


def show_message(message: MessageView, draft: str | None = None, *, links: Links) -> WidgetMessage:
    """Return a message as the visitor sees it: a person in the provider's app and a program count as staff."""
    author = "staff" if message.author in ("app", "api") else message.author
    return WidgetMessage(
        id=message.id,
        no=message.no,
        author=author,
        author_name=message.author_name if author == "staff" else None,
        parts=[_show_part(part, links) for part in message.parts],
        text=message.text,
        at=message.event_at,
        delivery=message.delivery,
        draft=draft,
    )


def _show_part(part: Part, links: Links) -> dict[str, Any]:
    shown = part.model_dump(mode="json", exclude_none=True)
    if isinstance(part, MediaPart) and part.file is not None:
        del shown["file"]
        shown["url"] = links(part.file)
    return shown


async def show_owner(call: Call, route: Route, owner: str) -> WidgetOwner:
    """Return who answers, a person by name."""
    if owner.startswith("staff:"):
        names = await call.kept.conversations.names(route.tenant_id)
        return WidgetOwner(owner="staff", name=names.get(owner.removeprefix("staff:")))
    return WidgetOwner(owner={"agent": "agent", "app": "staff"}.get(owner, "nobody"))


async def _visitor(call: Call, route: Route) -> str:
    """Return the visitor of the token sent, else a new one; a token that has ended begins anew."""
    token = _bearer(call)
    if token is not None:
        try:
            claim = read_claim(token)
            await check_pass(token, claim, sign=_signer(call, route), clock=call.ports.clock)
        except Unauthenticated:
            return secrets.token_urlsafe(18)
        if claim.widget_id == route.provider_key:
            return claim.visitor
    return secrets.token_urlsafe(18)


def _signer(call: Call, route: Route) -> Any:
    async def sign(text: str) -> str:
        return await call.kept.visitors.sign(route.tenant_id, text)

    return sign


def _bearer(call: Call) -> str | None:
    scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _cors(call: Call) -> dict[str, str]:
    origin = call.request.headers.get("Origin")
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}
