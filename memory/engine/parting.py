"""How turns leave their conversations: what they say is let out and the conversations are given back, in their commit.

Both would otherwise cost transactions of their own: a claim, the door's intent, a release (ENGINE rules 7, 17).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.clock import to_ms
from core.errors import StoreUnavailable
from core.store import Found, Leaving, SendClaim
from memory.database import Tx
from memory.engine import door_sql, work_sql
from memory.engine.one_turn import OneTurn
from memory.writing import Ledger


class NotLetOut(Exception):
    """The door failed: no reason that the turns it was asked about should not be committed."""


class Doorstep(Protocol):
    """The door as a turn's commit comes to it."""

    async def let_out(self, tx: Tx, leaving: Sequence[tuple[SendClaim, Ledger]]) -> Mapping[str, Found]:
        """Judge what may go, by conversation; one that another sender has is not in the answer."""
        ...


async def let_out(door: Doorstep, tx: Tx, commits: Sequence[OneTurn]) -> dict[str, Leaving]:
    """Put on record what leaves with the turns; raises NotLetOut, and the transaction is to be made without."""
    claims = {
        str(commit.id): SendClaim(
            commit.work.claim.tenant_id, commit.id, commit.work.claim.account_id, commit.ledger.sender
        )
        for commit in commits
        if commit.ledger.sender is not None and commit.has_sends
    }
    if not claims:
        return {}
    ledgers = {str(commit.id): commit.ledger for commit in commits}
    try:
        found = await door.let_out(tx, [(claim, ledgers[name]) for name, claim in claims.items()])
    except StoreUnavailable:
        raise
    except Exception as error:
        raise NotLetOut from error
    return {name: Leaving(claims[name], each) for name, each in found.items()}


async def has_left(tx: Tx, leaving: Leaving) -> bool:
    """Tell whether a commit whose answer was lost is the one that took this lease.

    Turns that are run anew have the same ids: another worker may have committed this one, and sent what it says.
    """
    claim = leaving.claim
    row = await tx.first(door_sql.HELD, conversation_id=claim.conversation_id, lease=claim.lease_id)
    return row is not None


async def give_back(tx: Tx, commits: Sequence[OneTurn], due: Mapping[str, datetime | None]) -> frozenset[str]:
    """Give back the conversations for which nothing more has arrived, and return them."""
    rows = await tx.each(work_sql.RELEASE, [
        {"conversation_id": commit.id, "lease": commit.work.claim.lease_id, "seen": commit.work.claim.seen_no,
         "next_ms": to_ms(again) if (again := commit.parting.again(due[commit.id])) else None}
        for commit in sorted(commits, key=lambda one: one.id)
        if commit.parting is not None
    ])  # fmt: skip
    return frozenset(row["conversation_id"] for row in rows)
