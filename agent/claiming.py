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


class Claiming(Generic[C]):
    """Holds the claims of one process; each is given to ``hold``, which gives it back or loses it."""

    def __init__(self, store: Claimable[C], hold: Callable[[C], Awaitable[None]], *, slots: int) -> None:
        self._store = store
        self._hold = hold
        self._slots = slots
        self._bell = asyncio.Event()
        self._held: dict[str, C] = {}
        self._stopping = False

    @property
    def held(self) -> list[C]:
        """Return the claims that are held now."""
        return list(self._held.values())

    def ring(self) -> None:
        """Tell that something may be due."""
        self._bell.set()

    def stop(self) -> None:
        """Claim no more; ``run`` returns once what is held was seen through (rule 39)."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Claim until stopped."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._bell.clear()
                try:
                    claimed = await self._claim(group)
                except Exception:
                    log.exception("claiming failed", action="claim_failed")
                    claimed = 0
                if not claimed or len(self._held) >= self._slots:
                    await self._wait()

    async def _claim(self, group: asyncio.TaskGroup) -> int:
        free = self._slots - len(self._held)
        if free <= 0:
            return 0
        busy = Counter[str](claim.tenant_id for claim in self._held.values())
        claims = await self._store.claim(limit=free, busy=busy, cap=max(1, int(self._slots * SHARE)))
        for claim in claims:
            self._held[claim.conversation_id] = claim
            group.create_task(self._see_through(claim))
        return len(claims)

    async def _see_through(self, claim: C) -> None:
        try:
            await self._hold(claim)
        except LostLease:
            log.info("lost a lease", action="lease_lost", conversation=claim.conversation_id)
        finally:
            self._held.pop(claim.conversation_id, None)
            self._bell.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._bell.wait()
        except TimeoutError:
            return
