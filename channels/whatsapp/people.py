"""Who a WhatsApp customer is: phone number, business-scoped user id, or both (META_API §2 BSUID)."""

import re

from channels.meta.reading import Obj
from core.inbound import Person

_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
_PARENT = re.compile(r"[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}")
_DRAFT = re.compile(r"user\.[0-9A-Fa-f]+")
"""The form of a 2025 draft; some senders still use it."""


def identify(
    phone: str | None, bsuid: str | None, parent: str | None, *, name: str | None = None, username: str | None = None
) -> Person:
    """Sort keys by their form, because a BSUID has come where a phone number belongs; never change a number.

    Brazilian, Mexican and Argentinian numbers differ from what was dialled: the one received is the one to answer.
    """
    if phone and phone.isdecimal() and bsuid is None and parent is None:
        return Person(wa_id=phone, name=name, username=username)
    if phone and is_bsuid(phone):
        phone, bsuid = None, bsuid or phone
    elif phone and _PARENT.fullmatch(phone):
        phone, parent = None, parent or phone
    if bsuid and _PARENT.fullmatch(bsuid):
        bsuid, parent = None, parent or bsuid
    wa_id = phone.lstrip("+") if phone else None
    return Person(wa_id=wa_id or None, bsuid=bsuid, parent_bsuid=parent, name=name, username=username)


def is_bsuid(value: str) -> bool:
    """Tell whether a key is a business-scoped user id by its form."""
    return _BSUID.fullmatch(value) is not None or _DRAFT.fullmatch(value) is not None


def values_of(person: Person) -> tuple[str, ...]:
    """Return a person's keys without their kinds."""
    keys = person.keys()
    return tuple(value for _, value in keys)


def sender_of(message: Obj, contacts: list[Obj]) -> Person:
    """Return who sent a message, completed from ``contacts[]``, which may lack them or be missing altogether."""
    phone, bsuid = message.text("from"), message.text("from_user_id")
    contact = _contact(phone, bsuid, contacts)
    profile = contact.obj("profile")
    return identify(
        phone or contact.text("wa_id"),
        bsuid or contact.text("user_id"),
        message.text("from_parent_user_id") or contact.text("parent_user_id"),
        name=profile.text("name"),
        username=profile.text("username"),
    )


def _contact(phone: str | None, bsuid: str | None, contacts: list[Obj]) -> Obj:
    """Return the contact of a sender; a lone contact is theirs unless its keys say otherwise."""
    known = {key for key in (phone, bsuid) if key}
    for contact in contacts:
        if known & {contact.text("wa_id"), contact.text("user_id")}:
            return contact
    if len(contacts) != 1:
        return Obj(None)
    lone = contacts[0]
    named = lone.text("user_id") if bsuid else lone.text("wa_id")
    return lone if not known or named is None else Obj({"profile": lone.get("profile")})


def recipient_of(status: Obj) -> Person:
    """Return whom a status is about; in a group ``recipient_id`` is the group."""
    in_group = status.text("recipient_type") == "group"
    return identify(
        status.text("recipient_participant_id") or (None if in_group else status.text("recipient_id")),
        status.text("recipient_participant_user_id", "recipient_user_id"),
        status.text("recipient_parent_user_id"),
    )
