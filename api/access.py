"""Getting in by mail: a forgotten password, an invitation. What is told is told to all alike."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from api.auth import Credentials, open_session, set_cookie
from api.calling import Call, Reply
from api.client_address import client_address
from api.inbox import Request
from api.keys import ERRANDS, THROTTLES
from core.views import View
from desk.entering import Post, accept_invitation, find_ticket, mail_password_link, set_mailed_password

Locale = Literal["tr", "en", "ru", "kk", "ar"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Password = Annotated[str, Field(max_length=1024)]
Secret = Annotated[str, Field(min_length=1, max_length=200)]


class ForgottenBody(Request):
    """Whose password is to be set anew; ``locale`` is that of the page."""

    email: str = Field(min_length=1, max_length=320)
    locale: Locale = "en"


class TicketBody(Request):
    """What a mailed link carries after its ``#``."""

    ticket: Secret


class NewPasswordBody(TicketBody):
    """A password, by a mailed link."""

    password: Password


class JoinBody(TicketBody):
    """Joining by a mailed link; who has a password already sends none."""

    name: Name | None = None
    password: Password | None = None


class TicketView(View):
    """What a mailed link is for."""

    kind: str
    email: str
    business: str | None = None
    role: str | None = None
    has_password: bool
    """The person signs in with the password that they have."""


class Joined(View):
    """Who joined; ``signed_in`` where a password was set just now."""

    email: str
    signed_in: bool
    csrf_token: str = ""


class Heard(View):
    """What everybody is told who asks for a new password."""

    told: bool = True


def post_of(call: Call) -> Post:
    """Return what writing to somebody takes."""
    return Post(call.ports.mailer, call.ports.clock, call.settings.public_url)


async def forgot(call: Call) -> Reply:
    """Write to whoever has this address how to set a new password; the answer is the same where nobody has it."""
    body, throttles = call.body(ForgottenBody), call.request.app[THROTTLES]
    throttles.mail_address.take(client_address(call.request))
    throttles.mail_name.take(body.email.strip().casefold())
    kept, post = call.kept, post_of(call)

    async def errand() -> None:
        await mail_password_link(kept.directory, kept.tickets, post, email=body.email, locale=body.locale)

    # Even looking whether somebody has the address comes after the answer, or its time would tell.
    call.request.app[ERRANDS].run(errand)
    return Reply(Heard(), status=202)


async def show_ticket(call: Call) -> TicketView:
    """Return what a mailed link is for."""
    _slow(call)
    ticket, has_password = await find_ticket(call.kept.directory, call.kept.tickets, call.body(TicketBody).ticket)
    business = (await call.kept.tenants.get(ticket.tenant_id)).name if ticket.tenant_id else None
    return TicketView(
        kind=ticket.kind.value,
        email=ticket.email,
        business=business,
        role=ticket.role.value if ticket.role else None,
        has_password=has_password,
    )


async def set_password(call: Call) -> web.StreamResponse:
    """Set a password by a mailed link, and sign in; every other browser is signed out."""
    _slow(call)
    body = call.body(NewPasswordBody)
    email = await set_mailed_password(call.kept.tickets, body.ticket, body.password)
    return await _signed_in(call, email, body.password)


async def join(call: Call) -> web.StreamResponse | Joined:
    """Become a member by a mailed link; who sets a password with it is signed in."""
    _slow(call)
    body, kept = call.body(JoinBody), call.kept
    ticket, is_new = await accept_invitation(
        kept.directory, kept.tickets, body.ticket, name=body.name, password=body.password
    )
    if not is_new or body.password is None:
        return Joined(email=ticket.email, signed_in=False)
    return await _signed_in(call, ticket.email, body.password)


async def _signed_in(call: Call, email: str, password: str) -> web.StreamResponse:
    token, csrf = await open_session(call.request, Credentials(email=email, password=password))
    joined = Joined(email=email, signed_in=True, csrf_token=csrf)
    response = web.json_response(joined.model_dump(), headers={"Cache-Control": "no-store"})
    set_cookie(response, token, call.settings)
    return response


def _slow(call: Call) -> None:
    call.request.app[THROTTLES].tickets.take(client_address(call.request))
