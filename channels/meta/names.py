"""Where an event belongs and what it is called when the provider gave it no id of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from channels.meta.reading import Obj, bounded, digest
from channels.meta.times import time_of, to_time
from core.channel_types import ChannelType
from core.content import Part, TextPart
from core.inbound import AccountEvent, Ignored, Inbound, Quarantined

Severity = Literal["info", "warning", "pause", "resume"]
NO_ID = "~"
"""First letter of a message id that we made up because the provider sent none; it is never sent back to them."""

TEST_ENTRY = "0"
TEST_TALK = {"12334", "23245"}
"""Ids of the dashboard's "Test" button (META_API §1)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry's address: every event of it starts from here."""

    channel: ChannelType
    account: str
    time: object = None
    """``entry.time``: names an event that has no time of its own."""
    standby: bool = False

    def name(self, kind: str, item: Obj, *parts: str | None, at: datetime | None = None) -> str:
        """Name an event without id: kind, whom, when, what (META_API §1, Dedup keys).

        Without a usable time the item's own content and the entry's time tell it from the next of its kind.
        """
        when = str(int(at.timestamp() * 1000)) if at else digest(item.raw, self.time)
        return "|".join([kind, *(part or "" for part in parts), when])

    def account_event(
        self, topic: str, data: Obj, *, at: datetime | None = None, severity: Severity = "info"
    ) -> AccountEvent:
        """Report something about the account; ``data`` is kept for people to look at."""
        kept = bounded(data.raw) if data else {"value": bounded(data.raw)}
        moment = at or time_of(data, "timestamp") or to_time(self.time)
        name = "|".join([topic, digest(data.raw, self.time)])
        return AccountEvent(
            channel=self.channel,
            account=self.account,
            dedupe=name,
            at=moment,
            topic=topic,
            data=kept,
            severity=severity,
        )

    def ignored(self, reason: str, item: Obj) -> Ignored:
        """Leave something known alone."""
        return Ignored(
            channel=self.channel,
            account=self.account,
            dedupe=digest(reason, item.raw, self.time),
            at=time_of(item, "timestamp") or to_time(self.time),
            reason=reason,
        )

    def quarantined(self, reason: str, item: Obj) -> Quarantined:
        """Keep something that is not understood."""
        return Quarantined(
            channel=self.channel,
            account=self.account,
            dedupe=digest(reason, item.raw, self.time),
            at=time_of(item, "timestamp") or to_time(self.time),
            reason=reason,
            data=bounded(item.raw),
        )


def text_parts(text: str | None) -> tuple[Part, ...]:
    """Return a text as parts; nothing for no text."""
    return (TextPart(text=text),) if text else ()


Events = list[Inbound]
