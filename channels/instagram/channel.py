"""Instagram direct messages, by Instagram Login or through a Facebook Page (META_API §4, Two products)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from channels.base import ChannelRuntime
from channels.kinds import limit
from channels.meta import sending
from channels.meta.client import Endpoint, MetaClient
from channels.meta.conversations import find_said
from channels.meta.errors import MESSAGING
from channels.meta.files import MetaFiles
from channels.meta.health import health_of, subscribe_app, subscribed
from core.channel_types import Capabilities, ChannelType, TextLimit
from core.content import MediaPart, Part
from core.errors import SendError
from core.ports import AccountAccess, AccountHealth, FetchedFile, Rendered, SendOrder, SendResult

_AUDIO = limit({"audio/aac", "audio/mp4", "audio/wav", "audio/x-wav"}, 25)
MEDIA = {
    "image": limit({"image/jpeg", "image/png", "image/gif"}, 8),
    "video": limit({"video/mp4", "video/quicktime", "video/webm"}, 25),
    "audio": _AUDIO,
    "voice": _AUDIO,
    "document": limit({"application/pdf"}, 25),
    "sticker": limit((), 0),
}
"""Source: META_API §4 Send."""
CAPABILITIES = Capabilities(
    text=TextLimit(1000, "bytes"),
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
"""Source: META_API §4 Send and §7. Thirteen quick replies rather than three buttons; numbers serve desktops."""
CORE = ("messages", "messaging_postbacks")
NEEDED = frozenset(CORE)
MORE = ("message_reactions", "messaging_seen", "messaging_referral", "message_edit", "messaging_handover", "standby")
PAGE_MORE = ("message_echoes", "message_deliveries", "message_reads", "messaging_handovers", "standby")
"""Fields of the Page that the account is reached through: Instagram's own are set in the app's dashboard."""
FETCHED_WITHIN = timedelta(hours=1)
WRONG_ID = "The account is stored under its app-scoped id; webhooks carry another one."


class InstagramChannel:
    """``provider_id`` is the professional account's id as webhooks carry it (1784…).

    ``settings["variant"]`` is ``login`` or ``page``; the latter sends through ``settings["page_id"]`` with its token.
    """

    type = ChannelType.INSTAGRAM
    capabilities = CAPABILITIES

    def __init__(self, runtime: ChannelRuntime) -> None:
        self._client = MetaClient(runtime.http, runtime.settings)
        self._app_id = runtime.settings.meta_app_id
        self._files = MetaFiles(runtime.outside, runtime.settings)
        self._base, self._clock = runtime.settings.public_url, runtime.clock

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        return sending.render(CAPABILITIES, parts, reply_to)

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        return sending.render_signal(signal)

    async def send(self, order: SendOrder) -> SendResult:
        paged = is_paged(order.account)
        # Instagram fetches pictures from an address alone, and at once.
        link = order.file.link(self._clock.now() + FETCHED_WITHIN) if order.file else None
        order = sending.with_file(order, {"url": self._base + link} if link else None)
        body = sending.request_body(order, "igsid", respond=paged, metadata=False)
        answer = await self._client.post(_to(order.account, "messages"), body)
        return sending.read_answer(order, answer, "igsid")

    async def read_back(self, order: SendOrder, since: datetime) -> list[str]:
        edge = _to(order.account, "conversations")
        return await find_said(self._client, edge, order, "igsid", platform="instagram", since=since)

    async def fetch_file(self, part: MediaPart, account: AccountAccess) -> FetchedFile:
        return await self._files.fetch(part, part.url)

    async def check(self, account: AccountAccess) -> AccountHealth:
        """Ask who the token is for and whether the app is subscribed."""
        try:
            name, problem = await self._identity(account)
            if problem:
                return AccountHealth(False, problem, "Disconnect the account and connect it again.", name)
            if fault := subscribed(await self._client.get(_subscription(account)), self._app_id, needed=NEEDED):
                return AccountHealth(False, fault, "Connect the account again; that subscribes the app.", name)
        except SendError as error:
            return health_of(error)
        return AccountHealth(True, name=name)

    async def subscribe(self, account: AccountAccess) -> AccountHealth:
        """Subscribe the app to the account, or to the Page that it is reached through."""
        more = PAGE_MORE if is_paged(account) else MORE
        return await subscribe_app(self._client, _subscription(account), core=CORE, more=more)

    async def _identity(self, account: AccountAccess) -> tuple[str | None, str | None]:
        """Return the account's name and what is wrong with its id (META_API §1, IG Login id trap)."""
        if is_paged(account):
            page = await self._client.get(_to(account), fields="name,instagram_business_account")
            linked = page.obj("instagram_business_account").text("id")
            wrong = linked is not None and linked != account.provider_id
            return page.text("name"), "The Page is linked to another Instagram account." if wrong else None
        me = await self._client.get(Endpoint("instagram", "me", account.token, MESSAGING), fields="user_id,username")
        user = me.text("user_id")
        name = me.text("username")
        return name, WRONG_ID if user is not None and user != account.provider_id else None


def is_paged(account: AccountAccess) -> bool:
    """Tell whether the account is reached through a Page."""
    return account.settings.get("variant") == "page"


def _to(account: AccountAccess, edge: str = "") -> Endpoint:
    node = str(account.settings.get("page_id") or "me") if is_paged(account) else account.provider_id
    path = f"{node}/{edge}" if edge else node
    return Endpoint("facebook" if is_paged(account) else "instagram", path, account.token, MESSAGING)


def _subscription(account: AccountAccess) -> Endpoint:
    """Return where the app's subscription stands; Instagram Login documents it under ``me``."""
    if is_paged(account):
        return _to(account, "subscribed_apps")
    return Endpoint("instagram", "me/subscribed_apps", account.token, MESSAGING)
