"""Locking the conversations that one transaction is about to change: first of all, in one order (ENGINE rule 13)."""

from collections.abc import Sequence

import sqlalchemy as sa

from core.ids import ConversationId, TenantId
from memory.database import Tx
from memory.query import Query, among
from memory.tables import conversations

_rows = (
    sa.select(conversations.c.id)
    .where(among(conversations.c.id, "ids"), among(conversations.c.tenant_id, "tenants"))
    .order_by(conversations.c.id)
)
_WAIT = Query(_rows.with_for_update(key_share=True), scope="mixed")
_SKIP = Query(_rows.with_for_update(key_share=True, skip_locked=True), scope="mixed")


async def lock(tx: Tx, wanted: Sequence[tuple[TenantId, ConversationId]]) -> frozenset[str]:
    """Lock conversations and return those that are ours until the end; only one alone is waited for.

    Statements that follow see all that those who held the lock before have committed. SQLite has one writer.
    """
    ids = sorted({conversation for _, conversation in wanted})
    if tx.store == "sqlite":
        return frozenset(ids)
    query = _WAIT if len(ids) == 1 else _SKIP
    rows = await tx.all(query, ids=ids, tenants=sorted({tenant for tenant, _ in wanted}))
    return frozenset(row["id"] for row in rows)
