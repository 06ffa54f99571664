"""The chat panel on the business's own website: what is stored is delivered, the panel reads it from there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from channels.base import ChannelRuntime
from channels.kinds import DOCUMENTS, limit
from core.channel_types import Capabilities, ChannelType, TextLimit
from core.content import PARTS, MediaPart, Part, TextPart, plain_text
from core.errors import FileUnavailable, Rejected
from core.inbound import MessageReceived, Person, Tap
from core.ports import AccountAccess, AccountHealth, FetchedFile, Rendered, SendOrder, SendResult

_AUDIO = limit({"audio/aac", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm"}, 25)
MEDIA = {
    "image": limit({"image/jpeg", "image/png", "image/gif", "image/webp"}, 25),
    "video": limit({"video/mp4", "video/webm", "video/quicktime"}, 25),
    "audio": _AUDIO,
    "voice": _AUDIO,
    "document": limit(DOCUMENTS, 25),
    "sticker": limit({"image/webp"}, 25),
}
"""What browsers show or save."""
CAPABILITIES = Capabilities(
    text=TextLimit(16_000, "characters"),
    buttons=50,
    button_title=200,
    media=MEDIA,
    caption=16_000,
    cards=True,
    typing=True,
    streaming=True,
    exact_by_id=True,
    needs_opening=True,
)


class WidgetChannel:
    """``provider_id`` is the widget's id; there is no provider to ask and no token."""

    type = ChannelType.WIDGET
    capabilities = CAPABILITIES

    def __init__(self, runtime: ChannelRuntime) -> None:
        self._clock = runtime.clock

    def render(self, parts: Sequence[Part], *, reply_to: str | None = None) -> list[Rendered]:
        """Return all parts as one request; the panel draws them itself."""
        kept = tuple(parts)
        if not plain_text(kept).strip():
            raise Rejected("There is nothing to send.", fix="Give the message a text, a file or options.")
        body = {"parts": PARTS.dump_python(kept, mode="json", exclude_none=True)}
        return [Rendered("message", body | ({"reply_to": reply_to} if reply_to else {}), plain_text(kept))]

    def render_signal(self, signal: Literal["read", "typing"], *, message_id: str | None) -> Rendered | None:
        return None

    async def send(self, order: SendOrder) -> SendResult:
        """Accept at once: delivery is the panel's reading from the store, exact by id."""
        return SendResult(order.our_id)

    async def read_back(self, order: SendOrder, since: datetime) -> list[str]:
        return []

    async def fetch_file(self, part: MediaPart, account: AccountAccess) -> FetchedFile:
        """Refuse: visitors send none."""
        raise FileUnavailable(reason="gone")

    async def check(self, account: AccountAccess) -> AccountHealth:
        """Tell whether the widget may be shown anywhere."""
        origins = account.settings.get("origins") or ()
        if not origins:
            fix = "Add the website's address under Channels."
            return AccountHealth(False, "No website may show this widget.", fix)
        return AccountHealth(True, facts={"origins": list(origins)})

    async def subscribe(self, account: AccountAccess) -> AccountHealth:
        """Do nothing: the panel talks to this server."""
        return AccountHealth(True)


def widget_message(
    widget_id: str,
    visitor: str,
    message_id: str,
    *,
    at: datetime,
    text: str | None = None,
    payload: str | None = None,
    parts: Sequence[Part] = (),
) -> MessageReceived:
    """Return what a visitor typed or tapped as an event; the caller's ``message_id`` makes repeating it harmless."""
    words = (TextPart(text=text),) if text else ()
    return MessageReceived(
        channel=ChannelType.WIDGET,
        account=widget_id,
        dedupe=message_id,
        at=at,
        sender=Person(visitor=visitor),
        provider_id=message_id,
        parts=(*words, *parts),
        tap=Tap(payload=payload, title=text) if payload else None,
    )
