"""May this person write here now: the one question of ``core.policy`` asked for the desk."""

from datetime import datetime

from core.channel_types import Capabilities
from core.desk_ports import ConversationState
from core.policy import Author, SendFacts, SendVerdict, can_send
from core.views import AlternativeView, VerdictView


def judge(
    state: ConversationState, able: Capabilities, *, author: Author, now: datetime, initiated: bool = False
) -> SendVerdict:
    """Judge a free-form message inside a conversation; ``initiated``: it answers nobody just then."""
    facts = SendFacts(
        capabilities=able,
        account_active=state.account_active,
        last_inbound_at=state.last_inbound_at,
        opted_out=state.opted_out,
        initiated=initiated,
    )
    return can_send(facts, author, now)


def show_verdict(verdict: SendVerdict) -> VerdictView:
    """Return a verdict as clients get it."""
    return VerdictView(
        allowed=verdict.allowed,
        reason=verdict.reason.value if verdict.reason else None,
        until=verdict.until,
        alternatives=[AlternativeView(kind=other.kind, at=other.at) for other in verdict.alternatives],
        tag=verdict.tag,
    )
