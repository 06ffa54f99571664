"""Items of ``messaging[]`` that are about the thread or the account rather than a message (META_API §4, §5)."""

from collections.abc import Callable, Mapping
from typing import Literal

from channels.meta.names import NO_ID, Severity
from channels.meta.people import Talk
from channels.meta.reading import Obj, bounded, digest
from core.content import FormPart
from core.inbound import ConsentChanged, Inbound, MessageReceived, ThreadControl

Read = Callable[[Talk, Obj], Inbound]
Change = Literal["passed", "taken", "requested", "released"]
ENFORCEMENT: Mapping[str, Severity] = {"block": "pause", "warning": "warning", "unblock": "resume"}


def _thread(change: Change) -> Read:
    def read(talk: Talk, data: Obj) -> Inbound:
        return ThreadControl(
            channel=talk.place.channel,
            account=talk.place.account,
            dedupe=talk.name("thread", change, data.text("new_owner_app_id", "requested_owner_app_id")),
            at=talk.at,
            sender=talk.reached if talk.from_business else talk.customer,
            change=change,
            to_app=data.text("new_owner_app_id", "requested_owner_app_id"),
            from_app=data.text("previous_owner_app_id"),
            note=data.text("metadata"),
        )

    return read


def _optin(talk: Talk, data: Obj) -> Inbound:
    """Read a plug-in's opt-in.

    "optin": {"type": "notification_messages", "topic": "news", "payload": "…", "notification_messages_status": "STOP_NOTIFICATIONS"}
    """  # noqa: E501 - a payload on one line
    if talk.sender is None:
        return talk.place.quarantined("optin_without_sender_id", talk.item)
    status = (data.text("notification_messages_status") or "").upper()
    return ConsentChanged(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=talk.name("consent", data.text("topic", "title", "type"), status),
        at=talk.at,
        sender=talk.customer,
        topic=data.text("topic", "title", "type") or "optin",
        granted=not status.startswith("STOP"),
        ref=data.text("payload", "ref", "user_ref", "notification_messages_token"),
    )


def _order(talk: Talk, data: Obj) -> Inbound:
    if talk.sender is None:
        return talk.place.quarantined("order_without_sender_id", talk.item)
    name = talk.name("order")
    return MessageReceived(
        channel=talk.place.channel,
        account=talk.place.account,
        dedupe=name,
        at=talk.at,
        sender=talk.customer,
        provider_id=NO_ID + digest(name),
        parts=(FormPart(name="order", data=bounded(data.raw)),),
        standby=talk.place.standby,
    )


def _enforcement(talk: Talk, data: Obj) -> Inbound:
    """Read what Meta does to the account for its policy; there is no sender and ``block`` takes the account away."""
    severity = ENFORCEMENT.get(data.text("action") or "", "warning")
    return talk.place.account_event("policy_enforcement", data, at=talk.at, severity=severity)


def _account(topic: str) -> Read:
    def read(talk: Talk, data: Obj) -> Inbound:
        return talk.place.account_event(topic, talk.item, at=talk.at)

    return read


CONTROL: Mapping[str, Read] = {
    "pass_thread_control": _thread("passed"),
    "take_thread_control": _thread("taken"),
    "request_thread_control": _thread("requested"),
    "release_thread_control": _thread("released"),
    "optin": _optin,
    "order": _order,
    "policy_enforcement": _enforcement,
    "policy-enforcement": _enforcement,
    "app_roles": _account("app_roles"),
    "account_linking": _account("account_linking"),
    "response_feedback": _account("response_feedback"),
}
