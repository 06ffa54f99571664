"""Build WhatsApp webhook payloads (META_API §2). Pure: no state, no HTTP."""

from datetime import datetime

from simulator.clock import seconds
from simulator.errors import GraphError
from simulator.state import Account, Json, Message, Option, Person


def envelope(account: Account, field: str, **value: object) -> Json:
    """Wrap one change of one phone number."""
    number = account.display.lstrip("+")
    metadata = {"display_phone_number": number, "phone_number_id": account.id}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": account.waba_id, "changes": [change]}]}


def contact(person: Person) -> Json:
    """Describe the sender; a hidden number leaves only the business-scoped id."""
    profile = {"name": person.name} | ({"username": person.username} if person.username else {})
    return {"profile": profile} | _ids(person, "wa_id", "user_id")


def inbound(account: Account, person: Person, messages: list[Json]) -> Json:
    """Wrap what a customer sent."""
    return envelope(account, "messages", contacts=[contact(person)], messages=messages)


def message(person: Person, message_id: str, at: datetime, kind: str, **content: object) -> Json:
    """Build one entry of `messages[]`; `content` is the object under the type's own key, and `context` if any."""
    return {**_ids(person, "from", "from_user_id"), "id": message_id, "timestamp": seconds(at), "type": kind, **content}


def tap_content(account: Account, option: Option, under: Message) -> tuple[str, Json]:
    """Build what tapping a button or a list row sends: the type and its content."""
    context = {"from": account.display.lstrip("+"), "id": under.id}
    if option.kind == "template_reply":
        return "button", {"context": context, "button": {"text": option.title, "payload": option.id}}
    if option.kind == "row":
        reply = {"id": option.id, "title": option.title} | (
            {"description": option.description} if option.description else {}
        )
        return "interactive", {"context": context, "interactive": {"type": "list_reply", "list_reply": reply}}
    reply = {"id": option.id, "title": option.title}
    return "interactive", {"context": context, "interactive": {"type": "button_reply", "button_reply": reply}}


def status(
    account: Account, person: Person, sent: Message, at: datetime, state: str, *, error: GraphError | None = None
) -> Json:
    """Report how far a message of ours has come; `pricing` rides on sent and delivered, our opaque data on all."""
    entry: Json = {"id": sent.id, "status": state, "timestamp": seconds(at)}
    entry |= _ids(person, "recipient_id", "recipient_user_id")
    if sent.opaque is not None:
        entry["biz_opaque_callback_data"] = sent.opaque
    if state in {"sent", "delivered"}:
        template = sent.kind == "template"
        kind, category = ("regular", "utility") if template else ("free_customer_service", "service")
        entry["pricing"] = {"billable": template, "pricing_model": "PMP", "type": kind, "category": category}
    if error is not None:
        entry["errors"] = [error.as_status_error()]
    return envelope(account, "messages", statuses=[entry])


def staff_echo(account: Account, person: Person, message_id: str, at: datetime, text: str) -> Json:
    """Report that somebody answered from the WhatsApp Business app (coexistence: `smb_message_echoes`)."""
    echo = {"from": account.display.lstrip("+"), **_ids(person, "to", "to_user_id")}
    echo |= {"id": message_id, "timestamp": seconds(at), "type": "text", "text": {"body": text}}
    return envelope(account, "smb_message_echoes", message_echoes=[echo])


def _ids(person: Person, phone_key: str, bsuid_key: str) -> Json:
    ids = {phone_key: person.phone, bsuid_key: person.bsuid}
    return {key: value for key, value in ids.items() if value}
