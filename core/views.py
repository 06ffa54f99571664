"""What the inside shows to the outside: the shapes that the HTTP interface answers with, as frozen values.

Repositories build them, ``api/`` renders them and describes them in its OpenAPI document. Fields are only ever added.
"""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class View(BaseModel):
    """A frozen answer; times are written as ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Page(View, Generic[T]):
    """Part of a list; ``next_cursor`` asks for what follows, None at the end."""

    items: list[T]
    next_cursor: str | None = None
    newer_cursor: str | None = None
    """Asks for what precedes, where a list was entered in its middle."""
    event_no: int | None = None
    """What it is valid at, from the same snapshot: events after it may change it. None: it is not kept live."""


class Named(View):
    """Something by its id and name."""

    id: str
    name: str | None = None


class Changed(View):
    """A change was made; the client waits until its live stream has reached ``event_no``."""

    event_no: int = 0


class AuditEntry(View):
    """Who did what."""

    id: str
    at: datetime
    actor: str
    action: str
    entity: str | None = None
    details: dict[str, Any] = Field(default_factory=dict)


class LastMessage(View):
    """The newest words of a conversation."""

    text: str
    author: str
    at: datetime | None = None


class HandoffSummary(View):
    """An open request for a person, as the list shows it."""

    id: str
    state: str
    reason: str
    queue: str
    created_at: datetime
    escalated_at: datetime | None = None
    """Since when too long; None: not yet."""
    version: int = 0


class HandoffBrief(View):
    """What staff read before they answer."""

    reason: str | None = None
    summary: str | None = None
    collected: dict[str, Any] = Field(default_factory=dict)
    suggested_reply: str | None = None
    by_model: bool = False
    error: str | None = None


class HandoffDetail(HandoffSummary):
    """The same with its brief."""

    brief: HandoffBrief


class HandoffItem(HandoffDetail):
    """A handoff in the queue."""

    conversation_id: str
    priority: int
    due_at: datetime | None = None
    claimed_by: str | None = None
    contact: Named


class AccountName(Named):
    """The account a conversation came in through."""

    status: str | None = None


class WaitingView(View):
    """How long somebody has waited, in opening hours: ``seconds`` at a moment, growing while ``running``."""

    seconds: int
    at: datetime
    running: bool
    turns_at: datetime | None = None
    """When that changes."""


class ConversationItem(View):
    """A conversation in the list."""

    id: str
    status: str
    owner: str
    owner_name: str | None = None
    channel: str
    account: AccountName
    contact: Named
    locale: str | None = None
    unread: int
    labels: list[str]
    last_message: LastMessage | None = None
    last_inbound_at: datetime | None = None
    owner_since: datetime | None = None
    """Since when it is with whom it is with; None: since it began."""
    snoozed_until: datetime | None = None
    handoff: HandoffSummary | None = None
    team: str | None = None
    """Key of the team from which a person is wanted."""
    waiting: WaitingView | None = None
    """Of one that nobody holds."""
    version: int


class AlternativeView(View):
    """What is allowed instead of sending now."""

    kind: str
    at: datetime | None = None


class VerdictView(View):
    """Whether a message of staff may go out now, why not, and what is allowed instead."""

    allowed: bool
    reason: str | None = None
    until: datetime | None = None
    alternatives: list[AlternativeView] = Field(default_factory=list)
    tag: str | None = None


class RunView(View):
    """Where the flow of a conversation stands, and since when."""

    cursor: str | None = None
    release_id: str
    title: str | None = None
    """How people call the node."""
    type: str | None = None
    since: datetime | None = None


class FileLimitView(View):
    """Which files a channel takes as one kind of media: MIME types, bytes at most."""

    media: str
    kinds: list[str]
    largest: int


class ConversationDetail(ConversationItem):
    """One conversation with what the composer and the side pane need."""

    can_send: VerdictView
    goes_on: str | None = None
    """The conversation in which it goes on, being the same person's: nothing is written or taken here any more."""
    attachable: list[FileLimitView] = Field(default_factory=list)
    handoff: HandoffDetail | None = None
    run: RunView | None = None
    event_no: int | None = None
    """What it is valid at: events after it may change it."""


class NoteView(View):
    """A note of staff on a conversation; customers never see it."""

    id: str
    staff_id: str | None = None
    author_name: str | None = None
    text: str
    mentions: list[Named] = Field(default_factory=list)
    created_at: datetime


class HappeningView(View):
    """Something that happened to a conversation: a handoff, its status, a flag, its team, where it goes on."""

    id: str
    kind: Literal[
        "owner", "returned", "handoff", "handoff_ended", "status", "flagged", "team", "escalated", "fallback", "event",
        "referral", "told", "joined",
    ]  # fmt: skip
    actor: str
    """``agent``, ``staff:<id>``, ``api:<id>``."""
    at: datetime
    details: dict[str, Any]
    names: dict[str, str]
    """``staff:<id>`` → what they are called."""


class Sent(Changed):
    """A message was taken for sending."""

    message_id: str


class Taken(Changed):
    """The conversation changed hands; ``on_its_way`` are messages of the agent that still got out, or may have."""

    owner: str
    on_its_way: list[str] = Field(default_factory=list)


class LeadView(View):
    """Somebody who may become a customer."""

    id: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    pipeline: str
    stage: str
    fields: dict[str, Any]
    tags: list[str]
    created_at: datetime
    conversation_id: str | None = None
    contact: Named
    source_message_id: str | None = None
    version: int = 0
    owner: Named | None = None
    value: float | None = None
    currency: str | None = None
    channel: str | None = None
    """Where it was told; None: nowhere any more."""


class ContactItem(View):
    """A person in the list."""

    id: str
    name: str | None = None
    locale: str | None = None
    opted_out: bool
    created_at: datetime
    tags: list[str] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list)


class ContactDetail(ContactItem):
    """A person with what is known of them."""

    facts: dict[str, Any]
    identities: list[dict[str, str]]
    conversations: list[str]


class LiveEvent(View):
    """Something happened; what it is now is read by its id, and is news where ``version`` is newer (or 0)."""

    no: int
    kind: str
    conversation_id: str | None = None
    entity_id: str | None = None
    version: int = 0
