"""Signing in, who one is, what flows know of the business."""

from typing import Any

from aiohttp import web
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from api.auth import Credentials, close_session, csrf_of, open_session, set_cookie
from api.calling import Call
from api.inbox import Request
from core.ids import TenantId
from core.views import View
from desk.tenants import set_constants


class SignedIn(View):
    """What mutations send as X-CSRF-Token."""

    csrf_token: str


class StaffView(View):
    """The person who is signed in."""

    id: str
    email: str
    name: str
    locale: str | None = None
    """The language that they chose."""


class TenantName(View):
    """A tenant."""

    id: str
    name: str


class TenantDetail(TenantName):
    """A business with what its flows know as ``tenant.*``."""

    locale: str
    timezone: str
    country: str
    constants: dict[str, Any]


class ConstantsBody(Request):
    """Public facts of the business, by name; null removes one."""

    constants: dict[str, StrictStr | StrictBool | StrictInt | StrictFloat | None] = Field(max_length=200)


class MembershipView(View):
    """A tenant that the person works for."""

    tenant_id: str
    name: str
    role: str


class Me(View):
    """Who asks, for whom, and what is connected."""

    staff: StaffView | None
    tenant: TenantName
    role: str
    model_connected: bool
    simulator_url: str | None
    memberships: list[MembershipView]
    csrf_token: str
    colleagues: int
    """How many others work for this tenant."""


class Hint(View):
    """The demo's sign-in."""

    email: str
    password: str


async def log_in(call: Call) -> web.StreamResponse:
    """Sign in; sets the session cookie."""
    token, csrf = await open_session(call.request, call.body(Credentials))
    response = web.json_response({"csrf_token": csrf}, headers={"Cache-Control": "no-store"})
    set_cookie(response, token, call.settings)
    return response


async def log_out(call: Call) -> web.StreamResponse:
    """Sign out."""
    response = web.Response(status=204)
    await close_session(call.request, response)
    return response


async def hint(call: Call) -> Hint | web.Response:
    """Return the demo's sign-in, where this is a demo; the sign-in page always asks, so its absence is no error."""
    email, colon, password = (call.settings.demo_login or "").partition(":")
    if not colon:
        return web.Response(status=204)
    return Hint(email=email, password=password)


async def me(call: Call) -> Me:
    """Return who asks."""
    actor, kept = call.actor, call.kept
    person = await kept.directory.get_staff(actor.staff_id) if actor.staff_id else None
    held = await kept.directory.list_memberships(actor.staff_id) if actor.staff_id else []
    members = await kept.members.list(call.tenant)
    names = {each: (await kept.tenants.get(each)).name for each in {m.tenant_id for m in held} | {call.tenant}}
    return Me(
        staff=StaffView(id=person.id, email=person.email, name=person.name or person.email, locale=person.locale)
        if person
        else None,
        tenant=TenantName(id=call.tenant, name=names[call.tenant]),
        role=actor.role.value,
        model_connected=call.settings.openai_api_key is not None,
        simulator_url=call.settings.graph_url,
        memberships=[
            MembershipView(tenant_id=m.tenant_id, name=names[TenantId(m.tenant_id)], role=m.role.value) for m in held
        ],
        csrf_token=await csrf_of(call.request),
        colleagues=sum(each.ended_ms is None and each.id != actor.staff_id for each in members),
    )


async def get_tenant(call: Call) -> TenantDetail:
    """Return the business and what its flows know of it."""
    return await _tenant(call)


async def put_tenant(call: Call) -> TenantDetail:
    """Set constants: those named are set, null removes one, the others stay."""
    changes = call.body(ConstantsBody).constants
    await set_constants(call.kept.tenants, call.tenant, changes, actor=call.actor.label)
    return await _tenant(call)


async def _tenant(call: Call) -> TenantDetail:
    found = await call.kept.tenants.get(call.tenant)
    return TenantDetail(
        id=found.id,
        name=found.name,
        locale=found.locale,
        timezone=found.timezone,
        country=found.country,
        constants=dict(found.constants),
    )
