"""The team: who works here and as what, who was asked in, and the keys of programs."""

from datetime import datetime

from pydantic import Field

from api.access import Locale, Name, post_of
from api.calling import Call, Reply
from api.inbox import Request, desk_of
from core.clock import from_ms
from core.entering import Guest
from core.nouns import Role
from core.views import Page, View
from desk.entering import Host, invite
from desk.leaving import change_role, deactivate, reactivate
from desk.people import check_grant


class MemberView(View):
    """Somebody who works here, or did."""

    id: str
    name: str
    email: str
    role: str
    active: bool
    since: datetime
    seen_at: datetime | None = None


class RoleBody(Request):
    """Another role."""

    role: Role


class Deactivated(View):
    """How many conversations nobody holds now."""

    released: int


class InvitationBody(Request):
    """Whom to ask in."""

    email: str = Field(min_length=3, max_length=320)
    role: Role
    locale: Locale = "en"


class InvitationView(View):
    """Somebody who was asked in and has not come yet."""

    id: str
    email: str
    role: str
    locale: str
    invited_at: datetime
    expires_at: datetime


class Invited(View):
    """An invitation was made; ``sent``: a mail server took the letter. ``connected``: there is one."""

    id: str
    sent: bool
    connected: bool


class KeyBody(Request):
    """A key for a program."""

    name: Name
    role: Role


class KeyView(View):
    """A key, without its secret."""

    id: str
    name: str
    role: str
    created_at: datetime


class KeyMade(View):
    """A new key with its secret, which is shown this once."""

    id: str
    api_key: str


async def list_members(call: Call) -> Page[MemberView]:
    """List who works here, and who did."""
    items = [
        MemberView(
            id=each.id,
            name=each.name or each.email,
            email=each.email,
            role=each.role.value,
            active=each.ended_ms is None,
            since=from_ms(each.created_ms),
            seen_at=from_ms(each.seen_ms) if each.seen_ms else None,
        )
        for each in await call.kept.members.list(call.tenant)
    ]
    return Page[MemberView](items=items)


async def put_role(call: Call) -> None:
    """Give a colleague another role."""
    await change_role(call.kept.members, call.id(), call.body(RoleBody).role, actor=call.actor)


async def end_member(call: Call) -> Deactivated:
    """Let a colleague in no more; what they held waits for the others."""
    kept = call.kept
    count = await deactivate(kept.members, desk_of(call), call.id(), actor=call.actor)
    return Deactivated(released=count)


async def resume_member(call: Call) -> None:
    """Let a colleague in again."""
    await reactivate(call.kept.members, call.id(), actor=call.actor)


async def list_invitations(call: Call) -> Page[InvitationView]:
    """List who was asked in and has not come yet."""
    items = [
        InvitationView(
            id=each.id,
            email=each.email,
            role=each.role.value if each.role else "",
            locale=each.locale,
            invited_at=from_ms(each.created_ms),
            expires_at=from_ms(each.expires_ms),
        )
        for each in await call.kept.tickets.list_invitations(call.tenant)
    ]
    return Page[InvitationView](items=items)


async def add_invitation(call: Call) -> Reply:
    """Ask somebody in by mail; an earlier invitation of the same address ends."""
    body, kept = call.body(InvitationBody), call.kept
    members = await kept.members.list(call.tenant)
    names: dict[str, str] = {each.id: each.name or each.email for each in members}
    business = (await kept.tenants.get(call.tenant)).name
    host = Host(
        actor=call.actor,
        name=names.get(call.actor.staff_id or "", business),
        business=business,
        members={each.email.casefold() for each in members if each.ended_ms is None},
    )
    guest = Guest(body.email, body.role, body.locale)
    made, sent = await invite(kept.tickets, post_of(call), guest, host=host)
    return Reply(Invited(id=made, sent=sent, connected=call.ports.mailer.is_connected), status=201)


async def end_invitation(call: Call) -> None:
    """End an invitation: its link opens no more."""
    await call.kept.tickets.cancel(call.tenant, call.id(), actor=call.actor.label)


async def list_keys(call: Call) -> Page[KeyView]:
    """List the keys of programs, without their secrets."""
    items = [
        KeyView(id=each.id, name=each.name, role=each.role.value, created_at=from_ms(each.created_ms))
        for each in await call.kept.directory.list_api_keys(call.tenant)
    ]
    return Page[KeyView](items=items)


async def add_key(call: Call) -> Reply:
    """Make a key for a program; its secret is shown this once."""
    body = call.body(KeyBody)
    check_grant(call.actor, body.role)
    key_id, secret = await call.kept.directory.add_api_key(call.tenant, body.name, body.role)
    await call.kept.audit.add(
        call.tenant,
        actor=call.actor.label,
        action="api_key.created",
        entity=key_id,
        details={"name": body.name, "role": body.role.value},
    )
    return Reply(KeyMade(id=key_id, api_key=secret), status=201)


async def end_key(call: Call) -> None:
    """End a key."""
    key_id = call.id()
    await call.kept.directory.revoke_api_key(call.tenant, key_id)
    await call.kept.audit.add(call.tenant, actor=call.actor.label, action="api_key.revoked", entity=key_id, details={})
