"""What happens around every request: its id, its log line, its errors, its security headers.

One middleware leads to the rest, so that a provider's webhook, the hot path, pays for none that only browsers need.
"""

import time
from functools import partial
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from api.keys import FRAMES, REQUEST_ID, SETTINGS
from api.metrics import observe_request
from api.problems import problem, render_http_error, render_problem
from core.errors import AppError
from core.ids import RandomIds, is_id

log = structlog.get_logger("api")
_IDS = RandomIds()
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: {media}; "
    "media-src 'self' blob: {media}; font-src 'self' data:; connect-src 'self'; worker-src 'self'; "
    "frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
)
"""Inline styles: the console's components set sizes and colours by attribute; scripts are never inline.

Pictures come from where businesses keep them: over https, and over plain http where the server itself is.
"""


PROVIDERS = "/webhooks/"
"""Their servers are no browsers, and their acknowledgements are the hot path."""


@web.middleware
async def attend(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lead a request through what its kind needs."""
    if request.raw_path.startswith(PROVIDERS):
        return await _attend_provider(request, handler)
    return await name_request(request, partial(secure, handler=partial(render_errors, handler=handler)))


async def _attend_provider(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a provider: it needs no headers for browsers."""
    started = time.perf_counter()
    response = await render_errors(request, handler)
    note_provider(request.method, _place(request), response.status, time.perf_counter() - started)
    return response


def note_provider(method: str, place: str, status: int, seconds: float) -> None:
    """Measure a provider's request; what went well needs no line in the log."""
    observe_request(method, place, status)(seconds)
    if status >= 400:
        say = log.debug if status < 500 else log.warning
        say("request", action="request", method=method, path=place, status=status, ms=round(seconds * 1e3))


async def name_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, and log how it went, without bodies and queries."""
    given = request.headers.get("X-Request-Id", "")
    request[REQUEST_ID] = given if is_id(given) else _IDS.new()
    started = time.perf_counter()
    status = 500
    with structlog.contextvars.bound_contextvars(request=request[REQUEST_ID]):
        try:
            response = await handler(request)
            status = response.status
        finally:
            seconds = time.perf_counter() - started
            place = _place(request)
            observe_request(request.method, place, status)(seconds)
            say = log.debug if status < 500 else log.warning
            say("request", action="request", method=request.method, path=place, status=status, ms=round(seconds * 1e3))
    if not response.prepared:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    return response


async def render_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer errors as problem JSON."""
    try:
        return await handler(request)
    except ConnectionResetError:
        raise
    except Exception as error:
        if isinstance(error, web.HTTPException) and error.status < 400:
            raise
        return answer_to(error, _place(request))


def answer_to(error: Exception, place: str) -> web.Response:
    """Return the answer to an error; what nobody foresaw is logged once, here."""
    if isinstance(error, AppError):
        if error.status >= 500 and not error.retryable:
            log.error("request failed", action="request_failed", code=error.code, exc_info=error)
        return render_problem(error)
    if isinstance(error, web.HTTPException):
        return render_http_error(error)
    log.error("request failed", action="request_failed", path=place, exc_info=error)
    return problem(500, "error", "Something went wrong on our side.")


async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say what browsers may do with the answer."""
    response = await handler(request)
    if response.prepared:
        return response
    frames = request.get(FRAMES)
    is_https = urlsplit(request.app[SETTINGS].public_url).scheme == "https"
    policy = POLICY.format(frames=frames or "'none'", media="https:" if is_https else "https: http:")
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if frames is None:
        response.headers.setdefault("X-Frame-Options", "DENY")
    if is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _place(request: web.Request) -> str:
    """Return the route's pattern: addresses hold ids, a metric per id would never end."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


MIDDLEWARES = (attend,)
