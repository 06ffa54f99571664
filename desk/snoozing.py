"""Until when one puts a conversation aside (ENGINE rule 43)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import InvalidInput
from core.policy import Policy, next_opening

MORNING = time(9)
LONGEST = timedelta(days=366)


def usual_moments(policy: Policy, now: datetime) -> dict[str, datetime]:
    """Return the moments that are offered: mornings are the business's own, or the next opening after them."""
    local = now.astimezone(ZoneInfo(policy.timezone))

    def morning(days: int) -> datetime:
        at = datetime.combine(local.date() + timedelta(days=days), MORNING, tzinfo=local.tzinfo).astimezone(now.tzinfo)
        return next_opening(policy, at) or at

    return {
        "hour": now + timedelta(hours=1),
        "tomorrow": morning(1),
        "next_week": morning(7 - local.weekday()),
    }


def check_moment(until: datetime | None, now: datetime) -> None:
    """Raise InvalidInput for a moment that is over, or further away than anybody means."""
    if until is not None and not now < until <= now + LONGEST:
        raise InvalidInput(
            "Choose a moment within the next year.", errors=[{"field": "until", "why": "not within the next year"}]
        )
