"""Who talks with whom on Instagram and Messenger, and where they came from."""

from dataclasses import dataclass
from datetime import datetime

from channels.meta.names import Place
from channels.meta.reading import Obj
from channels.meta.times import time_of
from core.channel_types import ChannelType
from core.context import Referral
from core.inbound import Person


@dataclass(frozen=True, slots=True)
class Talk:
    """One item's two ends and time; ``customer`` is whoever is not the business."""

    place: Place
    item: Obj
    sender: str | None
    recipient: str | None
    at: datetime | None

    @classmethod
    def of(cls, place: Place, item: Obj) -> "Talk":
        """Read sender, recipient and time."""
        sender, recipient = item.obj("sender").text("id"), item.obj("recipient").text("id")
        return cls(place, item, sender, recipient, time_of(item, "timestamp"))

    @property
    def from_business(self) -> bool:
        """Tell whether the account itself is the sender, flagged as an echo or not (loop guard)."""
        return self.sender is not None and self.sender == self.place.account

    @property
    def with_itself(self) -> bool:
        """Tell whether the account writes to itself."""
        return self.sender is not None and self.sender == self.recipient == self.place.account

    @property
    def customer(self) -> Person:
        """Return who wrote."""
        return person(self.place.channel, self.sender)

    @property
    def reached(self) -> Person:
        """Return whom an echo went to."""
        return person(self.place.channel, self.recipient)

    def name(self, kind: str, *parts: str | None) -> str:
        """Name an event without an id of its own."""
        return self.place.name(kind, self.item, self.sender, self.recipient, *parts, at=self.at)


def person(channel: ChannelType, key: str | None, **more: str | None) -> Person:
    """Return a customer by the id of their channel: scoped to the account on both (META_API §0.6)."""
    if channel is ChannelType.INSTAGRAM:
        return Person(igsid=key, **more)
    return Person(psid=key, **more)


def referral_of(*candidates: Obj) -> Referral | None:
    """Return the first referral that says anything.

        {"ref": "spring", "ad_id": 120210, "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": {…}}
        {"product": {"id": "4321"}}        {"ref": "…", "source": "SHORTLINK", "type": "OPEN_THREAD"}

    Source: META_API §4, referral in message and standalone.
    """
    for data in candidates:
        if data:
            context = data.obj("ads_context_data")
            return Referral(
                source=data.text("source", "type"),
                ref=data.text("ref"),
                ad_id=data.text("ad_id"),
                headline=context.text("ad_title"),
                url=data.text("referer_uri", "source_url"),
                product_id=data.obj("product").text("id") or context.text("product_id"),
                media_url=context.text("photo_url", "video_url"),
                post_id=context.text("post_id"),
            )
    return None
