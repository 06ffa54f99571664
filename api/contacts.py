"""Contacts: found, looked at, noted on, joined and taken apart, exported, erased."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StringConstraints

from api.calling import Call, Reply
from api.inbox import Listed, NoteBody, Request
from core.errors import NotFound
from core.ids import is_id
from core.views import Changed, ContactItem, Page
from core.views_people import Profile

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class ContactQuery(Listed):
    """Which contacts; ``q``: a whole phone number, or part of a name."""

    q: str | None = Field(default=None, max_length=200)


class TagsBody(Request):
    """All tags of a person."""

    tags: list[Tag] = Field(max_length=50)


class MergeBody(Request):
    """Who is the same person."""

    other_id: str = Field(max_length=80)


class Merged(Changed):
    """Two contacts are one; ``merge_id`` takes them apart again."""

    merge_id: str


class Parted(Changed):
    """Two contacts again; ``contact_id`` is the one that is back."""

    contact_id: str


async def list_contacts(call: Call) -> Page[ContactItem]:
    """List contacts, newest first."""
    query = call.query(ContactQuery)
    return await call.kept.contacts.page(call.tenant, cursor=query.cursor, limit=query.limit, q=query.q)


async def get_contact(call: Call) -> Profile:
    """Return what is known of a person."""
    return await call.kept.profiles.get(call.tenant, call.id())


async def set_tags(call: Call) -> Changed:
    """Replace a person's tags."""
    tags = call.body(TagsBody).tags
    return _changed(call, await call.kept.profiles.set_tags(call.tenant, call.id(), tags, actor=call.actor.label))


async def note_contact(call: Call) -> Reply:
    """Leave a note on a person for colleagues."""
    text = call.body(NoteBody).text
    number = await call.kept.profiles.add_note(call.tenant, call.id(), text, staff_id=call.actor.staff_id)
    return Reply(_changed(call, number), status=201)


async def merge_contact(call: Call) -> Merged:
    """Join another contact into this one: they are the same person."""
    other = call.body(MergeBody).other_id
    if not is_id(other):
        raise NotFound
    merge_id, number = await call.kept.merging.merge(call.tenant, call.id(), other, actor=call.actor.label)
    _changed(call, number)
    return Merged(merge_id=merge_id, event_no=number)


async def undo_merge(call: Call) -> Parted:
    """Take two joined contacts apart again."""
    back, number = await call.kept.merging.undo(call.tenant, call.id(), actor=call.actor.label)
    _changed(call, number)
    return Parted(contact_id=back, event_no=number)


async def export_contact(call: Call) -> web.StreamResponse:
    """Return everything that is kept of a person."""
    contact_id = call.id()
    document: dict[str, Any] = await call.kept.contacts.export(call.tenant, contact_id)
    await call.kept.audit.add(
        call.tenant, actor=call.actor.label, action="contact.exported", entity=contact_id, details={}
    )
    headers = {"Content-Disposition": f'attachment; filename="contact-{contact_id}.json"', "Cache-Control": "no-store"}
    return web.json_response(document, headers=headers)


async def erase_contact(call: Call) -> Changed:
    """Delete a person and everything said with them."""
    return _changed(call, await call.kept.erasing.erase_contact(call.tenant, call.id(), actor=call.actor.label))


def _changed(call: Call, number: int) -> Changed:
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)
