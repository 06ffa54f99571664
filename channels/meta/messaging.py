"""``messaging[]`` and ``standby[]`` items of Instagram and Messenger as events: pure, total over any JSON.

    {"sender": {"id": "customer"}, "recipient": {"id": "business"}, "timestamp": 1788859253587, "message": {…}}

Sender and recipient change places in echoes. Keys other than ``message`` are in ``control.py`` (META_API §4, §5).
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from channels.meta.attachments import read_attachments
from channels.meta.control import CONTROL
from channels.meta.names import NO_ID, TEST_ENTRY, TEST_TALK, Place, text_parts
from channels.meta.people import Talk, referral_of
from channels.meta.reading import Obj, bounded, clean_text, digest
from channels.meta.times import to_time
from core.content import Part, UnsupportedPart
from core.inbound import (
    EchoReceived,
    Inbound,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReactionReceived,
    ReceiptReceived,
    ReferralReceived,
    Tap,
)

INBOX_APPS = frozenset({"263902037430900", "1217981644879628"})
"""Meta's own inbox on Facebook and on Instagram: a person typed it there (META_API §5)."""
HEARTS = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "laugh": "😆",
    "smile": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😡",
}


def parse_item(place: Place, item: Obj) -> Inbound:
    """Return what one item says; several keys at once are read in the order of ``_READERS``."""
    talk = Talk.of(place, item)
    if place.account == TEST_ENTRY or {talk.sender, talk.recipient} == TEST_TALK:
        return place.ignored("dashboard_test", item)
    for key, read in _READERS.items():
        if isinstance(item.get(key), dict):
            return read(talk, item.obj(key))
    known = next((key for key in _READERS if key in item), None)
    return place.quarantined(f"malformed:{known}" if known else "unknown_item", item)


def _message(talk: Talk, data: Obj) -> Inbound:
    """Read ``message``: an echo, an unsend, or something a customer wrote, tapped or shared.

    {"mid": "m_1", "text": "hi", "quick_reply": {"payload": "YES"}, "reply_to": {"mid": "m_0"}, "attachments": […]}
    """
    if data.flag("is_self") or talk.with_itself:
        return talk.place.ignored("self_message", talk.item)
    if data.flag("is_echo") or talk.from_business:
        return _echo(talk, data)
    if talk.sender is None:
        return talk.place.quarantined("message_without_sender_id", talk.item)
    mid = data.text("mid")
    if data.flag("is_deleted"):
        return _revoked(talk, mid)
    payload, words = data.obj("quick_reply").text("payload"), data.text("text")
    tap = Tap(payload=payload, title=words, source="quick_reply") if payload else None
    return _received(talk, data, mid, _parts(data), tap)


def _received(talk: Talk, data: Obj, mid: str | None, parts: tuple[Part, ...], tap: Tap | None) -> MessageReceived:
    name = mid or talk.name("message", digest(talk.item.raw))
    story = data.obj("reply_to").obj("story")
    return MessageReceived(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=name,
        at=talk.at,
        sender=talk.customer,
        provider_id=mid or NO_ID + digest(name),
        parts=parts,
        tap=tap,
        reply_to=data.obj("reply_to").text("mid"),
        story_url=story.text("url"),
        story_id=story.text("id"),
        referral=referral_of(data.obj("referral"), talk.item.obj("referral")),
        standby=talk.place.standby,
    )


def _parts(data: Obj) -> tuple[Part, ...]:
    parts = (*text_parts(data.text("text")), *read_attachments(data))
    says_more = data.obj("quick_reply") or data.obj("referral")
    if parts or (says_more and not data.flag("is_unsupported")):
        return parts
    if data.flag("is_unsupported"):
        return (UnsupportedPart(what="unsupported", note="The provider does not pass on this kind of message."),)
    strange = {key: data.get(key) for key in data if key not in _ABOUT}
    return (UnsupportedPart(what=", ".join(strange)[:80] or "empty", data=bounded(strange) or None),)


_ABOUT = frozenset({"mid", "reply_to", "is_echo", "is_self", "is_deleted", "app_id", "metadata"})


def _echo(talk: Talk, data: Obj) -> Inbound:
    if talk.recipient is None:
        return talk.place.quarantined("echo_without_recipient_id", talk.item)
    mid, app = data.text("mid"), data.text("app_id")
    name = mid or talk.name("echo", digest(talk.item.raw))
    revoked = data.flag("is_deleted")
    return EchoReceived(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=f"{name}|deleted" if revoked else name,
        at=talk.at,
        recipient=talk.reached,
        provider_id=mid or NO_ID + digest(name),
        parts=() if revoked else _parts(data),
        app_id=app,
        metadata=data.text("metadata"),
        reply_to=data.obj("reply_to").text("mid"),
        revoked=revoked,
        native=app in INBOX_APPS,
        standby=talk.place.standby,
    )


def _revoked(talk: Talk, mid: str | None) -> Inbound:
    if mid is None:
        return talk.place.quarantined("unsend_without_mid", talk.item)
    return MessageRevoked(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=mid,
        at=talk.at,
        sender=talk.customer,
        provider_id=mid,
        standby=talk.place.standby,
    )


def _edit(talk: Talk, data: Obj) -> Inbound:
    """Read ``message_edit`` {"mid", "text", "num_edit"}; it may come before the message it changes (META_API §1)."""
    mid = data.text("mid")
    if mid is None or talk.sender is None:
        return talk.place.quarantined("edit_without_mid", talk.item)
    name = f"{mid}|{data.text('num_edit') or digest(talk.item.raw)}"
    parts = text_parts(data.text("text"))
    place = talk.place
    if talk.from_business:
        return EchoReceived(
            channel=place.channel,
            account=place.account,
            dedupe=f"{name}|edit",
            at=talk.at,
            recipient=talk.reached,
            provider_id=mid,
            parts=parts,
            edited=True,
            standby=place.standby,
        )
    return MessageEdited(
        channel=place.channel,
        account=place.account,
        dedupe=name,
        at=talk.at,
        sender=talk.customer,
        provider_id=mid,
        parts=parts,
        standby=place.standby,
    )


def _postback(talk: Talk, data: Obj) -> Inbound:
    """Read ``postback`` {"mid"?, "title", "payload"?}: ice breaker, menu, card button; standby omits the payload."""
    if talk.sender is None:
        return talk.place.quarantined("postback_without_sender_id", talk.item)
    title, payload = data.text("title"), data.text("payload")
    tap = Tap(payload=payload, title=title, source="postback") if payload else None
    return _received(talk, data, data.text("mid"), text_parts(title), tap)


def _reaction(talk: Talk, data: Obj) -> Inbound:
    """Read ``reaction`` {"mid", "action": "react"|"unreact", "emoji"?, "reaction"?}."""
    mid = data.text("mid")
    if mid is None or talk.sender is None:
        return talk.place.quarantined("reaction_without_mid", talk.item)
    if talk.from_business:
        return talk.place.ignored("own_reaction", talk.item)
    emoji = _emoji(data)
    return ReactionReceived(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=talk.name("reaction", mid, emoji),
        at=talk.at,
        sender=talk.customer,
        target=mid,
        emoji=emoji,
        standby=talk.place.standby,
    )


def _emoji(data: Obj) -> str | None:
    if data.text("action") == "unreact":
        return None
    name = data.text("reaction") or ""
    return _unescape(data.text("emoji") or "") or HEARTS.get(name) or name or None


def _unescape(emoji: str) -> str:
    r"""Decode ``\u{2764}\u{FE0F}``, which Messenger has sent as literal text."""
    return re.sub(r"\\u\{([0-9a-fA-F]{1,5})\}", lambda found: clean_text(chr(int(found[1], 16))), emoji)


def _receipt(status: Literal["read", "delivered"]) -> Callable[[Talk, Obj], Inbound]:
    """Read ``read`` {"mid"} (Instagram) or {"watermark"}, ``delivery`` {"mids"?, "watermark"} (Messenger)."""

    def read(talk: Talk, data: Obj) -> Inbound:
        mids = data.texts("mids") or data.texts("mid")
        watermark = to_time(data.get("watermark"))
        if (not mids and watermark is None) or talk.sender is None:
            return talk.place.quarantined(f"{status}_without_target", talk.item)
        return ReceiptReceived(
            channel=talk.place.channel,
            account=talk.place.account,
            dedupe=talk.name(status, *mids, data.text("watermark")),
            at=talk.at,
            status=status,
            provider_ids=mids,
            watermark=watermark,
            recipient=talk.customer,
        )

    return read


def _referral(talk: Talk, data: Obj) -> Inbound:
    """Read a standalone ``referral``: a link or ad opened in a thread that exists."""
    referral = referral_of(data)
    if talk.sender is None or referral is None:
        return talk.place.quarantined("referral_without_sender_id", talk.item)
    return ReferralReceived(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=talk.name("referral", referral.ref, referral.ad_id),
        at=talk.at,
        sender=talk.customer,
        referral=referral,
        standby=talk.place.standby,
    )


_READERS: Mapping[str, Callable[[Talk, Obj], Inbound]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "reaction": _reaction,
    "read": _receipt("read"),
    "delivery": _receipt("delivered"),
    **CONTROL,
    "referral": _referral,
}
