"""Parts as WhatsApp requests, without recipient: pure (META_API §3 and §3b)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from channels.base import render_parts, row_of
from channels.kinds import DOCUMENTS, LARGEST, limit
from channels.meta.names import NO_ID
from channels.splitting import fit_text
from core.channel_types import Capabilities, FileLimit, Rate, TextLimit
from core.content import (
    ChoicesPart,
    ContactCard,
    ContactsPart,
    LocationPart,
    MediaPart,
    Part,
    TemplatePart,
    plain_text,
)
from core.ports import Rendered

_AUDIO = limit({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, 16)
MEDIA = {
    "image": limit({"image/jpeg", "image/png"}, 5),
    "video": limit({"video/mp4", "video/3gpp"}, 16),
    "audio": _AUDIO,
    "voice": _AUDIO,
    # Meta takes documents of 100 MB; this server keeps none so large.
    "document": FileLimit(DOCUMENTS, LARGEST),
    "sticker": limit({"image/webp"}, 0),
}
"""Source: META_API §3, Media."""
CAPABILITIES = Capabilities(
    text=TextLimit(4096, "characters"),
    buttons=3,
    button_title=20,
    list_rows=10,
    list_title=24,
    list_description=72,
    media=MEDIA,
    caption=1024,
    templates=True,
    typing=True,
    mark_read=True,
    reply_window=timedelta(hours=24),
    settle=timedelta(seconds=1),
    pair_rate=Rate(45, timedelta(seconds=6)),
    account_rate=Rate(80, timedelta(seconds=1) / 80),
)
"""Source: META_API §3 (table of types, Throughput, Pair rate) and §7."""
MENU = "Menu"
CONTACTS_AT_ONCE = 5
"""Meta's OpenAPI allows five; its pages say 257."""
Json = dict[str, Any]


def render(parts: Sequence[Part], reply_to: str | None) -> list[Rendered]:
    """Return the requests of a message; the first quotes ``reply_to``. Raises Rejected."""
    first, *rest = render_parts(WhatsAppWriter(), CAPABILITIES, parts)
    if reply_to and not reply_to.startswith(NO_ID):
        first = replace(first, body={**first.body, "context": {"message_id": reply_to}})
    return [first, *rest]


def render_signal(signal: Literal["read", "typing"], message_id: str | None) -> Rendered | None:
    """Return a read mark, with typing (shown up to 25 s) where asked; both need the message that they answer."""
    if message_id is None or message_id.startswith(NO_ID):
        return None
    body: Json = {"status": "read", "message_id": message_id}
    if signal == "typing":
        body["typing_indicator"] = {"type": "text"}
    return Rendered("signal", body, signal)


class WhatsAppWriter:
    """Writes each kind of part in WhatsApp's shape."""

    def text(self, text: str) -> Rendered:
        """Write a text; the first link is previewed."""
        return _message("text", {"body": text, "preview_url": "https://" in text or "http://" in text}, text)

    def media(self, part: MediaPart, caption: str | None) -> Rendered:
        """Write a file, by the provider's id where there is one."""
        kind = "audio" if part.media == "voice" else part.media
        body: Json = {"id": part.media_id} if part.media_id else {"link": part.url} if not part.file else {}
        if caption:
            body["caption"] = caption
        if part.media == "document" and part.filename:
            body["filename"] = part.filename
        if part.media == "voice":
            body["voice"] = True
        return _message(kind, body, plain_text((part,)), part.file)

    def buttons(self, part: ChoicesPart, body: str) -> Rendered:
        """Write up to three reply buttons."""
        buttons = [{"type": "reply", "reply": {"id": option.id, "title": option.label}} for option in part.options]
        return _interactive("button", part, body, {"buttons": buttons})

    def listing(self, part: ChoicesPart, body: str) -> Rendered:
        """Write a list of up to ten rows behind one button."""
        rows: list[Json] = []
        for option in part.options:
            title, description = row_of(CAPABILITIES, option)
            rows.append({"id": option.id, "title": title} | ({"description": description} if description else {}))
        opener = fit_text(part.menu_label or MENU, 20)
        return _interactive("list", part, body, {"button": opener, "sections": [{"title": opener, "rows": rows}]})

    def quick_replies(self, part: ChoicesPart, body: str) -> Rendered:
        """Write the numbered text: WhatsApp has no quick replies."""
        return self.text(body)

    def other(self, part: Part) -> list[Rendered] | None:
        """Write templates, places and contacts."""
        match part:
            case TemplatePart():
                return [_template(part)]
            case LocationPart():
                return [_location(part)]
            case ContactsPart():
                return [
                    _message(
                        "contacts", [_contact(card) for card in part.cards[at : at + CONTACTS_AT_ONCE]], "contacts"
                    )
                    for at in range(0, len(part.cards), CONTACTS_AT_ONCE)
                ]
            case _:
                return None


def _message(kind: str, content: Json | list[Json], says: str, file: str | None = None) -> Rendered:
    return Rendered("message", {"type": kind, kind: content}, says, file)


def _interactive(kind: str, part: ChoicesPart, body: str, action: Json) -> Rendered:
    content: Json = {"type": kind, "body": {"text": body}, "action": action}
    if part.header:
        content["header"] = {"type": "text", "text": part.header}
    if part.footer:
        content["footer"] = {"text": part.footer}
    return _message("interactive", content, body)


def _template(part: TemplatePart) -> Rendered:
    language = {"policy": "deterministic", "code": part.language}
    content: Json = {"name": part.name, "language": language}
    if part.params:
        parameters = [{"type": "text", "text": value} for value in part.params]
        content["components"] = [{"type": "body", "parameters": parameters}]
    return _message("template", content, part.preview or part.name)


def _location(part: LocationPart) -> Rendered:
    content: Json = {"latitude": _degrees(part.latitude), "longitude": _degrees(part.longitude)}
    content |= {key: value for key, value in (("name", part.name), ("address", part.address)) if value}
    return _message("location", content, part.name or part.address or "location")


def _degrees(value: float) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".")


def _contact(card: ContactCard) -> Json:
    contact: Json = {"name": {"formatted_name": card.name, "first_name": card.name}}
    if card.phones:
        contact["phones"] = [{"phone": number} for number in card.phones]
    if card.emails:
        contact["emails"] = [{"email": email} for email in card.emails]
    if card.org:
        contact["org"] = {"company": card.org}
    return contact
