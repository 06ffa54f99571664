"""The tenant's numbered events, for live streams that resume (ENGINE rule 36)."""

from dataclasses import dataclass

import sqlalchemy as sa

from core.ids import TenantId
from core.views import LiveEvent
from memory.database import Tx
from memory.query import Query, mine
from memory.repositories.base import Store
from memory.tables import events, tenant_counters

_AFTER = Query(
    sa.select(events)
    .where(mine(events), events.c.no > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(events.c.no)
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_NEWEST = Query(sa.select(tenant_counters.c.event_no).where(mine(tenant_counters)))


@dataclass(frozen=True, slots=True)
class Batch:
    """What happened; ``reset`` where the client was away for longer than events are kept, and must load anew."""

    events: tuple[LiveEvent, ...]
    newest: int
    reset: bool = False


class Events:
    """Reads numbered events."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def newest(self, tenant_id: TenantId) -> int:
        """Return the tenant's newest number."""
        async with self._store.read(tenant_id) as tx:
            return await read_number(tx)

    async def after(self, tenant_id: TenantId, number: int, *, limit: int = 200) -> Batch:
        """Return what follows ``number``, from one snapshot with the newest number."""
        async with self._store.read(tenant_id) as tx:
            head = await read_number(tx)
            rows = await tx.all(_AFTER, after=number, n=limit)
        first = rows[0]["no"] if rows else head + 1
        if number > head or first != number + 1:
            return Batch((), head, reset=True)
        found = tuple(
            LiveEvent(
                no=row["no"],
                kind=row["kind"],
                conversation_id=row["conversation_id"],
                entity_id=row["entity_id"],
                version=row["version"],
            )
            for row in rows
        )
        return Batch(found, head)


async def read_number(tx: Tx) -> int:
    """Return the tenant's newest number: with what else the transaction reads, what that is valid at."""
    row = await tx.first(_NEWEST)
    return int(row["event_no"]) if row else 0
