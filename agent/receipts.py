"""Applies what providers report, soon after it was stored, and again for receipts that came before their message."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from core.ids import TenantId
from core.store import ReceiptStore

POLL = 1.0
"""Seconds between looks at the store: another process may have taken receipts in and nobody rang."""

FRESH = timedelta(seconds=10)
"""How long a receipt that nothing matches is tried again: it may have come before its message was on record."""

LEFT = timedelta(hours=24)
"""What a start looks back at."""

log = structlog.get_logger("agent.receipts")


class ReceiptRunner:
    """Wakes for tenants that got receipts."""

    def __init__(self, store: ReceiptStore, *, changed: Callable[[str, Sequence[str]], None]) -> None:
        self._store = store
        self._changed = changed
        self._due: set[TenantId] = set()
        self._bell = asyncio.Event()

    def ring(self, tenant_id: TenantId) -> None:
        """Tell that a tenant has receipts."""
        self._due.add(tenant_id)
        self._bell.set()

    async def run(self) -> None:
        """Apply until cancelled."""
        loop = asyncio.get_running_loop()
        within, look_at = LEFT, loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(look_at):
                    await self._bell.wait()
            self._bell.clear()
            if loop.time() >= look_at:
                self._due |= await self._waiting(within)
                within, look_at = FRESH, loop.time() + POLL
            due, self._due = self._due, set()
            for tenant_id in due:
                await self._apply(tenant_id)

    async def _waiting(self, within: timedelta) -> set[TenantId]:
        try:
            return set(await self._store.waiting(within))
        except Exception:
            log.exception("could not look for receipts", action="receipts_failed")
            return set()

    async def _apply(self, tenant_id: TenantId) -> None:
        try:
            matched, touched = await self._store.apply(tenant_id)
        except Exception:
            log.exception("receipts failed", action="receipts_failed", tenant=tenant_id)
            return
        if matched:
            self._changed(tenant_id, touched)
