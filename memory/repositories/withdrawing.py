"""Taking back a message whose requests have all stayed here."""

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.policy import Author
from memory.query import Query, bool_eq, mine
from memory.tables import messages, outbox
from memory.writing import Ledger

WITHDRAWN = "withdrawn"

o, m = outbox, messages
_MESSAGE = Query(
    sa.select(m.c.delivery).where(
        mine(m),
        bool_eq(m.c.id, sa.bindparam("message_id")),
        bool_eq(m.c.conversation_id, sa.bindparam("conversation_id")),
        m.c.author.in_((Author.STAFF.value, Author.API.value)),
    )
)
_STATES = Query(sa.select(o.c.state).where(mine(o), bool_eq(o.c.message_id, sa.bindparam("message_id"))))
_CANCEL = Query(
    o.update()
    .where(mine(o), bool_eq(o.c.message_id, sa.bindparam("message_id")), bool_eq(o.c.state, "queued"))
    .values(state="cancelled", error=WITHDRAWN, settled_ms=sa.bindparam("now_ms"))
)
_MARK = Query(
    m.update()
    .where(mine(m), bool_eq(m.c.id, sa.bindparam("message_id")))
    .values(delivery="cancelled", reason=WITHDRAWN, version=m.c.version + 1)
    .returning(m.c.version)
)


async def withdraw(ledger: Ledger, message_id: str) -> None:
    """Cancel a message of staff; the sender waits for the conversation's lock, so none of it can leave meanwhile.

    Raises NotFound, or Conflict where some of it has left or may have.
    """
    found = await ledger.tx.first(_MESSAGE, message_id=message_id, conversation_id=ledger.conversation_id)
    if found is None:
        raise NotFound
    states = {row["state"] for row in await ledger.tx.all(_STATES, message_id=message_id)}
    if states != {"queued"}:
        raise Conflict("It has left already, or may have.", reason="already_out")
    await ledger.tx.run(_CANCEL, message_id=message_id, now_ms=ledger.now_ms)
    row = await ledger.tx.first(_MARK, message_id=message_id)
    ledger.event("message.updated", message_id, row["version"] if row else 0)
    ledger.stream("delivery", message_id)
