"""What Instagram and Messenger share in sending: messages and the request around them (META_API §4, §4b)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from channels.base import Body, render_parts
from channels.meta.names import NO_ID
from channels.meta.reading import Obj
from channels.splitting import fit_text
from core.channel_types import Capabilities
from core.content import Card, CardsPart, ChoicesPart, MediaPart, Part, plain_text
from core.errors import Rejected, UnreadableReply
from core.ports import Address, Rendered, SendOrder, SendResult

Json = dict[str, Any]
ATTACHMENTS = {
    "image": "image",
    "sticker": "image",
    "video": "video",
    "audio": "audio",
    "voice": "audio",
    "document": "file",
}
CARDS_AT_ONCE, CARD_BUTTONS, CARD_TEXT = 10, 3, 80
ACTIONS = {"read": "mark_seen", "typing": "typing_on"}


def render(able: Capabilities, parts: Sequence[Part], reply_to: str | None) -> list[Rendered]:
    """Return the requests of a message; the first answers ``reply_to``. Raises Rejected."""
    first, *rest = render_parts(MessagingWriter(able), able, parts)
    if reply_to and not reply_to.startswith(NO_ID):
        first = replace(first, body={**first.body, "reply_to": {"mid": reply_to}})
    return [first, *rest]


def render_signal(signal: Literal["read", "typing"]) -> Rendered:
    """Return a sender action; it concerns the thread, not a message."""
    return Rendered("signal", {"sender_action": ACTIONS[signal]}, signal)


class MessagingWriter:
    """Writes each kind of part in the Send API's shape."""

    def __init__(self, able: Capabilities) -> None:
        self._able = able

    def text(self, text: str) -> Rendered:
        """Write a text."""
        return Rendered("message", {"message": {"text": text}}, text)

    def media(self, part: MediaPart, caption: str | None) -> Rendered:
        """Write a file; captions do not exist here, ``Capabilities.caption`` is 0."""
        payload: Json = (
            {"attachment_id": part.media_id} if part.media_id else {"url": part.url} if not part.file else {}
        )
        return replace(_attachment(ATTACHMENTS[part.media], payload, plain_text((part,))), file=part.file)

    def buttons(self, part: ChoicesPart, body: str) -> Rendered:
        """Write the numbered text: buttons are not offered here."""
        return self.text(body)

    def listing(self, part: ChoicesPart, body: str) -> Rendered:
        """Write the numbered text: lists do not exist here."""
        return self.text(body)

    def quick_replies(self, part: ChoicesPart, body: str) -> Rendered:
        """Write quick replies under a text that numbers them too: desktops do not show them."""
        replies = [
            {
                "content_type": "text",
                "title": fit_text(option.label, self._able.quick_reply_title),
                "payload": option.id,
            }
            for option in part.options
        ]
        return Rendered("message", {"message": {"text": body, "quick_replies": replies}}, body)

    def other(self, part: Part) -> list[Rendered] | None:
        """Write cards as generic templates where each fits one."""
        if not isinstance(part, CardsPart) or not all(_fits(card) for card in part.cards):
            return None
        rows = [part.cards[at : at + CARDS_AT_ONCE] for at in range(0, len(part.cards), CARDS_AT_ONCE)]
        return [_generic(row) for row in rows]


def _fits(card: Card) -> bool:
    """Tell whether a card loses nothing as a template element; a title alone is no element."""
    return (
        len(card.title) <= CARD_TEXT
        and len(card.subtitle or "") <= CARD_TEXT
        and len(card.buttons) <= CARD_BUTTONS
        and bool(card.subtitle or card.image_url or card.buttons)
        and all(button.url or button.id for button in card.buttons)
    )


def _generic(cards: Sequence[Card]) -> Rendered:
    elements = [_element(card) for card in cards]
    payload = {"template_type": "generic", "elements": elements}
    return _attachment("template", payload, " | ".join(card.title for card in cards))


def _element(card: Card) -> Json:
    element: Json = {"title": card.title}
    if card.subtitle:
        element["subtitle"] = card.subtitle
    if card.image_url:
        element["image_url"] = card.image_url
    buttons: list[Json] = []
    for button in card.buttons:
        title = fit_text(button.label, 20)
        where = {"type": "web_url", "url": button.url} if button.url else {"type": "postback", "payload": button.id}
        buttons.append({"title": title, **where})
    return element | ({"buttons": buttons} if buttons else {})


def _attachment(kind: str, payload: Json, says: str) -> Rendered:
    return Rendered("message", {"message": {"attachment": {"type": kind, "payload": payload}}}, says)


def recipient(address: Address, kind: Literal["igsid", "psid"]) -> Json:
    """Return whom to send to; a comment's id makes it the one private reply that a comment allows."""
    if comment := address.keys.get("comment_id"):
        return {"comment_id": comment}
    if key := address.keys.get(kind):
        return {"id": key}
    raise Rejected("There is no customer id to send to.", fix="Wait until the customer writes.")


def kind_of(order: SendOrder) -> str:
    """Return the kind of attachment that an order sends."""
    return str(order.rendered.body["message"]["attachment"]["type"])


def with_file(order: SendOrder, where: Body | None) -> SendOrder:
    """Return an order whose attachment says where the provider finds the file."""
    if where is None:
        return order
    message = order.rendered.body["message"]
    attachment = {**message["attachment"], "payload": where}
    body = {**order.rendered.body, "message": {**message, "attachment": attachment}}
    return replace(order, rendered=replace(order.rendered, body=body))


def request_body(order: SendOrder, kind: Literal["igsid", "psid"], *, respond: bool, metadata: bool) -> Body:
    """Return the whole request.

    ``respond`` says ``messaging_type`` RESPONSE, which Pages want. ``metadata`` puts our id into the message; it comes
    back in its echo (Messenger only). HUMAN_AGENT is for people's words after 24 hours, never for the agent's.
    """
    body: Json = {"recipient": recipient(order.address, kind), **order.rendered.body}
    if order.rendered.kind == "signal":
        return body
    if order.tag == "human_agent":
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    elif respond:
        body["messaging_type"] = "RESPONSE"
    if metadata:
        body["message"] = {**body["message"], "metadata": order.our_id}
    return body


def read_answer(order: SendOrder, answer: Obj, kind: Literal["igsid", "psid"]) -> SendResult:
    """Return ``{"recipient_id", "message_id"}``; a message without an id is an unreadable answer."""
    message, reached = answer.text("message_id"), answer.text("recipient_id")
    if message is None and order.rendered.kind == "message":
        raise UnreadableReply
    return SendResult(message, {kind: reached} if reached else {})
