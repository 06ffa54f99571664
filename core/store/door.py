"""What the way out asks of the store. Rule numbers are those of ``docs/ENGINE.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from core.channel_types import ChannelType
from core.ids import ChannelAccountId, ConversationId, TenantId
from core.nouns import AccountStatus
from core.policy import Author
from core.ports import AccountAccess, Address, Rendered

LEASE = timedelta(seconds=60)
"""How long a claim lasts unless it is prolonged, by the store's clock (rule 7)."""


@dataclass(frozen=True, slots=True)
class SendClaim:
    """A conversation whose requests this sender sends."""

    tenant_id: TenantId
    conversation_id: ConversationId
    account_id: ChannelAccountId
    lease_id: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request at the door, its intent already on record (rule 17)."""

    outbox_id: str
    message_id: str | None
    channel: ChannelType
    rendered: Rendered
    author: Author
    attempt: int
    address: Address
    account: AccountAccess
    tag: Literal["human_agent"] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt.

    ``accepted``: the provider took it. ``failed``: it refused for good. ``queued``: certainly not sent, tried again
    ``at``. ``unknown``: the provider may say it until ``at`` (rules 18, 19).
    """

    attempt: Attempt
    state: Literal["accepted", "failed", "queued", "unknown"]
    provider_id: str | None = None
    error: str | None = None
    code: int | None = None
    fix: str | None = None
    """What a person can do about it."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A request of which nobody has said what became of it: the provider is to be asked (rule 19)."""

    outbox_id: str
    channel: ChannelType
    rendered: Rendered
    address: Address
    account: AccountAccess
    attempted_at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may go out before ``until`` (None: until something changes). ``left``: it was given back."""

    until: datetime | None
    left: bool = False


Found = tuple[Attempt, ...] | Doubt | Wait
"""What is to be done at the door now: send these together, ask after one, or wait."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a turn said, claimed and judged in its own commit: as ``DoorStore.claim`` and ``next`` would find it."""

    claim: SendClaim
    found: Found


class DoorStore(Protocol):
    """The way out: every check and the intent in one commit, then the outcome."""

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[SendClaim]:
        """Claim conversations with requests that are due."""
        ...

    async def next(self, claim: SendClaim, told: Sequence[Outcome] = (), *, leave: bool = False) -> Found:
        """Put outcomes on record, judge what is next and put the intent on record: one commit, shared with others.

        What is blocked is settled here. A message comes with the read mark behind it, to be sent at once. Of a request
        whose outcome stayed unknown it is decided here whether it is sent again (rule 19), unless the provider can be
        asked first. With ``leave`` the conversation is given back where nothing may go.
        """
        ...

    async def record(self, claim: SendClaim, told: Sequence[Outcome]) -> None:
        """Put outcomes on record, and judge nothing."""
        ...

    def spent(self, channel: ChannelType, account_id: str, conversation_id: str) -> None:
        """Note that another process sent a message, which counts against the same limits (rule 20)."""
        ...

    async def read_back(self, claim: SendClaim, doubt: Doubt, found: Sequence[str] | None) -> None:
        """Settle a doubt: ``found`` are ids of messages there that say the same; None, they could not be read."""
        ...

    async def account_down(self, claim: SendClaim, status: AccountStatus, reason: str) -> None:
        """The account cannot send: hold its messages (rule 18)."""
        ...


class ReceiptStore(Protocol):
    """Applies what providers report of sent messages (rule 21)."""

    async def waiting(self, within: timedelta) -> list[TenantId]:
        """Return tenants with open receipts that came in so recently, whichever process took them in."""
        ...

    async def apply(self, tenant_id: TenantId, *, limit: int = 200) -> tuple[int, list[str]]:
        """Match a tenant's stored receipts; returns how many matched and the conversations they touched."""
        ...
