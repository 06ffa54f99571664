"""The loop that workers and the sender share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from agent import claiming as claiming_module
from agent.claiming import SECOND_LOOK, Claiming
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


@asynccontextmanager
async def at_work(
    shelf: Shelf, hold: Callable[[Held], Awaitable[None]], *, slots: int
) -> AsyncIterator[Claiming[Held]]:
    """A loop that has looked once and waits."""
    claiming = Claiming(shelf, hold, slots=slots)
    async with asyncio.TaskGroup() as group:
        group.create_task(claiming.run())
        await turns_of_the_loop()
        yield claiming
        claiming.stop()


async def turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def at_once(claim: Held) -> None:
    """Give it back."""


async def test_that_a_look_that_found_all_there_was_is_not_repeated_at_once_until_somebody_rings() -> None:
    shelf = Shelf(a=2, b=1)
    async with at_work(shelf, at_once, slots=8) as claiming:
        assert len(shelf.asked) == 1
        claiming.ring()
        await turns_of_the_loop()
        assert len(shelf.asked) == 2


@pytest.fixture
def unpolled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits to be rung waits for long."""
    monkeypatch.setattr(claiming_module, "POLL", 60.0)


@pytest.mark.usefixtures("unpolled")
async def test_that_what_a_rival_hid_as_it_looked_is_found_by_a_second_look_and_no_third() -> None:
    shelf, held = Shelf(a=0), asyncio.Event()

    async def hold(claim: Held) -> None:
        held.set()

    async with at_work(shelf, hold, slots=8):
        shelf.waiting["a"] = 1
        await asyncio.wait_for(held.wait(), 10)
        while len(shelf.asked) < 3:  # what was found may have hidden more
            await asyncio.sleep(SECOND_LOOK / 10)
        await asyncio.sleep(3 * SECOND_LOOK)
        assert len(shelf.asked) == 3, "nothing has hidden anything"


@pytest.mark.usefixtures("unpolled")
async def test_that_a_slot_which_gets_free_during_a_look_has_it_repeated() -> None:
    looking, go, let_go, seen = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    class Slow(Shelf):
        async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[Held]:
            found = await super().claim(limit=limit, busy=busy, cap=cap)
            if self.waiting["a"] and not go.is_set():
                looking.set()
                await go.wait()
            return found

    async def hold(claim: Held) -> None:
        if claim.conversation_id == "first":
            await let_go.wait()
        else:
            seen.set()

    shelf = Slow(a=0)
    async with at_work(shelf, hold, slots=2) as claiming:
        while len(shelf.asked) < 2:  # both looks that starting is worth
            await asyncio.sleep(SECOND_LOOK / 10)
        first = Held(*somebody("first"))  # one is all that a tenant may have of two
        assert claiming.keep_slot(*somebody("first"))
        claiming.fill_slot(first.conversation_id, first, hold)
        shelf.waiting["a"] = 1
        claiming.ring()
        await asyncio.wait_for(looking.wait(), 10)
        assert not claiming.keep_slot(*somebody("x", "b")), "a look is under way that may fill it"
        let_go.set()
        await turns_of_the_loop()
        go.set()
        await asyncio.wait_for(seen.wait(), 10)


async def test_that_a_kept_slot_can_be_filled_though_the_loop_has_ended() -> None:
    claiming = Claiming(Shelf(), at_once, slots=2)
    running = asyncio.ensure_future(claiming.run())
    await turns_of_the_loop()
    assert claiming.keep_slot(*somebody("x"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    claiming.fill_slot(ConversationId("x"), Held(*somebody("x")), at_once)
    assert claiming.held == []
    assert not claiming.keep_slot(*somebody("y"))


@pytest.mark.parametrize(("waiting", "slots"), [(Shelf(a=3, b=3), 3), (Shelf(a=6), 4)])
async def test_that_whoever_may_have_more_is_asked_again_as_slots_get_free(waiting: Shelf, slots: int) -> None:
    async with at_work(waiting, at_once, slots=slots):
        assert not any(waiting.waiting.values())


def somebody(name: str, tenant: str = "a") -> tuple[TenantId, ConversationId]:
    return TenantId(tenant), ConversationId(name)


async def test_that_a_kept_slot_counts_until_it_is_filled_or_given_back() -> None:
    shelf, held, go = Shelf(), list[str](), asyncio.Event()

    async def hold(claim: Held) -> None:
        held.append(claim.conversation_id)
        await go.wait()

    async with at_work(shelf, at_once, slots=4) as claiming:
        assert [claiming.keep_slot(*somebody(name)) for name in ("x", "x", "y", "z", "w")] == [
            True, False, True, True, False,
        ]  # fmt: skip
        assert claiming.keep_slot(*somebody("v", "b"))
        assert not claiming.keep_slot(*somebody("u", "c"))
        claiming.fill_slot(ConversationId("x"), Held(*somebody("x")), hold)
        claiming.fill_slot(ConversationId("y"), None, hold)
        for left in ("z", "v"):
            claiming.fill_slot(ConversationId(left), None, hold)
        await turns_of_the_loop()
        assert held == ["x"]
        assert [claim.conversation_id for claim in claiming.held] == ["x"]
        assert not claiming.keep_slot(*somebody("x"))
        go.set()
        await turns_of_the_loop()
        assert claiming.held == []


async def test_that_no_slot_is_kept_for_somebody_while_others_wait_for_one() -> None:
    go = asyncio.Event()

    async def hold(claim: Held) -> None:
        await go.wait()

    async with at_work(Shelf(a=3), hold, slots=3) as claiming:
        assert not claiming.keep_slot(*somebody("x", "b"))
        go.set()


async def test_that_a_stopped_loop_waits_for_the_slots_that_are_kept() -> None:
    held = list[str]()

    async def hold(claim: Held) -> None:
        held.append(claim.conversation_id)

    async with at_work(Shelf(), at_once, slots=4) as claiming:
        assert claiming.keep_slot(*somebody("x"))
        claiming.stop()
        await turns_of_the_loop()
        assert not claiming.keep_slot(*somebody("y"))
        claiming.fill_slot(ConversationId("x"), Held(*somebody("x")), hold)
    assert held == ["x"]
