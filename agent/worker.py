"""Claims conversations that have something to do and sees each through (ENGINE §2)."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from agent.turn import TurnEngine
from core.clock import Clock
from core.errors import LostLease
from core.store import Claim, WorkStore

POLL = 1.0
"""Seconds between looks at the store when nobody rings: doorbells only save time."""

HEARTBEAT = 10.0
SHARE = 0.75
"""Most of the slots that one tenant may hold (rule 6)."""

log = structlog.get_logger("agent.worker")


class Worker:
    """Runs turns, many conversations at once, each conversation by one worker at a time."""

    def __init__(
        self,
        store: WorkStore,
        turns: TurnEngine,
        *,
        clock: Clock,
        slots: int,
        sends: Callable[[str], None],
    ) -> None:
        self._store = store
        self._turns = turns
        self._clock = clock
        self._slots = slots
        self._sends = sends
        self._bell = asyncio.Event()
        self._held: dict[str, Claim] = {}
        self._stopping = False

    def ring(self) -> None:
        """Tell that something may be due."""
        self._bell.set()

    def stop(self) -> None:
        """Claim no more; ``run`` returns once the turns under way are done (rule 39)."""
        self._stopping = True
        self._bell.set()

    @property
    def busy(self) -> int:
        """Return how many conversations are held."""
        return len(self._held)

    async def run(self) -> None:
        """Work until stopped."""
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._heartbeat())
            while not self._stopping:
                self._bell.clear()
                try:
                    claimed = await self._claim(group)
                except Exception:
                    log.exception("claiming failed", action="claim_failed")
                    claimed = 0
                if not claimed or len(self._held) >= self._slots:
                    await self._wait()
            while self._held:
                await self._wait()
            beat.cancel()

    async def _claim(self, group: asyncio.TaskGroup) -> int:
        free = self._slots - len(self._held)
        if free <= 0:
            return 0
        busy = Counter[str](claim.tenant_id for claim in self._held.values())
        claims = await self._store.claim(limit=free, busy=busy, cap=max(1, int(self._slots * SHARE)))
        for claim in claims:
            self._held[claim.conversation_id] = claim
            group.create_task(self._hold(claim))
        return len(claims)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()

    async def _hold(self, claim: Claim) -> None:
        try:
            while True:
                claim, committed, again = await self._turns.process(claim)
                if committed is not None and committed.has_sends:
                    self._sends(claim.conversation_id)
                if await self._store.release(claim, next_due=again):
                    break
        except LostLease:
            log.info("lost a lease", action="lease_lost", conversation=claim.conversation_id)
        except Exception:
            log.exception("turn crashed", action="turn_crashed", conversation=claim.conversation_id)
            await self._give_up(claim)
        finally:
            self._held.pop(claim.conversation_id, None)
            self._bell.set()

    async def _give_up(self, claim: Claim) -> None:
        wait = timedelta(seconds=min(60, 2**claim.attempts))
        try:
            await self._store.abandon(claim, retry_at=self._clock.now() + wait)
        except Exception:
            log.exception("could not give a lease back", action="abandon_failed", conversation=claim.conversation_id)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            if self._held:
                try:
                    await self._store.extend(list(self._held.values()))
                except Exception:
                    log.exception("heartbeat failed", action="heartbeat_failed")
