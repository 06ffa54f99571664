"""Enforce what Instagram and Messenger accept in a send body (META_API §4, §5). Pure: no state, no HTTP."""

from dataclasses import dataclass

from simulator.errors import GraphError, invalid
from simulator.limits import items_of, link_of, object_of, optional_text, text_of
from simulator.state import Json

QUICK_REPLIES_MAX = 13
TITLE_MAX = 20
PAYLOAD_MAX = 1000
ELEMENTS_MAX = 10
ELEMENT_TEXT_MAX = 80
TEMPLATE_BUTTONS_MAX = 3
BUTTON_TEMPLATE_TEXT_MAX = 640
METADATA_MAX = 1000
CONTENT_TYPES = frozenset({"text", "user_email", "user_phone_number"})
FILE_TYPES = frozenset({"image", "video", "audio", "file"})
SENDER_ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})
MESSAGING_TYPES = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG"})
HUMAN_AGENT = "HUMAN_AGENT"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the two products differ."""

    object: str
    """`object` of the webhook envelope."""
    text_max: int
    counts_bytes: bool
    window_subcode: int
    unknown_person_subcode: int
    metadata: bool
    attachments: frozenset[str]
    inbox_app_id: str
    """App id in the echo of a person who answered in the business inbox."""


def check_message(dialect: Dialect, message: Json) -> str:
    """Check `message` and return its kind: text, template, an attachment type."""
    text, attachment = message.get("text"), message.get("attachment")
    if (text is None) == (attachment is None):
        raise invalid("message needs exactly one of text and attachment")
    if "metadata" in message:
        if not dialect.metadata:
            raise invalid("message.metadata is not supported here")
        text_of(message["metadata"], "message.metadata", most=METADATA_MAX)
    if (replies := message.get("quick_replies")) is not None:
        _check_quick_replies(replies)
    if text is not None:
        _check_text(dialect, text)
        return "text"
    return _check_attachment(dialect, object_of(attachment, "message.attachment"))


def check_tag(body: Json) -> bool:
    """Check `messaging_type` and `tag`; tell whether the human-agent window applies."""
    kind, tag = body.get("messaging_type", "RESPONSE"), body.get("tag")
    if kind not in MESSAGING_TYPES:
        raise invalid(f"messaging_type must be one of {', '.join(sorted(MESSAGING_TYPES))}")
    if kind == "MESSAGE_TAG" and tag != HUMAN_AGENT:
        raise GraphError(
            100, "Invalid parameter", details=f"the message tag {tag!r} is not available, only {HUMAN_AGENT} is"
        )
    if kind != "MESSAGE_TAG" and tag is not None:
        raise invalid("tag needs messaging_type MESSAGE_TAG")
    return bool(kind == "MESSAGE_TAG")


def _check_text(dialect: Dialect, text: object) -> None:
    text_of(text, "message.text", most=10**9)
    length = len(str(text).encode()) if dialect.counts_bytes else len(str(text))
    if length > dialect.text_max:
        unit = "bytes in UTF-8" if dialect.counts_bytes else "characters"
        raise invalid(f"message.text must be at most {dialect.text_max} {unit}, got {length}")


def _check_quick_replies(replies: object) -> None:
    for reply in items_of(replies, "message.quick_replies", most=QUICK_REPLIES_MAX):
        kind = reply.get("content_type")
        if kind not in CONTENT_TYPES:
            raise invalid(f"quick_replies.content_type must be one of {', '.join(sorted(CONTENT_TYPES))}")
        if kind == "text":
            text_of(reply.get("title"), "quick_replies.title", most=TITLE_MAX)
            text_of(reply.get("payload"), "quick_replies.payload", most=PAYLOAD_MAX)


def _check_attachment(dialect: Dialect, attachment: Json) -> str:
    kind = attachment.get("type")
    if kind == "template":
        _check_template(object_of(attachment.get("payload"), "attachment.payload"))
        return "template"
    if kind not in dialect.attachments:
        raise invalid(f"attachment.type must be one of template, {', '.join(sorted(dialect.attachments))}")
    if kind in FILE_TYPES:
        payload = object_of(attachment.get("payload"), "attachment.payload")
        if "attachment_id" not in payload:
            link_of(payload.get("url"), "attachment.payload.url")
    return str(kind)


def _check_template(payload: Json) -> None:
    kind = payload.get("template_type")
    if kind == "button":
        text_of(payload.get("text"), "payload.text", most=BUTTON_TEMPLATE_TEXT_MAX)
        _check_buttons(payload.get("buttons"))
    elif kind == "generic":
        for element in items_of(payload.get("elements"), "payload.elements", most=ELEMENTS_MAX):
            text_of(element.get("title"), "element.title", most=ELEMENT_TEXT_MAX)
            optional_text(element.get("subtitle"), "element.subtitle", most=ELEMENT_TEXT_MAX)
            if element.get("image_url") is not None:
                link_of(element["image_url"], "element.image_url")
            if element.get("buttons") is not None:
                _check_buttons(element["buttons"])
    else:
        raise invalid("template_type must be button or generic")


def _check_buttons(buttons: object) -> None:
    for button in items_of(buttons, "buttons", most=TEMPLATE_BUTTONS_MAX):
        text_of(button.get("title"), "button.title", most=TITLE_MAX)
        if button.get("type") == "postback":
            text_of(button.get("payload"), "button.payload", most=PAYLOAD_MAX)
        elif button.get("type") == "web_url":
            link_of(button.get("url"), "button.url")
        else:
            raise invalid("button.type must be postback or web_url")
