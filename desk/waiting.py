"""How long who waits has waited, in the business's own hours (ENGINE rule 46)."""

from datetime import datetime
from typing import TypeVar

from core.nouns import NOBODY
from core.policy import Policy
from core.views import ConversationItem, WaitingView
from core.working_time import measure

C = TypeVar("C", bound=ConversationItem)


def is_waiting(item: ConversationItem) -> bool:
    """Tell whether it is open and nobody holds it."""
    return item.status == "open" and item.owner == NOBODY


def with_wait(item: C, policy: Policy, now: datetime) -> C:
    """Say how long it has waited: since the handoff, else since nobody holds it."""
    asked = item.handoff.created_at if item.handoff and item.handoff.state == "waiting" else item.owner_since
    if asked is None or not is_waiting(item):
        return item
    waited = measure(policy, asked, now)
    shown = WaitingView(seconds=waited.seconds, at=waited.at, running=waited.running, turns_at=waited.turns_at)
    return item.model_copy(update={"waiting": shown})
