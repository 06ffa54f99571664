"""The door out: every check and the intent in one commit before the request, the outcome in another after it.

ENGINE §4. One sender at a time per conversation (lease). Conversations share commits: who asked while the last one
ran.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from core import faults
from core.channel_types import Capabilities, ChannelType
from core.clock import Clock, from_ms, to_ms
from core.ids import ChannelAccountId, ConversationId, Ids, TenantId
from core.nouns import AccountStatus
from core.store import Attempt, Doubt, Found, Outcome, SendClaim, Wait
from core.store.door import LEASE
from memory.database import Database, Tx, grouped
from memory.engine import door_sql as sql
from memory.engine.buckets import Buckets
from memory.engine.locking import lock
from memory.engine.outcomes import record_outcomes
from memory.engine.reconciling import pick_new
from memory.engine.together import NotNow, Together
from memory.engine.visit import Visit
from memory.vault import Vault
from memory.writing import Ledger, close_all

FRESH_MS = int(LEASE.total_seconds() * 1000) * 2 // 3
"""What is left of a lease that need not be prolonged yet."""


@dataclass(frozen=True, slots=True)
class _Asked:
    claim: SendClaim
    told: tuple[Outcome, ...]
    judges: bool
    leaves: bool


class EngineDoor:
    """Implements ``core.store.DoorStore``."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        clock: Clock,
        ids: Ids,
        capabilities: Mapping[ChannelType, Capabilities],
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._capabilities = capabilities
        self._settle = max((able.settle for able in capabilities.values()), default=LEASE)
        self._buckets = Buckets()
        self._visits: Together[_Asked, Found] = Together(self._visit_all, of=lambda one: one.claim.conversation_id)

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[SendClaim]:
        """Claim conversations with requests that are due, round robin over tenants."""
        lease = self._ids.new()
        async with self._database.directory() as tx:
            rows = await tx.all(
                sql.CLAIM,
                now_ms=to_ms(self._clock.now()),
                lease=lease,
                busy=orjson.dumps(dict(busy)).decode(),
                cap=cap,
                most=limit,
            )
        return [
            SendClaim(
                TenantId(row["tenant_id"]),
                ConversationId(row["conversation_id"]),
                ChannelAccountId(row["account_id"]),
                lease,
            )
            for row in rows
        ]

    def spent(self, channel: ChannelType, account_id: str, conversation_id: str) -> None:
        """Note that another process sent a message: it counts against the same limits (rule 20)."""
        self._buckets.take(
            self._capabilities[channel],
            account=account_id,
            conversation=conversation_id,
            now_ms=to_ms(self._clock.now()),
        )

    async def next(self, claim: SendClaim, told: Sequence[Outcome] = (), *, leave: bool = False) -> Found:
        """Put outcomes on record, judge what is next and put the intent on record, in one commit (rule 17)."""
        return await self._visits.do(_Asked(claim, tuple(told), judges=True, leaves=leave))

    async def record(self, claim: SendClaim, told: Sequence[Outcome]) -> None:
        """Put outcomes on record, and judge nothing."""
        await self._visits.do(_Asked(claim, tuple(told), judges=False, leaves=False))

    async def _visit_all(self, asked: Sequence[_Asked]) -> Sequence[Found | Exception]:
        now_ms = to_ms(self._clock.now())
        sealers = {one.claim.tenant_id: await self._vault.sealer(one.claim.tenant_id) for one in asked}
        async with self._database.mixed(sorted(sealers)) as tx:
            locked = await lock(tx, [(one.claim.tenant_id, one.claim.conversation_id) for one in asked])
            pairs = [
                (one, self._visit(tx, sealers[one.claim.tenant_id], one.claim, now_ms))
                for one in asked
                if len(asked) == 1 or one.claim.conversation_id in locked
            ]
            await record_outcomes(tx, [(visit.ledger, one.told) for one, visit in pairs if one.told])
            judged = [(one, visit) for one, visit in pairs if one.judges]
            await self._read(tx, [visit for _, visit in judged])
            found = {id(one): found async for one, found in self._judge(tx, judged)}
            await close_all([visit.ledger for _, visit in pairs])
            if any(one.told for one, _ in pairs):
                faults.reach("send.before_record")
        present = {id(one) for one, _ in pairs}
        return [found.get(id(one), Wait(None)) if id(one) in present else NotNow() for one in asked]

    async def let_out(self, tx: Tx, leaving: Sequence[tuple[SendClaim, Ledger]]) -> dict[str, Found]:
        """Judge what turns say, in the commit that says it; their conversations are locked.

        What may not go yet is given back. One that another sender has is not in the answer.
        """
        asked = [
            (_Asked(claim, (), judges=True, leaves=True), Visit(claim, ledger, self._capabilities, self._buckets))
            for claim, ledger in leaving
        ]
        await self._read(tx, [visit for _, visit in asked])
        return {one.claim.conversation_id: found async for one, found in self._judge(tx, asked)}

    async def _read(self, tx: Tx, visits: Sequence[Visit]) -> None:
        """Read what the judgement needs, of those whose lease holds."""
        facts = await tx.each(sql.FACTS, [
            {**_key(visit), "lease": visit.claim.lease_id, "now_ms": visit.ledger.now_ms,
             "since_ms": visit.ledger.now_ms - int(self._settle.total_seconds() * 1000)}
            for visit in visits
        ])  # fmt: skip
        by_lease = {(row["id"], row["lease_id"]): row for row in facts if row["lease_id"] is not None}
        ending = [row for row in by_lease.values() if row["left_ms"] < FRESH_MS]
        prolonged = await tx.each(sql.PROLONG, [
            {"conversation_id": row["id"], "lease": row["lease_id"], "now_ms": to_ms(self._clock.now())}
            for row in ending
        ])  # fmt: skip
        lost = {row["id"] for row in ending} - {row["conversation_id"] for row in prolonged}
        for visit in visits:
            row = by_lease.get((visit.claim.conversation_id, visit.claim.lease_id))
            visit.facts = None if row is None or row["id"] in lost else row
        held = [visit for visit in visits if visit.facts is not None]
        rows = grouped(await tx.each(sql.OPEN, [_key(visit) for visit in held]))
        for visit in held:
            visit.ledger.streamed = visit.facts["channel"] == ChannelType.WIDGET
            visit.rows = rows.get(visit.claim.conversation_id, ())

    async def _judge(self, tx: Tx, asked: Sequence[tuple[_Asked, Visit]]) -> AsyncIterator[tuple[_Asked, Found]]:
        """Find what may go of each; what goes is on record as such, and what has nothing to send is given back."""
        held = [(one, visit) for one, visit in asked if visit.facts is not None]
        for _, visit in held:
            await visit.pick()
        attempts = await self._intend(tx, [visit for _, visit in held if visit.going and visit.doubt is None])
        idle = []
        for one, visit in held:
            going = attempts.get(id(visit))
            if visit.doubt is not None or going:
                yield one, visit.doubt or tuple(going or ())
            else:
                idle.append((one, await visit.due(), visit))
        left = await tx.each(sql.RELEASE, [
            {"conversation_id": one.claim.conversation_id, "lease": one.claim.lease_id, "next_ms": due}
            for one, due, _ in idle if one.leaves
        ])  # fmt: skip
        gone = {row["conversation_id"] for row in left}
        for one, due, _ in idle:
            yield one, Wait(None if due is None else from_ms(due), one.claim.conversation_id in gone)

    async def _intend(self, tx: Tx, visits: Sequence[Visit]) -> Mapping[int, list[Attempt]]:
        """Put on record what is about to leave, with the address it leaves for."""
        asked = [{"tenant_id": visit.claim.tenant_id, "conversation_id": visit.found_by} for visit in visits]
        keys = grouped(await tx.each(sql.KEYS, asked))
        addresses = {id(visit): visit.address(keys.get(visit.found_by, ())) for visit in visits}
        marked = await tx.each(sql.INTEND, [
            {"tenant_id": visit.claim.tenant_id, "row": row["id"], "now_ms": visit.ledger.now_ms,
             "lease": visit.claim.lease_id,
             "to_address": visit.ledger.sealer.seal_json("outbox.address", row["id"], addresses[id(visit)].keys)}
            for visit in visits
            for row, _ in visit.going
        ])  # fmt: skip
        numbers = {row["id"]: row["attempt"] for row in marked}
        return {
            id(visit): [
                visit.attempt(row, verdict, number=numbers[row["id"]], address=addresses[id(visit)])
                for row, verdict in visit.going
                if row["id"] in numbers
            ]
            for visit in visits
        }

    async def read_back(self, claim: SendClaim, doubt: Doubt, found: Sequence[str] | None) -> None:
        """Settle a doubt by what stands in the conversation at the provider (rule 19)."""
        async with self._alone(claim) as visit:
            row = next((row for row in visit.rows if row["id"] == doubt.outbox_id and row["state"] == "unknown"), None)
            if row is None:
                return
            there = await pick_new(visit.ledger, found or ())
            if there is not None:
                await visit.settle(row, "accepted", provider_id=there)
            else:
                await visit.conclude(row, heard=found is not None)

    async def account_down(self, claim: SendClaim, status: AccountStatus, reason: str) -> None:
        """The account cannot send: hold its messages."""
        async with self._alone(claim) as visit:
            ledger = visit.ledger
            if await ledger.tx.run(sql.ACCOUNT_DOWN, account=claim.account_id, to_state=status.value, why=reason):
                ledger.event("channel.down", claim.account_id)

    @asynccontextmanager
    async def _alone(self, claim: SendClaim) -> AsyncIterator[Visit]:
        """Open a change to the claim's conversation; what it notes is numbered when the block ends."""
        seal = await self._vault.sealer(claim.tenant_id)
        async with self._database.mixed([claim.tenant_id]) as tx:
            await lock(tx, [(claim.tenant_id, claim.conversation_id)])
            visit = self._visit(tx, seal, claim, to_ms(self._clock.now()))
            await self._read(tx, [visit])
            yield visit
            await close_all([visit.ledger])

    def _visit(self, tx: Tx, seal: Any, claim: SendClaim, now_ms: int) -> Visit:
        ledger = Ledger(
            tx=tx.of(claim.tenant_id),
            sealer=seal,
            conversation_id=claim.conversation_id,
            account_id=claim.account_id,
            now_ms=now_ms,
            actor="door",
        )
        return Visit(claim, ledger, self._capabilities, self._buckets)


def _key(visit: Visit) -> dict[str, Any]:
    return {"tenant_id": visit.claim.tenant_id, "conversation_id": visit.claim.conversation_id}
