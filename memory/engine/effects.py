"""The effects ledger and the record of model spend (ENGINE rules 12, 15)."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

import sqlalchemy as sa

from core.clock import Clock, to_ms
from core.errors import LostLease
from core.ids import Ids, TenantId
from core.store import Claim, EffectKey, JournalEntry, UsageWrite
from core.turns import ModelReply, ModelUsage, ToolCall
from memory.crypto import Sealer
from memory.database import Database
from memory.query import Query, bool_eq, insert_into, mine
from memory.tables import conversation_queue, effects, model_journal, usage
from memory.vault import Vault

MICRO = 1_000_000

_HELD = Query(
    sa.select(conversation_queue.c.lease_id).where(
        bool_eq(conversation_queue.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(conversation_queue.c.lease_id, sa.bindparam("lease")),
    ),
    scope="directory",
)
_BEGIN = Query(
    insert_into(effects).values(state="started").on_conflict_do_nothing().returning(effects.c.key_hash),
    columns=("tenant_id", "key_hash", "conversation_id", "turn_no", "node", "tool", "state", "lease_id", "started_ms"),
)
_AGAIN = Query(
    effects.update()
    .where(mine(effects), bool_eq(effects.c.key_hash, sa.bindparam("digest")))
    .values(state="started", lease_id=sa.bindparam("lease"))
)
_JOURNAL = Query(
    insert_into(model_journal).on_conflict_do_nothing(),
    columns=("tenant_id", "key_hash", "conversation_id", "turn_no", "reply", "created_ms"),
)
_RECALL = Query(
    sa.select(model_journal.c.reply).where(
        mine(model_journal), bool_eq(model_journal.c.key_hash, sa.bindparam("digest"))
    )
)
_FOUND = Query(
    sa.select(effects.c.state, effects.c.result, effects.c.lease_id).where(
        mine(effects), bool_eq(effects.c.key_hash, sa.bindparam("digest"))
    )
)
_FINISH = Query(
    effects.update()
    .where(mine(effects), bool_eq(effects.c.key_hash, sa.bindparam("digest")))
    .values(state=sa.bindparam("to_state"), result=sa.bindparam("sealed"), ended_ms=sa.bindparam("now_ms"))
)
_SPEND = Query(insert_into(usage))
_SPENT = Query(
    sa.select(sa.func.coalesce(sa.func.sum(usage.c.micro_usd), 0).label("total")).where(
        mine(usage), bool_eq(usage.c.conversation_id, sa.bindparam("conversation"))
    )
)


class EngineEffects:
    """Implements ``core.store.EffectStore``."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def begin(
        self, claim: Claim, key: EffectKey, *, replies: Sequence[JournalEntry] = (), repeatable: bool = False
    ) -> tuple[Literal["run", "done", "unknown"], Any, str]:
        """Put ``started`` on record, guarded by the lease, with the replies that led there in the same commit."""
        seal = await self._vault.sealer(claim.tenant_id)
        digest, idempotency_key = _digest(seal, key), _public(key)
        async with self._database.tenant(claim.tenant_id) as tx:
            if await tx.first(_HELD, conversation_id=claim.conversation_id, lease=claim.lease_id) is None:
                raise LostLease
            new = await tx.first(
                _BEGIN,
                key_hash=digest,
                conversation_id=key.conversation_id,
                turn_no=key.turn_no,
                node=key.node,
                tool=key.tool,
                lease_id=claim.lease_id,
                started_ms=to_ms(self._clock.now()),
            )
            row = None if new is not None else await tx.first(_FOUND, digest=digest)
            runs = row is None or row["state"] == "failed" or (row["state"] == "started" and repeatable)
            if row is not None and runs:
                await tx.run(_AGAIN, digest=digest, lease=claim.lease_id)
            if runs and replies:
                await tx.many(_JOURNAL, [self._journalled(seal, claim, entry) for entry in replies])
        if row is None or runs:
            return "run", None, idempotency_key
        if row["state"] == "done":
            return "done", seal.open_json("effects.result", digest, row["result"]), idempotency_key
        return "unknown", None, idempotency_key

    def _journalled(self, seal: Sealer, claim: Claim, entry: JournalEntry) -> dict[str, Any]:
        digest = _entry(seal, claim, turn_no=entry.turn_no, name=entry.name)
        return {
            "key_hash": digest,
            "conversation_id": claim.conversation_id,
            "turn_no": entry.turn_no,
            "reply": seal.seal_json("model_journal.reply", digest, asdict(entry.reply)),
            "created_ms": to_ms(self._clock.now()),
        }

    async def recall(self, claim: Claim, *, turn_no: int, name: str) -> ModelReply | None:
        """Return a journalled reply."""
        seal = await self._vault.sealer(claim.tenant_id)
        digest = _entry(seal, claim, turn_no=turn_no, name=name)
        async with self._database.tenant(claim.tenant_id, write=False) as tx:
            row = await tx.first(_RECALL, digest=digest)
        if row is None:
            return None
        told = seal.open_json("model_journal.reply", digest, row["reply"])
        calls = tuple(ToolCall(**call) for call in told["tool_calls"])
        return ModelReply(told["text"], calls, told["parsed"], ModelUsage(**told["usage"]))

    async def finish(self, claim: Claim, key: EffectKey, result: Any, *, failed: bool = False) -> None:
        """Put the result on record."""
        seal = await self._vault.sealer(claim.tenant_id)
        digest = _digest(seal, key)
        async with self._database.tenant(claim.tenant_id) as tx:
            await tx.run(
                _FINISH,
                digest=digest,
                to_state="failed" if failed else "done",
                sealed=seal.seal_json("effects.result", digest, result),
                now_ms=to_ms(self._clock.now()),
            )


class EngineUsage:
    """Implements ``core.store.UsageStore``."""

    def __init__(self, database: Database, *, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids

    async def record(self, usage: UsageWrite) -> None:
        """Store one call in a commit of its own."""
        async with self._database.tenant(usage.tenant_id) as tx:
            await tx.run(
                _SPEND,
                id=self._ids.new(),
                conversation_id=usage.conversation_id,
                turn_no=usage.turn_no,
                model=usage.usage.model,
                purpose=usage.purpose,
                outcome=usage.outcome,
                tokens_in=usage.usage.tokens_in,
                tokens_out=usage.usage.tokens_out,
                micro_usd=int(usage.usage.usd * MICRO),
                ms=int(usage.usage.ms),
                at_ms=to_ms(self._clock.now()),
            )

    async def spent_micro_usd(self, tenant_id: TenantId, conversation_id: str) -> int:
        """Return what a conversation has cost so far."""
        async with self._database.tenant(tenant_id, write=False) as tx:
            row = await tx.first(_SPENT, conversation=conversation_id)
        return int(row["total"]) if row is not None else 0


def _entry(seal: Sealer, claim: Claim, *, turn_no: int, name: str) -> str:
    return seal.hash("journal", f"{claim.conversation_id}|{turn_no}|{name}")


def _digest(seal: Sealer, key: EffectKey) -> str:
    return seal.hash("effect", _name(key))


def _public(key: EffectKey) -> str:
    """Return the key an endpoint sees: names nothing, the same at every replay."""
    return hashlib.sha256(_name(key).encode()).hexdigest()[:32]


def _name(key: EffectKey) -> str:
    return f"{key.conversation_id}|{key.turn_no}|{key.node}|{key.place}|{key.tool}|{key.arguments}"
