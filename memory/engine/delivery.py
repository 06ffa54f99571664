"""What became of a message: the sum of its requests, since one message may need several (ENGINE rule 17)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.nouns import Delivery
from memory.query import Query, bool_eq, mine
from memory.tables import messages, outbox
from memory.writing import Ledger, provider_hash

_SHOWN = {"parked": Delivery.UNKNOWN, "played": Delivery.READ}

_REQUESTS = Query(
    sa.select(outbox.c.state, outbox.c.error)
    .where(mine(outbox), bool_eq(outbox.c.message_id, sa.bindparam("message_id")))
    .order_by(outbox.c.no)
)
_SHOW = Query(
    messages.update()
    .where(mine(messages), bool_eq(messages.c.id, sa.bindparam("message_id")))
    .values(
        delivery=sa.bindparam("to_state"),
        reason=sa.bindparam("why"),
        provider_hash=sa.func.coalesce(
            messages.c.provider_hash, sa.bindparam("digest", type_=messages.c.provider_hash.type)
        ),
        provider_id=sa.func.coalesce(messages.c.provider_id, sa.bindparam("sealed_id", type_=sa.LargeBinary)),
        version=messages.c.version + 1,
    )
    .returning(messages.c.version)
)


async def show(
    ledger: Ledger, message_id: str | None, *, provider_id: str | None = None, digest: str | None = None
) -> None:
    """Bring a message's delivery up to date with its requests; ``digest`` where only the id's hash is known."""
    if message_id is None:
        return
    rows = await ledger.tx.all(_REQUESTS, message_id=message_id)
    if not rows:
        return
    state, why = _sum(rows)
    row = await ledger.tx.first(
        _SHOW,
        message_id=message_id,
        to_state=state.value,
        why=why,
        digest=digest or provider_hash(ledger.sealer, provider_id),
        sealed_id=ledger.sealer.seal_text("messages.provider_id", message_id, provider_id),
    )
    ledger.event("message.updated", message_id, row["version"] if row is not None else 0)
    ledger.stream("delivery", message_id)


def _sum(rows: Sequence[Any]) -> tuple[Delivery, str | None]:
    """Return what the customer has of it at least: one failed request fails it, cancelled ones do not count."""
    counted = [row for row in rows if row["state"] != "cancelled"] or list(rows)
    order = list(Delivery)
    least = min(counted, key=lambda row: (row["state"] != "failed", order.index(_delivery(row["state"]))))
    return _delivery(least["state"]), least["error"]


def _delivery(state: str) -> Delivery:
    return _SHOWN.get(state) or Delivery(state)
