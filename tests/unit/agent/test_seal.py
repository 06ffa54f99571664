"""The seal point: a turn restarts while nothing shows, and never after."""

from datetime import timedelta
from typing import Any

import pytest

from agent.seal import LONGEST, QUIET, Seal
from core.clock import MovableClock
from core.errors import Unsealed
from tests.unit.agent.factories import NOW, make_workload, message, pending


class Store:
    """Says whether the seal holds; counts how often it was asked."""

    def __init__(self, *, held: bool) -> None:
        self.held = held
        self.asked = 0

    async def still_sealed(self, *_: Any, **__: Any) -> bool:
        self.asked += 1
        return self.held


class Waiting(MovableClock):
    """Moves itself instead of sleeping, and remembers how long."""

    slept = 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.advance(timedelta(seconds=seconds))


def make_seal(
    store: Any, clock: Waiting, *, typed: bool = True, forced: bool = False, quiet: timedelta = QUIET
) -> Seal:
    """Return the seal of a turn with one message that came just now."""
    work = make_workload(pending=(pending(message("merhaba")),))
    return Seal(store, work, clock=clock, quiet=quiet, typed=typed, forced=forced)


async def test_that_a_lone_message_waits_no_longer_than_fifty_milliseconds() -> None:
    clock = Waiting(NOW)
    await make_seal(Store(held=True), clock).close()
    assert 0 < clock.slept <= 0.05


async def test_that_a_tap_does_not_wait() -> None:
    clock = Waiting(NOW)
    await make_seal(Store(held=True), clock, typed=False).close()
    assert clock.slept == 0


async def test_that_newer_words_restart_an_unsealed_turn() -> None:
    with pytest.raises(Unsealed):
        await make_seal(Store(held=False), Waiting(NOW)).close()


async def test_that_a_sealed_turn_is_not_asked_again() -> None:
    store = Store(held=True)
    seal = make_seal(store, Waiting(NOW))
    await seal.close()
    store.held = False
    await seal.close()
    assert store.asked == 1


async def test_that_the_last_attempt_seals_whatever_comes() -> None:
    await make_seal(Store(held=False), Waiting(NOW), forced=True).close()


async def test_that_a_long_debounce_is_bounded() -> None:
    clock = Waiting(NOW)
    await make_seal(Store(held=True), clock, quiet=timedelta(minutes=1)).close()
    assert clock.slept == LONGEST.total_seconds()
