"""``messages[]`` and ``message_echoes[]`` as events: pure, total over any JSON (META_API §2).

{"from": "905321112233", "from_user_id": "TR.1349…", "id": "wamid.X", "timestamp": "1788859253", "type": "text",
 "text": {"body": "hi"}, "context": {"id": "wamid.W"}, "referral": {"source_type": "ad", "ctwa_clid": "…"}}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.meta.names import NO_ID, Place
from channels.meta.reading import Obj, digest
from channels.meta.times import time_of
from channels.whatsapp.parts import kind_of, read_content
from channels.whatsapp.people import identify, sender_of, values_of
from core.content import Part
from core.context import Referral
from core.inbound import (
    EchoReceived,
    IdentityChanged,
    Inbound,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    Person,
    ReactionReceived,
)


@dataclass(frozen=True, slots=True)
class Note:
    """One message with what every reader of it needs."""

    place: Place
    item: Obj
    sender: Person
    at: datetime | None
    name: str
    """The wamid; else a name for it."""
    provider_id: str


def parse_message(place: Place, item: Obj, contacts: list[Obj]) -> Inbound:
    """Return what one inbound message says."""
    if not item:
        return place.quarantined("message_not_object", item)
    note = _note(place, item, sender_of(item, contacts))
    kind = kind_of(item)
    if kind != "system" and not note.sender.keys():
        return place.quarantined("message_without_sender", item)
    return _READERS.get(kind, _message)(note, item.obj(kind))


def _note(place: Place, item: Obj, sender: Person) -> Note:
    at, wamid = time_of(item, "timestamp"), item.text("id")
    name = wamid or place.name("message", item, *values_of(sender), digest(item.raw), at=at)
    return Note(place, item, sender, at, name, wamid or NO_ID + digest(name))


def _message(note: Note, data: Obj) -> Inbound:
    parts, tap = read_content(note.item)
    context = note.item.obj("context")
    return MessageReceived(
        channel=note.place.channel,
        account=note.place.account,
        dedupe=note.name,
        at=note.at,
        sender=note.sender,
        provider_id=note.provider_id,
        parts=parts,
        tap=tap,
        reply_to=context.text("id"),
        referral=_referral(note.item.obj("referral"), context.obj("referred_product")),
        forwarded=context.flag("forwarded") or context.flag("frequently_forwarded"),
        group=note.item.text("group_id"),
        standby=note.place.standby,
    )


def _referral(ad: Obj, product: Obj) -> Referral | None:
    """Read where they came from: an ad or post (first message only), or a product they asked about."""
    if not ad and not product:
        return None
    is_ad = ad.text("source_type") != "post"
    return Referral(
        source=ad.text("source_type") or ("catalog" if product else None),
        ref=product.text("catalog_id") if not ad else None,
        ad_id=ad.text("source_id") if is_ad else None,
        post_id=None if is_ad else ad.text("source_id"),
        headline=ad.text("headline"),
        url=ad.text("source_url"),
        product_id=product.text("product_retailer_id"),
        click_id=ad.text("ctwa_clid"),
        text=ad.text("body"),
        welcome=ad.obj("welcome_message").text("text"),
        media_url=ad.text("image_url", "video_url", "thumbnail_url"),
    )


def _reaction(note: Note, data: Obj) -> Inbound:
    """Read a reaction; removing it sends ``emoji: ""`` or no emoji at all."""
    target = data.text("message_id")
    if target is None:
        return note.place.quarantined("reaction_without_target", note.item)
    return ReactionReceived(
        channel=note.place.channel,
        account=note.place.account,
        dedupe=note.name,
        at=note.at,
        sender=note.sender,
        target=target,
        emoji=data.text("emoji"),
        standby=note.place.standby,
    )


def _edit(note: Note, data: Obj) -> Inbound:
    """Read ``edit`` {"original_message_id", "message": {"type", …}}; it has a wamid of its own."""
    original = data.text("original_message_id")
    if original is None:
        return note.place.quarantined("edit_without_original", note.item)
    return MessageEdited(
        channel=note.place.channel,
        account=note.place.account,
        dedupe=note.name,
        at=note.at,
        sender=note.sender,
        provider_id=original,
        parts=read_content(data.obj("message"))[0],
        standby=note.place.standby,
    )


def _revoke(note: Note, data: Obj) -> Inbound:
    original = data.text("original_message_id")
    if original is None:
        return note.place.quarantined("revoke_without_original", note.item)
    return MessageRevoked(
        channel=note.place.channel,
        account=note.place.account,
        dedupe=note.name,
        at=note.at,
        sender=note.sender,
        provider_id=original,
        standby=note.place.standby,
    )


def _system(note: Note, data: Obj) -> Inbound:
    """Read a change of number or id; ``body`` names both but holds the customer's own words, so it is never parsed.

    {"type": "user_changed_number", "wa_id"|"new_wa_id": "new", "user_id": "TR.…", "body": "…"}; ``from``: the old one
    """
    change = data.text("type")
    if change is None:
        return note.place.quarantined("system_without_type", note.item)
    old = note.sender
    new = identify(
        data.text("wa_id", "new_wa_id"), data.text("user_id"), data.text("parent_user_id"), name=note.sender.name
    )
    if not new.keys():
        new = old
    if not (old.keys() or new.keys()):
        return note.place.quarantined("system_without_person", note.item)
    return IdentityChanged(
        channel=note.place.channel,
        account=note.place.account,
        dedupe=note.name,
        at=note.at,
        old=old,
        new=new,
        change=change,
        note=data.text("body") or note.item.obj("identity").text("hash"),
    )


_READERS: Mapping[str, Callable[[Note, Obj], Inbound]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}


def parse_echo(place: Place, item: Obj, contacts: list[Obj]) -> Inbound:
    """Read what a person typed in the WhatsApp Business app: the customer is in ``to`` and ``to_user_id``."""
    if not item:
        return place.quarantined("echo_not_object", item)
    recipient = identify(item.text("to"), item.text("to_user_id"), item.text("to_parent_user_id"))
    if not recipient.keys():
        return place.quarantined("echo_without_recipient", item)
    note = _note(place, item, recipient)
    kind, data = kind_of(item), item.obj(kind_of(item))
    if kind in {"reaction", "system"}:
        return place.ignored(f"echo_{kind}", item)
    original = data.text("original_message_id") if kind in {"edit", "revoke"} else None
    return EchoReceived(
        channel=place.channel,
        account=place.account,
        dedupe=note.name,
        at=note.at,
        recipient=recipient,
        provider_id=original or note.provider_id,
        parts=_echo_parts(kind, item, data),
        reply_to=item.obj("context").text("id"),
        edited=kind == "edit",
        revoked=kind == "revoke",
        native=True,
        standby=place.standby,
    )


def _echo_parts(kind: str, item: Obj, data: Obj) -> tuple[Part, ...]:
    if kind == "revoke":
        return ()
    return read_content(data.obj("message") if kind == "edit" else item)[0]
