"""Build Instagram and Messenger webhook payloads (META_API §4, §5). Pure: no state, no HTTP."""

from datetime import datetime

from simulator.clock import millis
from simulator.send_api_rules import Dialect
from simulator.state import Account, Json, Message, Option, Person


def item(dialect: Dialect, account: Account, at: datetime, sender: str, recipient: str, **content: object) -> Json:
    """Wrap one `messaging` item of one account."""
    entry = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": millis(at), **content}
    return {"object": dialect.object, "entry": [{"id": account.id, "time": millis(at), "messaging": [entry]}]}


def inbound(dialect: Dialect, account: Account, person: Person, at: datetime, **content: object) -> Json:
    """Wrap something the customer did."""
    return item(dialect, account, at, person.id, account.id, **content)


def echo(dialect: Dialect, account: Account, person: Person, sent: Message, content: Json, app_id: str | None) -> Json:
    """Echo what the business said; only an app's own sends carry its `app_id`."""
    message = {"mid": sent.id, **content, "is_echo": True} | ({"app_id": int(app_id)} if app_id else {})
    return item(dialect, account, sent.at, account.id, person.id, message=message)


def tap_content(option: Option, message_id: str) -> Json:
    """Build what tapping a chip or a template button sends."""
    if option.kind == "postback":
        return {"postback": {"mid": message_id, "title": option.title, "payload": option.id}}
    return {"message": {"mid": message_id, "text": option.title, "quick_reply": {"payload": option.id}}}


def read(dialect: Dialect, account: Account, person: Person, sent: Message, at: datetime) -> Json:
    """Report that the customer saw a message: by mid on Instagram, by watermark on Messenger."""
    mark: Json = {"watermark": millis(sent.at)} if dialect.object == "page" else {"mid": sent.id}
    return inbound(dialect, account, person, at, read=mark)


def delivered(dialect: Dialect, account: Account, person: Person, sent: Message, at: datetime) -> Json:
    """Report delivery; Messenger only, Instagram has no such event."""
    return inbound(dialect, account, person, at, delivery={"mids": [sent.id], "watermark": millis(sent.at)})
