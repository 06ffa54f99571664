"""Brings back what was put aside once its moment has come (ENGINE rule 43)."""

from collections.abc import Callable

import structlog

from core.clock import Clock
from core.ids import TenantId
from core.store import WakeStore

LOOK = 5.0
"""Seconds between looks: how late a conversation may come back."""

AT_ONCE = 100

log = structlog.get_logger("agent.waking")


class Waker:
    """Looks for what is due."""

    def __init__(self, store: WakeStore, *, clock: Clock, changed: Callable[[TenantId, str | None, int], None]) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK)

    async def look(self) -> None:
        """Wake what is due and tell who watches."""
        try:
            woken = await self._store.wake(limit=AT_ONCE)
        except Exception:
            log.exception("could not look for what is due", action="waking_failed")
            return
        for one in woken:
            self._changed(one.tenant_id, one.conversation_id, one.event_no)
