"""Claims conversations that have something to do and sees each through (ENGINE §2)."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from agent.claiming import Claiming
from agent.turn import TurnEngine
from core import faults
from core.clock import Clock
from core.errors import Lacking, LostLease
from core.store import LEASE, Claim, TurnCommitted, WorkStore

HEARTBEAT = LEASE.total_seconds() / 3
TRIES_EVERY = timedelta(seconds=1)

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
        self._lacks: set[str] = set()
        self._tries_at = clock.now()
        self._claims = Claiming(self, self._hold, slots=slots)

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

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[Claim]:
        """Claim what this worker may take, for ``Claiming``.

        What was tried before may have ended a worker: one at a time, so that it takes no others along (rule 8). It is
        looked for among all that is due, and so only once in a while.
        """
        now = self._clock.now()
        tries = now >= self._tries_at and not any(claim.attempts > 1 for claim in self._claims.held)
        if tries:
            self._tries_at = now + TRIES_EVERY
        return await self._store.claim(limit=limit, busy=busy, cap=cap, retries=int(tries), lacks=self._lacks)

    async def _hold(self, claim: Claim) -> None:
        faults.reach("worker.claimed")
        try:
            while True:
                claim, committed, again = await self._turns.process(claim)
                if committed is not None and committed.has_sends and committed.leaving is None:
                    self._sends(claim.conversation_id)
                faults.reach("worker.before_release")
                if await self._is_given_back(claim, committed, again):
                    break
            if again is not None:
                self._claims.ring_in((again - self._clock.now()).total_seconds())
        except Lacking as error:
            await self._hand_back(claim, error.needs)
        except LostLease:
            raise
        except Exception:
            log.exception("turn crashed", action="turn_crashed", conversation=claim.conversation_id)
            await self._give_up(claim)

    async def _is_given_back(self, claim: Claim, committed: TurnCommitted | None, again: datetime | None) -> bool:
        """Give it back where no commit has; False where more arrived meanwhile: it is seen to at once."""
        if committed is not None:
            return committed.given_back
        return await self._store.release(claim, next_due=again)

    async def _hand_back(self, claim: Claim, needs: str) -> None:
        """Leave it to a newer worker, and claim nothing more of the kind (rule 9)."""
        log.warning("lacks what a release needs", action="worker_lacks", needs=needs)
        self._lacks.add(needs)
        try:
            await self._store.hand_back(claim, needs=needs)
        except Exception:
            log.exception("could not hand back", action="hand_back_failed", conversation=claim.conversation_id)

    async def _give_up(self, claim: Claim) -> None:
        wait = timedelta(seconds=min(60, 2**claim.attempts))
        try:
            await self._store.abandon(claim, retry_at=self._clock.now() + wait)
        except Exception:
            log.exception("could not give a lease back", action="abandon_failed", conversation=claim.conversation_id)

    async def _heartbeat(self) -> None:
        while True:
            await self._clock.sleep(HEARTBEAT)
            if held := self._claims.held:
                try:
                    await self._store.extend(held)
                except Exception:
                    log.exception("heartbeat failed", action="heartbeat_failed")
