"""Claiming conversations and loading what a turn needs: one snapshot, a handful of statements (ENGINE §2, §3)."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from core import faults
from core.channel_types import ChannelType
from core.clock import Clock, from_ms, to_ms
from core.errors import LostLease, NotFound, StoreUnavailable
from core.ids import ChannelAccountId, ContactId, ConversationId, FlowId, Ids, ReleaseId, TenantId
from core.nouns import AGENT, AccountStatus, Release
from core.policy import Author, Policy
from core.ports import Rendered
from core.store import (
    UNABLE_FOR,
    Claim,
    DueTimer,
    PendingEvent,
    TurnCommitted,
    TurnWrite,
    Workload,
)
from memory.crypto import Sealer
from memory.database import Database
from memory.engine import work_sql as sql
from memory.engine.backlog import Backlogs
from memory.engine.commit import commit_turn, find_turn
from memory.engine.echoes import Match, read_echoes, settle_echoes
from memory.engine.reading import (
    mark_known,
    read_handoff,
    read_message,
    read_pending,
    read_run,
    with_words,
)
from memory.tables.conversations import OPTED_OUT_AND_TOLD
from memory.vault import Vault
from memory.writing import Ledger, NewSend

REPEATED_MS = 7 * 86_400_000
"""Age of an event that may be a repetition: intake remembers names for a day longer than this (ENGINE rule 34)."""

RELEASES_KEPT = 500


class EngineWork:
    """Implements ``core.store.WorkStore``."""

    def __init__(self, database: Database, vault: Vault, *, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._releases: OrderedDict[tuple[str, str], Release] = OrderedDict()
        self._policies: OrderedDict[str, Policy] = OrderedDict()
        self._backlogs = Backlogs(database, clock)

    async def claim(
        self, *, limit: int, busy: Mapping[str, int], cap: int, retries: int = 1, lacks: Collection[str] = ()
    ) -> list[Claim]:
        """Claim due conversations; a first claim of each tenant comes before any second (round robin)."""
        now = self._clock.now()
        lease = self._ids.new()
        async with self._database.directory() as tx:
            rows = await tx.all(
                sql.CLAIM,
                now_ms=to_ms(now),
                overdue_ms=to_ms(now - UNABLE_FOR),
                lacks=sorted(lacks),
                retries=retries,
                lease=lease,
                busy=orjson.dumps(dict(busy)).decode(),
                cap=cap,
                most=limit,
            )
        return [
            Claim(
                TenantId(row["tenant_id"]),
                ConversationId(row["conversation_id"]),
                ChannelAccountId(row["account_id"]),
                lease,
                row["pending_no"],
                row["attempts"],
                from_ms(row["due_ms"]),
            )
            for row in rows
        ]

    async def extend(self, claims: Sequence[Claim]) -> None:
        """Prolong leases that are still ours."""
        by_lease: dict[str, list[str]] = {}
        for claim in claims:
            by_lease.setdefault(claim.lease_id, []).append(claim.conversation_id)
        now_ms = to_ms(self._clock.now())
        async with self._database.directory() as tx:
            for lease, ids in by_lease.items():
                await tx.run(sql.EXTEND, ids=ids, lease=lease, now_ms=now_ms)

    async def load(self, claim: Claim) -> Workload:
        """Read everything the turn needs from one snapshot; raises LostLease."""
        seal = await self._vault.sealer(claim.tenant_id)
        async with self._database.tenant(claim.tenant_id, write=False) as tx:
            row = await tx.first(
                sql.LOAD, conversation_id=claim.conversation_id, account_id=claim.account_id, lease=claim.lease_id
            )
            if row is None:
                raise LostLease
            pending = await tx.all(sql.PENDING, conversation_id=claim.conversation_id)
            window: Sequence[Any] = ()
            due: Sequence[Any] = ()
            now_ms = to_ms(self._clock.now())
            if row["id"] is not None:
                window = await tx.all(sql.WINDOW, conversation_id=claim.conversation_id)
            if row["timer_ms"] is not None and row["timer_ms"] <= now_ms:
                due = await tx.all(sql.TIMERS, conversation_id=claim.conversation_id, now_ms=now_ms)
            events = await mark_known(tx, [read_pending(seal, item) for item in pending], now_ms - REPEATED_MS)
            if any(event.kind == "handback" for event in events):
                events = [await with_words(tx, seal, claim, event) for event in events]
            echoed = list[Match]()
            if any(event.kind == "echo" for event in events):
                events, echoed = await read_echoes(tx, seal, claim, events, now_ms=now_ms)
        if echoed:
            await settle_echoes(self._database, seal, claim, echoed, to_ms(self._clock.now()))
        # Where more waits than was read, the claim counts as having seen less: releasing it fails, and it is read on.
        unread = int(len(pending) >= sql.MOST_PENDING)
        seen = replace(claim, seen_no=row["pending_no"] - unread)
        return self._workload(seal, seen, row, pending=events, window=window, due=due)

    def _workload(
        self,
        seal: Sealer,
        claim: Claim,
        row: Any,
        *,
        pending: Sequence[PendingEvent],
        window: Sequence[Any],
        due: Sequence[Any],
    ) -> Workload:
        new = row["id"] is None
        contact = row["contact_id"] or seal.derive_id("contact", claim.conversation_id)
        return Workload(
            claim=claim,
            is_new=new,
            channel=ChannelType(row["channel"]),
            status=row["status"] or "open",
            owner=row["owner"] or AGENT,
            owner_epoch=row["owner_epoch"] or 0,
            owner_since=from_ms(row["owner_since_ms"]) if row["owner_since_ms"] else None,
            turn_no=row["turn_no"] or 0,
            locale=row["locale"],
            last_inbound_at=from_ms(row["last_inbound_ms"]) if row["last_inbound_ms"] else None,
            contact_id=ContactId(contact),
            contact_fields=seal.open_json("contacts.fields", contact, row["fields"]) or {},
            opted_out=bool(row["opted_out"]),
            opt_out_told=row["opted_out"] == OPTED_OUT_AND_TOLD,
            pending=tuple(pending),
            timers=tuple(DueTimer(t["id"], t["name"], t["node"], t["visit"], from_ms(t["due_ms"])) for t in due),
            run=read_run(seal, row),
            handoff=read_handoff(row),
            window=tuple(read_message(seal, item) for item in reversed(window)),
            release_id=row["release_id"],
            tenant_name=row["name"],
            tenant_locale=row["tenant_locale"],
            timezone=row["timezone"],
            country=row["country"],
            constants=orjson.loads(row["constants"]),
            policy=self._policy(row["policy"], row["timezone"]),
            models=orjson.loads(row["models"]),
            account_status=AccountStatus(row["account_status"]),
            account_settings=orjson.loads(row["account_settings"]),
            next_timer=from_ms(row["timer_ms"]) if row["timer_ms"] else None,
            had_run=row["run_id"] is not None,
            instruction=seal.open_text("conversations.instruction", claim.conversation_id, row["instruction"]),
        )

    def _policy(self, raw: str, timezone: str) -> Policy:
        name = f"{timezone}|{raw}"
        found = self._policies.get(name)
        if found is None:
            found = self._policies[name] = Policy.model_validate({"timezone": timezone, **orjson.loads(raw)})
            while len(self._policies) > RELEASES_KEPT:
                self._policies.popitem(last=False)
        return found

    async def still_sealed(self, claim: Claim, *, owner_epoch: int, consumed: Sequence[str]) -> bool:
        """Tell whether lease and epoch hold and nothing else has arrived: one statement (rule 11)."""
        async with self._database.tenant(claim.tenant_id, write=False) as tx:
            row = await tx.first(
                sql.UNSEEN, conversation_id=claim.conversation_id, lease=claim.lease_id, consumed=list(consumed)
            )
        return row is not None and row["id"] is None and (row["owner_epoch"] or 0) == owner_epoch

    async def still_held(self, claim: Claim, *, owner_epoch: int) -> bool:
        """Tell whether lease and epoch hold: the agent may go on showing its words (rule 37)."""
        async with self._database.tenant(claim.tenant_id, write=False) as tx:
            row = await tx.first(sql.HOLDER, conversation_id=claim.conversation_id, lease=claim.lease_id)
        return row is not None and (row["owner_epoch"] or 0) == owner_epoch

    async def commit(self, work: Workload, write: TurnWrite, *, unsealed: bool = False) -> TurnCommitted:
        """Commit the turn in one transaction; raises LostLease, Unsealed."""
        seal = await self._vault.sealer(work.claim.tenant_id)
        try:
            async with self._database.tenant(work.claim.tenant_id) as tx:
                committed = await commit_turn(tx, seal, work, write, now=self._clock.now(), unsealed=unsealed)
                faults.reach("turn.before_commit")
            faults.reach("turn.after_commit")
            return committed
        except StoreUnavailable:
            # The connection may have broken after the store had committed: look before judging.
            async with self._database.tenant(work.claim.tenant_id) as tx:
                found = await find_turn(tx, work, write)
            if found is None:
                raise
            return found

    async def signal(self, work: Workload, rendered: Rendered) -> None:
        """Queue a read mark or typing indicator; a conversation that is not stored yet gets none."""
        if work.is_new:
            return
        claim, now_ms = work.claim, to_ms(self._clock.now())
        seal = await self._vault.sealer(claim.tenant_id)
        async with self._database.tenant(claim.tenant_id) as tx:
            ledger = Ledger(
                tx=tx,
                sealer=seal,
                conversation_id=claim.conversation_id,
                account_id=claim.account_id,
                now_ms=now_ms,
                actor="agent",
            )
            await ledger.add([], [NewSend(self._ids.new(), None, rendered, Author.AGENT, work.owner_epoch, now_ms)])

    async def release(self, claim: Claim, *, next_due: Any) -> bool:
        """Give the conversation back unless more arrived meanwhile."""
        async with self._database.directory() as tx:
            return bool(
                await tx.run(
                    sql.RELEASE,
                    conversation_id=claim.conversation_id,
                    lease=claim.lease_id,
                    seen=claim.seen_no,
                    next_ms=to_ms(next_due) if next_due else None,
                )
            )

    async def abandon(self, claim: Claim, *, retry_at: Any) -> None:
        """Give it back unfinished."""
        async with self._database.directory() as tx:
            await tx.run(
                sql.ABANDON, conversation_id=claim.conversation_id, lease=claim.lease_id, next_ms=to_ms(retry_at)
            )

    async def backlogged(self, tenant_id: TenantId) -> bool:
        """Tell whether more waits than the tenant's policy allows."""
        return await self._backlogs.too_long(tenant_id)

    async def hand_back(self, claim: Claim, *, needs: str) -> None:
        """Give it back as it was: due when it was, counted as no attempt."""
        async with self._database.directory() as tx:
            await tx.run(sql.HAND_BACK, conversation_id=claim.conversation_id, lease=claim.lease_id, needs=needs)

    async def release_of(self, tenant_id: TenantId, release_id: str) -> Release:
        """Return a release; releases never change, so they are kept."""
        name = (str(tenant_id), release_id)
        found = self._releases.get(name)
        if found is None:
            found = await self._read_release(tenant_id, release_id)
            self._releases[name] = found
            while len(self._releases) > RELEASES_KEPT:
                self._releases.popitem(last=False)
        return found

    async def _read_release(self, tenant_id: TenantId, release_id: str) -> Release:
        async with self._database.tenant(tenant_id, write=False) as tx:
            row = await tx.first(sql.RELEASE_DOC, id=release_id)
        if row is None:
            raise NotFound("no such release")
        spec = orjson.loads(row["spec"])
        types = frozenset(orjson.loads(row["node_types"]))
        return Release(ReleaseId(row["id"]), FlowId(row["flow_id"]), row["hash"], spec["entry"], spec["flows"], types)
