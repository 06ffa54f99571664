"""Numbers of a tenant's live events: taken from its counter in the transaction's last statements (ENGINE rule 36)."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from memory.database import Tx
from memory.query import Query, insert_into, mine
from memory.tables import events, tenant_counters

_ADD_EVENT = Query(insert_into(events))
_COUNT = Query(
    tenant_counters.update()
    .where(mine(tenant_counters))
    .values(event_no=tenant_counters.c.event_no + sa.bindparam("n"))
    .returning(tenant_counters.c.event_no)
)


class Noted(NamedTuple):
    """Something that happened. ``version``: of the entity as it is now; 0 where it has none."""

    kind: str
    conversation: str | None
    entity: str | None
    version: int = 0


async def number_events(tx: Tx, noted: Sequence[Noted], *, actor: str, now_ms: int) -> int:
    """Store (kind, conversation, entity) events under the tenant's next numbers; returns the newest number."""
    if not noted:
        return 0
    if tx.store == "postgresql":
        return await _number_at_once(tx, noted, actor=actor, now_ms=now_ms)
    row = await tx.first(_COUNT, n=len(noted))
    if row is None:
        raise LookupError("the tenant has no counter")
    last: int = row["event_no"]
    start = last - len(noted)
    await tx.many(
        _ADD_EVENT,
        [
            {"no": start + i + 1, "kind": one.kind, "conversation_id": one.conversation, "entity_id": one.entity,
             "version": one.version, "actor": actor, "at_ms": now_ms}
            for i, one in enumerate(noted)
        ],
    )  # fmt: skip
    return last


_COUNT_AND_ADD = """
WITH counter AS (
    UPDATE tenant_counters SET event_no = event_no + $2 WHERE tenant_id = $1 RETURNING event_no
)
INSERT INTO events (tenant_id, no, kind, conversation_id, entity_id, version, actor, at_ms)
SELECT $1, counter.event_no - $2 + noted.place, noted.kind, noted.conversation, noted.entity, noted.version, $3, $4
FROM counter, unnest($5::text[], $6::uuid[], $7::uuid[], $8::bigint[]) WITH ORDINALITY
    AS noted(kind, conversation, entity, version, place)
RETURNING no
"""


async def _number_at_once(tx: Tx, noted: Sequence[Noted], *, actor: str, now_ms: int) -> int:
    """PostgreSQL: lock the counter and store the events in one round trip, so that it is held as briefly as can be."""
    columns = (list(column) for column in zip(*noted, strict=True))
    args = (tx.tenant_id, len(noted), actor, now_ms, *columns)
    rows = await tx.raw(_COUNT_AND_ADD, args)
    if not rows:
        raise LookupError("the tenant has no counter")
    return max(int(row["no"]) for row in rows)
