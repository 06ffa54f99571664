"""How an account stands at Meta, and asking for its events: why nothing arrives (META_API §1, Access)."""

import asyncio
from collections.abc import Sequence

from channels.meta.client import Endpoint, MetaClient
from channels.meta.reading import Obj
from core.errors import AuthExpired, SendError
from core.ports import AccountHealth

NOT_SUBSCRIBED = "The app is not subscribed to this account, so no messages arrive."
DEAD = frozenset({0, 33, 190, None})
"""Codes of a token or number that is gone; the others of its class miss one permission, and sending may still work."""
SUBSCRIBING_SECONDS = 4.0
"""All of it together: people wait for it when they connect an account."""
AGAIN = "Then connect the account again; that subscribes the app."
SUBSCRIBE_FIX = f"Check the token and the network. {AGAIN}"


def subscribed(answer: Obj, app_id: str | None, *, needed: frozenset[str] = frozenset()) -> str | None:
    """Return what is wrong with ``subscribed_apps``; None where our app gets what it needs.

    WhatsApp wraps each app in ``whatsapp_business_api_data``; only the others list ``subscribed_fields``.
    """
    apps = [row.obj("whatsapp_business_api_data") or row for row in answer.each("data")]
    ours = [app for app in apps if app_id is None or app.text("id") in {app_id, None}]
    if not ours:
        return NOT_SUBSCRIBED
    fields = {field for app in ours for field in app.texts("subscribed_fields")}
    missing = needed - fields if fields else frozenset()
    return f"The app is not subscribed to: {', '.join(sorted(missing))}." if missing else None


def health_of(error: SendError, *, name: str | None = None) -> AccountHealth:
    """Return what a failed call says about the account; only a token or number that is gone is a refusal."""
    refused = isinstance(error, AuthExpired) and error.vendor_code in DEAD
    fix = error.fix or "Try again in a few minutes."
    return AccountHealth(False, error.message, fix, name, refused=refused, unasked=not refused)


async def subscribe_app(
    client: MetaClient, to: Endpoint, *, core: Sequence[str] = (), more: Sequence[str] = ()
) -> AccountHealth:
    """Subscribe the app: the ``core`` fields in one request, then ``more`` one by one, each with all before it.

    Meta refuses a request whole for one field that the app may not have, and a request may replace the one before.
    """
    held: list[str] = []
    try:
        async with asyncio.timeout(SUBSCRIBING_SECONDS):
            if fault := await _subscribe(client, to, core):
                return fault
            held += core
            for field in more:
                if await _subscribe(client, to, (*held, field)) is None:
                    held.append(field)
    except TimeoutError:
        if not held:
            return AccountHealth(False, _failed("Meta did not answer in time."), SUBSCRIBE_FIX)
    lost = sorted({*core, *more} - set(held))
    if lost:
        fix = "Let the app have them in Meta's dashboard, then connect the account again."
        return AccountHealth(False, f"The app is not subscribed to: {', '.join(lost)}.", fix)
    return AccountHealth(True)


async def _subscribe(client: MetaClient, to: Endpoint, fields: Sequence[str]) -> AccountHealth | None:
    wanted = {"subscribed_fields": ",".join(fields)} if fields else {}
    try:
        answer = await client.post(to, {}, **wanted)
    except SendError as error:
        fix = f"{error.fix} {AGAIN}" if error.fix else SUBSCRIBE_FIX
        return AccountHealth(False, _failed(error.message), fix)
    if answer.get("success") is False:
        return AccountHealth(False, _failed("Meta did not say why."), SUBSCRIBE_FIX)
    return None


def _failed(why: str) -> str:
    return f"The app could not be subscribed to this account, so no messages arrive: {why}"
