"""What a call cost and whose it was. Recorded per call, outside the turn: a discarded answer was paid for as well."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.turns import ModelUsage


@dataclass(frozen=True, slots=True)
class UsageScope:
    """Whose call it is."""

    tenant_id: str
    conversation_id: str | None = None
    run_id: str | None = None
    turn_no: int | None = None


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One call to a model, answered or not."""

    scope: UsageScope
    purpose: str
    alias: str
    usage: ModelUsage
    outcome: str
    """``ok``, ``cancelled``, or the error's code."""
    estimated: bool = False
    """The provider did not say; the tokens are guessed from the text."""
    priced: bool = True
    """False where the model has no known price: its dollars are 0 and mean nothing."""


UsageSink = Callable[[UsageRecord], Awaitable[None]]
"""Where records go. Must not raise: a lost record must not lose a turn."""


async def discard_usage(record: UsageRecord) -> None:
    """Forget a record: for previews and tests."""
