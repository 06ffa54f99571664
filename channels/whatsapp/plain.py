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
from channels.meta.times import to_time
from channels.whatsapp.people import identify
from core.channel_types import ChannelType
from core.inbound import MessageReceived


def read_plain(root: Any) -> MessageReceived | None:
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
    if not is_plain or waba == TEST_ENTRY or not (_is_text(waba, number, name, phone, wamid, text)):
        return None
    if bsuid is not None and not (_is_text(bsuid) and _is_text(contact.get("user_id", bsuid))):
        return None
    sender = identify(phone, bsuid, None, name=name)
    if not sender.keys():
        return None
    return MessageReceived.model_validate({
        "channel": ChannelType.WHATSAPP, "account": number, "dedupe": wamid, "at": to_time(moment), "sender": sender,
        "provider_id": wamid, "parts": ({"kind": "text", "text": text},),
    })  # fmt: skip


def _is_text(*values: object) -> bool:
    return all([type(value) is str and value for value in values])
