"""Receipts: matched by our id, else by the provider's; ranks only rise (ENGINE rule 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core import faults
from core.clock import Clock, to_ms
from core.ids import TenantId
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.engine.delivery import show
from memory.fates import FATE
from memory.query import Query, among, bool_eq, mine
from memory.tables import account_routes, conversations, outbox, receipts
from memory.vault import Vault
from memory.writing import Ledger

KEPT = timedelta(hours=24)
RANK = {"queued": 0, "sending": 1, "unknown": 1, "parked": 1, "accepted": 2, "sent": 3, "failed": 4, "delivered": 5,
        "read": 6}  # fmt: skip
"""``failed`` never overrides delivered or read; ``delivered`` overrides ``failed``."""

_columns = (
    receipts.c.id.label("receipt"), receipts.c.status, receipts.c.error, receipts.c.error_code,
    receipts.c.provider_hash, receipts.c.received_ms,
    outbox.c.id, outbox.c.message_id, outbox.c.conversation_id, outbox.c.account_id, outbox.c.state,
)  # fmt: skip
_waiting = sa.and_(
    mine(receipts),
    bool_eq(receipts.c.matched, 0),
    receipts.c.received_ms > sa.bindparam("since_ms", type_=sa.BigInteger),
)
_most = sa.bindparam("most", type_=sa.Integer)


def _matching(*how: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(*_columns)
        .select_from(receipts)
        .join(outbox, sa.and_(mine(outbox), *how))
        .where(_waiting)
        .order_by(receipts.c.received_ms, receipts.c.id)
        .limit(_most)
    )


# Joined, so that receipts that nothing matches (another app's messages) never crowd out those that do.
# A request that was never made has no receipts: they are of one that was erased, whose id came up again.
_BY_US = Query(_matching(bool_eq(outbox.c.id, receipts.c.outbox_id), outbox.c.attempt > sa.literal_column("0")))
_BY_THEM = Query(_matching(bool_eq(outbox.c.provider_hash, receipts.c.provider_hash)))
_MARKS = Query(
    sa.select(receipts.c.id, receipts.c.status, receipts.c.watermark_ms, receipts.c.conversation_id)
    .where(_waiting, receipts.c.watermark_ms.is_not(None))
    .order_by(receipts.c.received_ms, receipts.c.id)
    .limit(_most)
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
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), among(outbox.c.state, "below"))
    .values(
        state=sa.bindparam("to_state"),
        error=sa.bindparam("why"),
        error_code=sa.bindparam("why_code"),
        settled_ms=sa.bindparam("now_ms"),
        provider_hash=sa.func.coalesce(
            outbox.c.provider_hash, sa.bindparam("digest", type_=outbox.c.provider_hash.type)
        ),
    )
    .returning(*FATE)
)
_TENANTS = Query(
    sa.select(account_routes.c.tenant_id).where(bool_eq(account_routes.c.active, 1)).distinct(), scope="directory"
)
_TENANTS_WAITING = Query(
    sa.select(receipts.c.tenant_id)
    .where(bool_eq(receipts.c.matched, 0), receipts.c.received_ms > sa.bindparam("since_ms", type_=sa.BigInteger))
    .distinct(),
    scope="mixed",
)
_DONE = Query(receipts.update().where(mine(receipts), among(receipts.c.id, "ids")).values(matched=1))
_LOCK = Query(
    sa.select(conversations.c.id, conversations.c.channel)
    .where(mine(conversations), among(conversations.c.id, "ids"))
    .order_by(conversations.c.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a receipt says of one request."""

    receipt: str
    status: str
    row: Any
    error: str | None = None
    code: int | None = None
    digest: str | None = None


class EngineReceipts:
    """Applies a tenant's stored receipts; called when some came in and by the sweeper."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def waiting(self, within: timedelta) -> list[TenantId]:
        """Return tenants with open receipts that came in so recently, whichever process took them in."""
        since_ms = to_ms(self._clock.now() - within)
        async with self._database.directory(write=False) as tx:
            tenants = [row["tenant_id"] for row in await tx.all(_TENANTS)]
        if not tenants:
            return []
        async with self._database.mixed(tenants) as tx:
            return [TenantId(row["tenant_id"]) for row in await tx.all(_TENANTS_WAITING, since_ms=since_ms)]

    async def apply(self, tenant_id: TenantId, *, limit: int = 200) -> tuple[int, list[str]]:
        """Match open receipts; returns how many matched and the conversations whose head of line may be free now."""
        seal = await self._vault.sealer(tenant_id)
        now_ms = to_ms(self._clock.now())
        async with self._database.tenant(tenant_id) as tx:
            reports, done = await self._reports(tx, now_ms - int(KEPT.total_seconds() * 1000), limit)
            ledgers = await open_ledgers(tx, seal, reports, now_ms)
            for report in reports:
                if report.row["conversation_id"] in ledgers:
                    await apply_report(ledgers[report.row["conversation_id"]], report)
            if done:
                await tx.run(_DONE, ids=sorted(done))
            for ledger in ledgers.values():
                await ledger.flush_stream()
            for ledger in ledgers.values():
                await ledger.close()
            faults.reach("receipts.before_commit")
        faults.reach("receipts.after_commit")
        return len(done), sorted(ledgers)

    async def _reports(self, tx: Tx, since_ms: int, limit: int) -> tuple[list[Report], set[str]]:
        reports: list[Report] = []
        done: set[str] = set()
        for query in (_BY_US, _BY_THEM):
            for row in await tx.all(query, since_ms=since_ms, most=limit):
                if row["receipt"] not in done:
                    reports.append(Report(row["receipt"], row["status"], row, row["error"], row["error_code"],
                                           row["provider_hash"]))  # fmt: skip
            done |= {report.receipt for report in reports}
        for mark in await tx.all(_MARKS, since_ms=since_ms, most=limit):
            done.add(mark["id"])
            if mark["conversation_id"]:
                rows = await tx.all(_UP_TO, conversation_id=mark["conversation_id"], watermark=mark["watermark_ms"])
                reports += [Report(mark["id"], mark["status"], row) for row in rows]
        return reports, done


async def open_ledgers(tx: Tx, seal: Sealer, reports: Sequence[Report], now_ms: int) -> dict[str, Ledger]:
    """Lock the conversations first and in order, as every other change does."""
    accounts = {report.row["conversation_id"]: report.row["account_id"] for report in reports}
    rows = await tx.all(_LOCK, ids=sorted(accounts)) if accounts else []
    return {
        row["id"]: Ledger(
            tx=tx,
            sealer=seal,
            conversation_id=row["id"],
            account_id=accounts[row["id"]],
            now_ms=now_ms,
            actor="provider",
            streamed=row["channel"] == "widget",
        )
        for row in rows
    }


async def apply_report(ledger: Ledger, report: Report) -> None:
    """Move one request on, unless it has come further already; receipts come in any order."""
    after = "read" if report.status == "played" else report.status
    if after not in RANK:
        return
    raised = await ledger.tx.first(
        _RAISE,
        row=report.row["id"],
        below=[state for state, rank in RANK.items() if rank < RANK[after]],
        to_state=after,
        why=(report.error or "provider_refused") if after == "failed" else None,
        why_code=report.code,
        now_ms=ledger.now_ms,
        digest=report.digest,
    )
    if raised is not None:
        await show(ledger, report.row["message_id"], digest=report.digest)
        if after == "failed" or RANK[report.row["state"]] < RANK["accepted"]:
            await ledger.fate(raised, after)
