"""One's own account: how one is called, the password, the browsers that one is signed in with."""

from datetime import datetime

from pydantic import Field

from api.access import Locale, Name, Password
from api.calling import Call
from api.inbox import Request
from api.keys import THROTTLES
from core.clock import from_ms
from core.errors import NotFound
from core.ids import StaffId
from core.views import Page, View
from desk.people import change_password


class DeviceView(View):
    """A browser that one is signed in with."""

    id: str
    browser: str | None = None
    system: str | None = None
    signed_in_at: datetime
    seen_at: datetime
    """To within five minutes."""
    current: bool
    """The one that asks."""


class ProfileBody(Request):
    """How one is called, and in which language one is written to."""

    name: Name
    locale: Locale


class PasswordBody(Request):
    """A new password, with the present one."""

    old: Password
    new: Password = Field(min_length=1)


class SignedOut(View):
    """How many browsers were signed out."""

    count: int


async def list_devices(call: Call) -> Page[DeviceView]:
    """List the browsers one is signed in with."""
    items = [
        DeviceView(
            id=each.id,
            browser=each.device.browser,
            system=each.device.system,
            signed_in_at=from_ms(each.created_ms),
            seen_at=from_ms(each.seen_ms),
            current=each.id == call.actor.sign_in_id,
        )
        for each in await call.kept.sign_ins.list(_me(call))
    ]
    return Page[DeviceView](items=items)


async def end_device(call: Call) -> None:
    """Sign one of one's own browsers out."""
    await call.kept.sign_ins.end_one(_me(call), call.id())


async def end_other_devices(call: Call) -> SignedOut:
    """Sign out every browser of one's own but this one."""
    kept = call.actor.sign_in_id
    return SignedOut(count=await call.kept.sign_ins.end_others(_me(call), kept=kept or ""))


async def put_profile(call: Call) -> None:
    """Say how one is called, and in which language one is written to."""
    body = call.body(ProfileBody)
    await call.kept.directory.set_profile(_me(call), name=body.name, locale=body.locale)


async def put_password(call: Call) -> None:
    """Replace one's own password; other browsers are signed out."""
    body, throttle = call.body(PasswordBody), call.request.app[THROTTLES].sign_in_name
    staff_id = _me(call)
    throttle.take(staff_id)
    person = await call.kept.directory.get_staff(staff_id)
    kept = call.actor.sign_in_id or ""
    await change_password(call.kept.directory, call.kept.sign_ins, person, old=body.old, new=body.new, kept=kept)
    throttle.forgive(staff_id)


def _me(call: Call) -> StaffId:
    if call.actor.staff_id is None:
        raise NotFound("An API key is nobody in person.")
    return call.actor.staff_id
