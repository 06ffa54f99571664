"""Who watches hears of what was joined, and what cannot be joined keeps nothing else waiting."""

from collections.abc import Sequence

from agent.joining import Joiner
from core.clock import MovableClock
from core.errors import StoreUnavailable
from core.ids import TenantId
from core.store import Alias, Joined

TENANT = TenantId("t")


class Store:
    """Cannot be looked into at first; of three pairs one breaks, and one is not ready."""

    def __init__(self) -> None:
        self.looks = 0

    async def due(self, *, limit: int) -> Sequence[Alias]:
        self.looks += 1
        if self.looks == 1:
            raise StoreUnavailable
        return [Alias(TENANT, "account", one, f"{one}2", 0) for one in ("broken", "busy", "ready")]

    async def join(self, alias: Alias) -> Joined | None:
        if alias.one_id == "broken":
            raise LookupError
        return Joined(TENANT, alias.one_id, alias.other_id, 7) if alias.one_id == "ready" else None


async def test_that_what_fails_keeps_nothing_else_waiting() -> None:
    told: list[tuple[str, str | None, int]] = []
    worked: list[str] = []
    joiner = Joiner(Store(), clock=MovableClock(), changed=lambda *what: told.append(what), works=worked.append)
    await joiner.look()
    assert (told, worked) == ([], [])
    await joiner.look()
    assert told == [(TENANT, "ready2", 7), (TENANT, "ready", 7)]
    assert worked == ["ready"]
