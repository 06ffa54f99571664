"""``statuses[]`` as receipts, one each; pure, total over any JSON (META_API §2 statuses).

{"id": "wamid.X", "status": "delivered", "timestamp": "1788859253", "recipient_id": "9053…",
 "biz_opaque_callback_data": "our outbox id", "pricing": {"category": "service", "type": "regular"}, "errors": […]}
"""

from datetime import datetime
from typing import Literal, get_args

from channels.meta.errors import WHATSAPP, row_for
from channels.meta.names import Place
from channels.meta.reading import Obj
from channels.meta.times import time_of
from channels.whatsapp.parts import error_words
from channels.whatsapp.people import recipient_of
from core.inbound import Inbound, ReceiptReceived

Status = Literal["sent", "delivered", "read", "played", "failed", "deleted", "warning"]
_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}


def parse_status(place: Place, item: Obj) -> Inbound:
    """Return what one status says; a group's participants each have their own."""
    wamid, our_id = item.text("id"), item.text("biz_opaque_callback_data")
    status = _STATUSES.get(item.text("status") or "")
    if status is None or not (wamid or our_id):
        return place.quarantined("unknown_status" if item else "status_not_object", item)
    participant = item.text("recipient_participant_id", "recipient_participant_user_id")
    pricing, code = item.obj("pricing"), _code(item)
    row = row_for(WHATSAPP, code) if code is not None else None
    return ReceiptReceived(
        channel=place.channel,
        account=place.account,
        dedupe="|".join(part for part in (wamid or our_id, status, participant) if part),
        at=time_of(item, "timestamp"),
        status=status,
        provider_ids=(wamid,) if wamid else (),
        our_id=our_id,
        recipient=recipient_of(item),
        error_code=code,
        error=error_words(item),
        error_kind=row.kind.code if row else None,
        fix=row.fix if row else None,
        billing=pricing.text("category"),
        billing_type=pricing.text("type"),
        free_until=_free_until(item),
    )


def _free_until(item: Obj) -> datetime | None:
    """Return when the free entry point ends; older bodies carry an expiry for every conversation, which is no gift."""
    conversation = item.obj("conversation")
    kinds = {item.obj("pricing").text("type"), conversation.obj("origin").text("type")}
    if not kinds & {"free_entry_point", "referral_conversion"}:
        return None
    return time_of(conversation, "expiration_timestamp")


def _code(item: Obj) -> int | None:
    return next((error.integer("code") for error in item.each("errors")), None)
