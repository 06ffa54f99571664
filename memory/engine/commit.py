"""The turns' commit: one transaction for all that ended while the last one ran (ENGINE rule 13).

Each turn is guarded by itself, and one whose guard fails leaves nothing; whatever else fails undoes the group, and each
of it is tried alone. What a usual turn writes it writes behind, so that a group costs little more than one turn.
"""

from collections.abc import Sequence
from datetime import datetime

from core.clock import from_ms, to_ms
from core.errors import LostLease
from core.ids import TenantId
from core.store import TurnCommitted, TurnWrite, Workload
from memory.counting import Move, count_moves
from memory.database import Tx
from memory.engine import commit_sql as sql
from memory.engine.locking import lock
from memory.engine.one_turn import CANCELLED, OneTurn, Turn
from memory.engine.parting import Doorstep, give_back, let_out
from memory.engine.people import CONTACT, changes_contact
from memory.engine.together import NotNow
from memory.writing import close_all


async def commit_turns(
    tx: Tx, turns: Sequence[Turn], *, now: datetime, door: Doorstep | None = None, lease: str = ""
) -> list[TurnCommitted | Exception]:
    """Write everything that turns decided, each of another conversation; answers each in its place.

    What they say leaves through the ``door``, to a sender with this ``lease``, where they part so.

    ``LostLease``: another worker holds the conversation. ``Unsealed``: more arrived, or somebody took it. ``NotNow``:
    somebody is changing the conversation. Of a turn that is answered so nothing is written; raises what would undo all.
    """
    commits = [OneTurn(tx.of(turn.work.claim.tenant_id), turn, to_ms(now)) for turn in turns]
    for commit in commits:
        commit.ledger.sender = lease if door and commit.parting and commit.parting.sends else None
    outcomes = await _guard(tx, commits)
    ready = [commit for commit, outcome in zip(commits, outcomes, strict=True) if outcome is None]
    changed = [{**commit.key, "contact": commit.contact} for commit in ready if changes_contact(commit.write)]
    contacts = {row["id"]: row for row in await tx.each(CONTACT, changed)}
    for commit in ready:
        await commit.put(contacts.get(commit.contact))
    leaving = await let_out(door, tx, ready) if door else {}
    asking = [commit.key for commit in ready if commit.asks_when_due]
    found = {row["conversation_id"]: row["due_ms"] for row in await tx.each(sql.NEXT_DUE, asking)}
    due = {str(commit.id): commit.next_due(found.get(commit.id)) for commit in ready}
    given_back = await give_back(tx, ready, due)
    await _count(tx, ready)
    await close_all([commit.ledger for commit in ready])
    return [
        outcome
        or TurnCommitted(
            commit.ledger.event_no,
            commit.took_over,
            commit.has_sends,
            due[commit.id],
            leaving.get(commit.id),
            commit.id in given_back,
        )
        for commit, outcome in zip(commits, outcomes, strict=True)
    ]


async def find_turn(tx: Tx, work: Workload, write: TurnWrite) -> TurnCommitted | None:
    """Return what a commit came to whose answer was lost; None where it did not happen.

    The lock waits for it where it is still under way.
    """
    if write.turn is None:
        return None
    conversation = work.claim.conversation_id
    await lock(tx, [(work.claim.tenant_id, conversation)])
    own = tx.of(work.claim.tenant_id)
    row = await own.first(sql.FIND_TURN, turn=write.turn.id)
    if row is None:
        return None
    due = await own.first(sql.NEXT_DUE, conversation_id=conversation)
    next_ms = due["due_ms"] if due is not None else None
    took_over = row["outcome"] == CANCELLED
    return TurnCommitted(0, took_over, bool(write.sends), from_ms(next_ms) if next_ms else None)


async def _count(tx: Tx, commits: Sequence[OneTurn]) -> None:
    """Count where conversations stand now, a tenant's at once."""
    moves: dict[TenantId, list[Move]] = {}
    for commit in commits:
        before, after = commit.move
        if before != after:
            moves.setdefault(commit.work.claim.tenant_id, []).append((before, after))
    for tenant in sorted(moves):
        await count_moves(tx.of(tenant), moves[tenant])


async def _guard(tx: Tx, commits: Sequence[OneTurn]) -> list[Exception | None]:
    """Lock the conversations, then judge: whatever a rival commits is either seen here or waits for us.

    Consuming counts: events that somebody else took in meanwhile would otherwise be answered twice.
    """
    for commit in commits:
        if commit.work.is_new:
            commit.create()
    await tx.flush()
    locked = await lock(tx, [(commit.work.claim.tenant_id, commit.work.claim.conversation_id) for commit in commits])
    rows = await tx.each(sql.GUARD, [commit.asked for commit in commits])
    held = {row["id"]: row for row in rows}
    outcomes = [
        commit.judge(held.get(commit.id)) if len(commits) == 1 or commit.id in locked else NotNow()
        for commit in commits
    ]
    ready = [commit for commit, outcome in zip(commits, outcomes, strict=True) if outcome is None]
    taken = [row["id"] for row in await tx.each(sql.CONSUME, [c.consumes for c in ready if c.write.quarantine is None])]
    aside = [c.consumes | {"why": c.write.quarantine} for c in ready if c.write.quarantine is not None]
    taken += [row["id"] for row in await tx.each(sql.QUARANTINE, aside)]
    for commit, outcome in zip(commits, outcomes, strict=True):
        # What is written of it by now must go, with the group where there is one.
        if outcome is not None and commit.work.is_new:
            raise outcome
        if outcome is None and not set(commit.write.consumed) <= set(taken):
            raise LostLease
    return outcomes
