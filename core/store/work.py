"""What a turn asks of the store: claims, loads, commits. Rule numbers are those of ``docs/ENGINE.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.channel_types import ChannelType
from core.content import Part
from core.ids import ChannelAccountId, ContactId, ConversationId, TenantId
from core.inbound import Inbound
from core.nouns import AccountStatus, Delivery, Release
from core.policy import Author, Policy
from core.ports import Rendered
from core.turns import CaptureLead, SetTimer, WindowMessage


@dataclass(frozen=True, slots=True)
class Claim:
    """A conversation held by this worker until ``lease_until``; ``seen_no`` is what had arrived when it was read."""

    tenant_id: TenantId
    conversation_id: ConversationId
    account_id: ChannelAccountId
    lease_id: str
    seen_no: int
    attempts: int


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An inbound row not yet consumed, and its message's id. ``event`` is None for ``handback`` and ``delivery``."""

    id: str
    message_id: str
    kind: str
    received_at: datetime
    event: Inbound | None
    internal: Mapping[str, Any] = field(default_factory=dict)
    echo: Literal["ours", "undecided", "foreign"] = "foreign"
    """Of an echo: sent by us; perhaps, since a request of ours is on its way; or by somebody else (rule 26)."""
    words: tuple[str, ...] = ()
    """Of a hand-back: what the customer wrote and nobody answered, oldest first (rule 27)."""
    known: bool = False
    """Its message is stored already: repeated after intake had forgotten its name."""


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that came due."""

    id: str
    name: str
    node: str
    visit: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class LiveRun:
    """The Run a conversation is in, with its newest checkpoint."""

    id: str
    flow_id: str
    release_id: str
    cursor: str | None
    visit: str | None
    checkpoint: bytes | None


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    """The handoff that waits or is claimed."""

    id: str
    state: str
    node: str | None
    visit: str | None


@dataclass(frozen=True, slots=True)
class Workload:
    """All that a turn needs, from one snapshot (rule 10: it consumes exactly the ids loaded here)."""

    claim: Claim
    is_new: bool
    """The conversation's row does not exist yet."""
    channel: ChannelType
    status: str
    owner: str
    owner_epoch: int
    owner_since: datetime | None
    turn_no: int
    locale: str | None
    last_inbound_at: datetime | None
    contact_id: ContactId
    contact_fields: Mapping[str, Any]
    opted_out: bool
    pending: tuple[PendingEvent, ...]
    timers: tuple[DueTimer, ...]
    run: LiveRun | None
    handoff: OpenHandoff | None
    window: tuple[WindowMessage, ...]
    release_id: str | None
    """Newest release of the flow that answers here; None: nothing is published."""
    tenant_name: str
    tenant_locale: str
    timezone: str
    country: str
    constants: Mapping[str, Any]
    policy: Policy
    models: Mapping[str, Any]
    account_status: AccountStatus
    account_settings: Mapping[str, Any]
    next_timer: datetime | None
    """When the earliest armed timer is due; None: none is armed."""
    had_run: bool
    """An earlier Run exists: a new one greets only after the idle time."""
    opt_out_told: bool = False
    """Their opting out was confirmed; it is confirmed once (ENGINE rule 23)."""


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
    fired: tuple[str, ...] = ()
    messages: tuple[MessageWrite, ...] = ()
    sends: tuple[SendWrite, ...] = ()
    changes: tuple[MessageChange, ...] = ()
    reactions: tuple[ReactionWrite, ...] = ()
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
    unsaid: tuple[str, ...] = ()
    reopen: bool = False
    last_inbound_at: datetime | None = None
    turn: TurnRecord | None = None
    """None: events were taken in without a turn (a person holds the conversation)."""
    runs_turn: bool = False
    """The flow ran: guarded by owner epoch, and turn_no moves on."""


@dataclass(frozen=True, slots=True)
class TurnCommitted:
    """What the commit came to. ``took_over``: a person took it meanwhile, the agent's messages are cancelled."""

    event_no: int
    took_over: bool
    has_sends: bool
    next_due: datetime | None


class WorkStore(Protocol):
    """Claims conversations with something to do, loads and commits their turns."""

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[Claim]:
        """Claim up to ``limit`` conversations, round robin over tenants, at most ``cap`` slots each (rule 6)."""
        ...

    async def extend(self, claims: Sequence[Claim]) -> None:
        """Prolong leases."""
        ...

    async def load(self, claim: Claim) -> Workload:
        """Read everything the turn needs; raises LostLease."""
        ...

    async def still_sealed(self, claim: Claim, *, owner_epoch: int, consumed: Sequence[str]) -> bool:
        """Tell whether lease and epoch hold and no inbound outside ``consumed`` waits (rule 11)."""
        ...

    async def still_held(self, claim: Claim, *, owner_epoch: int) -> bool:
        """Tell whether lease and epoch hold (rule 37)."""
        ...

    async def commit(self, work: Workload, write: TurnWrite, *, unsealed: bool = False) -> TurnCommitted:
        """Commit the turn; raises LostLease where another worker has it (rule 13).

        ``unsealed``: nothing has shown yet; raises Unsealed where more arrived, or the owner changed (rule 11).
        """
        ...

    async def signal(self, work: Workload, rendered: Rendered) -> None:
        """Queue a read mark or typing indicator at once, outside the turn's commit."""
        ...

    async def release(self, claim: Claim, *, next_due: datetime | None) -> bool:
        """Give the conversation back; False where more arrived meanwhile and the lease is kept (rule 7)."""
        ...

    async def abandon(self, claim: Claim, *, retry_at: datetime) -> None:
        """Give it back unfinished, to be tried again."""
        ...

    async def release_of(self, tenant_id: TenantId, release_id: str) -> Release:
        """Return a release; raises NotFound."""
        ...
