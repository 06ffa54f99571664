"""Reading back what stands in a conversation on Instagram or Messenger (META_API §4, Rates; §5)."""

from datetime import datetime, timedelta
from typing import Literal

from channels.meta.client import Endpoint, MetaClient
from channels.meta.reading import Obj
from channels.meta.times import to_time
from core.errors import Rejected
from core.ports import SendOrder

NEWEST = 20
"""Instagram tells details of no more."""
SKEW = timedelta(seconds=5)
"""Clocks differ, and theirs tells whole seconds."""
FIELDS = f"messages.limit({NEWEST}){{id,message,from,created_time,attachments}}"


async def find_said(
    client: MetaClient,
    edge: Endpoint,
    order: SendOrder,
    kind: Literal["igsid", "psid"],
    *,
    platform: str,
    since: datetime,
) -> list[str]:
    """Return ids of the account's own messages to this customer that say the same, oldest first; raises SendError.

    {"data": [{"messages": {"data": [{"id": "m_1", "message": "hi", "from": {"id": "…"}, "created_time": "…"}]}}]}
    """
    person = order.address.keys.get(kind)
    if person is None:
        raise Rejected("There is no customer id to ask for.")
    answer = await client.get(edge, platform=platform, user_id=person, fields=FIELDS)
    wanted = _words(order)
    found = [
        message.text("id")
        for thread in answer.each("data")
        for message in thread.obj("messages").each("data")
        if _is_ours(message, person, since) and (message.text("message") or "") == wanted
    ]
    return [one for one in reversed(found) if one is not None]


def _is_ours(message: Obj, person: str, since: datetime) -> bool:
    """Tell whether the business said it, in time; its id has several forms, the customer's has one."""
    at, sender = to_time(message.get("created_time")), message.obj("from").text("id")
    return sender not in (None, person) and at is not None and at >= since - SKEW


def _words(order: SendOrder) -> str:
    """Return the words of a request; files and cards are told apart by having none."""
    return Obj(order.rendered.body).obj("message").text("text") or ""
