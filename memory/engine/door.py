"""The door out: every check and the intent in one commit before the request, the outcome in another after it.

ENGINE §4. One sender at a time per conversation (lease), requests in their order, head of line held while an outcome is
unknown.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from core.channel_types import Capabilities, ChannelType
from core.clock import Clock, from_ms, to_ms
from core.ids import ChannelAccountId, ConversationId, Ids, TenantId
from core.nouns import AccountStatus, Delivery
from core.policy import Author, Policy, SendFacts, SendVerdict, can_send, quiet_until
from core.ports import AccountAccess, Address, Rendered
from core.secret import Secret
from core.store import Attempt, SendClaim, Wait
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.query import Query, among, bool_eq, mine
from memory.tables import (
    channel_accounts,
    contacts,
    conversations,
    identity_keys,
    messages,
    outbox,
    send_queue,
    tenants,
)
from memory.vault import Vault
from memory.writing import OPEN_STATES, Ledger, provider_hash

LEASE = timedelta(seconds=60)
HOLD_AGENT = timedelta(seconds=10)
HOLD_STAFF = timedelta(seconds=2)

_s = send_queue
_now = sa.bindparam("now_ms", type_=sa.BigInteger)
_free = sa.or_(_s.c.lease_until_ms.is_(None), _s.c.lease_until_ms < _now)
_ranked = (
    sa.select(
        _s.c.conversation_id,
        sa.func.row_number().over(partition_by=_s.c.tenant_id, order_by=_s.c.due_ms).label("place"),
    )
    .where(_s.c.due_ms <= _now, _free, sa.not_(among(_s.c.tenant_id, "full")))
    .subquery("ranked")
)
_picked = (
    sa.select(_s.c.conversation_id)
    .join(_ranked, _ranked.c.conversation_id == _s.c.conversation_id)
    .where(_ranked.c.place <= sa.bindparam("each"))
    .order_by(_ranked.c.place, _s.c.due_ms)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(of=_s, skip_locked=True)
)
_CLAIM = Query(
    _s.update()
    .where(_s.c.conversation_id.in_(_picked), _free)
    .values(lease_id=sa.bindparam("lease"), lease_until_ms=sa.bindparam("until_ms"))
    .returning(_s.c.conversation_id, _s.c.tenant_id, _s.c.account_id, _s.c.pending_no),
    scope="directory",
)
_held = sa.and_(
    bool_eq(_s.c.conversation_id, sa.bindparam("conversation_id")), bool_eq(_s.c.lease_id, sa.bindparam("lease"))
)
_HELD = Query(
    _s.update().where(_held).values(lease_until_ms=sa.bindparam("until_ms")).returning(_s.c.pending_no),
    scope="directory",
)
_RELEASE = Query(
    _s.update()
    .where(_held, bool_eq(_s.c.pending_no, sa.bindparam("seen")))
    .values(lease_id=None, lease_until_ms=None, due_ms=sa.bindparam("next_ms")),
    scope="directory",
)
_mine = bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id"))
_OPEN = Query(
    sa.select(outbox).where(mine(outbox), _mine, outbox.c.state.in_(OPEN_STATES)).order_by(outbox.c.no).limit(20)
)
_FACTS = Query(
    sa.select(
        conversations.c.owner,
        conversations.c.owner_epoch,
        conversations.c.last_inbound_ms,
        conversations.c.channel,
        contacts.c.opted_out,
        channel_accounts.c.status,
        channel_accounts.c.provider_id,
        channel_accounts.c.settings,
        channel_accounts.c.token,
        tenants.c.policy,
        tenants.c.timezone,
    )
    .select_from(conversations)
    .join(
        contacts,
        sa.and_(contacts.c.tenant_id == conversations.c.tenant_id, contacts.c.id == conversations.c.contact_id),
    )
    .join(
        channel_accounts,
        sa.and_(
            channel_accounts.c.tenant_id == conversations.c.tenant_id,
            channel_accounts.c.id == conversations.c.account_id,
        ),
    )
    .join(tenants, tenants.c.tenant_id == conversations.c.tenant_id)
    .where(mine(conversations), bool_eq(conversations.c.id, sa.bindparam("conversation_id")))
)
_KEYS = Query(
    sa.select(identity_keys.c.account_id, identity_keys.c.kind, identity_keys.c.key_hash, identity_keys.c.value)
    .where(mine(identity_keys), bool_eq(identity_keys.c.conversation_id, sa.bindparam("conversation_id")))
    .order_by(identity_keys.c.created_ms)
)
_UNSETTLED = Query(
    sa.select(sa.func.max(outbox.c.attempted_ms).label("attempted_ms")).where(
        mine(outbox),
        _mine,
        bool_eq(outbox.c.kind, "message"),
        bool_eq(outbox.c.state, "accepted"),
        outbox.c.attempted_ms > sa.bindparam("since_ms", type_=sa.BigInteger),
    )
)
_INTEND = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), bool_eq(outbox.c.state, "queued"))
    .values(
        state="sending",
        attempt=outbox.c.attempt + 1,
        attempted_ms=_now,
        address=sa.bindparam("to_address"),
        lease_id=sa.bindparam("lease"),
    )
    .returning(outbox.c.attempt)
)
_SETTLE = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), outbox.c.state.in_(OPEN_STATES))
    .values(
        state=sa.bindparam("to_state"),
        error=sa.bindparam("why"),
        error_code=sa.bindparam("why_code"),
        settled_ms=_now,
        provider_hash=sa.func.coalesce(
            sa.bindparam("digest", type_=outbox.c.provider_hash.type), outbox.c.provider_hash
        ),
    )
)
_HOLD = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), outbox.c.state.in_(OPEN_STATES))
    .values(state=sa.bindparam("to_state"), error=sa.bindparam("why"), due_ms=sa.bindparam("at_ms"))
)
_SHOW = Query(
    messages.update()
    .where(
        mine(messages),
        bool_eq(messages.c.id, sa.bindparam("message_id")),
        messages.c.delivery.in_(("queued", "sending", "unknown")),
    )
    .values(
        delivery=sa.bindparam("to_state"),
        reason=sa.bindparam("why"),
        provider_hash=sa.func.coalesce(
            messages.c.provider_hash, sa.bindparam("digest", type_=messages.c.provider_hash.type)
        ),
        provider_id=sa.func.coalesce(messages.c.provider_id, sa.bindparam("sealed_id", type_=sa.LargeBinary)),
        version=messages.c.version + 1,
    )
)
_ACCOUNT_DOWN = Query(
    channel_accounts.update()
    .where(
        mine(channel_accounts),
        bool_eq(channel_accounts.c.id, sa.bindparam("account")),
        bool_eq(channel_accounts.c.status, "active"),
    )
    .values(status=sa.bindparam("to_state"), reason=sa.bindparam("why"), version=channel_accounts.c.version + 1)
)


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

    async def claim(self, *, limit: int, busy: Mapping[str, int], cap: int) -> list[SendClaim]:
        """Claim conversations with requests that are due, round robin over tenants."""
        now, lease = self._clock.now(), self._ids.new()
        async with self._database.directory() as tx:
            rows = await tx.all(
                _CLAIM,
                now_ms=to_ms(now),
                until_ms=to_ms(now + LEASE),
                lease=lease,
                full=[tenant for tenant, slots in busy.items() if slots >= cap],
                each=cap,
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

    async def next(self, claim: SendClaim) -> Attempt | Wait:
        """Judge the next request and put the intent on record, in one commit (rule 17)."""
        seal = await self._vault.sealer(claim.tenant_id)
        now = self._clock.now()
        async with self._database.tenant(claim.tenant_id) as tx:
            held = await tx.first(
                _HELD,
                conversation_id=claim.conversation_id,
                lease=claim.lease_id,
                until_ms=to_ms(now + LEASE),
            )
            rows = await tx.all(_OPEN, conversation_id=claim.conversation_id) if held is not None else []
            if not rows:
                return Wait(None)
            facts = await tx.first(_FACTS, conversation_id=claim.conversation_id)
            ledger = self._ledger(tx, seal, claim, now, facts)
            found = await self._pick(ledger, rows, facts, claim)
            await ledger.flush_stream()
            await ledger.close()
        return found

    async def _pick(self, ledger: Ledger, rows: Any, facts: Any, claim: SendClaim) -> Attempt | Wait:
        now = from_ms(ledger.now_ms)
        for row in rows:
            if row["state"] in ("sending", "unknown"):
                until = await self._head_of_line(ledger, row, now)
                if until is not None:
                    return Wait(until)
                continue
            verdict, why = self._judge(row, facts, now)
            ready = await self._ready_at(ledger, row, facts) if verdict.allowed else now
            if ready > now:
                return Wait(ready)
            if verdict.allowed:
                attempt = await self._intend(ledger, row, facts, claim, verdict)
                if attempt is not None:
                    return attempt
            elif why == "account_down":
                return Wait(None)
            else:
                state = "cancelled" if why == "not_owner" else "failed"
                await self._settle(ledger, row, state, why=why)
        return Wait(None)

    async def _ready_at(self, ledger: Ledger, row: Any, facts: Any) -> datetime:
        """Return when a request may go: its own time, and not before the one ahead of it has settled (rule 20)."""
        settle = self._capabilities[ChannelType(facts["channel"])].settle
        due = int(row["due_ms"])
        if settle and row["kind"] == "message":
            span = int(settle.total_seconds() * 1000)
            ahead = await ledger.tx.first(
                _UNSETTLED, conversation_id=ledger.conversation_id, since_ms=ledger.now_ms - span
            )
            if ahead is not None and ahead["attempted_ms"]:
                due = max(due, ahead["attempted_ms"] + span)
        return from_ms(due)

    async def _head_of_line(self, ledger: Ledger, row: Any, now: datetime) -> datetime | None:
        """Return until when an unresolved request holds the ones after it; past that it is parked (rule 20)."""
        since = from_ms(row["attempted_ms"] or row["created_ms"])
        hold = HOLD_STAFF if row["author"] == Author.STAFF else HOLD_AGENT
        if row["kind"] == "signal":
            await self._settle(ledger, row, "failed", why="outcome_unknown")
            return None
        if row["state"] == "sending" and row["lease_id"] is not None:
            await ledger.tx.run(
                _HOLD, row=row["id"], to_state="unknown", why="outcome_unknown", at_ms=to_ms(since + hold)
            )
            await self._show(ledger, row, Delivery.UNKNOWN, "outcome_unknown")
        if now < since + hold:
            return since + hold
        await ledger.tx.run(_SETTLE, row=row["id"], to_state="parked", why="outcome_unknown", why_code=None,
                            now_ms=ledger.now_ms, digest=None)  # fmt: skip
        return None

    def _judge(self, row: Any, facts: Any, now: datetime) -> tuple[SendVerdict, str]:
        author = Author(row["author"])
        policy = Policy.model_validate({"timezone": facts["timezone"], **orjson.loads(facts["policy"])})
        initiated = bool(row["initiated"])
        verdict = can_send(
            SendFacts(
                capabilities=self._capabilities[ChannelType(facts["channel"])],
                account_active=facts["status"] == AccountStatus.ACTIVE,
                last_inbound_at=from_ms(facts["last_inbound_ms"]) if facts["last_inbound_ms"] else None,
                opted_out=bool(facts["opted_out"]),
                initiated=initiated,
                is_template=bool(row["is_template"]),
                is_opt_out_confirmation=bool(row["exempt"]),
                author_owns=author is not Author.AGENT or row["owner_epoch"] == facts["owner_epoch"],
                quiet_until=quiet_until(policy.quiet_hours, policy.timezone, now) if initiated else None,
            ),
            author,
            now,
        )
        return verdict, verdict.reason.value if verdict.reason else ""

    async def _intend(
        self, ledger: Ledger, row: Any, facts: Any, claim: SendClaim, verdict: SendVerdict
    ) -> Attempt | None:
        seal = ledger.sealer
        address = await self._address(ledger.tx, seal, claim)
        marked = await ledger.tx.first(
            _INTEND,
            row=row["id"],
            now_ms=ledger.now_ms,
            to_address=seal.seal_json("outbox.address", row["id"], dict(address.keys)),
            lease=claim.lease_id,
        )
        if marked is None:
            return None
        stored = seal.open_json("outbox.body", row["id"], row["body"])
        token = seal.open_text("channel_accounts.token", claim.account_id, facts["token"])
        return Attempt(
            outbox_id=row["id"],
            message_id=row["message_id"],
            channel=ChannelType(facts["channel"]),
            rendered=Rendered(stored["kind"], stored["body"], stored["says"]),
            author=Author(row["author"]),
            attempt=marked["attempt"],
            address=address,
            account=AccountAccess(facts["provider_id"], Secret(token or ""), orjson.loads(facts["settings"])),
            tag=verdict.tag,
        )

    async def _address(self, tx: Tx, seal: Sealer, claim: SendClaim) -> Address:
        keys: dict[str, str] = {}
        for row in await tx.all(_KEYS, conversation_id=claim.conversation_id):
            about = f"{row['account_id']}|{row['kind']}|{row['key_hash']}"
            keys[row["kind"]] = seal.open("identity_keys.value", about, row["value"]).decode()
        return Address(keys)

    async def accepted(self, claim: SendClaim, attempt: Attempt, provider_id: str | None) -> None:
        """The provider took it."""
        await self._outcome(claim, attempt, "accepted", provider_id=provider_id)

    async def failed(self, claim: SendClaim, attempt: Attempt, *, error: str, code: int | None) -> None:
        """The provider refused it for good."""
        await self._outcome(claim, attempt, "failed", why=error, code=code)

    async def retry(self, claim: SendClaim, attempt: Attempt, *, at: datetime, error: str) -> None:
        """It was certainly not sent; try again at ``at``."""
        await self._postpone(claim, attempt, at=at, to_state="queued", why=error)

    async def unknown(self, claim: SendClaim, attempt: Attempt, *, error: str, until: datetime) -> None:
        """The outcome is unknown: reconcile until ``until``."""
        await self._postpone(claim, attempt, at=until, to_state="unknown", why=error)

    async def account_down(self, claim: SendClaim, status: AccountStatus, reason: str) -> None:
        """The account cannot send: hold its messages."""
        async with self._tenant(claim) as (ledger, _):
            await ledger.tx.run(_ACCOUNT_DOWN, account=claim.account_id, to_state=status.value, why=reason)
            ledger.event("channel.down", claim.account_id)
            await ledger.close()

    async def release(self, claim: SendClaim) -> bool:
        """Give the conversation back; it is due again when its first open request is."""
        async with self._tenant(claim) as (ledger, facts):
            rows = await ledger.tx.all(_OPEN, conversation_id=claim.conversation_id)
            waits = facts is not None and facts["status"] != AccountStatus.ACTIVE
            due = [] if waits or not rows else [await self._due(ledger, rows[0], facts)]
            return bool(
                await ledger.tx.run(
                    _RELEASE,
                    conversation_id=claim.conversation_id,
                    lease=claim.lease_id,
                    seen=claim.seen_no,
                    next_ms=due[0] if due else None,
                )
            )

    async def _due(self, ledger: Ledger, row: Any, facts: Any) -> int:
        if row["state"] == "queued":
            return to_ms(await self._ready_at(ledger, row, facts))
        hold = HOLD_STAFF if row["author"] == Author.STAFF else HOLD_AGENT
        return int(row["attempted_ms"] or row["created_ms"]) + int(hold.total_seconds() * 1000)

    async def _outcome(
        self,
        claim: SendClaim,
        attempt: Attempt,
        state: str,
        *,
        provider_id: str | None = None,
        why: str | None = None,
        code: int | None = None,
    ) -> None:
        async with self._tenant(claim) as (ledger, _):
            row = {"id": attempt.outbox_id, "message_id": attempt.message_id}
            await self._settle(ledger, row, state, why=why, code=code, provider_id=provider_id)
            await ledger.flush_stream()
            await ledger.close()

    async def _postpone(self, claim: SendClaim, attempt: Attempt, *, at: datetime, to_state: str, why: str) -> None:
        async with self._tenant(claim) as (ledger, _):
            await ledger.tx.run(_HOLD, row=attempt.outbox_id, to_state=to_state, why=why, at_ms=to_ms(at))
            row = {"id": attempt.outbox_id, "message_id": attempt.message_id}
            await self._show(ledger, row, Delivery(to_state), why)
            await ledger.flush_stream()
            await ledger.close()

    async def _settle(
        self,
        ledger: Ledger,
        row: Any,
        state: str,
        *,
        why: str | None = None,
        code: int | None = None,
        provider_id: str | None = None,
    ) -> None:
        await ledger.tx.run(
            _SETTLE,
            row=row["id"],
            to_state=state,
            why=why,
            why_code=code,
            now_ms=ledger.now_ms,
            digest=provider_hash(ledger.sealer, provider_id),
        )
        await self._show(ledger, row, Delivery(state), why, provider_id)

    async def _show(
        self, ledger: Ledger, row: Any, state: Delivery, why: str | None, provider_id: str | None = None
    ) -> None:
        message = row["message_id"]
        if message is None:
            return
        await ledger.tx.run(
            _SHOW,
            message_id=message,
            to_state=state.value,
            why=why,
            digest=provider_hash(ledger.sealer, provider_id),
            sealed_id=ledger.sealer.seal_text("messages.provider_id", message, provider_id),
        )
        ledger.event("message.updated", message)
        ledger.stream("delivery", message)

    @asynccontextmanager
    async def _tenant(self, claim: SendClaim) -> AsyncIterator[tuple[Ledger, Any]]:
        seal = await self._vault.sealer(claim.tenant_id)
        async with self._database.tenant(claim.tenant_id) as tx:
            facts = await tx.first(_FACTS, conversation_id=claim.conversation_id)
            yield self._ledger(tx, seal, claim, self._clock.now(), facts), facts

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
