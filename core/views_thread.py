"""What the inside shows of the messages of a conversation."""

from datetime import datetime

from core.content import Part
from core.context import Referral
from core.views import View


class QuoteView(View):
    """A message that another one answers; without an id it is not kept here: older, erased, or of another account."""

    message_id: str | None = None
    author: str | None = None
    text: str = ""


class StoryView(View):
    """A story of the business that a message answers; its address works for as long as the story does."""

    id: str | None = None
    url: str | None = None


class MessageView(View):
    """One message; ``text`` is what a person would read of its parts."""

    id: str
    no: int
    """Its place in the conversation; numbers grow, with gaps."""
    author: str
    author_name: str | None = None
    parts: list[Part]
    text: str
    delivery: str
    reason: str | None = None
    created_at: datetime
    event_at: datetime
    reply_to: str | None = None
    turn_id: str | None = None
    version: int = 0
    quotes: QuoteView | None = None
    """What the customer answers, as their app showed it; ``reply_to`` is which message of theirs ours answers."""
    referral: Referral | None = None
    story: StoryView | None = None
    forwarded: bool = False
