"""Claims conversations in batches while slots are free: the loop that workers and the sender share (ENGINE §2)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from core.errors import LostLease
from core.ids import ConversationId, TenantId

POLL = 1.0
"""Seconds between looks at the store when nobody rings: doorbells only save time."""

SECOND_LOOK = 0.05
"""Seconds after which a look that somebody rang for, or that found something, is repeated once."""

SHARE = 0.75
"""Most of the slots that one tenant may hold (ENGINE rule 6)."""

log = structlog.get_logger("agent.claiming")


class Claimed(Protocol):
    """A conversation that is held under a lease."""

    @property
    def tenant_id(self) -> TenantId:
        """Whose it is."""
        ...

    @property
    def conversation_id(self) -> ConversationId:
        """Which it is."""
        ...


C = TypeVar("C", bound=Claimed)
C_co = TypeVar("C_co", bound=Claimed, covariant=True)


class Claimable(Protocol[C_co]):
    """A store that gives out conversations."""

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> Sequence[C_co]:
        """Claim up to ``limit`` conversations, none of a tenant that has ``cap`` already."""
        ...


Hold = Callable[[C], Awaitable[None]]
"""Sees a claim through: it is given back at its end, or lost."""


class Claiming(Generic[C]):
    """Holds the claims of one process; each is given to ``hold``, which gives it back or loses it."""

    def __init__(self, store: Claimable[C], hold: Hold[C], *, slots: int) -> None:
        self._store = store
        self._hold = hold
        self._slots = slots
        self._cap = max(1, int(slots * SHARE))
        self._bell = asyncio.Event()
        self._held: dict[str, C] = {}
        self._kept: dict[str, TenantId] = {}
        self._more = True
        """More may be due than was claimed: a slot that gets free is worth a look at the store."""
        self._looking = False
        self._second_look: asyncio.TimerHandle | None = None
        self._is_news = True
        """Somebody rang: what is due by now may have been hidden by another process that looked as we did."""
        self._group: asyncio.TaskGroup | None = None
        self._stopping = False

    @property
    def held(self) -> list[C]:
        """Return the claims that are held now."""
        return list(self._held.values())

    def ring(self) -> None:
        """Tell that something may be due."""
        self._is_news = True
        self._bell.set()

    def ring_in(self, seconds: float) -> None:
        """Tell that something is due so soon; what is due later than the next look needs nobody to tell."""
        if seconds < POLL:
            asyncio.get_running_loop().call_later(max(0.0, seconds) + 0.005, self.ring)

    def stop(self) -> None:
        """Claim no more; ``run`` returns once what is held was seen through (rule 39)."""
        self._stopping = True
        self._bell.set()

    def keep_slot(self, tenant_id: TenantId, conversation_id: ConversationId) -> bool:
        """Keep a slot for what is claimed elsewhere than here; ``fill_slot`` must follow.

        None is kept that a claim would not be given: of a tenant that has its share, or while others wait or may.
        """
        if self._group is None or self._stopping or self._more or self._looking:
            return False
        if conversation_id in self._held or conversation_id in self._kept:
            return False
        busy = self._busy()
        if busy.total() >= self._slots or busy[tenant_id] >= self._cap:
            return False
        self._kept[conversation_id] = tenant_id
        return True

    def fill_slot(self, conversation_id: ConversationId, claim: C | None, hold: Hold[C]) -> None:
        """Give what was claimed to ``hold``, or the slot back; once ``run`` has failed, its lease is left to end."""
        del self._kept[conversation_id]
        if claim is not None and self._group is not None:
            self._see_to(self._group, claim, hold)
        self._let_go()

    async def run(self) -> None:
        """Claim until stopped."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                await self._run(group)
        finally:
            self._group = None
            if self._second_look is not None:
                self._second_look.cancel()

    async def _run(self, group: asyncio.TaskGroup) -> None:
        while not self._stopping:
            self._bell.clear()
            self._looking = True
            try:
                claimed = await self._claim(group)
            except Exception:
                log.exception("claiming failed", action="claim_failed")
                claimed = 0
            finally:
                self._looking = False
            if not claimed or not self._more or self._free() <= 0:
                await self._wait()
        while self._kept:
            self._bell.clear()
            await self._wait()

    async def _claim(self, group: asyncio.TaskGroup) -> int:
        free = self._free()
        if free <= 0:
            self._more = True
            return 0
        busy, is_news, self._is_news = self._busy(), self._is_news, False
        claims = await self._store.claim(limit=free, busy=busy, cap=self._cap)
        for claim in claims:
            busy[claim.tenant_id] += 1
            self._see_to(group, claim, self._hold)
        # Whoever was given less than they asked for, and passed over nobody for having their share, was given all: but
        # for what another process was looking at just then.
        self._more = len(claims) >= free or max(busy.values(), default=0) >= self._cap
        if not self._more and (claims or is_news) and self._second_look is None:
            self._second_look = asyncio.get_running_loop().call_later(SECOND_LOOK, self._look_again)
        return len(claims)

    def _look_again(self) -> None:
        self._second_look = None
        self._bell.set()

    def _free(self) -> int:
        return self._slots - len(self._held) - len(self._kept)

    def _busy(self) -> Counter[str]:
        busy = Counter[str](claim.tenant_id for claim in self._held.values())
        busy.update(self._kept.values())
        return busy

    def _see_to(self, group: asyncio.TaskGroup, claim: C, hold: Hold[C]) -> None:
        self._held[claim.conversation_id] = claim
        group.create_task(self._see_through(claim, hold))

    async def _see_through(self, claim: C, hold: Hold[C]) -> None:
        try:
            await hold(claim)
        except LostLease:
            log.info("lost a lease", action="lease_lost", conversation=claim.conversation_id)
        finally:
            # It may have been claimed anew between its being given back and here.
            if self._held.get(claim.conversation_id) is claim:
                del self._held[claim.conversation_id]
            self._let_go()

    def _let_go(self) -> None:
        """Have it looked for who may have the slot."""
        if self._more or self._looking or self._stopping:
            self._bell.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._bell.wait()
        except TimeoutError:
            return
