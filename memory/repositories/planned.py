"""Words that are to be said later, inside a change of their conversation (ENGINE rule 45)."""

from datetime import datetime

import sqlalchemy as sa

from core.clock import to_ms
from core.desk_ports import ConversationState
from core.errors import NotFound
from core.ids import Ids, StaffId
from core.scheduling import Words
from memory.query import Query, among, bool_eq, insert_into, mine
from memory.repositories.states import require_here
from memory.tables import planned_dues, planned_messages
from memory.writing import Ledger

p, d = planned_messages, planned_dues
_talk = sa.bindparam("conversation_id", type_=p.c.conversation_id.type)
_this = sa.and_(
    mine(p),
    bool_eq(p.c.id, sa.bindparam("planned_id", type_=p.c.id.type)),
    bool_eq(p.c.conversation_id, _talk),
)
_ADD = Query(insert_into(p), columns=("tenant_id", "id", "conversation_id", "staff_id", "body", "due_ms", "created_ms"))
_ADD_DUE = Query(insert_into(d), scope="directory")
_GET = Query(sa.select(p).where(_this, p.c.refused.is_(None)))
_DROP = Query(p.delete().where(_this))
DROP_DUE = Query(d.delete().where(among(d.c.planned_id, "ids")), scope="directory")
_REFUSE = Query(p.update().where(_this).values(refused=sa.bindparam("why")))
CHANGED = "conversation.planned"


class PlannedWords:
    """Implements ``core.scheduling.Planned``."""

    def __init__(self, ledger: Ledger, ids: Ids, state: ConversationState) -> None:
        self._ledger = ledger
        self._ids = ids
        self._state = state

    async def add(self, words: Words, at: datetime) -> str:
        """Keep words until then; returns their id. Raises Conflict."""
        require_here(self._state)
        ledger, planned_id = self._ledger, self._ids.new()
        talk = {"conversation_id": ledger.conversation_id, "due_ms": to_ms(at)}
        await ledger.tx.run(
            _ADD,
            id=planned_id,
            staff_id=words.staff_id,
            body=ledger.sealer.seal_text("planned_messages.body", planned_id, words.text),
            created_ms=ledger.now_ms,
            **talk,
        )
        await ledger.tx.run(_ADD_DUE, planned_id=planned_id, tenant_id=ledger.sealer.tenant_id, **talk)
        ledger.event(CHANGED, planned_id)
        return planned_id

    async def drop(self, planned_id: str) -> None:
        """Take them back; raises NotFound."""
        ledger = self._ledger
        if not await ledger.tx.run(_DROP, planned_id=planned_id, conversation_id=ledger.conversation_id):
            raise NotFound
        await ledger.tx.run(DROP_DUE, ids=[planned_id])
        ledger.event(CHANGED, planned_id)

    async def due(self, planned_id: str, due_ms: int) -> Words | None:
        """Return the words that are due; the conversation's lock keeps others from saying them too."""
        ledger = self._ledger
        row = await ledger.tx.first(_GET, planned_id=planned_id, conversation_id=ledger.conversation_id)
        if row is None or row["due_ms"] != due_ms:
            return None
        text = ledger.sealer.open_text("planned_messages.body", planned_id, bytes(row["body"])) or ""
        return Words(text, StaffId(row["staff_id"]))

    async def refuse(self, planned_id: str, reason: str) -> None:
        """Note why they were not said when they were due."""
        ledger = self._ledger
        await ledger.tx.run(_REFUSE, planned_id=planned_id, conversation_id=ledger.conversation_id, why=reason)
        ledger.event(CHANGED, planned_id)
