"""What is to be said later: listed, and found when it is due (ENGINE rule 45)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.ids import TenantId
from core.scheduling import DueWords
from core.views import Named, Page
from core.views_composing import FileView, PlannedView
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store
from memory.repositories.conversations import Conversations
from memory.repositories.events import read_number
from memory.repositories.files import PLANNED_FILES, kept_file
from memory.tables import planned_dues, planned_messages

p, d = planned_messages, planned_dues
_talk = sa.bindparam("conversation_id", type_=p.c.conversation_id.type)
_LIST = Query(sa.select(p).where(mine(p), bool_eq(p.c.conversation_id, _talk)).order_by(p.c.due_ms, p.c.id).limit(100))
_DUE = Query(
    sa.select(d)
    .where(d.c.due_ms <= sa.bindparam("now_ms", type_=sa.BigInteger))
    .order_by(d.c.due_ms, d.c.planned_id)
    .limit(sa.bindparam("n", type_=sa.Integer)),
    scope="directory",
)
_DONE = Query(
    d.delete().where(
        bool_eq(d.c.planned_id, sa.bindparam("planned_id", type_=d.c.planned_id.type)),
        # Passed on to another conversation meanwhile: there it is still to be said.
        bool_eq(d.c.conversation_id, sa.bindparam("conversation_id", type_=d.c.conversation_id.type)),
    ),
    scope="directory",
)


class Plans:
    """Implements ``core.scheduling.PlanStore``, and lists."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._conversations = Conversations(store)

    async def page(self, tenant_id: TenantId, conversation_id: str) -> Page[PlannedView]:
        """Return what is to be said later in a conversation, what comes first first; raises NotFound."""
        names, sealer = await self._conversations.names(tenant_id), await self._store.sealer(tenant_id)
        await self._conversations.account_of(tenant_id, conversation_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_LIST, conversation_id=conversation_id)
            held = await tx.all(PLANNED_FILES, conversation_id=conversation_id)
            event_no = await read_number(tx)
        files = {row["planned_id"]: FileView(**asdict(kept_file(row, sealer))) for row in held}

        def show(row: Any) -> PlannedView:
            return PlannedView(
                id=row["id"],
                text=sealer.open_text("planned_messages.body", row["id"], bytes(row["body"])) or "",
                at=from_ms(row["due_ms"]),
                by=Named(id=row["staff_id"], name=names.get(row["staff_id"])),
                refused=row["refused"],
                file=files.get(row["id"]),
            )

        return Page[PlannedView](items=[show(row) for row in rows], event_no=event_no)

    async def due(self, limit: int) -> Sequence[DueWords]:
        """Return what is due now."""
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(_DUE, now_ms=self._store.now_ms, n=limit)
        return [DueWords(r["planned_id"], TenantId(r["tenant_id"]), r["conversation_id"], r["due_ms"]) for r in rows]

    async def done(self, due: Sequence[DueWords]) -> None:
        """Look for these no more."""
        async with self._store.database.directory() as tx:
            for each in due:
                await tx.run(_DONE, planned_id=each.id, conversation_id=each.conversation_id)
