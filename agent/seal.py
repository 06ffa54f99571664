"""The seal point: until a turn does something that shows, newer words of the customer restart it (ENGINE rule 11)."""

from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import Unsealed
from core.store import Workload, WorkStore

QUIET = timedelta(milliseconds=45)
"""Typed text often comes in bursts; a lone message pays no more than this (DESIGN invariant 4)."""

LONGEST = timedelta(seconds=5)
"""However steadily somebody types, the answer is not put off longer than this."""


class Seal:
    """One attempt's seal. ``forced``: the restarts are used up, whatever comes now belongs to the next turn."""

    def __init__(
        self, store: WorkStore, work: Workload, *, clock: Clock, quiet: timedelta, typed: bool, forced: bool
    ) -> None:
        self._store = store
        self._work = work
        self._clock = clock
        self._forced = forced
        self._until = self._quiet_until(quiet if typed else timedelta(0))
        self.closed = False

    def _quiet_until(self, quiet: timedelta) -> datetime | None:
        arrived = [pending.received_at for pending in self._work.pending]
        if not arrived:
            return None
        return min(max(arrived) + quiet, min(arrived) + LONGEST)

    @property
    def checks_at_commit(self) -> bool:
        """Tell whether the commit itself must find that nothing newer has arrived."""
        return not self.closed and not self._forced

    async def settle(self) -> None:
        """Wait until the customer has been quiet; what follows at once is a commit that checks."""
        if not self.closed and self._until is not None:
            left = (self._until - self._clock.now()).total_seconds()
            if left > 0:
                await self._clock.sleep(left)

    async def close(self) -> None:
        """Close it before the first outside write or visible word; raises Unsealed."""
        if self.closed:
            return
        await self.settle()
        held = await self._store.still_sealed(
            self._work.claim,
            owner_epoch=self._work.owner_epoch,
            consumed=[pending.id for pending in self._work.pending],
        )
        if not held and not self._forced:
            raise Unsealed
        self.closed = True
