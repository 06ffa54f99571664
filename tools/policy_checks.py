"""The checks a policy consists of, each a pure function over the turn's facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.fold import has_phrase, words
from core.policy import Author, SendFacts, can_send, is_open, next_opening
from core.turns import PolicyFacts
from tools.base import ToolContext
from tools.knowledge.language import content_words

MOST_PER_MINUTE = 20
SUFFIXED_FROM = 5
"""A blocked word this long also stops its suffixed forms; a shorter one would stop innocent words."""
SMALL_TALK = 3
ON_TOPIC_SCORE = 0.2


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer; ``reason`` is a stable name."""

    check: str
    passed: bool
    reason: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def check_window(context: ToolContext, text: str) -> Finding:
    """Tell whether a free-form message may go out now, and until when."""
    return _sendable("window", context, initiated=False)


def check_opt_out(context: ToolContext, text: str) -> Finding:
    """Tell whether the business may write first."""
    out = context.policy.opted_out
    return Finding("opt_out", not out, "opted_out" if out else None)


def check_consent(context: ToolContext, text: str) -> Finding:
    """Tell whether the customer agreed, where the tenant asks for it."""
    given = context.contact.get("consent") is True
    needed = context.policy.policy.require_consent
    return Finding("consent", given or not needed, None if given or not needed else "consent_missing")


def check_business_hours(context: ToolContext, text: str) -> Finding:
    """Tell whether the business is open, else when it opens."""
    policy = context.policy.policy
    if is_open(policy, context.now):
        return Finding("business_hours", True)
    opens = next_opening(policy, context.now)
    return Finding("business_hours", False, "closed", {"opens_at": opens.isoformat() if opens else None})


def check_channel_limits(context: ToolContext, text: str) -> Finding:
    """Tell whether ``text`` fits into one message of the channel."""
    limit = context.capabilities.text
    length = limit.measure(text)
    facts = {"length": length, "limit": limit.value, "unit": limit.unit}
    return Finding("channel_limits", length <= limit.value, None if length <= limit.value else "too_long", facts)


def check_moderation(context: ToolContext, text: str) -> Finding:
    """Tell whether ``text`` is free of the tenant's blocked words."""
    found = blocked_words(text, context.policy)
    return Finding("moderation", not found, "blocked_word" if found else None, {"words": found} if found else {})


def check_rate(context: ToolContext, text: str) -> Finding:
    """Tell whether the customer writes at a human pace."""
    since = context.now - timedelta(minutes=1)
    count = sum(1 for message in context.window if message.author == Author.CONTACT and message.at > since)
    return Finding("rate", count < MOST_PER_MINUTE, None if count < MOST_PER_MINUTE else "too_fast", {"count": count})


PURE_CHECKS: Mapping[str, Callable[[ToolContext, str], Finding]] = {
    "window": check_window,
    "window_24h": check_window,
    "opt_out": check_opt_out,
    "consent": check_consent,
    "business_hours": check_business_hours,
    "channel_limits": check_channel_limits,
    "moderation": check_moderation,
    "rate": check_rate,
}


def check_queue(context: ToolContext, queue: str) -> Finding:
    """Tell whether somebody can take a handoff of ``queue``."""
    available = context.policy.queues_available.get(queue, True)
    return Finding(f"queue_available:{queue}", available, None if available else "nobody_available")


async def check_scope(context: ToolContext, text: str) -> Finding:
    """Tell whether ``text`` is about what the tenant wants to talk about.

    Without a model this is a guess that errs towards yes: few words, a word of the scope or of the knowledge suffice.
    """
    scope = context.policy.policy.scope
    if scope is None:
        return Finding("scope", True)
    asked = set(content_words(text))
    if len(asked) < SMALL_TALK or asked & set(content_words(scope)):
        return Finding("scope", True, facts={"scope": scope})
    passages = await context.knowledge.search(text, sources=(), locale=context.locale, limit=1)
    known = bool(passages) and passages[0].score >= ON_TOPIC_SCORE
    return Finding("scope", known, None if known else "off_topic", {"scope": scope})


def blocked_words(text: str, facts: PolicyFacts) -> list[str]:
    """Return the tenant's blocked words and phrases that stand in ``text``, however they are spelled."""
    said = words(text)
    return sorted(blocked for blocked in facts.policy.blocked_words if _stands_in(said, words(blocked)))


def _stands_in(said: list[str], blocked: list[str]) -> bool:
    if len(blocked) == 1 and len(blocked[0]) >= SUFFIXED_FROM:
        return any(word.startswith(blocked[0]) for word in said)
    return has_phrase(said, blocked)


def _sendable(check: str, context: ToolContext, *, initiated: bool) -> Finding:
    facts = SendFacts(
        capabilities=context.capabilities,
        account_active=context.policy.account_active,
        last_inbound_at=context.policy.last_inbound_at,
        opted_out=context.policy.opted_out,
        initiated=initiated,
    )
    verdict = can_send(facts, Author.AGENT, context.now)
    told: dict[str, Any] = {"until": verdict.until.isoformat()} if verdict.until else {}
    if verdict.alternatives:
        told["instead"] = [alternative.kind for alternative in verdict.alternatives]
    return Finding(check, verdict.allowed, verdict.reason.value if verdict.reason else None, told)
