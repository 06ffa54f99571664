"""The simulated queue: it agrees with what theory says where theory says anything."""

import pytest

from bench.queueing import Load, simulate


def test_that_an_idle_server_adds_its_own_time_alone() -> None:
    seen = simulate(Load(per_second=1, workers=1, cpu=0.004, model=0.3))
    assert seen.p50_ms == pytest.approx(4, rel=0.15)
    assert seen.busy == pytest.approx(0.004, rel=0.1)


def test_that_half_a_load_waits_as_theory_says() -> None:
    # M/G/1, Pollaczek-Khinchine: the mean wait at half load is about half a service time; the median is below it.
    seen = simulate(Load(per_second=100, workers=1, cpu=0.005))
    assert seen.busy == pytest.approx(0.5, rel=0.05)
    assert 5 < seen.p50_ms < 8
    assert seen.p99_ms < 40


def test_that_beyond_one_core_the_queue_grows_and_a_second_core_ends_it() -> None:
    over = simulate(Load(per_second=300, workers=1, cpu=0.005))
    two = simulate(Load(per_second=300, workers=2, cpu=0.005))
    assert over.busy > 0.99
    assert over.p50_ms > 1000
    assert two.busy == pytest.approx(0.75, rel=0.05)
    assert two.p50_ms < 20


def test_that_a_slow_model_costs_slots_and_no_core() -> None:
    few = simulate(Load(per_second=100, workers=1, cpu=0.002, model=1.0, slots=64))
    enough = simulate(Load(per_second=100, workers=1, cpu=0.002, model=1.0, slots=256))
    assert few.p50_ms > 1000
    assert enough.p50_ms < 10
    assert enough.busy < 0.25
