"""Whose echoes are: ours by id, by metadata or by counting equal words, or somebody else's (ENGINE rules 19 and 26)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.content import plain_text
from core.inbound import EchoReceived
from core.store import Claim, PendingEvent
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.engine import work_sql as sql
from memory.engine.receipts import Report, apply_report, open_ledgers
from memory.writing import provider_hash

LATE_ECHO_MS = 10 * 60_000
"""How long after a request was left to people its echo is still taken for its own by its words."""

UNSETTLED = frozenset({"sending", "unknown", "parked"})


@dataclass(frozen=True, slots=True)
class Match:
    """An echo shows that a request went out, under this id of the provider's."""

    row: Any
    digest: str


async def read_echoes(
    tx: Tx, seal: Sealer, claim: Claim, events: Sequence[PendingEvent], *, now_ms: int
) -> tuple[list[PendingEvent], list[Match]]:
    """Return what ``judge_echoes`` does, by the requests that are on record."""
    echoes = [event.event for event in events if isinstance(event.event, EchoReceived)]
    hashes = sorted({provider_hash(seal, echo.provider_id) or "" for echo in echoes})
    rows = await tx.all(sql.SENT, conversation_id=claim.conversation_id, hashes=hashes, since_ms=now_ms - LATE_ECHO_MS)
    return judge_echoes(seal, rows, events)


def judge_echoes(
    seal: Sealer, rows: Sequence[Any], events: Sequence[PendingEvent]
) -> tuple[list[PendingEvent], list[Match]]:
    """Return the events with whose each echo is, and what they settle.

    ``rows`` are requests of the conversation that have one of these ids or whose outcome is open. Where an echo carries
    no id of ours, as many echoes of some words are ours as requests with those words are open.
    """
    known = {row["provider_hash"] for row in rows if row["provider_hash"] is not None}
    ours = {row["id"]: row for row in rows}
    flying = any(row["state"] in ("sending", "unknown") for row in rows)
    judged, matches = list[PendingEvent](), list[Match]()
    for event in events:
        echo = event.event
        if not isinstance(echo, EchoReceived):
            judged.append(event)
            continue
        digest = provider_hash(seal, echo.provider_id) or ""
        row = ours.get(echo.metadata or "")
        if row is None and digest not in known:
            row = _said(seal, rows, echo, taken={match.row["id"] for match in matches})
        if row is not None and row["state"] in UNSETTLED:
            matches.append(Match(row, digest))
        is_ours = row is not None or digest in known
        judged.append(replace(event, echo="ours" if is_ours else "undecided" if flying else "foreign"))
    return judged, matches


async def settle_echoes(database: Database, seal: Sealer, claim: Claim, matches: Sequence[Match], now_ms: int) -> None:
    """Note that what was echoed went out, and let what waits behind it go."""
    reports = [
        Report("", "sent", {**match.row, "conversation_id": claim.conversation_id, "account_id": claim.account_id},
               digest=match.digest)
        for match in matches
    ]  # fmt: skip
    async with database.tenant(claim.tenant_id) as tx:
        for ledger in (await open_ledgers(tx, seal, reports, now_ms)).values():
            for report in reports:
                await apply_report(ledger, report)
            ledger.wake_sender(now_ms)
            await ledger.flush_stream()
            await ledger.close()


def _said(seal: Sealer, rows: Sequence[Any], echo: EchoReceived, *, taken: set[str]) -> Any | None:
    if echo.metadata is not None or echo.native or echo.revoked or echo.edited:
        return None
    words = plain_text(echo.parts)
    for row in rows:
        if row["state"] in ("unknown", "parked") and row["id"] not in taken:
            said: str = seal.open_json("outbox.body", row["id"], row["body"])["says"]
            if said == words:
                return row
    return None
