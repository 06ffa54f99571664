"""What one turn changes, as the store is told: messages, requests, handoffs, the Run, what is remembered of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core.content import Part
from core.context import Context, Referral
from core.nouns import Delivery
from core.policy import Author
from core.ports import Rendered
from core.store.door import Leaving
from core.turns import CaptureLead, FlagConversation, RecordEvent, SetTimer


@dataclass(frozen=True, slots=True)
class MessageWrite:
    """A message to be stored with the turn."""

    id: str
    author: Author
    parts: tuple[Part, ...]
    event_at: datetime
    delivery: Delivery
    reason: str | None = None
    provider_id: str | None = None
    author_id: str | None = None
    draft: str | None = None
    shown: str | None = None
    """What of it was streamed already: all that stays of it where a takeover breaks it off (rule 37)."""
    received_at: datetime | None = None
    """When intake took it in; None: it is ours, and made now."""
    reply_to: str | None = None
    """The customer's message that it answers: the first of those that it answers together."""
    context: Context | None = None
    """What a message from outside came with besides its parts."""


@dataclass(frozen=True, slots=True)
class SendWrite:
    """A provider request to be queued with the turn; ``visit`` of the flow waits for it (rule 22)."""

    id: str
    message_id: str | None
    rendered: Rendered
    author: Author
    initiated: bool = False
    is_template: bool = False
    exempt: bool = False
    handoff_id: str | None = None
    cancelled: str | None = None
    visit: str | None = None


@dataclass(frozen=True, slots=True)
class MessageChange:
    """The customer changed what they had sent: new parts, or None for unsent."""

    provider_id: str
    parts: tuple[Part, ...] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ReactionWrite:
    """The customer's reaction to a message; None takes it back."""

    target: str
    emoji: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoffWrite:
    """A handoff to be opened, unless one is open already."""

    id: str
    queue: str
    reason: str
    priority: int
    brief: Mapping[str, Any]
    node: str
    visit: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunWrite:
    """How the Run stands after the turn; ``checkpoint`` None keeps the stored one."""

    id: str
    flow_id: str
    release_id: str
    is_new: bool
    status: Literal["live", "ended"]
    cursor: str | None
    visit: str | None
    outcome: str | None
    checkpoint: bytes | None


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What is remembered of a turn: for the why panel, analytics and cost."""

    id: str
    outcome: Literal["answered", "silent", "failed", "cancelled"]
    started_at: datetime
    ms: int
    trail: Sequence[Mapping[str, Any]]
    node: str | None = None
    error: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    micro_usd: int = 0


@dataclass(frozen=True, slots=True)
class TurnWrite:
    """Everything one turn changes, as one (rule 13). ``unsaid``: visits that wait for words no request carries."""

    consumed: tuple[str, ...]
    quarantine: str | None = None
    """Why what is consumed is set aside instead: it ended every worker that tried (rule 8)."""
    fired: tuple[str, ...] = ()
    messages: tuple[MessageWrite, ...] = ()
    sends: tuple[SendWrite, ...] = ()
    changes: tuple[MessageChange, ...] = ()
    reactions: tuple[ReactionWrite, ...] = ()
    referrals: tuple[Referral, ...] = ()
    """Where the customer came from without writing."""
    contact_fields: Mapping[str, Any] = field(default_factory=dict)
    """Only what changed; None removes."""
    facts: Mapping[str, tuple[Any, str | None]] = field(default_factory=dict)
    consents: Sequence[tuple[str, bool, str]] = ()
    opted_out: bool | None = None
    locale: str | None = None
    leads: tuple[tuple[str, CaptureLead], ...] = ()
    handoff: HandoffWrite | None = None
    close_handoff: str | None = None
    timers: tuple[SetTimer, ...] = ()
    keep_timers: bool = False
    """Timers of other visits stay armed: nothing moved."""
    run: RunWrite | None = None
    owner: str | None = None
    owner_why: str = ""
    labels: tuple[str, ...] = ()
    flags: tuple[FlagConversation, ...] = ()
    events: tuple[RecordEvent, ...] = ()
    unsaid: tuple[str, ...] = ()
    reopen: bool = False
    last_inbound_at: datetime | None = None
    turn: TurnRecord | None = None
    """None: events were taken in without a turn (a person holds the conversation)."""
    runs_turn: bool = False
    """The flow ran: guarded by owner epoch, and turn_no moves on."""


@dataclass(frozen=True, slots=True)
class Parting:
    """How a conversation is left along with its turn, in the turn's own commit."""

    again: Callable[[datetime | None], datetime | None]
    """Given when its earliest timer is due, returns when to look at it again."""
    sends: bool = False
    """A sender of this process has room for what the turn says."""


@dataclass(frozen=True, slots=True)
class TurnCommitted:
    """What the commit came to. ``took_over``: a person took it meanwhile, the agent's messages are cancelled."""

    event_no: int
    took_over: bool
    has_sends: bool
    next_due: datetime | None
    leaving: Leaving | None = None
    """What this process is to send; None: it is queued for any sender."""
    given_back: bool = False
    """The conversation is nobody's any more; else it is still held, since more has arrived or nobody asked."""
