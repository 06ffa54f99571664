"""The commonest webhook by far, one customer's plain text, read without looking for what may be strange about it.

    {"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [{"field": "messages", "value": {
     "messaging_product": "whatsapp", "metadata": {"display_phone_number": "1", "phone_number_id": "2"},
     "contacts": [{"profile": {"name": "Ada"}, "wa_id": "905321112233"}],
     "messages": [{"from": "905321112233", "id": "wamid.X", "timestamp": "1788859253", "type": "text",
     "text": {"body": "hi"}}]}}]}]}

Anything more, less or other than this is left to the parsers that read everything; where this one answers, it answers
what they would.
"""

from typing import Any

from channels.meta.names import TEST_ENTRY
from channels.meta.times import to_ms
from channels.whatsapp.people import is_bsuid
from core.arriving import PlainText
from core.channel_types import ChannelType


def read_plain(root: Any) -> PlainText | None:
    """Return the message of a body that holds one plain text and nothing else; None for every other JSON value."""
    try:
        (entry,), (change,) = root["entry"], root["entry"][0]["changes"]
        value = change["value"]
        (contact,), (message,) = value["contacts"], value["messages"]
        waba, number, name = entry["id"], value["metadata"]["phone_number_id"], contact["profile"]["name"]
        phone, wamid, text = message["from"], message["id"], message["text"]["body"]
        moment, bsuid = message["timestamp"], None
        if "from_user_id" in message or "user_id" in contact:
            bsuid = message["from_user_id"] if "from_user_id" in message else contact["user_id"]
        # Every key below is there, so that counting them tells whether there are others.
        is_plain = (
            root["object"] == "whatsapp_business_account"
            and change["field"] == "messages"
            and "messaging_product" in value
            and contact["wa_id"] == phone
            and message["type"] == "text"
            and (len(root), len(entry), len(change), len(value)) == (2, 2, 2, 4)
            and (len(contact["profile"]), len(message["text"])) == (1, 1)
            and len(contact) == 2 + ("user_id" in contact)
            and len(message) == 5 + ("from_user_id" in message)
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    if not is_plain or waba == TEST_ENTRY or not _is_text(waba, number, name, phone, wamid, text):
        return None
    if not (phone.isdecimal() and (bsuid is None or _is_bsuid(bsuid, contact))):
        return None
    keys = (("wa_id", phone),) if bsuid is None else (("bsuid", bsuid), ("wa_id", phone))
    return PlainText(ChannelType.WHATSAPP, number, wamid, to_ms(moment), keys, name, text)


def _is_bsuid(value: object, contact: Any) -> bool:
    return isinstance(value, str) and is_bsuid(value) and _is_text(contact.get("user_id", value))


def _is_text(*values: object) -> bool:
    return all([type(value) is str and value for value in values])
