"""Messenger: a Facebook Page's conversations (META_API §5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import orjson

from channels.base import ChannelRuntime
from channels.kinds import DOCUMENTS, limit
from channels.meta import sending
from channels.meta.client import Endpoint, MetaClient, id_of
from channels.meta.conversations import find_said
from channels.meta.errors import MESSAGING
from channels.meta.files import MetaFiles
from channels.meta.health import health_of, subscribe_app, subscribed
from core.channel_types import Capabilities, ChannelType, TextLimit
from core.content import MediaPart, Part
from core.errors import SendError
from core.ports import AccountAccess, AccountHealth, FetchedFile, Rendered, SendOrder, SendResult

_AUDIO = limit({"audio/aac", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/x-wav"}, 25)
MEDIA = {
    "image": limit({"image/jpeg", "image/png", "image/gif"}, 8),
    "video": limit({"video/mp4", "video/3gpp", "video/quicktime", "video/webm"}, 25),
    "audio": _AUDIO,
    "voice": _AUDIO,
    "document": limit(DOCUMENTS, 25),
    "sticker": limit((), 0),
}
"""Source: META_API §4 Send, §5."""
CAPABILITIES = Capabilities(
    text=TextLimit(2000, "characters"),
    quick_replies=13,
    quick_reply_title=20,
    media=MEDIA,
    caption=0,
    cards=True,
    typing=True,
    mark_read=True,
    reply_window=timedelta(hours=24),
    human_agent_window=timedelta(days=7),
    reconcile=timedelta(seconds=5),
    reads_back=True,
)
"""Source: META_API §5 and §7."""
CORE = ("messages", "messaging_postbacks", "message_echoes")
NEEDED = frozenset(CORE)
MORE = (
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
)
"""Source: META_API §5, Fields to subscribe."""


class MessengerChannel:
    """``provider_id`` is the Page's id, the token the Page's own."""

    type = ChannelType.MESSENGER
    capabilities = CAPABILITIES

    def __init__(self, runtime: ChannelRuntime) -> None:
        self._client = MetaClient(runtime.http, runtime.settings)
        self._app_id = runtime.settings.meta_app_id
        self._files = MetaFiles(runtime.outside, runtime.settings)

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        return sending.render(CAPABILITIES, parts, reply_to)

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        return sending.render_signal(signal)

    async def send(self, order: SendOrder) -> SendResult:
        order = sending.with_file(order, await self._upload(order))
        body = sending.request_body(order, "psid", respond=True, metadata=True)
        answer = await self._client.post(_to(order.account, "messages"), body)
        return sending.read_answer(order, answer, "psid")

    async def _upload(self, order: SendOrder) -> dict[str, str] | None:
        """Hand the file to the Page's store, which needs no address of ours; None where there is none."""
        if order.file is None:
            return None
        about = {"attachment": {"type": sending.kind_of(order), "payload": {"is_reusable": True}}}
        fields = {"message": orjson.dumps(about).decode()}
        answer = await self._client.upload(
            _to(order.account, "message_attachments"), order.file, name="filedata", fields=fields
        )
        return {"attachment_id": id_of(answer, "attachment_id")}

    async def read_back(self, order: SendOrder, since: datetime) -> list[str]:
        edge = _to(order.account, "conversations")
        return await find_said(self._client, edge, order, "psid", platform="messenger", since=since)

    async def fetch_file(self, part: MediaPart, account: AccountAccess) -> FetchedFile:
        return await self._files.fetch(part, part.url)

    async def check(self, account: AccountAccess) -> AccountHealth:
        """Ask for the Page and for what the app is subscribed to."""
        try:
            page = await self._client.get(_to(account), fields="name")
            name = page.text("name")
            if fault := subscribed(
                await self._client.get(_to(account, "subscribed_apps")), self._app_id, needed=NEEDED
            ):
                return AccountHealth(False, fault, "Connect the Page again; that subscribes the app.", name)
        except SendError as error:
            return health_of(error)
        return AccountHealth(True, name=name)

    async def subscribe(self, account: AccountAccess) -> AccountHealth:
        """Subscribe the app to the Page."""
        return await subscribe_app(self._client, _to(account, "subscribed_apps"), core=CORE, more=MORE)


def _to(account: AccountAccess, edge: str = "") -> Endpoint:
    path = f"{account.provider_id}/{edge}" if edge else account.provider_id
    return Endpoint("facebook", path, account.token, MESSAGING)
