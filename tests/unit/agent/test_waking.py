"""Who watches hears of what came back, and a store that fails is asked again."""

from collections.abc import Sequence

from agent.waking import Waker
from core.clock import MovableClock
from core.errors import StoreUnavailable
from core.ids import TenantId
from core.store import Woken

TENANT = TenantId("t")


class Store:
    """Fails once, then wakes one."""

    def __init__(self) -> None:
        self.looks = 0

    async def wake(self, *, limit: int) -> Sequence[Woken]:
        self.looks += 1
        if self.looks == 1:
            raise StoreUnavailable
        return [Woken(TENANT, "c", 7)]


async def test_that_a_failed_look_is_not_the_last() -> None:
    told: list[tuple[str, str | None, int]] = []
    waker = Waker(Store(), clock=MovableClock(), changed=lambda *what: told.append(what))
    await waker.look()
    assert told == []
    await waker.look()
    assert told == [(TENANT, "c", 7)]
