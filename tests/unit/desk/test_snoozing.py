"""The moments one may put a conversation aside until are the business's own."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.errors import InvalidInput
from core.policy import OpenHours, Policy
from desk.snoozing import LONGEST, check_moment, usual_moments

THURSDAY = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
WEEKDAYS = tuple(OpenHours(day=day, start=time(8), end=time(18)) for day in range(5))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("policy", "now", "tomorrow", "next_week"),
    [
        (Policy(), THURSDAY, "2026-03-06T09:00", "2026-03-09T09:00"),
        (Policy(timezone="Europe/Istanbul"), THURSDAY, "2026-03-06T06:00", "2026-03-09T06:00"),
        # In Istanbul it is Friday already.
        (Policy(timezone="Europe/Istanbul"), at("2026-03-05T22:00"), "2026-03-07T06:00", "2026-03-09T06:00"),
        (Policy(hours=WEEKDAYS), THURSDAY, "2026-03-06T09:00", "2026-03-09T09:00"),
        (Policy(hours=WEEKDAYS), at("2026-03-06T14:00"), "2026-03-09T08:00", "2026-03-09T09:00"),
        (Policy(hours=WEEKDAYS, holidays=frozenset({date(2026, 3, 9)})), THURSDAY, "2026-03-06T09:00",
         "2026-03-10T08:00"),
        (Policy(hours=(OpenHours(day=4, start=time(11), end=time(15)),)), THURSDAY, "2026-03-06T11:00",
         "2026-03-13T11:00"),
    ],
)  # fmt: skip
def test_that_mornings_are_those_of_the_business(policy: Policy, now: datetime, tomorrow: str, next_week: str) -> None:
    assert usual_moments(policy, now) == {
        "hour": now + timedelta(hours=1),
        "tomorrow": at(tomorrow),
        "next_week": at(next_week),
    }


@pytest.mark.parametrize("off", [timedelta(0), timedelta(seconds=-1), LONGEST + timedelta(seconds=1)])
def test_that_a_moment_that_is_over_or_too_far_away_is_refused(off: timedelta) -> None:
    with pytest.raises(InvalidInput):
        check_moment(THURSDAY + off, THURSDAY)


def test_that_no_moment_means_until_the_customer_writes() -> None:
    check_moment(None, THURSDAY)
    check_moment(THURSDAY + LONGEST, THURSDAY)
