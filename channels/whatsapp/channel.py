"""WhatsApp through the Cloud API: sending and looking after a number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from channels.base import Body, ChannelRuntime
from channels.meta.client import Endpoint, MetaClient, id_of
from channels.meta.errors import WHATSAPP
from channels.meta.files import MetaFiles
from channels.meta.health import health_of, subscribe_app, subscribed
from channels.meta.reading import Obj
from channels.whatsapp.render import CAPABILITIES, render, render_signal
from core.channel_types import ChannelType
from core.content import MediaPart, Part
from core.errors import FileUnavailable, Rejected, SendError, UnreadableReply
from core.ports import AccountAccess, AccountHealth, Address, FetchedFile, Rendered, SendOrder, SendResult

PHONE_FIELDS = "verified_name,display_phone_number,quality_rating,status"
BROKEN = frozenset({"BANNED", "DISCONNECTED", "RESTRICTED", "FLAGGED", "DELETED", "UNVERIFIED"})
GONE = frozenset({"BANNED", "DISCONNECTED", "DELETED"})
"""Nothing leaves from such a number; what is sent from the others may still arrive."""


class WhatsAppChannel:
    """One business phone number per account; ``provider_id`` is the phone number id."""

    type = ChannelType.WHATSAPP
    capabilities = CAPABILITIES

    def __init__(self, runtime: ChannelRuntime) -> None:
        self._client = MetaClient(runtime.http, runtime.settings)
        self._app_id = runtime.settings.meta_app_id
        self._files = MetaFiles(runtime.outside, runtime.settings)

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        return render(parts, reply_to)

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        return render_signal(signal, message_id)

    async def send(self, order: SendOrder) -> SendResult:
        body = request_body(order, await self._upload(order))
        answer = await self._client.post(_to(order.account, "messages"), body)
        if order.rendered.kind == "signal":
            return SendResult(None)
        wamid = next((message.text("id") for message in answer.each("messages")), None)
        if wamid is None:
            raise UnreadableReply
        return SendResult(wamid, _revealed(answer))

    async def _upload(self, order: SendOrder) -> str | None:
        """Hand the file to Meta's store and return its id there; None where there is none."""
        if order.file is None:
            return None
        fields = {"messaging_product": "whatsapp", "type": order.file.kept.mime}
        answer = await self._client.upload(_to(order.account, "media"), order.file, name="file", fields=fields)
        return id_of(answer, "id")

    async def read_back(self, order: SendOrder, since: datetime) -> list[str]:
        """Return nothing: the Cloud API keeps no conversations to read."""
        return []

    async def fetch_file(self, part: MediaPart, account: AccountAccess) -> FetchedFile:
        """Ask for the file's address, which lives five minutes, and fetch it with the account's token."""
        if part.media_id is None or not part.media_id.isalnum():
            raise FileUnavailable(reason="gone")
        found = await self._client.get(Endpoint("facebook", part.media_id, account.token, WHATSAPP))
        return await self._files.fetch(part, found.text("url"), token=account.token)

    async def check(self, account: AccountAccess) -> AccountHealth:
        """Ask for the number and for the subscription of its WhatsApp account."""
        try:
            number = await self._client.get(_to(account), fields=PHONE_FIELDS)
        except SendError as error:
            return health_of(error)
        name = number.text("verified_name") or number.text("display_phone_number")
        status = (number.text("status") or "").upper()
        if status in BROKEN:
            told = f"The number is {status.lower()}."
            return AccountHealth(False, told, "See WhatsApp Manager.", name, refused=status in GONE)
        if edge := _subscription(account):
            try:
                fault = subscribed(await self._client.get(edge), self._app_id)
            except SendError as error:
                return health_of(error, name=name)
            if fault:
                return AccountHealth(False, fault, "Connect the number again; that subscribes the app.", name)
        facts = {key: value for key in ("display_phone_number", "quality_rating") if (value := number.text(key))}
        return AccountHealth(True, name=name, facts=facts)

    async def subscribe(self, account: AccountAccess) -> AccountHealth:
        """Subscribe the app to the number's WhatsApp account, which all its numbers share."""
        edge = _subscription(account)
        return await subscribe_app(self._client, edge) if edge else AccountHealth(True)


def request_body(order: SendOrder, media_id: str | None = None) -> Body:
    """Return the whole request: what was rendered, to whom, and our id, which comes back in every status.

    ``media_id`` is the provider's of the file that goes with it.
    """
    if order.rendered.kind == "signal":
        return {"messaging_product": "whatsapp", **order.rendered.body}
    rendered = order.rendered.body
    if media_id is not None:
        kind = str(rendered["type"])
        rendered = {**rendered, kind: {"id": media_id, **rendered[kind]}}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(order.address),
        **rendered,
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


def _subscription(account: AccountAccess) -> Endpoint | None:
    waba = account.settings.get("waba_id")
    return Endpoint("facebook", f"{waba}/subscribed_apps", account.token, WHATSAPP) if waba else None


def _revealed(answer: Obj) -> dict[str, str]:
    contact = next(iter(answer.each("contacts")), Obj(None))
    found = {"wa_id": contact.text("wa_id"), "bsuid": contact.text("user_id")}
    return {kind: value for kind, value in found.items() if value}
