"""A worker holds one conversation that was tried before, and prolongs what it holds (ENGINE rules 7 and 8)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from agent.worker import TRIES_EVERY, Worker
from core.clock import MovableClock
from core.errors import Lacking
from core.ids import ConversationId
from core.store import LEASE, Claim, Leaving, SendClaim, TurnCommitted, Wait
from tests.unit.agent.factories import CLAIM, NOW


def claims(*attempts: int) -> list[Claim]:
    return [replace(CLAIM, conversation_id=ConversationId(f"c{n}"), attempts=a) for n, a in enumerate(attempts)]


class Store:
    """Gives out claims, and remembers how it was asked."""

    def __init__(self, *rounds: list[Claim], asking: Callable[[], None] = lambda: None, rings: bool = True) -> None:
        self.rounds = list(rounds)
        self.asking = asking
        self.rings = rings
        self.asked: list[dict[str, Any]] = []
        self.extended: list[Sequence[Claim]] = []
        self.handed_back: list[str] = []
        self.released: list[str] = []
        self.rung: list[str] = []
        self.asked_again = asyncio.Event()
        self.ring: Callable[[], None] = lambda: None

    async def claim(self, **how: Any) -> list[Claim]:
        self.asked.append({**how, "lacks": frozenset(how["lacks"])})
        self.asking()
        found = self.rounds.pop(0) if self.rounds else []
        if not self.rounds:
            self.asked_again.set()
        elif self.rings:
            self.ring()
        return found

    async def extend(self, held: Sequence[Claim]) -> None:
        self.extended.append(list(held))

    async def release(self, claim: Claim, *, next_due: datetime | None) -> bool:
        self.released.append(claim.conversation_id)
        return True

    async def hand_back(self, claim: Claim, *, needs: str) -> None:
        self.handed_back.append(needs)
        self.ring()


class Turns:
    """Holds every conversation until told to let go."""

    def __init__(self, error: Exception | None = None) -> None:
        self.let_go = asyncio.Event()
        self.error = error

    async def process(self, claim: Claim) -> tuple[Claim, TurnCommitted | None, datetime | None]:
        if self.error is not None:
            raise self.error
        await self.let_go.wait()
        return claim, None, None


class Committing(Turns):
    """Commits a turn for each time it is asked, as planned."""

    def __init__(self, *commits: TurnCommitted) -> None:
        super().__init__()
        self.commits = list(commits)

    async def process(self, claim: Claim) -> tuple[Claim, TurnCommitted | None, datetime | None]:
        return claim, self.commits.pop(0), None


class Beats(MovableClock):
    """Lets the heartbeat pass once, and remembers what it slept."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.slept: list[float] = []
        self.beaten = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > 1:
            self.beaten.set()
            await asyncio.Event().wait()


async def run(store: Store, turns: Turns, clock: Beats) -> None:
    worker = Worker(cast(Any, store), cast(Any, turns), clock=clock, slots=8, sends=store.rung.append)
    store.ring = worker.ring
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        await asyncio.wait_for(store.asked_again.wait(), 10)
        await asyncio.wait_for(clock.beaten.wait(), 10)
        turns.let_go.set()
        worker.stop()


async def test_that_a_worker_takes_nothing_more_that_was_tried_before_while_it_holds_such_a_one() -> None:
    clock = Beats()
    store = Store(claims(1), claims(1, 2), [], asking=lambda: clock.advance(TRIES_EVERY))
    await run(store, Turns(), clock)
    assert [asked["retries"] for asked in store.asked[:3]] == [1, 1, 0]


async def test_that_what_others_left_is_looked_for_once_in_a_while() -> None:
    clock = Beats()
    store = Store(claims(1), claims(1), claims(1), claims(1), asking=lambda: clock.advance(TRIES_EVERY / 2))
    await run(store, Turns(), clock)
    assert [asked["retries"] for asked in store.asked[:4]] == [1, 0, 1, 0]


async def test_that_leases_are_prolonged_at_a_third_of_their_time() -> None:
    store, clock = Store(claims(1, 1)), Beats()
    await run(store, Turns(), clock)
    assert clock.slept[0] * 3 == LEASE.total_seconds()


async def test_that_a_worker_claims_nothing_more_of_what_it_lacks() -> None:
    store = Store(claims(1), [], rings=False)
    await run(store, Turns(Lacking("telepathy@1")), Beats())
    assert store.handed_back == ["telepathy@1"]
    assert store.asked[-1]["lacks"] == {"telepathy@1"}


async def test_that_a_worker_goes_on_until_a_commit_has_given_the_conversation_back() -> None:
    store = Store(claims(1))
    turns = Committing(TurnCommitted(1, False, False, None), TurnCommitted(2, False, False, None, given_back=True))
    await run(store, turns, Beats())
    assert turns.commits == []
    assert store.released == []


async def test_that_senders_are_told_of_what_has_not_left_already() -> None:
    claim = claims(1)[0]
    gone = Leaving(SendClaim(claim.tenant_id, claim.conversation_id, claim.account_id, "lease"), Wait(None))
    store = Store(claims(1))
    turns = Committing(
        TurnCommitted(1, False, True, None, leaving=gone), TurnCommitted(2, False, True, None, given_back=True)
    )
    await run(store, turns, Beats())
    assert store.rung == [claim.conversation_id]
