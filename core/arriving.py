"""What providers' webhooks are read as, on its way into the store: an event, or the little that intake asks of one."""

from typing import Any, ClassVar, Literal

import orjson
from msgspec import Struct

from core.channel_types import ChannelType
from core.inbound import (
    CommentReceived,
    EchoReceived,
    IdentityChanged,
    Inbound,
    MessageReceived,
    Person,
    ReceiptReceived,
)


class PlainText(Struct, frozen=True, gc=False):
    """A customer's plain text, which most messages are: a ``MessageReceived`` that nobody has made yet.

    Intake needs little of an event, and making a checked value of it costs more than storing it.
    """

    channel: ChannelType
    account: str
    provider_id: str
    at_ms: int | None
    """The provider's time in epoch milliseconds."""
    keys: tuple[tuple[str, str], ...]
    """As ``Person.keys`` returns them."""
    name: str
    text: str
    kind: ClassVar[Literal["message"]] = "message"

    @property
    def dedupe(self) -> str:
        """Return the provider's own id."""
        return self.provider_id

    def encode(self) -> bytes:
        """Return the event's JSON."""
        return orjson.dumps({
            "kind": "message", "channel": self.channel, "account": self.account, "dedupe": self.provider_id,
            "at": self.at_ms, "provider_id": self.provider_id, "sender": {"name": self.name, **dict(self.keys)},
            "parts": [{"kind": "text", "text": self.text}], "forwarded": False, "standby": False,
        })  # fmt: skip

    def whole(self) -> MessageReceived:
        """Return the event."""
        return MessageReceived.model_validate_json(self.encode())


Arrived = Inbound | PlainText
"""What a provider's webhook is read as."""


def whole(event: Arrived) -> Inbound:
    """Return what arrived as a checked event."""
    return event.whole() if isinstance(event, PlainText) else event


def on_channel(arrived: Arrived, channel: ChannelType) -> Arrived:
    """Return the event as one of ``channel``: Instagram's ids and the Page's have each come under the other's name."""
    if channel is arrived.channel:
        return arrived
    event = whole(arrived)
    fields: dict[str, Any] = {"channel": channel}
    for name in ("sender", "recipient", "old", "new"):
        who = getattr(event, name, None)
        if isinstance(who, Person):
            key = who.igsid or who.psid
            keys = {"igsid": key, "psid": None} if channel is ChannelType.INSTAGRAM else {"igsid": None, "psid": key}
            fields[name] = who.model_copy(update=keys)
    return event.model_copy(update=fields)


def keys_of(event: Arrived) -> tuple[tuple[str, str], ...]:
    """Return the keys of the customer whose conversation an event belongs to; none for account-wide events.

    Where the provider says that a key has changed, the new ones follow the old.
    """
    if isinstance(event, PlainText):
        return event.keys
    person = _person_of(event)
    keys = person.keys() if person is not None else ()
    if isinstance(event, IdentityChanged):
        return tuple(dict.fromkeys((*keys, *event.new.keys())))
    return keys


def _person_of(event: Inbound) -> Person | None:
    match event:
        case EchoReceived() | ReceiptReceived():
            return event.recipient
        case IdentityChanged():
            return event.old
        case CommentReceived():
            return None
        case _:
            return getattr(event, "sender", None)
