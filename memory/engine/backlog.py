"""How many conversations of a tenant wait, against what its policy allows (ENGINE rule 5)."""

from collections import OrderedDict
from datetime import timedelta

import sqlalchemy as sa

from core.clock import Clock, to_ms
from core.ids import TenantId
from core.policy import Policy
from memory.database import Database
from memory.query import Query, bool_eq, mine
from memory.tables import conversation_queue, tenants

FRESH = timedelta(seconds=2)
"""How long an answer is kept: a backlog is asked about most where there is one."""

KEPT = 1000

_q = conversation_queue
_POLICY = Query(sa.select(tenants.c.policy).where(mine(tenants)))
_waiting = (
    sa.select(_q.c.conversation_id)
    .where(
        bool_eq(_q.c.tenant_id, sa.bindparam("tenant_id", type_=_q.c.tenant_id.type)),
        _q.c.due_ms <= sa.bindparam("now_ms", type_=sa.BigInteger),
        _q.c.lease_id.is_(None),
    )
    .limit(sa.bindparam("most", type_=sa.Integer))
    .subquery("waiting")
)
_COUNT = Query(sa.select(sa.func.count().label("waiting")).select_from(_waiting), scope="directory")


class Backlogs:
    """Answers for every tenant, seconds old."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, tuple[int, bool]] = OrderedDict()

    async def too_long(self, tenant_id: TenantId) -> bool:
        """Tell whether more conversations wait than the tenant's policy allows."""
        now_ms = to_ms(self._clock.now())
        until, answer = self._known.get(tenant_id, (0, False))
        if now_ms < until:
            return answer
        answer = await self._count(tenant_id, now_ms)
        self._known[tenant_id] = now_ms + int(FRESH.total_seconds() * 1000), answer
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return answer

    async def _count(self, tenant_id: TenantId, now_ms: int) -> bool:
        async with self._database.tenant(tenant_id, write=False) as tx:
            row = await tx.first(_POLICY)
            most = Policy.model_validate_json(row["policy"]).busy_backlog if row is not None else 0
            found = await tx.first(_COUNT, now_ms=now_ms, most=most + 1)
        return found is not None and found["waiting"] > most
