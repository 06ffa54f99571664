"""What became of a message: the sum of its requests, since one message may need several (ENGINE rule 17)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.nouns import Delivery
from memory.database import Tx
from memory.query import Query, bool_eq, mine
from memory.tables import messages, outbox
from memory.writing import Ledger, provider_hash

_SHOWN = {"parked": Delivery.UNKNOWN, "played": Delivery.READ}

REQUESTS = Query(
    sa.select(outbox.c.message_id, outbox.c.state, outbox.c.error)
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
    .returning(messages.c.id, messages.c.version)
)


class Shown(NamedTuple):
    """A message whose requests have changed; ``digest`` where only the hash of the provider's id is known."""

    ledger: Ledger
    message_id: str
    provider_id: str | None = None
    digest: str | None = None


async def show(
    ledger: Ledger, message_id: str | None, *, provider_id: str | None = None, digest: str | None = None
) -> None:
    """Bring a message's delivery up to date with its requests."""
    if message_id is not None:
        await show_all(ledger.tx, [Shown(ledger, message_id, provider_id, digest)])


async def show_all(tx: Tx, shown: Sequence[Shown]) -> None:
    """Bring messages' deliveries up to date."""
    requests = defaultdict[str, list[Any]](list)
    about = [{"tenant_id": one.ledger.tx.tenant_id, "message_id": one.message_id} for one in shown]
    for row in await tx.each(REQUESTS, about):
        requests[row["message_id"]].append(row)
    known = [one for one in shown if one.message_id in requests]
    rows = await tx.each(_SHOW, [_change(one, requests[one.message_id]) for one in known])
    versions = {row["id"]: row["version"] for row in rows}
    for one in known:
        one.ledger.event("message.updated", one.message_id, versions.get(one.message_id, 0))
        one.ledger.stream("delivery", one.message_id)


def _change(one: Shown, requests: Sequence[Any]) -> dict[str, Any]:
    ledger, (state, why) = one.ledger, _sum(requests)
    return {
        "tenant_id": ledger.tx.tenant_id,
        "message_id": one.message_id,
        "to_state": state.value,
        "why": why,
        "digest": one.digest or provider_hash(ledger.sealer, one.provider_id),
        "sealed_id": ledger.sealer.seal_text("messages.provider_id", one.message_id, one.provider_id),
    }


def _sum(rows: Sequence[Any]) -> tuple[Delivery, str | None]:
    """Return what the customer has of it at least: one failed request fails it, cancelled ones do not count."""
    counted = [row for row in rows if row["state"] != "cancelled"] or list(rows)
    order = list(Delivery)
    least = min(counted, key=lambda row: (row["state"] != "failed", order.index(_delivery(row["state"]))))
    return _delivery(least["state"]), least["error"]


def _delivery(state: str) -> Delivery:
    return _SHOWN.get(state) or Delivery(state)
