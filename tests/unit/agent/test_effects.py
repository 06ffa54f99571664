"""A write under way is awaited though its turn is cut off (ENGINE rule 14)."""

import asyncio
from typing import Any, cast

from agent.effects import TurnEffects
from agent.journal import Journal
from agent.minting import TurnMinter
from core.store import EffectStore
from tests.unit.agent.factories import CLAIM


class Ledger:
    """Keeps what was begun and finished."""

    def __init__(self) -> None:
        self.begun = 0
        self.results: list[Any] = []

    async def begin(self, *_: Any, **__: Any) -> tuple[str, Any, str]:
        self.begun += 1
        return "run", None, "key"

    async def finish(self, claim: Any, key: Any, result: Any, *, failed: bool = False) -> None:
        self.results.append(result)


class Open:
    """A seal that closes at once."""

    async def close(self) -> None:
        return


def effects_over(ledger: Ledger) -> TurnEffects:
    store = cast(EffectStore, ledger)
    minter = TurnMinter("c", 0)
    journal = Journal(store, CLAIM, turn_no=0, minter=minter)
    return TurnEffects(store, CLAIM, turn_no=0, minter=minter, seal=cast(Any, Open()), journal=journal)


class Service:
    """Answers when told."""

    def __init__(self) -> None:
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def call(self, key: str) -> dict[str, bool]:
        self.asked.set()
        await self.answers.wait()
        return {"booked": True}


def write(effects: TurnEffects, service: Service) -> Any:
    return effects.once(node="book", visit="v", tool="http", arguments={}, call=service.call)


async def test_that_a_write_is_awaited_to_its_end_when_its_turn_is_cut_off() -> None:
    ledger, service = Ledger(), Service()
    async with asyncio.TaskGroup() as group:
        turn = group.create_task(write(effects_over(ledger), service))
        await service.asked.wait()
        # The node's limit, then the turn's.
        for _ in range(2):
            turn.cancel()
            await asyncio.sleep(0)
            assert not turn.done()
        service.answers.set()
        await asyncio.wait({turn})
    assert turn.cancelled()
    assert ledger.results == [{"booked": True}]


async def test_that_the_turns_own_limit_still_ends_it() -> None:
    ledger, service = Ledger(), Service()

    async def limited() -> None:
        async with asyncio.timeout(0):
            await write(effects_over(ledger), service)

    async with asyncio.TaskGroup() as group:
        turn = group.create_task(_failure(limited()))
        await service.asked.wait()
        service.answers.set()
        assert isinstance(await turn, TimeoutError)
    assert ledger.results == [{"booked": True}]


async def _failure(work: Any) -> BaseException | None:
    (outcome,) = await asyncio.gather(work, return_exceptions=True)
    return outcome if isinstance(outcome, BaseException) else None
