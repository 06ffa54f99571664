"""Meta's error codes as ``SendError``s with a fix a person can follow. Nothing is decided here: the outbox does that.

Tables are data, one row per code; a row with a subcode goes before the bare code. "Decided before processing" codes are
"not sent"; the vague ones (1, 2, 131000, 131016, 1200) are unknown, since Meta answers them after work too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from channels.meta.reading import Obj, load
from core import errors
from core.errors import SendError


@dataclass(frozen=True, slots=True)
class Row:
    """What one vendor code means."""

    kind: type[SendError]
    fix: str
    wait: timedelta | None = None


_RECONNECT = "The access token no longer works: reconnect the account under Channels."
_RIGHTS = "The token lacks a permission: reconnect the account and grant everything that is asked."
_SLOW = "Meta limits how fast this account may send; the message goes out later by itself."
_VAGUE = "Meta gave no clear answer; the message is looked for before anything is repeated."
_WINDOW = "The customer wrote too long ago: send an approved template, or wait until they write again."
_WINDOW_IG = "The customer wrote more than 24 hours ago: a person may answer within 7 days, or wait until they write."
_GONE = "The customer cannot be reached here: they blocked the account, deleted theirs, or never accepted its messages."
_TEMPLATE = "The template's values do not fit its definition: compare their count, names and format."
_BUG = "Meta refused the request's form; please report it with the trace id."
_REGISTER = "The phone number is not registered with the Cloud API: register it again in WhatsApp Manager."

Key = tuple[int, int | None]

COMMON: Mapping[Key, Row] = {
    (0, None): Row(errors.AuthExpired, _RECONNECT),
    (1, None): Row(errors.OutcomeUnknown, _VAGUE),
    (2, None): Row(errors.OutcomeUnknown, _VAGUE),
    (3, None): Row(errors.AuthExpired, _RIGHTS),
    (4, None): Row(errors.Throttled, _SLOW, timedelta(minutes=1)),
    (10, None): Row(errors.AuthExpired, _RIGHTS),
    (17, None): Row(errors.Throttled, _SLOW, timedelta(minutes=1)),
    (32, None): Row(errors.Throttled, _SLOW, timedelta(minutes=1)),
    (100, None): Row(errors.Rejected, _BUG),
    (100, 33): Row(errors.Rejected, "Meta does not find the account or object: check the connection under Channels."),
    (190, None): Row(errors.AuthExpired, _RECONNECT),
    (368, None): Row(errors.AccountBlocked, "Meta blocked the account for a policy violation: see Account Quality."),
    (613, None): Row(errors.Throttled, _SLOW, timedelta(seconds=30)),
    (80002, None): Row(errors.Throttled, _SLOW, timedelta(minutes=5)),
    (80006, None): Row(errors.Throttled, _SLOW, timedelta(minutes=5)),
    (80007, None): Row(errors.Throttled, _SLOW, timedelta(minutes=5)),
}
"""Source: META_API §3 Errors and §4 Errors, the codes that both list."""

WHATSAPP: Mapping[Key, Row] = {
    (33, None): Row(errors.AuthExpired, "The phone number was deleted or moved: connect it again."),
    (130403, None): Row(errors.AccountBlocked, "Meta does not let this account send: see WhatsApp Manager."),
    (130429, None): Row(errors.Throttled, _SLOW, timedelta(seconds=2)),
    (130472, None): Row(errors.RecipientBlocked, "The customer is in a Meta experiment without marketing messages."),
    (130497, None): Row(errors.AccountBlocked, "This business may not message customers of that country."),
    (131000, None): Row(errors.OutcomeUnknown, _VAGUE),
    (131005, None): Row(errors.AuthExpired, _RIGHTS),
    (131008, None): Row(errors.Rejected, _BUG),
    (131009, None): Row(errors.Rejected, _BUG),
    (131016, None): Row(errors.OutcomeUnknown, _VAGUE),
    (131021, None): Row(errors.Rejected, "Sender and recipient are the same number."),
    (131026, None): Row(errors.RecipientBlocked, "No WhatsApp there, an old app, or blocked by the customer."),
    (131031, None): Row(errors.AccountBlocked, "The account is locked: see Account Quality in WhatsApp Manager."),
    (131037, None): Row(errors.AccountBlocked, "The display name needs Meta's approval: see WhatsApp Manager."),
    (131042, None): Row(errors.AccountBlocked, "Payment problem: check the payment method in WhatsApp Manager."),
    (131045, None): Row(errors.AccountBlocked, _REGISTER),
    (131047, None): Row(errors.WindowClosed, _WINDOW),
    (131048, None): Row(errors.RecipientBlocked, "Customers reported this number: Meta limits what it sends."),
    (131049, None): Row(
        errors.RecipientBlocked, "Meta holds back marketing to this customer: wait a day or more.", timedelta(hours=24)
    ),
    (131050, None): Row(errors.RecipientBlocked, "The customer stopped marketing messages from this business."),
    (131051, None): Row(errors.Rejected, "WhatsApp does not carry this kind of message."),
    (131052, None): Row(errors.Rejected, "Meta could not fetch the customer's file: ask them to send it again."),
    (131053, None): Row(errors.Rejected, "Meta could not take the file: check its type, size and address."),
    (131055, None): Row(errors.Rejected, _BUG),
    (131056, None): Row(
        errors.Throttled, "Too many messages to this customer; it goes out later.", timedelta(seconds=6)
    ),
    (131057, None): Row(errors.Throttled, "WhatsApp is being maintained; it goes out later.", timedelta(minutes=5)),
    (131062, None): Row(errors.Rejected, "This kind of template needs the customer's phone number: ask for it."),
    (132000, None): Row(errors.Rejected, _TEMPLATE),
    (132001, None): Row(errors.Rejected, "The template does not exist in this language, or is not approved yet."),
    (132005, None): Row(errors.Rejected, "The template's text is too long with these values."),
    (132007, None): Row(errors.Rejected, "The template breaks WhatsApp's policy: see WhatsApp Manager."),
    (132012, None): Row(errors.Rejected, _TEMPLATE),
    (132015, None): Row(errors.Rejected, "The template is paused for low quality: edit it or choose another."),
    (132016, None): Row(errors.Rejected, "The template is disabled for low quality: make another."),
    (132068, None): Row(errors.Rejected, "The form is blocked: see Flows in WhatsApp Manager."),
    (132069, None): Row(errors.Rejected, "The form is throttled: see Flows in WhatsApp Manager."),
    (133004, None): Row(errors.Throttled, "WhatsApp is unavailable for a moment.", timedelta(seconds=30)),
    (133005, None): Row(errors.Rejected, "The two-step PIN is wrong."),
    (133006, None): Row(errors.AccountBlocked, _REGISTER),
    (133008, None): Row(errors.Rejected, "The two-step PIN was guessed too often: wait before trying again."),
    (133009, None): Row(errors.Rejected, "The two-step PIN was entered too fast: wait before trying again."),
    (133010, None): Row(errors.AccountBlocked, _REGISTER),
    (133015, None): Row(errors.AccountBlocked, "The number was deleted just now: wait five minutes, then register."),
    (133016, None): Row(errors.Rejected, "Too many registrations: the number is locked for 72 hours."),
    (134101, None): Row(errors.Throttled, "The template is still being prepared at Meta.", timedelta(minutes=10)),
    (135000, None): Row(errors.Rejected, _BUG),
}
"""Source: META_API §3 Errors (WhatsApp's error-codes page, November 2025)."""

MESSAGING: Mapping[Key, Row] = {
    (10, 2534022): Row(errors.WindowClosed, _WINDOW_IG),
    (10, 2018278): Row(errors.WindowClosed, _WINDOW_IG),
    (100, 2534014): Row(errors.RecipientBlocked, _GONE),
    (100, 2018001): Row(errors.RecipientBlocked, _GONE),
    (230, None): Row(errors.RecipientBlocked, "The customer has not agreed yet: they must write first."),
    (551, None): Row(errors.RecipientBlocked, _GONE),
    (551, 1545041): Row(errors.RecipientBlocked, _GONE + " Newer pages also name this code for a closed window."),
    (613, 2534040): Row(errors.Throttled, _SLOW, timedelta(seconds=30)),
    (1200, None): Row(errors.OutcomeUnknown, _VAGUE),
    (2018218, None): Row(errors.RecipientBlocked, "Meta shows no profile of this customer."),
    (9000001, None): Row(errors.Rejected, "The message was deleted, or is not among the newest 20."),
}
"""Source: META_API §4 Errors (Instagram) and §5 (Messenger's window, unavailable and profile codes)."""

_AUTH_RANGE = range(200, 300)


def row_for(product: Mapping[Key, Row], code: int, subcode: int | None = None) -> Row:
    """Return what a code means: with its subcode first, then bare, in the product's table, then in the common one."""
    for key in ((code, subcode), (code, None)):
        if row := product.get(key) or COMMON.get(key):
            return row
    if code in _AUTH_RANGE:
        return Row(errors.AuthExpired, _RIGHTS)
    return Row(errors.Rejected, "Meta refused the message; its own words say why.")


def read_error(product: Mapping[Key, Row], status: int, body: Obj, headers: Mapping[str, str]) -> SendError:
    """Return the error of an answer that was not a success.

    A 5xx answer is an unknown outcome whatever its body says: something may have gone out (ENGINE 18).
    """
    error = body.obj("error")
    code, subcode = error.integer("code"), error.integer("error_subcode")
    row = _row(product, status, code, subcode)
    details = error.obj("error_data").text("details")
    words = " – ".join(part for part in (error.text("message", "error_user_msg"), details) if part)
    retry_after = retry_wait(headers) or row.wait
    return row.kind(
        words or f"Meta answered HTTP {status}.",
        vendor_code=code,
        vendor_subcode=subcode,
        retry_after=retry_after,
        fix=row.fix,
        trace_id=error.text("fbtrace_id"),
    )


def _row(product: Mapping[Key, Row], status: int, code: int | None, subcode: int | None) -> Row:
    if status >= 500 or status == 408:
        return Row(errors.OutcomeUnknown, _VAGUE)
    if code is not None:
        return row_for(product, code, subcode)
    if status == 429:
        return Row(errors.Throttled, _SLOW, timedelta(minutes=1))
    if status == 401:
        return Row(errors.AuthExpired, _RECONNECT)
    return Row(errors.Rejected, "The answer is not Meta's: check FRONTDESK_GRAPH_URL and any proxy in between.")


def retry_wait(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long to leave the account alone, from ``Retry-After`` (seconds) and the usage header (minutes).

    Calling while throttled lengthens the block, so the longest wait counts (META_API §1, Rate headers).
    """
    lower = {name.lower(): value for name, value in headers.items()}
    waits = []
    if re.fullmatch(r"\d{1,6}", after := lower.get("retry-after", "").strip()):
        waits.append(timedelta(seconds=int(after)))
    usage = _header_json(lower.get("x-business-use-case-usage", ""))
    for business in usage:
        for limit in usage.each(business):
            minutes = limit.number("estimated_time_to_regain_access") or 0
            if 0 < minutes < 10_000:
                waits.append(timedelta(minutes=minutes))
    return max(waits, default=None)


def _header_json(text: str) -> Obj:
    try:
        return Obj(load(text.encode("utf-8", "replace")))
    except errors.MalformedPayload:
        return Obj(None)
