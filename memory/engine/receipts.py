"""Receipts: matched by our id, else by the provider's; ranks only rise (ENGINE rule 21)."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.clock import Clock, to_ms
from core.ids import TenantId
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.query import Query, bool_eq, mine
from memory.tables import conversations, messages, outbox, receipts
from memory.vault import Vault
from memory.writing import Ledger

KEPT = timedelta(hours=24)
RANK = {"queued": 0, "sending": 1, "unknown": 1, "accepted": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6,
        "played": 6}  # fmt: skip

_OPEN = Query(
    sa.select(receipts)
    .where(mine(receipts), bool_eq(receipts.c.matched, 0), receipts.c.received_ms > sa.bindparam("since_ms"))
    .order_by(receipts.c.received_ms)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_BY_US = Query(
    sa.select(outbox.c.id, outbox.c.message_id, outbox.c.conversation_id, outbox.c.account_id, outbox.c.state).where(
        mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row"))
    )
)
_BY_THEM = Query(
    sa.select(outbox.c.id, outbox.c.message_id, outbox.c.conversation_id, outbox.c.account_id, outbox.c.state).where(
        mine(outbox), bool_eq(outbox.c.provider_hash, sa.bindparam("digest"))
    )
)
_UP_TO = Query(
    sa.select(outbox.c.id, outbox.c.message_id, outbox.c.conversation_id, outbox.c.account_id, outbox.c.state)
    .where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(outbox.c.kind, "message"),
        outbox.c.attempted_ms <= sa.bindparam("watermark", type_=sa.BigInteger),
        outbox.c.state.in_(("accepted", "sent", "delivered")),
    )
    .order_by(outbox.c.no.desc())
    .limit(50)
)
_RAISE = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")))
    .values(
        state=sa.bindparam("to_state"),
        error=sa.bindparam("why"),
        error_code=sa.bindparam("why_code"),
        settled_ms=sa.bindparam("now_ms"),
        provider_hash=sa.func.coalesce(
            outbox.c.provider_hash, sa.bindparam("digest", type_=outbox.c.provider_hash.type)
        ),
    )
)
_SHOW = Query(
    messages.update()
    .where(mine(messages), bool_eq(messages.c.id, sa.bindparam("message_id")))
    .values(
        delivery=sa.bindparam("to_state"),
        reason=sa.bindparam("why"),
        version=messages.c.version + 1,
        provider_hash=sa.func.coalesce(
            messages.c.provider_hash, sa.bindparam("digest", type_=messages.c.provider_hash.type)
        ),
    )
)
_DONE = Query(receipts.update().where(mine(receipts), bool_eq(receipts.c.id, sa.bindparam("row"))).values(matched=1))
_CHANNEL = Query(
    sa.select(conversations.c.channel).where(
        mine(conversations), bool_eq(conversations.c.id, sa.bindparam("conversation_id"))
    )
)


class EngineReceipts:
    """Applies a tenant's stored receipts; called when some came in and by the sweeper."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def apply(self, tenant_id: TenantId, *, limit: int = 200) -> tuple[int, list[str]]:
        """Match open receipts; returns how many matched and the conversations whose head of line may be free now."""
        seal = await self._vault.sealer(tenant_id)
        now_ms = to_ms(self._clock.now())
        matched, touched = 0, set[str]()
        async with self._database.tenant(tenant_id) as tx:
            since = now_ms - int(KEPT.total_seconds() * 1000)
            ledgers: dict[str, Ledger] = {}
            for row in await tx.all(_OPEN, since_ms=since, most=limit):
                found = await self._match(tx, row)
                for item in found:
                    touched.add(item["conversation_id"])
                    ledger = await self._ledger(tx, seal, item, ledgers, now_ms)
                    await self._raise(ledger, row, item)
                if found or row["watermark_ms"]:
                    matched += 1
                    await tx.run(_DONE, row=row["id"])
            for ledger in ledgers.values():
                await ledger.flush_stream()
            for ledger in ledgers.values():
                await ledger.close()
        return matched, sorted(touched)

    async def _match(self, tx: Tx, row: Any) -> list[Any]:
        if row["outbox_id"]:
            found = await tx.first(_BY_US, row=row["outbox_id"])
            if found is not None:
                return [found]
        if row["provider_hash"]:
            return list(await tx.all(_BY_THEM, digest=row["provider_hash"]))
        if row["watermark_ms"] and row["conversation_id"]:
            return list(await tx.all(_UP_TO, conversation_id=row["conversation_id"], watermark=row["watermark_ms"]))
        return []

    async def _raise(self, ledger: Ledger, receipt: Any, item: Any) -> None:
        before, after = item["state"], "read" if receipt["status"] == "played" else receipt["status"]
        if after not in RANK or not _outranks(after, before):
            return
        why = "provider_refused" if after == "failed" else None
        digest = receipt["provider_hash"]
        await ledger.tx.run(
            _RAISE,
            row=item["id"],
            to_state=after,
            why=why,
            why_code=receipt["error_code"],
            now_ms=ledger.now_ms,
            digest=digest,
        )
        if item["message_id"]:
            await ledger.tx.run(_SHOW, message_id=item["message_id"], to_state=after, why=why, digest=digest)
            ledger.event("message.updated", item["message_id"])
            ledger.stream("delivery", item["message_id"])

    async def _ledger(self, tx: Tx, seal: Sealer, item: Any, ledgers: dict[str, Ledger], now_ms: int) -> Ledger:
        conversation = item["conversation_id"]
        if conversation not in ledgers:
            row = await tx.first(_CHANNEL, conversation_id=conversation)
            ledgers[conversation] = Ledger(
                tx=tx,
                sealer=seal,
                conversation_id=conversation,
                account_id=item["account_id"],
                now_ms=now_ms,
                actor="provider",
                streamed=row is not None and row["channel"] == "widget",
            )
        return ledgers[conversation]


def _outranks(after: str, before: str) -> bool:
    """``failed`` never overrides delivered or read; ``delivered`` overrides ``failed``."""
    return RANK[after] > RANK.get(before, 1 if before == "parked" else 9)
