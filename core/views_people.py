"""What the inside shows of contacts and leads beyond their lists."""

from datetime import datetime
from typing import Any

from core.views import ContactDetail, LeadView, Named, View


class StageView(View):
    """A stage of a pipeline."""

    key: str
    name: str


class PipelineView(View):
    """A pipeline with its stages in order."""

    key: str
    name: str
    stages: list[StageView]
    count: int
    """How many leads stand in it."""


class StageSum(View):
    """What stands in a stage: how many leads, and what they are worth by currency."""

    stage: str
    count: int
    values: dict[str, float]


class LeadSource(View):
    """The message that a lead was captured from."""

    message_id: str
    conversation_id: str
    text: str
    at: datetime


class LeadDetail(LeadView):
    """A lead with where it was told."""

    updated_at: datetime
    source: LeadSource | None = None


class FactView(View):
    """Something remembered of a person, and where they said it."""

    name: str
    value: Any
    at: datetime | None = None
    message_id: str | None = None
    conversation_id: str | None = None


class IdentityView(View):
    """A key of a person at a provider."""

    kind: str
    value: str
    channel: str
    account: str


class TalkView(View):
    """A conversation of a person."""

    id: str
    channel: str
    account: str
    status: str
    owner: str
    owner_name: str | None = None
    last_at: datetime | None = None
    created_at: datetime


class ConsentView(View):
    """What a person agreed to, or no more."""

    topic: str
    granted: bool
    source: str | None = None
    at: datetime


class ContactNoteView(View):
    """A note of staff on a person."""

    id: str
    text: str
    author_name: str | None = None
    created_at: datetime


class MergeView(View):
    """Somebody who was joined into this person."""

    id: str
    name: str | None = None
    at: datetime
    by: str | None = None


class Profile(ContactDetail):
    """Everything that staff see of a person."""

    known: list[FactView]
    keys: list[IdentityView]
    talks: list[TalkView]
    consents: list[ConsentView]
    notes: list[ContactNoteView]
    merged: list[MergeView]
    leads: list[LeadView]
    same_key: list[Named]
    """Others with one of this person's keys: they may be one."""
