"""The door's judgement of one request: ``core.policy.can_send`` over rows."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from core.channel_types import Capabilities
from core.clock import from_ms
from core.nouns import AGENT, NOBODY, AccountStatus
from core.policy import Author, Policy, SendFacts, SendVerdict, can_send, quiet_until, scatter


@lru_cache(maxsize=500)
def read_policy(stored: str, timezone: str) -> Policy:
    """Return a tenant's policy; most turns read what the one before has read."""
    return Policy.model_validate({"timezone": timezone, **orjson.loads(stored)})


def judge(row: Any, facts: Any, able: Capabilities, now: datetime) -> SendVerdict:
    """Tell whether an outbox row may go out, on what the same transaction read."""
    author, initiated = Author(row["author"]), bool(row["initiated"])
    policy = read_policy(facts["policy"], facts["timezone"])
    return can_send(
        SendFacts(
            capabilities=able,
            account_active=facts["status"] == AccountStatus.ACTIVE,
            last_inbound_at=from_ms(facts["last_inbound_ms"]) if facts["last_inbound_ms"] else None,
            opted_out=bool(facts["opted_out"]),
            initiated=initiated,
            is_template=bool(row["is_template"]),
            is_opt_out_confirmation=bool(row["exempt"]),
            author_owns=author is not Author.AGENT or _owns(row, facts),
            quiet_until=_quiet(policy, row["conversation_id"], now) if initiated else None,
        ),
        author,
        now,
    )


def _owns(row: Any, facts: Any) -> bool:
    """Tell whether the agent may still speak: what it said as it called for a person goes out until one has come."""
    return row["owner_epoch"] == facts["owner_epoch"] and facts["owner"] in (AGENT, NOBODY)


def _quiet(policy: Policy, conversation_id: str, now: datetime) -> datetime | None:
    until = quiet_until(policy.quiet_hours, policy.timezone, now)
    return None if until is None else scatter(now, until, conversation_id)
