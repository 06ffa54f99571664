"""Who takes a conversation hears what the agent still got out (ENGINE rule 24)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.clock import MovableClock
from core.desk_ports import Outgoing
from core.ids import StaffId, TenantId
from core.nouns import Actor, Role
from desk.holding import LONGEST, Desk, take_conversation

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Waiting(MovableClock):
    """Moves itself instead of sleeping."""

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


class State:
    """A conversation of the agent's without a handoff."""

    id = "c"
    handoff_id = None
    handoff_state = None


class Talk:
    """A conversation whose requests get their outcome after a while."""

    event_no = 7
    state = State()

    def __init__(self, clock: MovableClock, *fates: str, after: timedelta) -> None:
        self.clock, self.fates, self.at = clock, fates, clock.now() + after
        self.owner = ""

    @asynccontextmanager
    async def change(self, *_: Any, **__: Any) -> AsyncIterator["Talk"]:
        yield self

    async def sends_in_flight(self) -> list[Outgoing]:
        return [Outgoing(f"o{n}", f"m{n}", "sending") for n in range(len(self.fates))]

    async def give_to(self, owner: str, why: str) -> None:
        assert why == "takeover"
        self.owner = owner

    async def outcomes(self, _tenant: TenantId, requests: list[Outgoing]) -> list[Outgoing]:
        assert self.owner, "the conversation is taken first, waiting comes after"
        if self.clock.now() < self.at:
            return requests
        return [replace(one, state=state) for one, state in zip(requests, self.fates, strict=True)]


class Silent:
    """Doorbells that nobody hears."""

    def changed(self, *_: Any) -> None:
        return


async def take(clock: Waiting, talk: Talk) -> list[str]:
    """Take the conversation; returns what got out."""
    actor = Actor(TenantId("t"), Role.STAFF, StaffId("7"), "staff:7")
    kept: Any = talk
    taken = await take_conversation(Desk(kept, {}, Silent(), clock), "c", actor=actor)  # type: ignore[arg-type]
    assert (taken.event_no, taken.owner) == (7, "staff:7")
    return taken.on_its_way


async def test_that_the_answer_comes_with_the_outcomes_and_names_what_may_be_out() -> None:
    clock = Waiting(NOW)
    talk = Talk(clock, "accepted", "failed", "unknown", "queued", after=timedelta(seconds=2))
    assert await take(clock, talk) == ["m0", "m2"]
    assert timedelta(seconds=2) <= clock.now() - NOW < timedelta(seconds=2.2)


async def test_that_nobody_waits_longer_than_five_seconds_for_an_outcome() -> None:
    clock = Waiting(NOW)
    assert await take(clock, Talk(clock, "accepted", after=timedelta(minutes=1))) == ["m0"]
    assert clock.now() - NOW <= LONGEST + timedelta(seconds=0.1)


async def test_that_nobody_waits_where_nothing_was_at_the_door() -> None:
    clock = Waiting(NOW)
    assert await take(clock, Talk(clock, after=timedelta(minutes=1))) == []
    assert clock.now() == NOW
