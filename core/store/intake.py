"""What intake asks of the store. Rule numbers are those of ``docs/ENGINE.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from core.arriving import Arrived
from core.channel_types import ChannelType
from core.ids import ChannelAccountId, ConversationId, TenantId


@dataclass(frozen=True, slots=True)
class Route:
    """Where events of a provider's account belong."""

    tenant_id: TenantId
    account_id: ChannelAccountId
    channel: ChannelType
    primary: bool
    """False: the key names a group of accounts (a WhatsApp business account)."""


class RecordStatus(StrEnum):
    """What intake did with an event."""

    NEW = "new"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    UNATTRIBUTED = "unattributed"
    IGNORED = "ignored"


class Recorded(Struct, frozen=True, gc=False):
    """One event's fate; ids are set where a row exists."""

    status: RecordStatus
    inbound_id: str | None = None
    conversation_id: ConversationId | None = None
    tenant_id: TenantId | None = None
    lane: str = ""
    """``turn``: workers have something to do; ``receipt``: a sent message's fate; else nothing waits."""


class Slice(Struct, frozen=True):
    """One event with the account it belongs to (rule 2). ``opts_out``: its words are an exact opt-out (rule 4)."""

    route: Route
    event: Arrived
    received_ms: int
    opts_out: bool = False


class IntakeStore(Protocol):
    """Stores what arrives; durable when it returns."""

    async def routes(self, provider_keys: Sequence[str], now_ms: int) -> Mapping[str, Sequence[Route]]:
        """Return where each provider's account id leads; ids nobody connected are missing.

        What was read shortly before ``now_ms`` is believed.
        """
        ...

    async def opt_out_words(self, tenant_id: TenantId, now_ms: int) -> frozenset[str]:
        """Return the tenant's own exact opt-out words; a change of them is seen within seconds of ``now_ms``."""
        ...

    async def record(self, slices: Sequence[Slice]) -> list[Recorded]:
        """Store slices in one commit shared with whatever else waits (rule 3); duplicates change nothing.

        Raises StoreUnavailable where nothing could be committed.
        """
        ...

    async def count_unattributed(self, keys: Sequence[tuple[str, str]], at: datetime) -> None:
        """Count events of unknown accounts by (channel, provider key), without their bodies."""
        ...
