"""Joins conversations that turned out to be one person's (ENGINE rule 29)."""

from collections.abc import Callable

import structlog

from core.clock import Clock
from core.ids import TenantId
from core.store import JoinStore

LOOK = 5.0
"""Seconds between looks: how long keys of one person lead to two conversations."""

AT_ONCE = 100

log = structlog.get_logger("agent.joining")


class Joiner:
    """Looks for what intake has noted."""

    def __init__(
        self,
        store: JoinStore,
        *,
        clock: Clock,
        changed: Callable[[TenantId, str | None, int], None],
        works: Callable[[str], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed
        self._works = works

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK)

    async def look(self) -> None:
        """Join what is due and tell who watches; one that fails keeps no others waiting, and is tried again."""
        try:
            aliases = await self._store.due(limit=AT_ONCE)
        except Exception:
            log.exception("could not look for what is to be joined", action="joining_failed")
            return
        for alias in aliases:
            try:
                joined = await self._store.join(alias)
            except Exception:
                log.exception(
                    "could not join", action="joining_failed", tenant=alias.tenant_id, conversation=alias.one_id
                )
                continue
            if joined is not None:
                self._changed(joined.tenant_id, joined.gone_id, joined.event_no)
                self._changed(joined.tenant_id, joined.kept_id, joined.event_no)
                self._works(joined.kept_id)
