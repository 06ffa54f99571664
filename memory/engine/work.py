"""Claiming conversations and loading what a turn needs: one snapshot, a handful of statements (ENGINE §2, §3)."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import structlog

from core import faults
from core.channel_types import ChannelType
from core.clock import Clock, from_ms, to_ms
from core.errors import LostLease, NotFound, StoreUnavailable
from core.ids import ChannelAccountId, ContactId, ConversationId, FlowId, Ids, ReleaseId, TenantId
from core.nouns import AGENT, AccountStatus, Release
from core.policy import Author
from core.ports import Rendered
from core.store import (
    UNABLE_FOR,
    Claim,
    DueTimer,
    Parting,
    PendingEvent,
    TurnCommitted,
    TurnWrite,
    Workload,
)
from memory.crypto import Sealer
from memory.database import Database, Tx, grouped
from memory.engine import work_sql as sql
from memory.engine.backlog import Backlogs
from memory.engine.commit import commit_turns, find_turn
from memory.engine.echoes import Match, read_echoes, settle_echoes
from memory.engine.judging import read_policy
from memory.engine.one_turn import Turn
from memory.engine.parting import Doorstep, NotLetOut, has_left
from memory.engine.passing import GoesOn, pass_late
from memory.engine.reading import (
    EarlierMessage,
    mark_known,
    read_handoff,
    read_pending,
    read_run,
    with_words,
)
from memory.engine.together import Together
from memory.tables.conversations import OPTED_OUT_AND_TOLD
from memory.vault import Vault
from memory.writing import Ledger, NewSend

REPEATED_MS = 7 * 86_400_000
"""Age of an event that may be a repetition: intake remembers names for a day longer than this (ENGINE rule 34)."""

FEW = 4
"""Of so many turns that end together, what they say leaves with their commit; of more, a sender's own groups are as
cheap, and the commit is shorter without."""

RELEASES_KEPT = 500

log = structlog.get_logger("memory.work")


class EngineWork:
    """Implements ``core.store.WorkStore``."""

    def __init__(
        self, database: Database, vault: Vault, *, clock: Clock, ids: Ids, door: Doorstep | None = None
    ) -> None:
        self._database = database
        self._door = door
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._releases: OrderedDict[tuple[str, str], Release] = OrderedDict()
        self._backlogs = Backlogs(database, clock)
        self._loads = Together(self._load_all, of=lambda claim: claim.conversation_id)
        self._commits = Together(self._commit_all, of=lambda turn: turn.work.claim.conversation_id)
        self._given_back = Together(self._release_all, of=lambda given: given[0].conversation_id)

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
        """Read everything the turn needs from one snapshot, which others share; raises LostLease."""
        try:
            work, echoed = await self._loads.do(claim)
        except GoesOn as elsewhere:
            seal, now_ms = await self._vault.sealer(claim.tenant_id), to_ms(self._clock.now())
            await pass_late(self._database, seal, claim, elsewhere.there, now_ms=now_ms)
            raise LostLease from elsewhere
        if echoed:
            seal = await self._vault.sealer(claim.tenant_id)
            await settle_echoes(self._database, seal, claim, echoed, to_ms(self._clock.now()))
        return work

    async def _load_all(self, claims: Sequence[Claim]) -> Sequence[tuple[Workload, list[Match]] | Exception]:
        now_ms = to_ms(self._clock.now())
        sealers = {claim.tenant_id: await self._vault.sealer(claim.tenant_id) for claim in claims}
        async with self._database.mixed(sorted(sealers), write=False) as tx:
            asked = [
                {**_key(claim), "account_id": claim.account_id, "lease": claim.lease_id, "now_ms": now_ms}
                for claim in claims
            ]
            rows = {(row["conversation_id"], row["lease_id"]): row for row in await tx.each(sql.LOAD, asked)}
            found = [rows.get((claim.conversation_id, claim.lease_id)) for claim in claims]
            held = [(claim, row) for claim, row in zip(claims, found, strict=True) if row is not None]
            pending = grouped(await tx.each(sql.PENDING, [_key(claim) for claim, _ in held]))
            known = [_key(claim) for claim, row in held if row["id"] is not None]
            windows = grouped(await tx.each(sql.WINDOW, known))
            ringing = [claim for claim, row in held if row["timer_ms"] is not None and row["timer_ms"] <= now_ms]
            timers = grouped(await tx.each(sql.TIMERS, [{**_key(claim), "now_ms": now_ms} for claim in ringing]))
            loaded = list[tuple[Workload, list[Match]] | Exception]()
            for claim, row in zip(claims, found, strict=True):
                if row is None or row["joined_into"] is not None:
                    loaded.append(LostLease() if row is None else GoesOn(row["joined_into"]))
                    continue
                seal, talk = sealers[claim.tenant_id], claim.conversation_id
                events, echoed = await _read_events(
                    tx.of(claim.tenant_id), seal, claim, rows=pending.get(talk, ()), now_ms=now_ms
                )
                # Where more waits than was read, the claim counts as having seen less: releasing it fails, and it is
                # read on.
                unread = int(len(pending.get(talk, ())) >= sql.MOST_PENDING)
                seen = replace(claim, seen_no=row["pending_no"] - unread)
                work = self._workload(
                    seal, seen, row, pending=events, window=windows.get(talk, ()), due=timers.get(talk, ())
                )
                loaded.append((work, echoed))
        return loaded

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
            window=tuple(EarlierMessage(seal, item) for item in reversed(window)),
            release_id=row["release_id"],
            tenant_name=row["name"],
            tenant_locale=row["tenant_locale"],
            timezone=row["timezone"],
            country=row["country"],
            constants=orjson.loads(row["constants"]),
            policy=read_policy(row["policy"], row["timezone"]),
            models=orjson.loads(row["models"]),
            account_status=AccountStatus(row["account_status"]),
            account_settings=orjson.loads(row["account_settings"]),
            next_timer=from_ms(row["timer_ms"]) if row["timer_ms"] else None,
            had_run=row["run_id"] is not None,
            instruction=seal.open_text("conversations.instruction", claim.conversation_id, row["instruction"]),
        )

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

    async def commit(
        self, work: Workload, write: TurnWrite, *, unsealed: bool = False, parting: Parting | None = None
    ) -> TurnCommitted:
        """Commit the turn, in one transaction with others; raises LostLease, Unsealed."""
        seal = await self._vault.sealer(work.claim.tenant_id)
        turn = Turn(seal, work, write, unsealed, parting)
        try:
            return await self._commits.do(turn)
        except StoreUnavailable:
            # The connection may have broken after the store had committed: look before judging.
            async with self._database.mixed([work.claim.tenant_id]) as tx:
                found = await find_turn(tx, work, write)
                is_ours = bool(turn.leaving) and await has_left(tx, turn.leaving[0])
            if found is None:
                raise
            return replace(found, leaving=turn.leaving[0]) if is_ours else found

    async def _commit_all(self, turns: Sequence[Turn]) -> Sequence[TurnCommitted | Exception]:
        try:
            return await self._commit_group(turns, self._door if len(turns) <= FEW else None)
        except NotLetOut:
            log.exception("what turns say waits for a sender", action="not_let_out")
            return await self._commit_group(turns, None)

    async def _commit_group(self, turns: Sequence[Turn], door: Doorstep | None) -> Sequence[TurnCommitted | Exception]:
        async with self._database.mixed(sorted({turn.work.claim.tenant_id for turn in turns})) as tx:
            committed = await commit_turns(tx, turns, now=self._clock.now(), door=door, lease=self._ids.new())
            for turn, came_to in zip(turns, committed, strict=True):
                gone = came_to.leaving if isinstance(came_to, TurnCommitted) else None
                turn.leaving[:] = [] if gone is None else [gone]
            faults.reach("turn.before_commit")
        faults.reach("turn.after_commit")
        return committed

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

    async def release(self, claim: Claim, *, next_due: datetime | None) -> bool:
        """Give the conversation back unless more arrived meanwhile."""
        return await self._given_back.do((claim, next_due))

    async def _release_all(self, given: Sequence[tuple[Claim, datetime | None]]) -> Sequence[bool]:
        async with self._database.directory() as tx:
            rows = await tx.each(sql.RELEASE, [
                {"conversation_id": claim.conversation_id, "lease": claim.lease_id, "seen": claim.seen_no,
                 "next_ms": to_ms(next_due) if next_due else None}
                for claim, next_due in sorted(given, key=lambda one: one[0].conversation_id)
            ])  # fmt: skip
        released = {row["conversation_id"] for row in rows}
        return [claim.conversation_id in released for claim, _ in given]

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


async def _read_events(
    tx: Tx, seal: Sealer, claim: Claim, *, rows: Sequence[Any], now_ms: int
) -> tuple[list[PendingEvent], list[Match]]:
    """Return what waits, with all that its kind needs to be known besides."""
    events, echoed = (
        await mark_known(tx, [read_pending(seal, row) for row in rows], now_ms - REPEATED_MS),
        list[Match](),
    )
    if any(event.kind == "handback" for event in events):
        events = [await with_words(tx, seal, claim, event) for event in events]
    if any(event.kind == "echo" for event in events):
        events, echoed = await read_echoes(tx, seal, claim, events, now_ms=now_ms)
    return events, echoed


def _key(claim: Claim) -> dict[str, Any]:
    return {"tenant_id": claim.tenant_id, "conversation_id": claim.conversation_id}
