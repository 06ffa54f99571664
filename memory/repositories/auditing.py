"""Who did what: rows of the audit log, written in the transaction of what was done."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.ids import TenantId, is_id
from core.views import AuditEntry, Page
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, insert_into, mine
from memory.repositories.base import Store
from memory.tables import audit

_ADD = Query(insert_into(audit))
_PAGE = Query(
    sa.select(audit)
    .where(mine(audit), audit.c.id < sa.bindparam("before", type_=audit.c.id.type))
    .order_by(audit.c.id.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


async def note(
    tx: Tx, store: Store, sealer: Sealer, *, actor: str, action: str, entity: str | None = None, **details: Any
) -> None:
    """Add a row to the audit log; ``details`` are sealed."""
    row_id = store.ids.new()
    await tx.run(
        _ADD,
        id=row_id,
        actor=actor,
        action=action,
        entity=entity,
        details=sealer.seal_json("audit.details", row_id, details) if details else None,
        at_ms=store.now_ms,
    )


class Audit:
    """Reads the audit log."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(
        self, tenant_id: TenantId, *, actor: str, action: str, entity: str | None = None, details: Mapping[str, Any]
    ) -> None:
        """Note something that leaves no other row of the tenant's."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            await note(tx, self._store, sealer, actor=actor, action=action, entity=entity, **details)

    async def page(self, tenant_id: TenantId, *, cursor: str | None, limit: int = 50) -> Page[AuditEntry]:
        """Return entries, newest first."""
        sealer = await self._store.sealer(tenant_id)
        before = cursor if cursor and is_id(cursor) else LAST_ID
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_PAGE, before=before, n=limit + 1)
        items = [
            AuditEntry(
                id=row["id"],
                at=from_ms(row["at_ms"]),
                actor=row["actor"],
                action=row["action"],
                entity=row["entity"],
                details=sealer.open_json("audit.details", row["id"], row["details"]) or {},
            )
            for row in rows[:limit]
        ]
        return Page[AuditEntry](items=items, next_cursor=items[-1].id if len(rows) > limit else None)
