"""One way from a request to a handler: who it is, whether they may, what they ask; then one call and its rendering.

Roles are checked here and nowhere else, by the route table (``api/routes.py``).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler
from pydantic import BaseModel, ValidationError

from api.auth import authenticate
from api.keys import ACTOR, BODY, ENGINE, PORTS, QUERY, SETTINGS
from api.ports import Engine, Ports, Repositories
from core.errors import Forbidden, InvalidInput, NotFound, NotJson
from core.ids import TenantId, is_id
from core.nouns import Actor, Role
from core.settings import Settings

BODY_LIMIT = 2 << 20
M = TypeVar("M", bound=BaseModel)


class Call:
    """What a handler gets: the request, understood."""

    __slots__ = ("request",)

    def __init__(self, request: web.Request) -> None:
        self.request = request

    @property
    def ports(self) -> Ports:
        """What is open."""
        return self.request.app[PORTS]

    @property
    def kept(self) -> Repositories:
        """Storage."""
        return self.request.app[PORTS].repositories

    @property
    def engine(self) -> Engine:
        """The running agent."""
        return self.request.app[ENGINE]

    @property
    def settings(self) -> Settings:
        """What is in force."""
        return self.request.app[SETTINGS]

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.request[ACTOR]

    @property
    def tenant(self) -> TenantId:
        """Whose data this is about."""
        return self.request[ACTOR].tenant_id

    def id(self, name: str = "id") -> str:
        """Return an id of the address; what cannot be one is not found."""
        text = self.request.match_info[name]
        if not is_id(text):
            raise NotFound
        return text

    def body(self, model: type[M]) -> M:
        """Return the body as the route declares it."""
        return cast(M, self.request[BODY])

    def query(self, model: type[M]) -> M:
        """Return the query as the route declares it."""
        return cast(M, self.request[QUERY])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a status or headers of its own."""

    view: BaseModel
    status: int = 200
    headers: Mapping[str, str] | None = None


Answer = BaseModel | Reply | web.StreamResponse | Mapping[str, Any] | None
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the route table. ``role`` None: no sign-in needed."""

    method: str
    path: str
    role: Role | None
    handler: Handler
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    """What comes back, for the OpenAPI document; None: nothing, or not JSON."""

    @property
    def summary(self) -> str:
        """Return the first line of the handler's docstring."""
        return (self.handler.__doc__ or "").strip().splitlines()[0]


def serve(route: Route) -> WebHandler:
    """Return the web framework's handler of a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if "%00" in request.raw_path:
            raise NotFound
        if route.role is not None:
            actor = request[ACTOR] = await authenticate(request)
            if not actor.role.covers(route.role):
                raise Forbidden(f"This needs the role {route.role.value}; yours is {actor.role.value}.")
        if route.query is not None:
            request[QUERY] = _validated(route.query, dict(request.query))
        if route.body is not None:
            request[BODY] = _validated(route.body, await read_json(request))
        return render(await route.handler(Call(request)))

    return handle


async def read_json(request: web.Request, *, limit: int = BODY_LIMIT) -> Any:
    """Return the body's JSON; an empty body is ``{}``."""
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=request.content_length or 0)
    raw = await request.read()
    if len(raw) > limit:
        raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=len(raw))
    if not raw:
        return {}
    if b"\\u0000" in raw:
        raise InvalidInput("The character U+0000 cannot be kept.", errors=[{"field": "", "why": "holds U+0000"}])
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotJson from error


def render(answer: Answer) -> web.StreamResponse:
    """Return an answer as HTTP."""
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204)
    if isinstance(answer, Reply):
        return _json(answer.view.model_dump_json().encode(), status=answer.status, headers=answer.headers)
    if isinstance(answer, BaseModel):
        return _json(answer.model_dump_json().encode())
    return _json(orjson.dumps(answer, default=str))


def _json(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return web.Response(body=body, status=status, content_type="application/json", headers=kept)


def _validated(model: type[M], data: Any) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [
            {"field": ".".join(str(part) for part in item["loc"]), "why": item["msg"].removeprefix("Value error, ")}
            for item in error.errors(include_url=False)
        ]
        raise InvalidInput(errors=faults) from error
