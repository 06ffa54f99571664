"""What a turn asks of the store: claims, loads, commits. Rule numbers are those of ``docs/ENGINE.md``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from core.channel_types import ChannelType
from core.ids import ChannelAccountId, ContactId, ConversationId, TenantId
from core.inbound import Inbound
from core.nouns import AccountStatus, Release
from core.policy import Policy
from core.ports import Rendered
from core.store.writes import Parting, TurnCommitted, TurnWrite
from core.turns import WindowMessage

LEASE = timedelta(seconds=30)
"""How long a claim lasts unless it is prolonged, by the store's clock (rule 7)."""

UNABLE_FOR = timedelta(minutes=10)
"""How long a conversation waits for a worker that knows all it needs; then any may answer for it (rule 9)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A conversation held by this worker until its lease ends; ``seen_no`` is what had arrived when it was read."""

    tenant_id: TenantId
    conversation_id: ConversationId
    account_id: ChannelAccountId
    lease_id: str
    seen_no: int
    attempts: int
    due_at: datetime | None = None
    """Since when it had something to do."""


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An inbound row not yet consumed, and its message's id; of our own rows (``handback`` …) ``event`` is None."""

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
    checkpoint_format: int = 0
    """What a worker must know to read it (rule 9)."""


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
    idle_run: str | None = None
    """A Run that is over, since nobody spoke in it for its idle time; the commit ends it (rule 16)."""
    instruction: str | None = None
    """What whoever gave it back told the agent; it holds until somebody takes it again (rule 27)."""
    opt_out_told: bool = False
    """Their opting out was confirmed; it is confirmed once (ENGINE rule 23)."""


class WorkStore(Protocol):
    """Claims conversations with something to do, loads and commits their turns."""

    async def claim(
        self, *, limit: int, busy: Mapping[str, int], cap: int, retries: int = 1, lacks: Collection[str] = ()
    ) -> list[Claim]:
        """Claim up to ``limit`` conversations, round robin over tenants, at most ``cap`` slots each (rule 6).

        At most ``retries`` of them were left by a process that died (rule 8); none waits for what this worker
        ``lacks``, unless it has waited for too long (rule 9).
        """
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

    async def commit(
        self, work: Workload, write: TurnWrite, *, unsealed: bool = False, parting: Parting | None = None
    ) -> TurnCommitted:
        """Commit the turn; raises LostLease where another worker has it (rule 13).

        ``unsealed``: nothing has shown yet; raises Unsealed where more arrived, or the owner changed (rule 11).
        With ``parting`` the conversation is given back as ``release`` would, and what the turn says may leave at once:
        the door's judgement and intent are in the same commit (rule 17).
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

    async def backlogged(self, tenant_id: TenantId) -> bool:
        """Tell whether more conversations of a tenant wait than its policy allows; seconds old (rule 5)."""
        ...

    async def hand_back(self, claim: Claim, *, needs: str) -> None:
        """Give it back as it was, for a worker that knows what it ``needs``; it counts as no attempt (rule 9)."""
        ...

    async def release_of(self, tenant_id: TenantId, release_id: str) -> Release:
        """Return a release; raises NotFound."""
        ...
