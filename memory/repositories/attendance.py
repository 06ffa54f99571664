"""Who is there and has room: chosen under lock, so that nobody is given more than they take (ENGINE rule 46)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from core.nouns import Role, staff_owner
from core.policy import Assignment
from memory.database import Tx
from memory.query import Query, among, bool_eq, mine
from memory.tables import attendance, inbox_counts, members, queue_members

THERE_FOR_MS = 90_000
"""Who was seen within that is there; an open console is seen every 30 seconds."""

a, m = attendance, members
_there = sa.and_(bool_eq(a.c.away, 0), a.c.seen_ms > sa.bindparam("since_ms", type_=sa.BigInteger))
_LOCK = Query(
    sa.select(a.c.staff_id, a.c.capacity, a.c.assigned_ms)
    .where(mine(a), _there)
    .order_by(a.c.staff_id)
    .with_for_update()
)
_ROLES = Query(
    sa.select(m.c.staff_id, m.c.role).where(
        bool_eq(m.c.tenant_id, sa.bindparam("tenant_id", type_=m.c.tenant_id.type)),
        among(m.c.staff_id, "ids"),
        m.c.ended_ms.is_(None),
    ),
    scope="directory",
)
_TEAM = Query(
    sa.select(queue_members.c.staff_id).where(mine(queue_members), bool_eq(queue_members.c.queue, sa.bindparam("team")))
)
_HELD = Query(
    sa.select(inbox_counts.c.owner, inbox_counts.c.n).where(
        mine(inbox_counts), bool_eq(inbox_counts.c.status, "open"), among(inbox_counts.c.owner, "owners")
    )
)
_GIVEN = Query(
    a.update()
    .where(mine(a), bool_eq(a.c.staff_id, sa.bindparam("staff_id", type_=a.c.staff_id.type)))
    .values(assigned_ms=sa.bindparam("given_ms"))
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """From whom a conversation wants a person; ``last`` is who had it last."""

    team: str
    escalated: bool
    last: str | None


async def choose(tx: Tx, rules: Assignment, wanted: Wanted, *, now_ms: int) -> str | None:
    """Return who gets the next conversation; None where nobody is there who has room.

    Everybody who is there is locked, in one order, before it is counted what they hold: of two choices at once the
    second sees what the first gave.
    """
    there = await tx.all(_LOCK, since_ms=now_ms - THERE_FOR_MS)
    ids = await _who_may(tx, rules, wanted, [row["staff_id"] for row in there])
    if not ids:
        return None
    held = {row["owner"]: row["n"] for row in await tx.all(_HELD, owners=[staff_owner(one) for one in ids])}
    free = [
        row
        for row in there
        if row["staff_id"] in ids and held.get(staff_owner(row["staff_id"]), 0) < (row["capacity"] or rules.capacity)
    ]
    if not free:
        return None
    chosen = next((row for row in free if rules.sticky and row["staff_id"] == wanted.last), None)
    chosen = chosen or min(free, key=lambda row: (row["assigned_ms"], row["staff_id"]))
    # Later than everybody's, also within one millisecond: the turn goes round.
    given = max(now_ms, 1 + max(row["assigned_ms"] for row in there))
    await tx.run(_GIVEN, staff_id=chosen["staff_id"], given_ms=given)
    return str(chosen["staff_id"])


async def _who_may(tx: Tx, rules: Assignment, wanted: Wanted, there: Sequence[str]) -> frozenset[str]:
    """Return who works here and is asked: the team, where it has members, and those it was escalated to."""
    if not there:
        return frozenset()
    roles = {row["staff_id"]: Role(row["role"]) for row in await tx.all(_ROLES, ids=list(there))}
    team = {row["staff_id"] for row in await tx.all(_TEAM, team=wanted.team)} if wanted.team else set[str]()
    if not team or (wanted.escalated and rules.escalate_to == "everyone"):
        return frozenset(roles)
    admins = {one for one, role in roles.items() if role.covers(Role.ADMIN)} if wanted.escalated else set[str]()
    return frozenset(roles) & (team | admins)
