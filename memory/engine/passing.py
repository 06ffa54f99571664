"""What leads to one conversation, or waits in it, passed on to another: they are one person's (ENGINE rule 29).

Events keep their ids and so their order, and whatever has taken one in finds it taken in. Nothing that was said moves.
"""

from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from core.store import Claim
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.engine import work_sql
from memory.query import Query, among, bool_eq, mine
from memory.tables import conversation_queue, conversations, identity_keys, inbound
from memory.writing import Ledger

_here = sa.bindparam("here", type_=inbound.c.conversation_id.type)
_there = sa.bindparam("there", type_=inbound.c.conversation_id.type)
_KEYS = Query(
    identity_keys.update()
    .where(mine(identity_keys), bool_eq(identity_keys.c.conversation_id, _here))
    .values(conversation_id=_there)
    .returning(identity_keys.c.kind, identity_keys.c.key_hash)
)
_waiting = sa.and_(mine(inbound), bool_eq(inbound.c.conversation_id, _here), bool_eq(inbound.c.state, "pending"))
_EVENTS = Query(inbound.update().where(_waiting).values(conversation_id=_there))
_FATES = Query(
    inbound.update().where(_waiting, bool_eq(inbound.c.kind, "delivery")).values(state="done", body=sa.null())
)
_HAND_BACKS = Query(sa.select(inbound.c.id, inbound.c.body).where(_waiting, bool_eq(inbound.c.kind, "handback")))
_REWRITE = Query(
    inbound.update()
    .where(mine(inbound), bool_eq(inbound.c.id, sa.bindparam("row")))
    .values(body=sa.bindparam("new_body"))
)
_LOCK = Query(
    sa.select(conversations.c.id)
    .where(mine(conversations), among(conversations.c.id, "both"))
    .order_by(conversations.c.id)
    .with_for_update(key_share=True)
)
_q = conversation_queue
HOLD = Query(
    sa.select(_q.c.conversation_id, _q.c.lease_id)
    .where(among(_q.c.conversation_id, "both"))
    .order_by(_q.c.conversation_id)
    .with_for_update(),
    scope="directory",
)
"""Locks queue rows in the order in which intake and turns do; whose lease each is under."""


class GoesOn(Exception):
    """A conversation was claimed that goes on in another one."""

    def __init__(self, there: str) -> None:
        self.there = there


class Passed(NamedTuple):
    """How many events wait elsewhere now, and the keys, kind and hash, that lead there."""

    events: int
    keys: list[list[str]]


async def pass_on(tx: Tx, seal: Sealer, *, here: str, there: str) -> Passed:
    """Let keys lead to the other conversation, and events wait there. Both are locked."""
    keys = [[row["kind"], row["key_hash"]] for row in await tx.all(_KEYS, here=here, there=there)]
    # Of questions of a Run that has ended nobody wants to know what became.
    await tx.run(_FATES, here=here)
    for row in await tx.all(_HAND_BACKS, here=here):
        await tx.run(_REWRITE, row=row["id"], new_body=await _for_another(tx, seal, row, here=here))
    return Passed(await tx.run(_EVENTS, here=here, there=there), keys)


async def pass_late(database: Database, seal: Sealer, claim: Claim, there: str, *, now_ms: int) -> None:
    """Pass on what came in for a conversation that goes on in another one, and give the claim back.

    Intake may have read where a key leads just before it led elsewhere; programs may hold the old id.
    """
    here = claim.conversation_id
    async with database.tenant(claim.tenant_id) as tx:
        await tx.all(_LOCK, both=sorted((here, there)))
        moved = await pass_on(tx, seal, here=here, there=there)
        await tx.all(HOLD, both=sorted((here, there)))
        given_back = await tx.all(
            work_sql.RELEASE, conversation_id=here, lease=claim.lease_id, seen=claim.seen_no, next_ms=None
        )
        if not given_back:
            # More came meanwhile: it is looked at once more.
            await tx.run(work_sql.ABANDON, conversation_id=here, lease=claim.lease_id, next_ms=now_ms)
        if moved.events:
            wake(tx, seal, there, account_id=claim.account_id, now_ms=now_ms)


def wake(tx: Tx, seal: Sealer, talk: str, *, account_id: str, now_ms: int) -> None:
    """Tell the workers that a conversation has got something to do."""
    ledger = Ledger(tx=tx, sealer=seal, conversation_id=talk, account_id=account_id, now_ms=now_ms, actor="system")
    ledger.wake_worker(now_ms)


async def _for_another(tx: Tx, seal: Sealer, row: Any, *, here: str) -> bytes:
    """Return a hand-back that names all it brings by id: places in one conversation mean nothing in another."""
    body = orjson.loads(seal.open("inbound.body", row["id"], row["body"]))
    after = body.pop("no", None)
    if after is not None:
        answered = {seal.derive_id("message", one) for one in body.get("answered", ())}
        late = await tx.all(work_sql.LATE_WORDS, conversation_id=here, after_no=after)
        body["unanswered"] = [*body.get("unanswered", ()), *(r["id"] for r in late if r["id"] not in answered)]
    return seal.seal_json("inbound.body", row["id"], body)
