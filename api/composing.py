"""What staff have at hand while they write: canned replies, who else is there, and taking words back."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.calling import Call, Reply
from api.inbox import Request, desk_of
from core.errors import Forbidden
from core.views import Changed, Page
from core.views_composing import CannedReply, PresenceView, PresentView
from desk.withdrawing import withdraw_message

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]


class CannedBody(Request):
    """A canned reply; in its words ``{{contact.name}}`` and the like are filled in by whoever uses it."""

    shortcut: Annotated[str, StringConstraints(to_lower=True, pattern=r"^[\w-]{1,40}$")]
    texts: dict[Locale, Words] = Field(min_length=1, max_length=20)


class CannedAdded(Changed):
    """A canned reply was stored."""

    id: str


class PresenceBody(Request):
    """What the person does just now; to be told again while it lasts."""

    state: Literal["viewing", "typing", "gone"]


async def list_canned(call: Call) -> Page[CannedReply]:
    """List the canned replies."""
    return await call.kept.canned.page(call.tenant)


async def add_canned(call: Call) -> Reply:
    """Add a canned reply."""
    body = call.body(CannedBody)
    reply_id, number = await call.kept.canned.add(call.tenant, body.shortcut, body.texts, actor=call.actor.label)
    call.engine.doorbells.changed(call.tenant, None, number)
    return Reply(CannedAdded(id=reply_id, event_no=number), status=201)


async def put_canned(call: Call) -> Changed:
    """Replace a canned reply."""
    body = call.body(CannedBody)
    number = await call.kept.canned.change(call.tenant, call.id(), body.shortcut, body.texts, actor=call.actor.label)
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


async def delete_canned(call: Call) -> Changed:
    """Delete a canned reply."""
    number = await call.kept.canned.drop(call.tenant, call.id(), actor=call.actor.label)
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


async def cancel_message(call: Call) -> Changed:
    """Take back a message of staff that has not left yet; 409 where some of it may have."""
    return await withdraw_message(desk_of(call), call.id(), call.id("message_id"), actor=call.actor)


async def tell_presence(call: Call) -> PresenceView:
    """Tell colleagues that one looks at a conversation, or writes in it; returns who else does."""
    staff_id, conversation_id = call.actor.staff_id, call.id()
    await call.kept.timeline.require(call.tenant, conversation_id)
    if staff_id is None:
        raise Forbidden("Only people are present.")
    names = await call.kept.conversations.names(call.tenant)
    call.engine.doorbells.present(call.tenant, conversation_id, staff_id, call.body(PresenceBody).state)
    others = call.ports.live.others(call.tenant, conversation_id, staff_id)
    return PresenceView(
        items=[PresentView(staff_id=one, name=names.get(one), state=state) for one, state in others.items()]
    )
