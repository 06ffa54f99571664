"""Which channels there are and what each can do, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal


class ChannelType(StrEnum):
    """The kinds of account a customer can write to."""

    WHATSAPP = "whatsapp"
    INSTAGRAM = "instagram"
    MESSENGER = "messenger"
    WIDGET = "widget"


@dataclass(frozen=True, slots=True)
class TextLimit:
    """The longest text one provider request may carry."""

    value: int
    unit: Literal["characters", "bytes", "graphemes"]

    def measure(self, text: str) -> int:
        """Return the length of ``text`` in this limit's unit (graphemes are counted by the renderer)."""
        return len(text.encode()) if self.unit == "bytes" else len(text)


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: ``burst`` at once, then one every ``every``."""

    burst: int
    every: timedelta


@dataclass(frozen=True, slots=True)
class FileLimit:
    """Which files of one kind of media a channel takes: MIME types, and bytes at most."""

    kinds: frozenset[str]
    largest: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can carry; splitting, fallback and policy read this, never the channel's name."""

    text: TextLimit
    buttons: int = 0
    """Most reply buttons on one message."""
    button_title: int = 20
    list_rows: int = 0
    list_title: int = 24
    list_description: int = 72
    quick_replies: int = 0
    quick_reply_title: int = 20
    media: Mapping[str, FileLimit] = field(default_factory=dict)
    """What files of each kind of media may be, for those that people send."""
    caption: int = 1024
    templates: bool = False
    cards: bool = False
    typing: bool = False
    mark_read: bool = False
    streaming: bool = False
    reply_window: timedelta | None = None
    """Free-form messages are allowed this long after the customer's last message; None: always."""
    human_agent_window: timedelta | None = None
    """A person (never the agent) may still write this long after, with the provider's tag."""
    exact_by_id: bool = False
    """Sending twice with one id is harmless: an unknown outcome may be repeated."""
    settle: timedelta = timedelta(0)
    """The next message waits until the provider reports this one sent, or this long: else they may swap places."""
    needs_opening: bool = True
    """The customer writes first."""
    reconcile: timedelta = timedelta(seconds=30)
    """How long the provider has to say by itself what became of a request whose outcome is unknown."""
    reads_back: bool = False
    """What stands in a conversation can be read at the provider: the only evidence that something is not there."""
    pair_rate: Rate | None = None
    """Messages to one customer."""
    account_rate: Rate | None = None
    """Messages of one account, to all its customers together."""
