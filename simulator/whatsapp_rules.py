"""Enforce what the WhatsApp Cloud API accepts in a message body (META_API §3). Pure: no state, no HTTP."""

import re
from collections.abc import Callable, Mapping

from simulator.errors import GraphError, invalid, invalid_value, missing
from simulator.limits import items_of, link_of, object_of, optional_text, text_of, unique
from simulator.state import Json

BODY_MAX = 4096
CAPTION_MAX = 1024
INTERACTIVE_BODY_MAX = 1024
HEADER_MAX = FOOTER_MAX = 60
BUTTONS_MAX = 3
BUTTON_TITLE_MAX = CTA_TITLE_MAX = LIST_BUTTON_MAX = 20
BUTTON_ID_MAX = 256
ROWS_MAX = SECTIONS_MAX = 10
ROW_TITLE_MAX = SECTION_TITLE_MAX = 24
ROW_DESCRIPTION_MAX = 72
ROW_ID_MAX = 200
CONTACTS_MAX = 257
TEMPLATE_NAME_MAX = 512
OPAQUE_MAX = 512
MEDIA_KINDS = frozenset({"image", "video", "audio", "document", "sticker"})
CAPTIONED = frozenset({"image", "video", "document"})


def check_message(body: Json) -> str:
    """Check a whole send body and return its type."""
    kind = body.get("type", "text")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise GraphError(131051, "Unsupported message type", details=f"type {kind!r} is not supported")
    if kind not in body:
        raise missing(f"The parameter {kind} is required")
    if (opaque := body.get("biz_opaque_callback_data")) is not None:
        text_of(opaque, "biz_opaque_callback_data", most=OPAQUE_MAX)
    if (context := body.get("context")) is not None:
        text_of(object_of(context, "context").get("message_id"), "context.message_id", most=BODY_MAX)
    check(kind, body[kind])
    return str(kind)


def _check_text(kind: str, content: object) -> None:
    text_of(object_of(content, kind).get("body"), "text.body", most=BODY_MAX)


def _check_media(kind: str, content: object) -> None:
    media = object_of(content, kind)
    if ("id" in media) == ("link" in media):
        raise invalid(f"{kind} needs exactly one of id and link")
    if "link" in media:
        link_of(media["link"], f"{kind}.link")
    else:
        text_of(media["id"], f"{kind}.id", most=CAPTION_MAX)
    if "caption" in media and kind not in CAPTIONED:
        raise invalid(f"{kind} cannot have a caption")
    optional_text(media.get("caption"), f"{kind}.caption", most=CAPTION_MAX)
    if "filename" in media and kind != "document":
        raise invalid("filename is for documents only")


def _check_reaction(kind: str, content: object) -> None:
    reaction = object_of(content, kind)
    text_of(reaction.get("message_id"), "reaction.message_id", most=CAPTION_MAX, refusal=missing)
    if not isinstance(reaction.get("emoji"), str):
        raise missing("reaction.emoji is required; an empty string removes the reaction")


def _check_location(kind: str, content: object) -> None:
    location = object_of(content, kind)
    for name, limit in (("latitude", 90), ("longitude", 180)):
        try:
            value = float(location.get(name, "missing"))
        except (TypeError, ValueError):
            raise missing(f"location.{name} must be a number") from None
        if abs(value) > limit:
            raise invalid_value(f"location.{name} is out of range")


def _check_contacts(kind: str, content: object) -> None:
    for contact in items_of(content, kind, most=CONTACTS_MAX):
        name = object_of(contact.get("name"), "contacts.name", refusal=missing)
        text_of(name.get("formatted_name"), "contacts.name.formatted_name", most=CAPTION_MAX, refusal=missing)


def _check_template(kind: str, content: object) -> None:
    template = object_of(content, kind)
    name = text_of(template.get("name"), "template.name", most=TEMPLATE_NAME_MAX, refusal=missing)
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise invalid("template.name may hold lower-case letters, digits and underscores")
    language = object_of(template.get("language"), "template.language", refusal=missing)
    text_of(language.get("code"), "template.language.code", most=BUTTON_TITLE_MAX, refusal=missing)
    if template.get("components"):
        items_of(template["components"], "template.components", most=SECTIONS_MAX + ROWS_MAX)


def _check_interactive(kind: str, content: object) -> None:
    interactive = object_of(content, kind)
    shape = interactive.get("type")
    check = INTERACTIVE_CHECKS.get(shape) if isinstance(shape, str) else None
    if check is None:
        raise invalid(f"interactive.type must be one of {', '.join(INTERACTIVE_CHECKS)}")
    limit = BODY_MAX if shape == "list" else INTERACTIVE_BODY_MAX
    words = object_of(interactive.get("body"), "interactive.body", refusal=missing)
    text_of(words.get("text"), "interactive.body.text", most=limit, refusal=invalid_value)
    if (footer := interactive.get("footer")) is not None:
        text = object_of(footer, "interactive.footer").get("text")
        text_of(text, "interactive.footer.text", most=FOOTER_MAX, refusal=invalid_value)
    _check_header(interactive.get("header"), text_only=shape == "list")
    check(object_of(interactive.get("action"), "interactive.action", refusal=missing))


def _check_header(header: object, *, text_only: bool) -> None:
    if header is None:
        return
    shape = object_of(header, "interactive.header").get("type")
    if shape == "text":
        text_of(
            object_of(header, "header").get("text"), "interactive.header.text", most=HEADER_MAX, refusal=invalid_value
        )
    elif text_only or shape not in {"image", "video", "document"}:
        raise invalid_value(f"interactive.header.type {shape!r} is not possible here")
    else:
        _check_media(str(shape), object_of(header, "header").get(str(shape)))


def _check_buttons(action: Json) -> None:
    buttons = items_of(action.get("buttons"), "action.buttons", most=BUTTONS_MAX, refusal=invalid_value)
    replies = [object_of(b.get("reply"), "button.reply", refusal=missing) for b in buttons if b.get("type") == "reply"]
    if len(replies) != len(buttons):
        raise invalid_value("each button must have the type reply")
    titles = [
        text_of(r.get("title"), "button.reply.title", most=BUTTON_TITLE_MAX, refusal=invalid_value) for r in replies
    ]
    ids = [text_of(r.get("id"), "button.reply.id", most=BUTTON_ID_MAX, refusal=invalid_value) for r in replies]
    unique(titles, "Button titles", refusal=invalid_value)
    unique(ids, "Button ids", refusal=invalid_value)


def _check_list(action: Json) -> None:
    text_of(action.get("button"), "action.button", most=LIST_BUTTON_MAX, refusal=invalid_value)
    sections = items_of(action.get("sections"), "action.sections", most=SECTIONS_MAX, refusal=invalid_value)
    ids: list[str] = []
    for section in sections:
        if len(sections) > 1 or section.get("title") is not None:
            text_of(section.get("title"), "section.title", most=SECTION_TITLE_MAX, refusal=invalid_value)
        for row in items_of(section.get("rows"), "section.rows", most=ROWS_MAX, refusal=invalid_value):
            text_of(row.get("title"), "row.title", most=ROW_TITLE_MAX, refusal=invalid_value)
            optional_text(
                row.get("description") or None, "row.description", most=ROW_DESCRIPTION_MAX, refusal=invalid_value
            )
            ids.append(text_of(row.get("id"), "row.id", most=ROW_ID_MAX, refusal=invalid_value))
    if len(ids) > ROWS_MAX:
        raise invalid_value(f"a list holds at most {ROWS_MAX} rows over all its sections, got {len(ids)}")
    unique(ids, "Row ids", refusal=invalid_value)


def _check_cta_url(action: Json) -> None:
    parameters = object_of(action.get("parameters"), "action.parameters", refusal=missing)
    if action.get("name") != "cta_url":
        raise invalid_value("action.name must be cta_url")
    text_of(parameters.get("display_text"), "parameters.display_text", most=CTA_TITLE_MAX, refusal=invalid_value)
    link_of(parameters.get("url"), "parameters.url", refusal=invalid_value)


def _check_location_request(action: Json) -> None:
    if action.get("name") != "send_location":
        raise invalid_value("action.name must be send_location")


CHECKS: Mapping[str, Callable[[str, object], None]] = {
    "text": _check_text,
    **dict.fromkeys(sorted(MEDIA_KINDS), _check_media),
    "interactive": _check_interactive,
    "reaction": _check_reaction,
    "location": _check_location,
    "contacts": _check_contacts,
    "template": _check_template,
}
INTERACTIVE_CHECKS: Mapping[str, Callable[[Json], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_cta_url,
    "location_request_message": _check_location_request,
}
