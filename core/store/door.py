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


@dataclass(frozen=True, slots=True)
class SendClaim:
    """A conversation whose requests this sender sends."""

    tenant_id: TenantId
    conversation_id: ConversationId
    account_id: ChannelAccountId
    lease_id: str
    seen_no: int


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
    """Nothing may go out before ``until`` (None: until something changes)."""

    until: datetime | None


class DoorStore(Protocol):
    """The way out: every check and the intent in one commit, then the outcome."""

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[SendClaim]:
        """Claim conversations with requests that are due."""
        ...

    async def next(self, claim: SendClaim) -> Attempt | Doubt | Wait:
        """Judge the next request of a conversation and put the intent on record; blocked ones are settled here.

        Of a request whose outcome stayed unknown it is decided here whether it is sent again (rule 19), unless the
        provider can be asked first.
        """
        ...

    def spent(self, channel: ChannelType, account_id: str, conversation_id: str) -> None:
        """Note that another process sent a message, which counts against the same limits (rule 20)."""
        ...

    async def accepted(self, claim: SendClaim, attempt: Attempt, provider_id: str | None) -> None:
        """The provider took it."""
        ...

    async def failed(
        self, claim: SendClaim, attempt: Attempt, *, error: str, code: int | None, fix: str | None = None
    ) -> None:
        """The provider refused it for good; ``fix`` is what a person can do about it."""
        ...

    async def retry(self, claim: SendClaim, attempt: Attempt, *, at: datetime, error: str) -> None:
        """It was certainly not sent; try again at ``at``."""
        ...

    async def unknown(self, claim: SendClaim, attempt: Attempt, *, error: str, until: datetime) -> None:
        """The outcome is unknown: the provider may say it until ``until`` (rule 19)."""
        ...

    async def read_back(self, claim: SendClaim, doubt: Doubt, found: Sequence[str] | None) -> None:
        """Settle a doubt: ``found`` are ids of messages there that say the same; None, they could not be read."""
        ...

    async def account_down(self, claim: SendClaim, status: AccountStatus, reason: str) -> None:
        """The account cannot send: hold its messages (rule 18)."""
        ...

    async def release(self, claim: SendClaim) -> bool:
        """Give the conversation back; False where more was queued meanwhile."""
        ...


class ReceiptStore(Protocol):
    """Applies what providers report of sent messages (rule 21)."""

    async def waiting(self, within: timedelta) -> list[TenantId]:
        """Return tenants with open receipts that came in so recently, whichever process took them in."""
        ...

    async def apply(self, tenant_id: TenantId, *, limit: int = 200) -> tuple[int, list[str]]:
        """Match a tenant's stored receipts; returns how many matched and the conversations they touched."""
        ...
