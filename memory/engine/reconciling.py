"""What becomes of a request whose outcome is unknown once its time to be reported is over (ENGINE rule 19).

What may be repeated is sent once more, unless something else has happened in the conversation since; everything else
is parked: shown as unknown, for a person to decide.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.policy import Author
from memory.query import Query, among, bool_eq, mine
from memory.tables import inbound, messages, outbox, receipts
from memory.writing import Ledger, provider_hash

REPEATED_BY_US = frozenset({Author.AGENT, Author.SYSTEM})
LOOK_AGAIN_MS = 10_000
APPLIED_MS = 1_000
"""How soon to look again at a request that was reported, while nobody has applied the receipt yet."""
LONGEST_MS = 300_000
"""How long evidence is waited for: on a number that nobody else uses, no webhook may ever come."""

_id = sa.bindparam("conversation_id", type_=outbox.c.conversation_id.type)
_since = sa.bindparam("since_ms", type_=sa.BigInteger)
_after = sa.bindparam("after_no", type_=sa.BigInteger)
_GONE_LATER = Query(
    sa.select(outbox.c.id)
    .where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, _id),
        outbox.c.no > _after,
        outbox.c.attempt > sa.literal_column("0"),
        bool_eq(outbox.c.kind, "message"),
    )
    .limit(1)
)
_SAID_LATER = Query(
    sa.select(messages.c.id)
    .where(
        mine(messages),
        bool_eq(messages.c.conversation_id, _id),
        messages.c.no > _after,
        messages.c.author.in_((Author.CONTACT.value, Author.APP.value)),
    )
    .limit(1)
)
_UNREAD = Query(
    sa.select(inbound.c.id)
    .where(
        mine(inbound),
        bool_eq(inbound.c.conversation_id, _id),
        bool_eq(inbound.c.state, "pending"),
        inbound.c.kind.not_in(("delivery", "handback", "event")),
    )
    .limit(1)
)
_HEARD = Query(
    sa.select(receipts.c.id)
    .where(mine(receipts), bool_eq(receipts.c.account_id, sa.bindparam("account")), receipts.c.received_ms > _since)
    .limit(1)
)
_WROTE = Query(
    sa.select(inbound.c.id)
    .where(mine(inbound), bool_eq(inbound.c.account_id, sa.bindparam("account")), inbound.c.received_ms > _since)
    .limit(1)
)
_REPORTED = Query(
    sa.select(receipts.c.id)
    .where(mine(receipts), bool_eq(receipts.c.outbox_id, sa.bindparam("row")), bool_eq(receipts.c.matched, 0))
    .limit(1)
)
REPEAT = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), bool_eq(outbox.c.state, "unknown"))
    .values(state="queued", error="repeated", due_ms=sa.bindparam("now_ms"), repeated=outbox.c.repeated + 1)
)
_KNOWN = Query(
    sa.select(outbox.c.provider_hash).where(
        mine(outbox), bool_eq(outbox.c.conversation_id, _id), among(outbox.c.provider_hash, "hashes")
    )
)


def may_be_repeated(row: Any) -> bool:
    """Tell whether saying it twice is better than perhaps not at all: the agent's words and notices, once."""
    if row["kind"] != "message" or row["repeated"]:
        return False
    return row["author"] in REPEATED_BY_US and not row["is_template"] and not row["exempt"]


async def is_last_word(ledger: Ledger, row: Any) -> bool:
    """Tell whether nothing went out or came in after it: said again later, it would answer something else."""
    about = {"conversation_id": ledger.conversation_id}
    if await ledger.tx.first(_UNREAD, **about) is not None:
        return False
    for query in (_GONE_LATER, _SAID_LATER):
        if await ledger.tx.first(query, **about, after_no=row["no"]) is not None:
            return False
    return True


async def is_reported(ledger: Ledger, row: Any) -> bool:
    """Tell whether a receipt of it has come in that is still to be applied: a crowd of them takes its time."""
    return await ledger.tx.first(_REPORTED, row=row["id"]) is not None


async def was_heard_of(ledger: Ledger, since_ms: int) -> bool:
    """Tell whether the account's webhooks arrive: only then does it mean anything that ours did not."""
    for query in (_HEARD, _WROTE):
        if await ledger.tx.first(query, account=ledger.account_id, since_ms=since_ms) is not None:
            return True
    return False


async def pick_new(ledger: Ledger, found: Sequence[str]) -> str | None:
    """Return the first of the provider's ids that belongs to no other request of the conversation."""
    digests = {one: provider_hash(ledger.sealer, one) or "" for one in found}
    rows = (
        await ledger.tx.all(_KNOWN, conversation_id=ledger.conversation_id, hashes=sorted(digests.values()))
        if digests
        else []
    )
    known = {row["provider_hash"] for row in rows}
    return next((one for one in found if digests[one] not in known), None)
