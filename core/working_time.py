"""How long somebody has waited, in the business's own hours: a night is no wait (ENGINE rule 46)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.policy import Policy, is_open, stretches

LOOK_BACK = timedelta(days=60)
"""What began before counts as if it had begun then."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long it was at a moment, whether it grows just now, and until when that stays so."""

    seconds: int
    at: datetime
    running: bool
    turns_at: datetime | None


def open_between(policy: Policy, since: datetime, until: datetime) -> timedelta:
    """Return how long the business was open between two moments; with no hours set it always is."""
    if not policy.hours:
        return max(until - since, timedelta())
    since = max(since, until - LOOK_BACK)
    total, end = timedelta(), since
    for start, close in _open(policy, since, until):
        total += max(min(close, until) - max(start, end), timedelta())
        end = max(end, close)
    return total


def measure(policy: Policy, since: datetime, now: datetime) -> Waiting:
    """Return how long it has lasted since a moment."""
    seconds = int(open_between(policy, since, now).total_seconds())
    return Waiting(seconds, now, is_open(policy, now), _turns(policy, now))


def _turns(policy: Policy, now: datetime) -> datetime | None:
    """Return when the business opens or closes next; None where it does neither within a week."""
    if not policy.hours:
        return None
    end: datetime | None = None
    for start, close in _open(policy, now, now + timedelta(days=8)):
        if close <= now:
            continue
        if end is None and start > now:
            return start.astimezone(now.tzinfo)
        if end is not None and start > end:
            break
        end = max(close, end or close)
    return end.astimezone(now.tzinfo) if end else None


def _open(policy: Policy, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return every stretch that touches the time between, in order; in UTC, where an hour is an hour."""
    zone = ZoneInfo(policy.timezone)
    first = since.astimezone(zone)
    days = (until.astimezone(zone).date() - first.date()).days
    found = {
        (start.astimezone(UTC), close.astimezone(UTC))
        for day in range(days + 1)
        for start, close in stretches(policy, first + timedelta(days=day))
    }
    return sorted((start, close) for start, close in found if close > since and start < until)
