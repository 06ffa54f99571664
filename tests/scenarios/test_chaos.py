"""A short run of ``make chaos`` on each store: processes are killed under load, and nobody is the worse for it."""

import pytest

from bench.chaos.run import Plan, run_chaos


@pytest.mark.timeout(600)
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_that_nothing_is_lost_or_doubled_whatever_dies(store: str) -> None:
    plan = Plan(store, messages=150, kills=6, customers=40, seed=20, life=2.0, lease=4.0, restarts=1)
    report = await run_chaos(plan, lambda *_: None)
    assert report.violations == []
    assert report.kills.total() >= plan.kills
    assert report.messages >= plan.messages
    assert report.answers > plan.messages / 2, "most customers were answered, or nothing was judged"
