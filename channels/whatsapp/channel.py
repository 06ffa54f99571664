"""WhatsApp through the Cloud API: sending and looking after a number."""

from collections.abc import Sequence
from typing import Literal

from channels.base import Body, ChannelRuntime
from channels.meta.client import Endpoint, MetaClient, problem_of
from channels.meta.errors import WHATSAPP
from channels.meta.health import subscribed
from channels.meta.reading import Obj
from channels.whatsapp.render import CAPABILITIES, render, render_signal
from core.channel_types import ChannelType
from core.content import Part
from core.errors import Rejected, SendError, UnreadableReply
from core.ports import AccountAccess, AccountHealth, Address, Rendered, SendOrder, SendResult

PHONE_FIELDS = "verified_name,display_phone_number,quality_rating,status"
BROKEN = frozenset({"BANNED", "DISCONNECTED", "RESTRICTED", "FLAGGED", "DELETED", "UNVERIFIED"})


class WhatsAppChannel:
    """One business phone number per account; ``provider_id`` is the phone number id."""

    type = ChannelType.WHATSAPP
    capabilities = CAPABILITIES

    def __init__(self, runtime: ChannelRuntime) -> None:
        self._client = MetaClient(runtime.http, runtime.settings)
        self._app_id = runtime.settings.meta_app_id

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        return render(parts, reply_to)

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        return render_signal(signal, message_id)

    async def send(self, order: SendOrder) -> SendResult:
        body = request_body(order)
        answer = await self._client.post(_to(order.account, "messages"), body)
        if order.rendered.kind == "signal":
            return SendResult(None)
        wamid = next((message.text("id") for message in answer.each("messages")), None)
        if wamid is None:
            raise UnreadableReply
        return SendResult(wamid, _revealed(answer))

    async def check(self, account: AccountAccess) -> AccountHealth:
        """Ask for the number and for the subscription of its WhatsApp account."""
        try:
            number = await self._client.get(_to(account), fields=PHONE_FIELDS)
            name = number.text("verified_name") or number.text("display_phone_number")
            status = (number.text("status") or "").upper()
            if status in BROKEN:
                return AccountHealth(False, f"The number is {status.lower()}.", "See WhatsApp Manager.", name)
            waba = account.settings.get("waba_id")
            if waba:
                edge = Endpoint("facebook", f"{waba}/subscribed_apps", account.token, WHATSAPP)
                if fault := subscribed(await self._client.get(edge), self._app_id):
                    return AccountHealth(False, fault, "Connect the number again; that subscribes the app.", name)
        except SendError as error:
            problem, fix = problem_of(error)
            return AccountHealth(False, problem, fix)
        facts = {key: value for key in ("display_phone_number", "quality_rating") if (value := number.text(key))}
        return AccountHealth(True, name=name, facts=facts)


def request_body(order: SendOrder) -> Body:
    """Return the whole request: what was rendered, to whom, and our id, which comes back in every status."""
    if order.rendered.kind == "signal":
        return {"messaging_product": "whatsapp", **order.rendered.body}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(order.address),
        **order.rendered.body,
        "biz_opaque_callback_data": order.our_id,
    }


def recipient(address: Address) -> Body:
    """Return ``to`` for a phone number, ``recipient`` for a customer known only by BSUID.

    The plus sign matters: without it the business's own country code may be put before the number (META_API §3).
    """
    if number := address.keys.get("wa_id"):
        return {"to": "+" + number.lstrip("+")}
    if bsuid := address.keys.get("bsuid"):
        return {"recipient": bsuid}
    raise Rejected("There is no WhatsApp number or id to send to.", fix="Wait until the customer writes.")


def _to(account: AccountAccess, edge: str = "") -> Endpoint:
    path = f"{account.provider_id}/{edge}" if edge else account.provider_id
    return Endpoint("facebook", path, account.token, WHATSAPP)


def _revealed(answer: Obj) -> dict[str, str]:
    contact = next(iter(answer.each("contacts")), Obj(None))
    found = {"wa_id": contact.text("wa_id"), "bsuid": contact.text("user_id")}
    return {kind: value for kind, value in found.items() if value}
