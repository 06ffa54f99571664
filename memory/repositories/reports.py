"""What the agent cost, and what was not understood."""

from datetime import timedelta

import sqlalchemy as sa

from core.clock import from_ms
from core.ids import TenantId
from core.views_setup import QuarantinedEvent, UsageRow
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store
from memory.tables import inbound, usage

_DAY = 86_400_000
_day = (usage.c.at_ms - usage.c.at_ms % sa.literal_column(str(_DAY))).label("day_ms")
_USAGE = Query(
    sa.select(
        _day,
        usage.c.model,
        usage.c.purpose,
        sa.func.count().label("calls"),
        sa.func.sum(usage.c.tokens_in).label("tokens_in"),
        sa.func.sum(usage.c.tokens_out).label("tokens_out"),
        sa.func.sum(usage.c.micro_usd).label("micro_usd"),
    )
    .where(mine(usage), usage.c.at_ms >= sa.bindparam("since_ms"))
    .group_by(_day, usage.c.model, usage.c.purpose)
    .order_by(_day.desc(), usage.c.model, usage.c.purpose)
)


MOST_SHOWN = 200
_QUARANTINED = Query(
    sa.select(
        inbound.c.id, inbound.c.kind, inbound.c.account_id, inbound.c.reason, inbound.c.received_ms, inbound.c.body
    )
    .where(mine(inbound), bool_eq(inbound.c.state, "quarantined"))
    .order_by(inbound.c.received_ms.desc(), inbound.c.id)
    .limit(MOST_SHOWN)
)


class Reports:
    """Sums up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def usage(self, tenant_id: TenantId, *, days: int = 30) -> list[UsageRow]:
        """Return calls, tokens and cost by day (UTC), model and purpose, newest day first."""
        since = self._store.clock.now() - timedelta(days=days)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_USAGE, since_ms=int(since.timestamp() * 1000))
        return [
            UsageRow(
                day=from_ms(row["day_ms"]).date().isoformat(),
                model=row["model"],
                purpose=row["purpose"],
                calls=row["calls"],
                tokens_in=int(row["tokens_in"]),
                tokens_out=int(row["tokens_out"]),
                usd=int(row["micro_usd"]) / 1_000_000,
            )
            for row in rows
        ]

    async def quarantined(self, tenant_id: TenantId) -> list[QuarantinedEvent]:
        """Return the newest events that nobody understood (DESIGN invariant 1)."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_QUARANTINED)
        return [
            QuarantinedEvent(
                id=row["id"],
                kind=row["kind"],
                channel_account_id=row["account_id"],
                reason=row["reason"],
                received_at=from_ms(row["received_ms"]),
                data=sealer.open_json("inbound.body", row["id"], row["body"]),
            )
            for row in rows
        ]
