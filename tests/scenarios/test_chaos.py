"""A short run of ``make chaos``: processes are killed under load, and nobody is the worse for it.

On the embedded store alone: long runs, PostgreSQL and Redis among what dies, are ``make chaos``.
"""

import pytest

from bench.chaos.run import Plan, run_chaos


@pytest.mark.timeout(900)
async def test_that_nothing_is_lost_or_doubled_whatever_dies() -> None:
    plan = Plan("sqlite", messages=150, kills=6, customers=40, seed=20, life=2.0, lease=4.0, restarts=1)
    report = await run_chaos(plan, lambda *_: None)
    assert report.violations == []
    assert report.kills.total() >= plan.kills
    assert report.messages >= plan.messages
    assert report.answers > plan.messages / 2, "most customers were answered, or nothing was judged"
