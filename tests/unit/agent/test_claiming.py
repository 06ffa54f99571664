"""The loop that workers and the sender share."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from agent.claiming import Claiming
from core.errors import LostLease
from core.ids import ConversationId, TenantId


@dataclass(frozen=True)
class Held:
    tenant_id: TenantId
    conversation_id: ConversationId


class Shelf:
    """Gives out what is left of each tenant, as a store does."""

    def __init__(self, **waiting: int) -> None:
        self.waiting = waiting
        self.asked: list[tuple[int, dict[str, int], int]] = []
        self.fails = 0

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[Held]:
        self.asked.append((limit, dict(busy), cap))
        if self.fails:
            self.fails -= 1
            raise OSError("the store is away")
        out = list[Held]()
        for tenant, left in self.waiting.items():
            take = min(left, cap - busy.get(tenant, 0), limit - len(out))
            self.waiting[tenant] -= take
            out += [Held(TenantId(tenant), ConversationId(f"{tenant}{left - no}")) for no in range(take)]
        return out


async def test_that_one_tenant_never_holds_every_slot() -> None:
    shelf, seen, most = Shelf(loud=10, quiet=1), list[str](), 0
    claiming: Claiming[Held]

    async def hold(claim: Held) -> None:
        nonlocal most
        most = max(most, sum(each.tenant_id == "loud" for each in claiming.held))
        await asyncio.sleep(0)
        seen.append(claim.conversation_id)
        if len(seen) == 11:
            claiming.stop()

    claiming = Claiming(shelf, hold, slots=4)
    await claiming.run()

    assert len(set(seen)) == 11
    assert most == 3
    assert claiming.held == []


async def test_that_a_stopped_loop_sees_through_what_it_holds() -> None:
    shelf, ended, go = Shelf(a=1, b=1), list[str](), asyncio.Event()
    claiming: Claiming[Held]

    async def hold(claim: Held) -> None:
        claiming.stop()
        await go.wait()
        ended.append(claim.conversation_id)

    claiming = Claiming(shelf, hold, slots=2)
    async with asyncio.TaskGroup() as group:
        group.create_task(claiming.run())
        while len(claiming.held) < 2:
            await asyncio.sleep(0)
        go.set()

    assert len(ended) == 2


async def test_that_a_failed_look_and_a_lost_lease_do_not_end_the_loop() -> None:
    shelf, seen = Shelf(a=2), list[str]()
    shelf.fails = 1
    claiming: Claiming[Held]

    async def hold(claim: Held) -> None:
        seen.append(claim.conversation_id)
        if len(seen) == 1:
            raise LostLease
        claiming.stop()

    claiming = Claiming(shelf, hold, slots=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(claiming.run())
        while not shelf.asked:
            await asyncio.sleep(0)
        claiming.ring()

    assert len(seen) == 2
