"""What the inbox's own addresses answer with: how many conversations stand where, and what became of many at once."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.views import Named, View
from core.views_teams import TeamCount


class InboxCounts(View):
    """How many conversations each view shows, and at which event number that is valid."""

    waiting: int
    """Open, and nobody holds them."""
    mine: int
    agent: int
    all: int
    """Open, whoever holds them."""
    snoozed: int
    resolved: int
    undelivered: int
    """Messages that did not arrive; counted no further than 100."""
    teams: list[TeamCount] = Field(default_factory=list)
    event_no: int


class UndeliveredView(View):
    """A request that failed for good, or of which nobody knows what became."""

    id: str
    message_id: str
    conversation_id: str
    channel_account_id: str
    author: str
    state: Literal["failed", "unknown"]
    reason: str | None = None
    code: int | None = None
    """The provider's own number for it."""
    fix: str | None = None
    at: datetime
    channel: str
    contact: Named
    text: str


class HandoffBefore(View):
    """The handoff that was open."""

    id: str
    state: Literal["waiting", "claimed"]


class Before(View):
    """How a conversation stood before it was changed, and how the change left it: what undoing it needs."""

    status: str
    owner: str
    labels: list[str]
    snoozed_until: datetime | None = None
    handoff: HandoffBefore | None = None
    team: str = ""
    left_status: str
    left_owner: str


class BulkResult(View):
    """What became of one conversation of many."""

    id: str
    ok: bool
    code: str | None = None
    """Why not: the same codes as problems have."""
    title: str | None = None
    before: Before | None = None
    on_its_way: list[str] = Field(default_factory=list)
    """Of ``take``: messages of the agent that still got out, or may have."""
    event_no: int = 0


class BulkDone(View):
    """What became of each, in the order asked."""

    results: list[BulkResult]


class SnoozeChoice(View):
    """A moment that one may put a conversation aside until."""

    key: str
    """hour | tomorrow | next_week."""
    at: datetime


class SnoozeChoices(View):
    """The usual moments, by the business's hours."""

    items: list[SnoozeChoice]
    timezone: str
