"""Waiting is counted in the hours in which somebody could have come."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.policy import OpenHours, Policy
from core.working_time import measure, open_between

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SHOP = Policy(hours=tuple(OpenHours(day=day, start=time(9), end=time(18)) for day in range(5)))
NIGHTS = Policy(hours=(OpenHours(day=0, start=time(20), end=time(2)),))


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


@pytest.mark.parametrize(
    ("policy", "since", "until", "hours"),
    [
        (Policy(), at(0, 0), at(3, 1), 73),
        (SHOP, at(0, 10), at(0, 11.5), 1.5),
        (SHOP, at(0, 17), at(1, 10), 2),
        (SHOP, at(0, 3), at(0, 8), 0),
        (SHOP, at(4, 17), at(7, 10), 2),
        (SHOP, at(0, 0), at(7, 0), 45),
        (SHOP, at(0, 12), at(0, 10), 0),
        (SHOP.model_copy(update={"holidays": frozenset({date(2026, 3, 3)})}), at(0, 17), at(2, 10), 2),
        (NIGHTS, at(0, 23), at(1, 5), 3),
        (NIGHTS, at(1, 1), at(1, 5), 1),
        (SHOP.model_copy(update={"hours": (*SHOP.hours, SHOP.hours[0])}), at(0, 10), at(0, 12), 2),
        (SHOP.model_copy(update={"timezone": "Asia/Almaty"}), at(0, 3), at(0, 5), 1),
    ],
)
def test_that_only_open_hours_count(policy: Policy, since: datetime, until: datetime, hours: float) -> None:
    assert open_between(policy, since, until) == timedelta(hours=hours)


def test_that_an_hour_is_an_hour_where_clocks_are_changed() -> None:
    berlin = Policy(timezone="Europe/Berlin", hours=(OpenHours(day=6, start=time(0), end=time(6)),))
    changed = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert open_between(berlin, changed - timedelta(days=1), changed) == timedelta(hours=5)


def test_that_it_says_whether_time_runs_and_until_when() -> None:
    assert measure(Policy(), at(0, 0), at(0, 1)).turns_at is None
    day, night = measure(SHOP, at(0, 17), at(0, 17.5)), measure(SHOP, at(0, 17), at(0, 20))
    assert (day.seconds, day.running, day.turns_at) == (1800, True, at(0, 18))
    assert (night.seconds, night.running, night.turns_at) == (3600, False, at(1, 9))
    assert measure(SHOP, at(4, 17), at(5, 12)).turns_at == at(7, 9)
