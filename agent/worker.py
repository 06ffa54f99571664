"""Claims conversations that have something to do and sees each through (ENGINE §2)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from agent.claiming import Claiming
from agent.turn import TurnEngine
from core.clock import Clock
from core.errors import LostLease
from core.store import Claim, WorkStore

HEARTBEAT = 10.0

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
        self._sends = sends
        self._claims = Claiming(store, self._hold, slots=slots)

    def ring(self) -> None:
        """Tell that something may be due."""
        self._claims.ring()

    def stop(self) -> None:
        """Claim no more; ``run`` returns once the turns under way are done (rule 39)."""
        self._claims.stop()

    async def run(self) -> None:
        """Work until stopped."""
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._heartbeat())
            await self._claims.run()
            beat.cancel()

    async def _hold(self, claim: Claim) -> None:
        try:
            while True:
                claim, committed, again = await self._turns.process(claim)
                if committed is not None and committed.has_sends:
                    self._sends(claim.conversation_id)
                if await self._store.release(claim, next_due=again):
                    break
        except LostLease:
            raise
        except Exception:
            log.exception("turn crashed", action="turn_crashed", conversation=claim.conversation_id)
            await self._give_up(claim)

    async def _give_up(self, claim: Claim) -> None:
        wait = timedelta(seconds=min(60, 2**claim.attempts))
        try:
            await self._store.abandon(claim, retry_at=self._clock.now() + wait)
        except Exception:
            log.exception("could not give a lease back", action="abandon_failed", conversation=claim.conversation_id)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            if held := self._claims.held:
                try:
                    await self._store.extend(held)
                except Exception:
                    log.exception("heartbeat failed", action="heartbeat_failed")
