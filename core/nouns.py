"""The things the product is about, as frozen values. Rows stay in ``memory/``; everything else sees these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.channel_types import ChannelType
from core.content import Part
from core.ids import (
    ChannelAccountId,
    ContactId,
    ConversationId,
    FlowId,
    HandoffId,
    IdentityId,
    LeadId,
    MessageId,
    OutboxId,
    ReleaseId,
    RunId,
    StaffId,
    TenantId,
)
from core.policy import Author
from core.secret import Secret


class Role(StrEnum):
    """What a member or an API key may do; each includes the ones after it."""

    OWNER = "owner"
    ADMIN = "admin"
    BUILDER = "builder"
    STAFF = "staff"

    def covers(self, other: "Role") -> bool:
        """Tell whether this role may do what ``other`` may."""
        order = list(Role)
        return order.index(self) <= order.index(other)


class Runner(StrEnum):
    """What runs a flow's graph (docs/decisions/0014); ``auto``: the sequential runner wherever it covers the graph."""

    AUTO = "auto"
    SEQUENTIAL = "sequential"
    PREGEL = "pregel"


class AccountStatus(StrEnum):
    """How a connected account stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Taken away or limited by the provider; messages are held."""
    RECONNECT = "reconnect"
    """The token died; messages are held until somebody reconnects."""
    DISCONNECTED = "disconnected"


class Delivery(StrEnum):
    """What became of an outgoing message, in rank order."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RECEIVED = "received"
    """Inbound messages."""


AGENT = "agent"
NOBODY = "nobody"
EVERYBODY = "default"
"""The queue that is no team's: whoever works there takes from it."""
APP = "app"


def owning_staff(owner: str) -> str | None:
    """Return the person that an owner is; None for everybody else."""
    return owner.partition(":")[2] or None


def staff_owner(staff: StaffId | str) -> str:
    """Return the ``owner`` value of a person."""
    return f"staff:{staff}"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A business."""

    id: TenantId
    name: str
    locale: str
    timezone: str
    country: str
    default_flow: FlowId | None
    constants: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """One tenant's connected number, Instagram account, page or widget site."""

    id: ChannelAccountId
    tenant_id: TenantId
    channel: ChannelType
    provider_id: str
    name: str
    status: AccountStatus
    flow_id: FlowId | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """WhatsApp: ``waba_id``; Instagram: ``variant`` (login|page), ``page_id``; widget: ``origins``, ``theme``."""
    token: Secret | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something through the API: a member of a tenant, or an API key."""

    tenant_id: TenantId
    role: Role
    staff_id: StaffId | None = None
    api_key: str | None = None
    name: str = ""
    sign_in_id: str | None = None
    """The browser it is asked with, for people."""

    @property
    def label(self) -> str:
        """Return how audit rows and events name the actor."""
        return f"staff:{self.staff_id}" if self.staff_id else f"api:{self.api_key}"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes to a business."""

    id: ContactId
    name: str | None
    locale: str | None
    opted_out: bool
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One ContactIdentity on one ChannelAccount, for ever."""

    id: ConversationId
    tenant_id: TenantId
    account_id: ChannelAccountId
    channel: ChannelType
    contact_id: ContactId
    identity_id: IdentityId
    status: str
    owner: str
    owner_epoch: int
    turn_no: int
    run_id: RunId | None
    locale: str | None
    last_inbound_at: datetime | None
    unread: int
    version: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the inbox shows it."""

    id: MessageId
    conversation_id: ConversationId
    author: Author
    author_name: str | None
    parts: tuple[Part, ...]
    delivery: Delivery
    reason: str | None
    created_at: datetime
    event_at: datetime
    reply_to: MessageId | None = None
    turn_id: str | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """A request for a person."""

    id: HandoffId
    conversation_id: ConversationId
    queue: str
    state: str
    reason: str
    priority: int
    brief: Mapping[str, Any]
    created_at: datetime
    claimed_by: StaffId | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who may become a customer, in a stage of a pipeline."""

    id: LeadId
    contact_id: ContactId
    conversation_id: ConversationId | None
    pipeline: str
    stage: str
    name: str | None
    phone: str | None
    email: str | None
    fields: Mapping[str, Any]
    tags: tuple[str, ...]
    source_message_id: MessageId | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """What a Run is pinned to: the entry flow, its sub-flows and what they refer to, hashed."""

    id: ReleaseId
    flow_id: FlowId
    hash: str
    entry: str
    """Key of the entry flow."""
    flows: Mapping[str, Mapping[str, Any]]
    """Flow key → ``flow/1`` document."""
    node_types: frozenset[str] = frozenset()
    """``type@version`` of every node: a worker must know them all (ENGINE rule 9)."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One provider request waiting to go out."""

    id: OutboxId
    tenant_id: TenantId
    conversation_id: ConversationId
    account_id: ChannelAccountId
    author: Author
    body: Mapping[str, Any]
    attempt: int
