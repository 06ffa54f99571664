"""A WhatsApp change as events: every list in its value is read, whatever the field is called (META_API §2).

    {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"},
     "contacts": […], "messages": […], "statuses": […], "errors": […]}}

One value has held messages, statuses, echoes and calls together, and ``field`` has been missing.
"""

from collections.abc import Mapping

from channels.meta.names import Events, Place, Severity
from channels.meta.reading import Obj
from channels.meta.times import time_of
from channels.whatsapp.messages import parse_echo, parse_message
from channels.whatsapp.people import identify, sender_of, values_of
from channels.whatsapp.statuses import parse_status
from core.inbound import CallReceived, ConsentChanged, IdentityChanged, Inbound, ThreadControl

_LISTS = (
    "messages",
    "statuses",
    "message_echoes",
    "user_preferences",
    "user_id_update",
    "messaging_handovers",
    "calls",
    "user_actions",
    "groups",
    "errors",
)
_ENVELOPE = frozenset({"messaging_product", "metadata", "contacts", "conversation_context"})
ACCOUNT_FIELDS = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "automatic_events",
        "business_capability_update",
        "business_status_update",
        "business_username_update",
        "business_username_updates",
        "calls",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "history",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "smb_app_state_sync",
        "template_category_update",
        "template_correct_category_detection",
        "tracking_events",
    }
)
"""Fields about the account; source: META_API §2, Other fields."""
SEVERITY: Mapping[str, Mapping[str, Severity]] = {
    "account_update": {
        "ACCOUNT_DELETED": "pause",
        "DISABLED_UPDATE": "pause",
        "PARTNER_REMOVED": "pause",
        "PARTNER_APP_UNINSTALLED": "pause",
        "ACCOUNT_OFFBOARDED": "pause",
        "ACCOUNT_RESTRICTION": "warning",
        "ACCOUNT_VIOLATION": "warning",
        "ACCOUNT_RECONNECTED": "resume",
        "PARTNER_ADDED": "resume",
        "PARTNER_APP_INSTALLED": "resume",
        "REINSTATE": "resume",
        "REINSTATED": "resume",
    },
    "message_template_status_update": {
        "DISABLED": "warning",
        "FLAGGED": "warning",
        "LIMIT_EXCEEDED": "warning",
        "LOCKED": "warning",
        "PAUSED": "warning",
        "REJECTED": "warning",
    },
    "phone_number_quality_update": {"FLAGGED": "warning", "DOWNGRADE": "warning"},
    "security": {},
}


def parse_change(place: Place, field: str | None, value: Obj) -> Events:
    """Return what one change says."""
    place = _locate(place, field, value)
    contacts = value.each("contacts")
    events: Events = []
    for key in _LISTS:
        if key not in value:
            continue
        topic = field if key == "groups" and field else key
        events.extend(_read(place, topic, item, contacts) for item in value.each(key))
        if key == "calls":
            events.extend(filter(None, (_call(place, item, contacts) for item in value.each(key))))
        if not isinstance(value.get(key), list | dict | None):
            events.append(place.quarantined(f"{key}_not_list", Obj({key: value.get(key)})))
    return events or [_whole(place, field, value)]


def _locate(place: Place, field: str | None, value: Obj) -> Place:
    """Address a change: its number, else its WhatsApp account; partner events hang under a portfolio id instead."""
    number = value.obj("metadata").text("phone_number_id")
    account = number or value.obj("waba_info").text("waba_id") or place.account
    return Place(place.channel, account, place.time, standby=field == "standby")


def _read(place: Place, topic: str, item: Obj, contacts: list[Obj]) -> Inbound:
    match topic:
        case "messages":
            return parse_message(place, item, contacts)
        case "statuses":
            return parse_status(place, item)
        case "message_echoes":
            return parse_echo(place, item, contacts)
        case "user_preferences":
            return _preference(place, item)
        case "user_id_update":
            return _rotation(place, item)
        case "messaging_handovers":
            return _handover(place, item)
        case _:
            return place.account_event(topic, item, severity="warning" if topic == "errors" else "info")


def _call(place: Place, item: Obj, contacts: list[Obj]) -> Inbound | None:
    """Read a customer's call as it begins: ``{"id": "wacid.…", "event": "connect", "direction": "USER_INITIATED"}``.

    Everything that calls tell is an event of the account besides.
    """
    sender, name = sender_of(item, contacts), item.text("id")
    begins = item.text("event") == "connect" and item.text("direction") in (None, "USER_INITIATED")
    if not begins or not name or not sender.keys():
        return None
    return CallReceived(
        channel=place.channel, account=place.account, dedupe=name, at=time_of(item, "timestamp"), sender=sender
    )


def _whole(place: Place, field: str | None, value: Obj) -> Inbound:
    """Read a change without any list: something about the account, an empty envelope, or news to us."""
    if field == "messaging_handovers":
        return _handover(place, value)
    if field in ACCOUNT_FIELDS:
        return place.account_event(field or "", value, severity=_severity(field or "", value))
    if set(value) <= _ENVELOPE | set(_LISTS) and (field == "messages" or len(set(value)) > 0):
        return place.ignored("nothing_inside", value)
    return place.quarantined(f"unknown_field:{field}", value)


def _severity(field: str, value: Obj) -> Severity:
    event = (value.text("event") or "").upper()
    if field == "account_update" and event == "DISABLED_UPDATE":
        return _ban(value)
    if field == "account_alerts":
        return "info" if value.obj("alert_info").text("alert_severity") == "INFORMATIONAL" else "warning"
    if field == "account_review_update":
        return "warning" if value.text("decision") == "REJECTED" else "info"
    if field == "history":
        return "warning" if any(item.each("errors") for item in value.each("history")) else "info"
    return SEVERITY.get(field, {}).get(event, "info")


def _ban(value: Obj) -> Severity:
    """Tell a ban from its end: ``ban_info.waba_ban_state`` SCHEDULE_FOR_DISABLE, DISABLE or REINSTATE."""
    state = (value.obj("ban_info").text("waba_ban_state") or "").upper()
    return "resume" if state.startswith("REINSTATE") else "warning" if state.startswith("SCHEDULE") else "pause"


def _preference(place: Place, item: Obj) -> Inbound:
    """Read ``{"wa_id": "…", "category": "marketing_messages", "value": "stop"|"resume"}``."""
    person = identify(item.text("wa_id"), item.text("user_id"), item.text("parent_user_id"))
    value = item.text("value")
    if value not in {"stop", "resume"} or not person.keys():
        return place.quarantined("unknown_preference", item)
    topic, at = item.text("category") or "marketing_messages", time_of(item, "timestamp")
    return ConsentChanged(
        channel=place.channel,
        account=place.account,
        dedupe=place.name("consent", item, *values_of(person), topic, value, item.text("detail"), at=at),
        at=at,
        sender=person,
        topic=topic,
        granted=value == "resume",
    )


def _rotation(place: Place, item: Obj) -> Inbound:
    """Read a BSUID that was replaced: ``{"wa_id": "new number", "user_id": {"previous": "…", "current": "…"}}``."""
    ids, parents = item.obj("user_id"), item.obj("parent_user_id")
    old = identify(None, ids.text("previous"), parents.text("previous"))
    new = identify(item.text("wa_id"), ids.text("current"), parents.text("current"))
    if not old.keys() or not new.keys():
        return place.quarantined("unknown_user_id_update", item)
    at = time_of(item, "timestamp")
    return IdentityChanged(
        channel=place.channel,
        account=place.account,
        dedupe=place.name("user_id_update", item, old.bsuid, new.bsuid, at=at),
        at=at,
        old=old,
        new=new,
        change="user_id_update",
        note=item.text("detail"),
    )


def _handover(place: Place, item: Obj) -> Inbound:
    """Read conversation routing: ``{"type": "control_passed"|"control_taken", "new_owner_role": "escalation"}``.

    The sender's phone may be absent (META_API §2, messaging_handovers).
    """
    kind = item.text("type") or next((key for key in ("control_passed", "control_taken") if key in item), "")
    sender, inner = item.obj("sender"), item.obj(kind)
    person = identify(
        sender.text("phone_number", "wa_id", "id") or item.text("from", "wa_id", "recipient_id"),
        sender.text("user_id") or item.text("from_user_id", "user_id"),
        sender.text("parent_user_id") or item.text("from_parent_user_id"),
    )
    if kind not in {"control_passed", "control_taken"}:
        return place.quarantined("unknown_handover", item)
    at = time_of(item, "timestamp")
    return ThreadControl(
        channel=place.channel,
        account=place.account,
        dedupe=place.name("thread", item, kind, *values_of(person), at=at),
        at=at,
        sender=person,
        change="passed" if kind == "control_passed" else "taken",
        to_app=item.text("new_owner_role", "new_owner_app_id") or inner.text("new_owner_role", "new_owner_app_id"),
        from_app=item.text("previous_owner_role") or inner.text("previous_owner_role", "previous_owner_app_id"),
        note=item.text("metadata") or inner.text("metadata"),
    )
