"""What a WhatsApp message consists of, as parts and a tap: pure, total over any JSON (META_API §2, table of types).

    {"type": "image", "image": {"id": "1", "mime_type": "image/jpeg", "caption": "this one"}}
    {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "r1", "title": "Row 1"}}}

``message[type]`` may be absent, and ``type`` itself too; what cannot be shown stays visible as unsupported.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from channels.meta.names import text_parts
from channels.meta.reading import Obj, bounded, load
from core.content import (
    ContactCard,
    ContactsPart,
    FormPart,
    LocationPart,
    MediaPart,
    Part,
    UnsupportedPart,
)
from core.errors import MalformedPayload
from core.inbound import Tap

Content = tuple[tuple[Part, ...], Tap | None]
Media = Literal["image", "video", "audio", "voice", "document", "sticker"]


def read_content(message: Obj) -> Content:
    """Return parts and tap of one message."""
    kind = kind_of(message)
    read = _READERS.get(kind)
    found: Content | None = None
    if read is not None and (kind in message or kind == "contacts"):
        found = read(message, message.obj(kind))
    return found if found and (found[0] or found[1]) else ((_unsupported(message, kind),), None)


def kind_of(message: Obj) -> str:
    """Return ``type``; where it is missing, the one known key that is there."""
    return message.text("type") or next((kind for kind in _READERS if kind in message), "unknown")


def error_words(message: Obj) -> str | None:
    """Return the first of ``errors[]`` in words; its parts have moved between versions."""
    for error in message.each("errors"):
        details = error.obj("error_data").text("details") or error.text("details")
        words = [error.text("code"), error.text("title", "message"), details]
        return ": ".join(dict.fromkeys(word for word in words if word)) or None
    return None


def _unsupported(message: Obj, kind: str) -> UnsupportedPart:
    """Name what came: newer bodies say it in ``unsupported: {"type": "poll"}``."""
    what = message.obj("unsupported").text("type") or kind
    return UnsupportedPart(what=what, note=error_words(message), data=bounded(message.get(kind)))


def _text(message: Obj, data: Obj) -> Content:
    return text_parts(data.text("body")), None


def _media(media: Media) -> Callable[[Obj, Obj], Content]:
    """Read a file; one that failed on Meta's side comes with ``errors[]`` beside it and is kept with the reason."""

    def read(message: Obj, data: Obj) -> Content:
        error = error_words(message)
        if not (data or error):
            return (), None
        part = MediaPart(
            media="voice" if media == "audio" and data.flag("voice") else media,
            url=data.text("url", "link"),
            media_id=data.text("id"),
            mime=data.text("mime_type"),
            filename=data.text("filename"),
            caption=data.text("caption"),
            sha256=data.text("sha256"),
            error=error,
        )
        return (part,), None

    return read


def _location(message: Obj, data: Obj) -> Content:
    latitude, longitude = data.number("latitude"), data.number("longitude")
    if latitude is None or longitude is None:
        return (), None
    part = LocationPart(
        latitude=latitude,
        longitude=longitude,
        name=data.text("name"),
        address=data.text("address"),
        url=data.text("url"),
    )
    return (part,), None


def _contacts(message: Obj, data: Obj) -> Content:
    cards = tuple(_card(item) for item in message.each("contacts"))
    return ((ContactsPart(cards=cards),) if cards else ()), None


def _card(item: Obj) -> ContactCard:
    name, phones = item.obj("name"), item.each("phones")
    given = " ".join(word for word in (name.text("first_name"), name.text("last_name")) if word)
    numbers = tuple(number for phone in phones if (number := phone.text("phone", "wa_id")))
    emails = tuple(mail for email in item.each("emails") if (mail := email.text("email")))
    org = item.obj("org").text("company")
    shown = name.text("formatted_name") or given or org or next(iter(numbers + emails), "?")
    return ContactCard(
        name=shown,
        phones=numbers,
        emails=emails,
        org=org,
        birthday=item.text("birthday"),
        addresses=tuple(place for address in item.each("addresses") if (place := _address(address))),
        urls=tuple(url for link in item.each("urls") if (url := link.text("url"))),
    )


def _address(address: Obj) -> str:
    """Return an address in one line."""
    lines = (address.text(name) for name in ("street", "city", "state", "zip", "country"))
    return ", ".join(line for line in lines if line)


def _button(message: Obj, data: Obj) -> Content:
    """Read a template's quick reply ``{"text", "payload"}``."""
    title = data.text("text")
    payload = data.text("payload") or title
    tap = Tap(payload=payload, title=title, source="template") if payload else None
    return text_parts(title), tap


def _interactive(message: Obj, data: Obj) -> Content:
    kind = data.text("type") or next(iter(data), "interactive")
    reply = data.obj(kind)
    if kind in {"button_reply", "list_reply"}:
        payload = reply.text("id", "title")
        source: Literal["button", "list"] = "button" if kind == "button_reply" else "list"
        title = reply.text("title")
        return text_parts(title), Tap(payload=payload, title=title, source=source) if payload else None
    if not reply:
        return (), None
    if kind == "nfm_reply":
        return (_form(reply),), None
    return (FormPart(name=kind, data=bounded(reply.raw), text=reply.text("body", "response")),), None


def _form(reply: Obj) -> FormPart:
    """Read a form's answer: ``response_json`` is JSON in a text, which may be broken or no object at all."""
    text, data = reply.text("response_json"), reply.obj("response_json")
    if text and not data:
        try:
            data = Obj(load(text.encode()))
        except MalformedPayload:
            data = Obj(None)
    kept = bounded(data.raw) if isinstance(data.raw, dict) else {"response_json": text} if text else {}
    return FormPart(name=reply.text("name") or "flow", data=kept, text=reply.text("body"))


def _order(message: Obj, data: Obj) -> Content:
    """Read a catalogue order; quantities have come as texts, prices stay as written: money is no float."""
    if not data:
        return (), None
    items = [_item(item) for item in data.each("product_items")]
    kept = {"catalog_id": data.text("catalog_id"), "product_items": items}
    return (FormPart(name="order", data=kept, text=data.text("text")),), None


def _item(item: Obj) -> dict[str, object]:
    read: dict[str, object] = bounded(item.raw) if item else {}
    if (count := item.number("quantity")) is not None:
        read["quantity"] = int(count) if count.is_integer() else count
    return read


_READERS: Mapping[str, Callable[[Obj, Obj], Content]] = {
    "text": _text,
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "voice": _media("voice"),
    "document": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
}
