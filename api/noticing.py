"""How one wants to be told that somebody waits: on this browser, by e-mail, and when not at all."""

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from api.calling import Call, Route
from api.inbox import Request
from core.errors import InvalidInput, NotFound
from core.guarded import is_outside
from core.ids import StaffId
from core.noticing import NoticeSettings
from core.nouns import Role
from core.views import View
from desk.push import encode, load_key, public_bytes, read_keys

ME = "/api/v1/me"
Clock = Annotated[time, Field(description="Local time, HH:MM.")]


class Quiet(Request):
    """From when to when one wants to hear nothing; ``to`` before ``start`` runs past midnight."""

    start: Clock
    to: Clock


class NoticesBody(Request):
    """How one wants to be told."""

    mail_after_minutes: int | None = Field(default=None, ge=1, le=1440)
    quiet: Quiet | None = None
    timezone: str = Field(default="UTC", max_length=64)

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, KeyError, OSError) as error:
            raise ValueError("is no time zone") from error
        return value


class NoticesView(View):
    """How one is told."""

    mail_after_minutes: int | None
    quiet: Quiet | None
    timezone: str
    mail_connected: bool
    """Letters leave this machine."""
    this_browser: bool
    """The one that asks is told."""
    push_key: str
    """What a browser subscribes with (RFC 8292)."""


class BrowserKeys(Request):
    """What only this browser opens."""

    p256dh: str = Field(max_length=120)
    auth: str = Field(max_length=40)


class PushBody(Request):
    """A browser's push subscription, as the browser writes it."""

    endpoint: str = Field(max_length=1000)
    keys: BrowserKeys


async def get_notices(call: Call) -> NoticesView:
    """Return how one is told that somebody waits."""
    kept, key = call.kept, await call.kept.noticing.push_key()
    chosen = await kept.notice_choices.get(call.tenant, _me(call))
    here = call.actor.sign_in_id
    return NoticesView(
        mail_after_minutes=chosen.mail_after_minutes,
        quiet=Quiet(start=chosen.quiet[0], to=chosen.quiet[1]) if chosen.quiet else None,
        timezone=chosen.timezone,
        mail_connected=call.ports.mailer.is_connected,
        this_browser=here is not None and await kept.notice_choices.is_on(call.tenant, here),
        push_key=encode(public_bytes(load_key(key))),
    )


async def put_notices(call: Call) -> None:
    """Say when one is told by e-mail, and when not at all."""
    body = call.body(NoticesBody)
    quiet = (body.quiet.start, body.quiet.to) if body.quiet else None
    await call.kept.notice_choices.put(
        call.tenant, _me(call), NoticeSettings(body.mail_after_minutes, quiet, body.timezone)
    )


async def switch_on(call: Call) -> None:
    """Tell this browser from now on, until one signs out there."""
    body, staff_id = call.body(PushBody), _me(call)
    if not is_outside(body.endpoint, allow_private=call.settings.simulates):
        raise InvalidInput("A push service has a public https:// address.")
    keys = read_keys(body.endpoint, body.keys.p256dh, body.keys.auth)
    await call.kept.notice_choices.switch_on(call.tenant, staff_id, sign_in_id=_browser(call), keys=keys)


async def switch_off(call: Call) -> None:
    """Tell this browser no more."""
    await call.kept.notice_choices.switch_off(call.tenant, _browser(call))


def _me(call: Call) -> StaffId:
    if call.actor.staff_id is None:
        raise NotFound("An API key is nobody in person.")
    return call.actor.staff_id


def _browser(call: Call) -> str:
    if call.actor.sign_in_id is None:
        raise NotFound("An API key is no browser.")
    return call.actor.sign_in_id


ROUTES: tuple[Route, ...] = (
    Route("GET", ME + "/notices", Role.STAFF, get_notices, answer=NoticesView),
    Route("PUT", ME + "/notices", Role.STAFF, put_notices, body=NoticesBody),
    Route("PUT", ME + "/push", Role.STAFF, switch_on, body=PushBody),
    Route("DELETE", ME + "/push", Role.STAFF, switch_off),
)
