"""Conversations that were put aside until a moment come back by themselves (ENGINE rule 43)."""

from collections.abc import Sequence

import sqlalchemy as sa

from core.clock import to_ms
from core.errors import NotFound
from core.ids import TenantId
from core.store import Woken
from memory.query import Query, bool_eq
from memory.repositories.base import Store
from memory.repositories.changing import open_change
from memory.tables import wakes

_DUE = Query(
    sa.select(wakes.c.conversation_id, wakes.c.tenant_id, wakes.c.due_ms)
    .where(wakes.c.due_ms <= sa.bindparam("now_ms", type_=sa.BigInteger))
    .order_by(wakes.c.due_ms)
    .limit(sa.bindparam("n", type_=sa.Integer)),
    scope="directory",
)
_DONE = Query(
    wakes.delete().where(
        bool_eq(wakes.c.conversation_id, sa.bindparam("conversation_id")),
        # Put aside again meanwhile: then it is another wake.
        bool_eq(wakes.c.due_ms, sa.bindparam("due_ms", type_=sa.BigInteger)),
    ),
    scope="directory",
)


class Snoozes:
    """Implements ``core.store.WakeStore``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def wake(self, *, limit: int) -> Sequence[Woken]:
        """Open what was put aside until now; what was opened, resolved or erased before is left as it is."""
        async with self._store.database.directory(write=False) as tx:
            due = await tx.all(_DUE, now_ms=self._store.now_ms, n=limit)
        woken = [await self._wake(TenantId(row["tenant_id"]), row["conversation_id"]) for row in due]
        if due:
            async with self._store.database.directory() as tx:
                for row in due:
                    await tx.run(_DONE, conversation_id=row["conversation_id"], due_ms=row["due_ms"])
        return [one for one in woken if one is not None]

    async def _wake(self, tenant_id: TenantId, conversation_id: str) -> Woken | None:
        try:
            async with open_change(
                self._store, tenant_id, conversation_id=conversation_id, actor="system", once=None
            ) as change:
                until = change.state.snoozed_until
                asleep = change.state.status == "snoozed" and until is not None
                if not asleep or until is None or to_ms(until) > self._store.now_ms:
                    return None
                await change.set_status("open")
        except NotFound:
            return None
        return Woken(tenant_id, conversation_id, change.event_no)
