"""The door out: every check and the intent in one commit before the request, the outcome in another after it.

ENGINE §4. One sender at a time per conversation (lease), requests in their order, head of line held while an outcome is
unknown.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import orjson

from core import faults
from core.channel_types import Capabilities, ChannelType
from core.clock import Clock, from_ms, to_ms
from core.ids import ChannelAccountId, ConversationId, Ids, TenantId
from core.nouns import AccountStatus
from core.policy import Author, Reason, SendVerdict
from core.ports import AccountAccess, Address, Rendered
from core.secret import Secret
from core.store import Attempt, Doubt, SendClaim, Wait
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.engine import door_sql as sql
from memory.engine import pacing, reconciling
from memory.engine.buckets import Buckets
from memory.engine.delivery import show
from memory.engine.judging import judge
from memory.vault import Vault
from memory.writing import Ledger, provider_hash

LEASE = timedelta(seconds=60)


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
        self._buckets = Buckets()

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[SendClaim]:
        """Claim conversations with requests that are due, round robin over tenants."""
        now, lease = self._clock.now(), self._ids.new()
        async with self._database.directory() as tx:
            rows = await tx.all(
                sql.CLAIM,
                now_ms=to_ms(now),
                until_ms=to_ms(now + LEASE),
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
                row["pending_no"],
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

    async def next(self, claim: SendClaim) -> Attempt | Doubt | Wait:
        """Judge the next request and put the intent on record, in one commit (rule 17)."""
        seal = await self._vault.sealer(claim.tenant_id)
        now = self._clock.now()
        async with self._database.tenant(claim.tenant_id) as tx:
            facts = await self._held(tx, claim, now)
            if facts is None:
                return Wait(None)
            rows = await tx.all(sql.OPEN, conversation_id=claim.conversation_id)
            ledger = self._ledger(tx, seal, claim, now, facts)
            attempt = await self._pick(ledger, rows, facts, claim) if rows else None
            due = await self._due(ledger, facts) if attempt is None else None
            await ledger.flush_stream()
            await ledger.close()
        return attempt or Wait(None if due is None else from_ms(due))

    async def _held(self, tx: Tx, claim: SendClaim, now: datetime) -> Any | None:
        """Lock conversation and claim, in the order of every other change, then read; None where the lease is lost."""
        await tx.all(sql.LOCK, conversation_id=claim.conversation_id)
        held = await tx.first(
            sql.HELD, conversation_id=claim.conversation_id, lease=claim.lease_id, until_ms=to_ms(now + LEASE)
        )
        return None if held is None else await tx.first(sql.FACTS, conversation_id=claim.conversation_id)

    async def _pick(self, ledger: Ledger, rows: Sequence[Any], facts: Any, claim: SendClaim) -> Attempt | Doubt | None:
        """Settle what must not go, and return the first request that may go now, or that is to be asked after."""
        now, stuck = from_ms(ledger.now_ms), list[Any]()
        if facts["status"] != AccountStatus.ACTIVE:
            return None
        able = self._able(facts)
        settled = await self._settled_at(ledger, facts)
        for row in rows:
            if pacing.is_stuck(row, ledger.now_ms):
                row = await self._resolve(ledger, row, facts, claim)  # noqa: PLW2901
                if isinstance(row, Doubt):
                    return row
                if row is not None and (row["state"] != "queued" or row["due_ms"] > ledger.now_ms):
                    stuck.append(row)
            if row is None or row["state"] != "queued" or row["due_ms"] > ledger.now_ms:
                continue
            verdict = judge(row, facts, able, now)
            if not verdict.allowed:
                await self._refuse(ledger, row, verdict)
                continue
            if pacing.free_at(row, stuck, settled) > ledger.now_ms:
                return None
            await self._overtake(ledger, stuck)
            return await self._intend(ledger, row, facts, claim, verdict)
        return None

    async def _resolve(self, ledger: Ledger, row: Any, facts: Any, claim: SendClaim) -> Any | Doubt | None:
        """Return a request whose fate was open as it now stands, what to ask the provider, None where it is settled."""
        able = self._able(facts)
        row = await self._unresolved(ledger, row, claim, able)
        if row is None or not _is_overdue(row, ledger.now_ms):
            return row
        if able.reads_back:
            return await self._doubt(ledger, row, facts, claim)
        return await self._conclude(ledger, row, heard=None)

    def _able(self, facts: Any) -> Capabilities:
        return self._capabilities[ChannelType(facts["channel"])]

    async def _unresolved(self, ledger: Ledger, row: Any, claim: SendClaim, able: Capabilities) -> Any | None:
        """Note a request whose fate is open; one left by a sender that died is unknown (rule 17)."""
        if row["state"] != "sending" or row["lease_id"] == claim.lease_id:
            return row
        if row["kind"] == "signal":
            await self._settle(ledger, row, "failed", why="outcome_unknown")
            return None
        if able.exact_by_id:
            await ledger.tx.run(sql.HOLD, row=row["id"], to_state="queued", why=None, at_ms=ledger.now_ms)
            return {**row, "state": "queued", "due_ms": ledger.now_ms}
        at_ms = int(row["attempted_ms"]) + _ms(able.reconcile)
        await ledger.tx.run(sql.HOLD, row=row["id"], to_state="unknown", why="outcome_unknown", at_ms=at_ms)
        await show(ledger, row["message_id"])
        return {**row, "state": "unknown", "due_ms": at_ms}

    async def _conclude(self, ledger: Ledger, row: Any, *, heard: bool | None) -> Any | None:
        """Decide about a request that nobody has told of in its time (rule 19); returns it where it stays open.

        ``heard``: whether the provider could be asked; None: it cannot, and its other webhooks are the evidence.
        """
        since_ms = int(row["attempted_ms"])
        if heard is None:
            heard = await reconciling.was_heard_of(ledger, since_ms)
        if not heard and ledger.now_ms < since_ms + reconciling.LONGEST_MS:
            at_ms = ledger.now_ms + reconciling.LOOK_AGAIN_MS
            await ledger.tx.run(sql.HOLD, row=row["id"], to_state="unknown", why="outcome_unknown", at_ms=at_ms)
            return {**row, "due_ms": at_ms}
        if heard and reconciling.may_be_repeated(row) and await reconciling.is_last_word(ledger, row):
            await ledger.tx.run(reconciling.REPEAT, row=row["id"], now_ms=ledger.now_ms)
            await show(ledger, row["message_id"])
            return {**row, "state": "queued", "due_ms": ledger.now_ms}
        await self._settle(ledger, row, "parked", why="outcome_unknown")
        return None

    async def _doubt(self, ledger: Ledger, row: Any, facts: Any, claim: SendClaim) -> Doubt:
        address = Address(ledger.sealer.open_json("outbox.address", row["id"], row["address"]))
        return Doubt(
            outbox_id=row["id"],
            channel=ChannelType(facts["channel"]),
            rendered=_rendered(ledger.sealer, row),
            address=address,
            account=_access(ledger.sealer, claim, facts),
            attempted_at=from_ms(row["attempted_ms"]),
        )

    async def read_back(self, claim: SendClaim, doubt: Doubt, found: Sequence[str] | None) -> None:
        """Settle a doubt by what stands in the conversation at the provider (rule 19)."""
        async with self._tenant(claim) as ledger:
            rows = await ledger.tx.all(sql.OPEN, conversation_id=claim.conversation_id)
            row = next((row for row in rows if row["id"] == doubt.outbox_id and row["state"] == "unknown"), None)
            if row is None:
                return
            there = await reconciling.pick_new(ledger, found or ())
            if there is not None:
                await self._settle(ledger, row, "accepted", provider_id=there)
            else:
                await self._conclude(ledger, row, heard=found is not None)

    async def _overtake(self, ledger: Ledger, stuck: Sequence[Any]) -> None:
        """Something later goes out: what is before it is never repeated (rule 20)."""
        for row in stuck:
            if row["state"] == "queued":
                await self._settle(ledger, row, "failed", why=row["error"] or "overtaken", code=row["error_code"])
            else:
                await self._settle(ledger, row, "parked", why="outcome_unknown")

    async def _refuse(self, ledger: Ledger, row: Any, verdict: SendVerdict) -> None:
        why = verdict.reason.value if verdict.reason else ""
        until = next((other.at for other in verdict.alternatives if other.kind == "wait"), None)
        if until is not None:
            # Put off, not refused; answers behind it need not wait for the morning.
            await ledger.tx.run(sql.HOLD, row=row["id"], to_state="queued", why=why, at_ms=to_ms(until))
        else:
            lost = verdict.reason is Reason.NOT_OWNER
            await self._settle(
                ledger, row, "cancelled" if lost else "failed", why=why, port="cancelled" if lost else "blocked"
            )

    async def _settled_at(self, ledger: Ledger, facts: Any) -> int:
        """Return when the message before has had its time to arrive, and the limits let another go (rule 20)."""
        able = self._able(facts)
        paced = self._buckets.free_at(
            able, account=ledger.account_id, conversation=ledger.conversation_id, now_ms=ledger.now_ms
        )
        span = _ms(able.settle)
        if not span:
            return paced
        ahead = await ledger.tx.first(
            sql.UNSETTLED, conversation_id=ledger.conversation_id, since_ms=ledger.now_ms - span
        )
        arrived = int(ahead["attempted_ms"]) + span if ahead is not None and ahead["attempted_ms"] else 0
        return max(paced, arrived)

    async def _due(self, ledger: Ledger, facts: Any) -> int | None:
        """Return when this conversation's requests are to be looked at again."""
        if facts["status"] != AccountStatus.ACTIVE:
            return None
        rows = await ledger.tx.all(sql.OPEN, conversation_id=ledger.conversation_id)
        return pacing.next_due(rows, ledger.now_ms, await self._settled_at(ledger, facts)) if rows else None

    async def _intend(
        self, ledger: Ledger, row: Any, facts: Any, claim: SendClaim, verdict: SendVerdict
    ) -> Attempt | None:
        seal = ledger.sealer
        address = await self._address(ledger.tx, seal, claim)
        marked = await ledger.tx.first(
            sql.INTEND,
            row=row["id"],
            now_ms=ledger.now_ms,
            to_address=seal.seal_json("outbox.address", row["id"], dict(address.keys)),
            lease=claim.lease_id,
        )
        if marked is None:
            return None
        if row["kind"] == "message":
            self._buckets.take(
                self._able(facts),
                account=claim.account_id,
                conversation=claim.conversation_id,
                now_ms=ledger.now_ms,
            )
        return Attempt(
            outbox_id=row["id"],
            message_id=row["message_id"],
            channel=ChannelType(facts["channel"]),
            rendered=_rendered(seal, row),
            author=Author(row["author"]),
            attempt=marked["attempt"],
            address=address,
            account=_access(seal, claim, facts),
            tag=verdict.tag,
        )

    async def _address(self, tx: Tx, seal: Sealer, claim: SendClaim) -> Address:
        keys: dict[str, str] = {}
        for row in await tx.all(sql.KEYS, conversation_id=claim.conversation_id):
            about = f"{row['account_id']}|{row['kind']}|{row['key_hash']}"
            keys[row["kind"]] = seal.open("identity_keys.value", about, row["value"]).decode()
        return Address(keys)

    async def accepted(self, claim: SendClaim, attempt: Attempt, provider_id: str | None) -> None:
        """The provider took it."""
        await self._outcome(claim, attempt, "accepted", provider_id=provider_id)

    async def failed(
        self, claim: SendClaim, attempt: Attempt, *, error: str, code: int | None, fix: str | None = None
    ) -> None:
        """The provider refused it for good."""
        await self._outcome(claim, attempt, "failed", why=error, code=code, fix=fix)

    async def retry(self, claim: SendClaim, attempt: Attempt, *, at: datetime, error: str) -> None:
        """It was certainly not sent; try again at ``at``."""
        await self._postpone(claim, attempt, at=at, to_state="queued", why=error)

    async def unknown(self, claim: SendClaim, attempt: Attempt, *, error: str, until: datetime) -> None:
        """The outcome is unknown: reconcile until ``until``."""
        await self._postpone(claim, attempt, at=until, to_state="unknown", why=error)

    async def account_down(self, claim: SendClaim, status: AccountStatus, reason: str) -> None:
        """The account cannot send: hold its messages."""
        async with self._tenant(claim) as ledger:
            if await ledger.tx.run(sql.ACCOUNT_DOWN, account=claim.account_id, to_state=status.value, why=reason):
                ledger.event("channel.down", claim.account_id)

    async def release(self, claim: SendClaim) -> bool:
        """Give the conversation back; it is due again when its next request is. False: the lease was lost.

        Under the conversation's lock nothing can be queued meanwhile, so that no request is left behind.
        """
        seal, now = await self._vault.sealer(claim.tenant_id), self._clock.now()
        async with self._database.tenant(claim.tenant_id) as tx:
            facts = await self._held(tx, claim, now)
            due = await self._due(self._ledger(tx, seal, claim, now, facts), facts) if facts is not None else None
            released = await tx.run(
                sql.RELEASE, conversation_id=claim.conversation_id, lease=claim.lease_id, next_ms=due
            )
            return bool(released)

    async def _outcome(
        self,
        claim: SendClaim,
        attempt: Attempt,
        state: str,
        *,
        provider_id: str | None = None,
        why: str | None = None,
        code: int | None = None,
        fix: str | None = None,
    ) -> None:
        async with self._tenant(claim) as ledger:
            row = {"id": attempt.outbox_id, "message_id": attempt.message_id}
            await self._settle(ledger, row, state, why=why, code=code, fix=fix, provider_id=provider_id)
            faults.reach("send.before_record")

    async def _postpone(self, claim: SendClaim, attempt: Attempt, *, at: datetime, to_state: str, why: str) -> None:
        async with self._tenant(claim) as ledger:
            await ledger.tx.run(sql.HOLD, row=attempt.outbox_id, to_state=to_state, why=why, at_ms=to_ms(at))
            await show(ledger, attempt.message_id)

    async def _settle(
        self,
        ledger: Ledger,
        row: Any,
        state: str,
        *,
        why: str | None = None,
        code: int | None = None,
        fix: str | None = None,
        provider_id: str | None = None,
        port: str | None = None,
    ) -> None:
        settled = await ledger.tx.first(
            sql.SETTLE, row=row["id"], to_state=state, why=why, why_code=code, new_fix=fix, now_ms=ledger.now_ms
        )
        if settled is not None:
            await ledger.fate(settled, port or state)
        if provider_id is not None:
            # A receipt may have settled it first: the id is needed all the same, for receipts that know no other.
            await ledger.tx.run(sql.KNOW, row=row["id"], digest=provider_hash(ledger.sealer, provider_id))
        await show(ledger, row["message_id"], provider_id=provider_id)

    @asynccontextmanager
    async def _tenant(self, claim: SendClaim) -> AsyncIterator[Ledger]:
        """Open a change to the claim's conversation; what it notes is numbered when the block ends."""
        seal = await self._vault.sealer(claim.tenant_id)
        async with self._database.tenant(claim.tenant_id) as tx:
            await tx.all(sql.LOCK, conversation_id=claim.conversation_id)
            facts = await tx.first(sql.FACTS, conversation_id=claim.conversation_id)
            ledger = self._ledger(tx, seal, claim, self._clock.now(), facts)
            yield ledger
            await ledger.flush_stream()
            await ledger.close()

    def _ledger(self, tx: Tx, seal: Sealer, claim: SendClaim, now: datetime, facts: Any) -> Ledger:
        return Ledger(
            tx=tx,
            sealer=seal,
            conversation_id=claim.conversation_id,
            account_id=claim.account_id,
            now_ms=to_ms(now),
            actor="door",
            streamed=facts is not None and facts["channel"] == ChannelType.WIDGET,
        )


def _is_overdue(row: Any, now_ms: int) -> bool:
    return bool(row["state"] == "unknown" and row["due_ms"] <= now_ms)


def _rendered(seal: Sealer, row: Any) -> Rendered:
    stored = seal.open_json("outbox.body", row["id"], row["body"])
    return Rendered(stored["kind"], stored["body"], stored["says"])


def _access(seal: Sealer, claim: SendClaim, facts: Any) -> AccountAccess:
    token = seal.open_text("channel_accounts.token", claim.account_id, facts["token"])
    return AccountAccess(facts["provider_id"], Secret(token or ""), orjson.loads(facts["settings"]))


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
