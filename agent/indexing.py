"""Keeps the index that search rests on a little behind what is said (ENGINE rule 34)."""

import structlog

from core.clock import Clock
from core.store import IndexStore

LOOK = 5.0
"""Seconds between looks; whoever searches meanwhile indexes what is missing first."""

PAUSE = 0.05
"""Seconds between steps while more is left: turns come first."""

log = structlog.get_logger("agent.indexing")


class Indexing:
    """Looks for what is not in the index yet."""

    def __init__(self, store: IndexStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self._clock.sleep(PAUSE if await self.look() else LOOK)

    async def look(self) -> bool:
        """Index a little; returns whether more is left."""
        try:
            return await self._store.follow()
        except Exception:
            log.exception("could not index what was said", action="indexing_failed")
            return False
