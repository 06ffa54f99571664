"""What happened to a conversation besides its messages, as its thread shows it for as long as it is kept."""

from typing import Any

from memory.query import Query, insert_into
from memory.tables import happenings
from memory.writing import Ledger

_ADD = Query(insert_into(happenings))


async def record(ledger: Ledger, row_id: str, *, kind: str, **details: Any) -> None:
    """Note that something happened, in the ledger's transaction; the live event that tells of it is the caller's."""
    await ledger.tx.run(
        _ADD,
        id=row_id,
        conversation_id=ledger.conversation_id,
        kind=kind,
        actor=ledger.actor,
        details=ledger.sealer.seal_json("happenings.details", row_id, details),
        at_ms=ledger.now_ms,
    )
