"""The commonest webhook by far, one customer's plain text, read without looking for what may be strange about it.

    {"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [{"field": "messages", "value": {
     "messaging_product": "whatsapp", "metadata": {"display_phone_number": "1", "phone_number_id": "2"},
     "contacts": [{"profile": {"name": "Ada"}, "wa_id": "905321112233"}],
     "messages": [{"from": "905321112233", "id": "wamid.X", "timestamp": "1788859253", "type": "text",
     "text": {"body": "hi"}}]}}]}]}

Anything more, less or other than this is left to the parsers that read everything; where this one answers, it answers
what they would.
"""

from typing import Literal

from msgspec import UNSET, DecodeError, Struct, UnsetType
from msgspec.json import Decoder

from channels.meta.names import TEST_ENTRY
from channels.meta.times import to_ms
from channels.whatsapp.people import is_bsuid
from core.arriving import PlainText
from core.channel_types import ChannelType


class _Shape(Struct, forbid_unknown_fields=True, gc=False):
    """An object with these keys and no others."""


class _Profile(_Shape):
    name: str


class _Contact(_Shape):
    profile: _Profile
    wa_id: str
    user_id: str | UnsetType = UNSET


class _Text(_Shape):
    body: str


class _Message(_Shape, rename={"sender": "from", "bsuid": "from_user_id"}):
    sender: str
    id: str
    type: Literal["text"]
    timestamp: str | int
    text: _Text
    bsuid: str | UnsetType = UNSET


class _Metadata(_Shape):
    phone_number_id: str
    display_phone_number: str | UnsetType = UNSET


class _Value(_Shape):
    messaging_product: Literal["whatsapp"]
    metadata: _Metadata
    contacts: tuple[_Contact]
    messages: tuple[_Message]


class _Change(_Shape):
    field: Literal["messages"]
    value: _Value


class _Entry(_Shape):
    id: str
    changes: tuple[_Change]


class _Body(_Shape):
    object: Literal["whatsapp_business_account"]
    entry: tuple[_Entry]


_BODY = Decoder(_Body)


def read_plain(body: bytes) -> PlainText | None:
    """Return the message of a body that holds one plain text and nothing else; None for every other body."""
    if b"\\u0000" in body:
        return None
    try:
        entry = _BODY.decode(body).entry[0]
    except (DecodeError, UnicodeDecodeError):
        return None
    value = entry.changes[0].value
    (contact,), (message,) = value.contacts, value.messages
    number, name, phone, text = value.metadata.phone_number_id, contact.profile.name, message.sender, message.text.body
    is_plain = entry.id and number and name and text and message.id and contact.wa_id == phone and phone.isdecimal()
    if not is_plain or entry.id == TEST_ENTRY:
        return None
    keys: tuple[tuple[str, str], ...] = (("wa_id", phone),)
    bsuid = contact.user_id if message.bsuid is UNSET else message.bsuid
    if bsuid is not UNSET:
        if not is_bsuid(bsuid) or contact.user_id == "":
            return None
        keys = (("bsuid", bsuid), *keys)
    return PlainText(ChannelType.WHATSAPP, number, message.id, to_ms(message.timestamp), keys, name, text)
