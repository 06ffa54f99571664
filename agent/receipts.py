"""Applies what providers report, soon after it was stored, and again for receipts that came before their message."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from core.ids import TenantId
from core.store import ReceiptStore

AGAIN = 5.0
"""Seconds until receipts without a match are tried once more."""

log = structlog.get_logger("agent.receipts")


class ReceiptRunner:
    """Wakes for tenants that got receipts."""

    def __init__(self, store: ReceiptStore, *, changed: Callable[[str, Sequence[str]], None]) -> None:
        self._store = store
        self._changed = changed
        self._due: set[TenantId] = set()
        self._recent: set[TenantId] = set()
        self._bell = asyncio.Event()

    def ring(self, tenant_id: TenantId) -> None:
        """Tell that a tenant has receipts."""
        self._due.add(tenant_id)
        self._bell.set()

    async def run(self) -> None:
        """Apply until cancelled."""
        while True:
            try:
                async with asyncio.timeout(AGAIN):
                    await self._bell.wait()
            except TimeoutError:
                self._due, self._recent = self._due | self._recent, set()
            self._bell.clear()
            due, self._due = self._due, set()
            for tenant_id in due:
                await self._apply(tenant_id)

    async def _apply(self, tenant_id: TenantId) -> None:
        self._recent.add(tenant_id)
        try:
            matched, touched = await self._store.apply(tenant_id)
        except Exception:
            log.exception("receipts failed", action="receipts_failed", tenant=tenant_id)
            return
        if matched:
            self._changed(tenant_id, touched)
