"""Deleting what is past its time: in small batches, the tenants in turn (ENGINE rules 6 and 35)."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from core.ids import TenantId

BATCH = 100
"""Rows of one transaction: a few milliseconds of the only writer that SQLite has."""


class Expiring(Protocol):
    """Where what expires is kept."""

    async def drop_expired(self, tenant_id: TenantId, *, most: int) -> Mapping[str, int]:
        """Delete at most so many rows of each kind; returns how many."""
        ...


async def drop_expired(kept: Expiring, tenants: Iterable[TenantId]) -> dict[str, dict[str, int]]:
    """Delete everything that is past its time; who has much of it does not keep the others waiting."""
    waiting = deque(tenants)
    dropped = {tenant: Counter[str]() for tenant in waiting}
    while waiting:
        tenant = waiting.popleft()
        batch = await kept.drop_expired(tenant, most=BATCH)
        dropped[tenant].update(batch)
        if any(count >= BATCH for count in batch.values()):
            waiting.append(tenant)
    return {tenant: dict(counts) for tenant, counts in dropped.items()}
