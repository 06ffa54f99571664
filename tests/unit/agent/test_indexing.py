"""A step of indexing that fails is not the last one."""

from agent.indexing import Indexing
from core.clock import MovableClock
from core.errors import StoreUnavailable


class Store:
    """Fails once, then has one more step to take."""

    def __init__(self) -> None:
        self.steps = 0

    async def follow(self) -> bool:
        self.steps += 1
        if self.steps == 1:
            raise StoreUnavailable
        return self.steps == 2


async def test_that_a_failed_step_is_not_the_last() -> None:
    store = Store()
    indexing = Indexing(store, clock=MovableClock())
    assert [await indexing.look() for _ in range(3)] == [False, True, False]
    assert store.steps == 3
