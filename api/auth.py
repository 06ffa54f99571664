"""Who asks: an API key, or a person by their session cookie."""

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from api.client_address import client_address
from api.keys import PORTS, SETTINGS, THROTTLES
from core.devices import read_device
from core.errors import Forbidden, NotFound, Unauthenticated
from core.nouns import Actor
from core.settings import Settings
from desk.people import SESSION_DAYS, sign_in
from memory.directory import Directory, Membership
from memory.repositories.sign_ins import SignIns

COOKIE = "frontdesk_session"
SAFE = {"GET", "HEAD", "OPTIONS"}


class Credentials(BaseModel):
    """What one signs in with."""

    model_config = ConfigDict(extra="ignore")
    email: Annotated[str, Field(max_length=320)]
    password: Annotated[str, Field(max_length=1024)]


async def authenticate(request: web.Request) -> Actor:
    """Return who asks; raises Unauthenticated, Forbidden for a missing CSRF token, NotFound for a foreign tenant."""
    kept = request.app[PORTS].repositories
    given = request.headers.get("Authorization", "")
    if given:
        return await _by_key(kept.directory, given, request.headers.get("X-Tenant-Id"))
    token = request.cookies.get(COOKIE)
    found = await kept.sign_ins.find(token) if token else None
    if found is None or token is None:
        raise Unauthenticated
    if request.method not in SAFE:
        await _check_csrf(kept.sign_ins, token, request.headers.get("X-CSRF-Token", ""))
    sign_in_id, staff_id = found
    membership = _choose(await kept.directory.list_memberships(staff_id), request.headers.get("X-Tenant-Id"))
    return Actor(tenant_id=membership.tenant_id, role=membership.role, staff_id=staff_id, sign_in_id=sign_in_id)


async def open_session(request: web.Request, given: Credentials) -> tuple[str, str]:
    """Sign in; returns the session token and its CSRF token; raises Unauthenticated, RateLimited."""
    throttles, kept = request.app[THROTTLES], request.app[PORTS].repositories
    name, address = given.email.strip().casefold(), client_address(request)
    throttles.sign_in_name.check(name)
    throttles.sign_in_address.check(address)
    # Counted before the check: parallel guesses must not all slip through while the first is being hashed.
    throttles.sign_in_name.use(name)
    throttles.sign_in_address.use(address)
    device = read_device(request.headers.get("User-Agent", ""))
    token = await sign_in(kept.directory, kept.sign_ins, email=given.email, password=given.password, device=device)
    throttles.sign_in_name.forgive(name)
    throttles.sign_in_address.take_back(address)
    return token, await kept.sign_ins.csrf_token(token)


def set_cookie(response: web.Response, token: str, settings: Settings) -> None:
    """Hand the session token to the browser, out of reach of scripts."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=SESSION_DAYS * 86_400,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=urlsplit(settings.public_url).scheme == "https",
    )


async def close_session(request: web.Request, response: web.Response) -> None:
    """Sign out, whether or not the session still lives."""
    token = request.cookies.get(COOKIE)
    if token:
        await request.app[PORTS].repositories.sign_ins.end(token)
    response.del_cookie(COOKIE, path="/", secure=urlsplit(request.app[SETTINGS].public_url).scheme == "https")


async def csrf_of(request: web.Request) -> str:
    """Return the CSRF token that belongs to the request's session; empty for API keys."""
    token = request.cookies.get(COOKIE)
    if not token or request.headers.get("Authorization"):
        return ""
    return await request.app[PORTS].repositories.sign_ins.csrf_token(token)


async def _by_key(directory: Directory, given: str, tenant: str | None) -> Actor:
    scheme, _, token = given.partition(" ")
    key = await directory.find_api_key(token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise Unauthenticated
    if tenant is not None and tenant != key.tenant_id:
        raise NotFound
    return Actor(tenant_id=key.tenant_id, role=key.role, api_key=key.id, name=key.name)


async def _check_csrf(sign_ins: SignIns, token: str, given: str) -> None:
    wanted = await sign_ins.csrf_token(token)
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise Forbidden("The X-CSRF-Token header is missing or wrong.", reason="csrf")


def _choose(memberships: list[Membership], wanted: str | None) -> Membership:
    if wanted is not None:
        for membership in memberships:
            if membership.tenant_id == wanted:
                return membership
        raise NotFound
    if not memberships:
        raise Forbidden("You are not a member of any tenant.")
    return memberships[0]
