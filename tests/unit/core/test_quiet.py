"""What rings at the end of quiet hours does not ring all at once (ENGINE rule 28); no hours means open (rule 25)."""

from datetime import UTC, datetime, time, timedelta

from core.policy import Policy, is_open, quiet_until, scatter

NIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
NINE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def test_that_each_conversation_has_its_own_moment_within_a_tenth_of_the_wait() -> None:
    assert quiet_until((time(21), time(9)), "UTC", NIGHT) == NINE
    moments = {scatter(NIGHT, NINE, f"talk-{n}") for n in range(50)}
    assert len(moments) == 50
    assert all(NINE <= moment <= NINE + timedelta(hours=1) for moment in moments)
    assert max(moments) - min(moments) > timedelta(minutes=30)
    assert scatter(NIGHT, NINE, "talk-1") == scatter(NIGHT, NINE, "talk-1")


def test_that_without_hours_the_business_is_open() -> None:
    assert is_open(Policy(), NIGHT)
