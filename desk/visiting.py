"""Visitors' session tokens: stateless, so that nothing is stored before somebody writes."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import orjson

from core.clock import Clock
from core.errors import Unauthenticated

LASTS = timedelta(days=30)
Sign = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Pass:
    """Who a visitor is, on which widget, until when (epoch seconds)."""

    widget_id: str
    visitor: str
    expires: int


async def write_pass(holder: Pass, sign: Sign) -> str:
    """Return the token of a visitor; ``sign`` is keyed with the tenant's index key."""
    text = base64.urlsafe_b64encode(orjson.dumps([holder.widget_id, holder.visitor, holder.expires])).decode()
    return f"{text}.{await sign(text)}"


def read_claim(token: str) -> Pass:
    """Return what a token claims, before its signature is checked; raises Unauthenticated."""
    try:
        widget_id, visitor, expires = orjson.loads(base64.urlsafe_b64decode(token.partition(".")[0]))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Unauthenticated("This session is not known; open a new one.") from error
    if not (isinstance(widget_id, str) and isinstance(visitor, str) and isinstance(expires, int)):
        raise Unauthenticated("This session is not known; open a new one.")
    return Pass(widget_id, visitor, expires)


async def check_pass(token: str, claim: Pass, *, sign: Sign, clock: Clock) -> None:
    """Check a token's signature and time; raises Unauthenticated."""
    text, _, given = token.partition(".")
    right = hmac.compare_digest((await sign(text)).encode(), given.encode("utf-8", "replace"))
    if not right or claim.expires < clock.now().timestamp():
        raise Unauthenticated("This session has ended; open a new one.")
