"""How many conversations stand where: kept in the transaction that moves one, never counted over (ENGINE rule 42).

A tenant has one row per status and owner, so reading every view's number costs a few rows however many conversations
there are. Rows are touched in one order and last but for the event counter: rivals queue, and none locks out another.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from memory.database import Tx
from memory.query import Query, insert_into
from memory.tables import inbox_counts, team_counts

_ADD_TO_TEAM = Query(
    (_of_team := insert_into(team_counts)).on_conflict_do_update(
        index_elements=[team_counts.c.tenant_id, team_counts.c.team, team_counts.c.owner],
        set_={"n": team_counts.c.n + _of_team.excluded.n},
    ),
    columns=("tenant_id", "team", "owner", "n"),
)
_ADD = Query(
    (_row := insert_into(inbox_counts)).on_conflict_do_update(
        index_elements=[inbox_counts.c.tenant_id, inbox_counts.c.status, inbox_counts.c.owner],
        set_={"n": inbox_counts.c.n + _row.excluded.n},
    ),
    columns=("tenant_id", "status", "owner", "n"),
)


class Standing(NamedTuple):
    """Where a conversation stands."""

    status: str
    owner: str
    team: str = ""
    """The team from which a person is wanted; its open conversations are counted, too."""


Move = tuple[Standing | None, Standing | None]


async def count_move(tx: Tx, before: Standing | None, after: Standing | None) -> None:
    """Count that a conversation stands elsewhere now; None: it is new, or gone."""
    if before != after:
        await count_moves(tx, [(before, after)])


async def count_moves(tx: Tx, moves: Iterable[Move]) -> None:
    """Count several moves at once."""
    steps, of_teams = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for before, after in moves:
        for at, step in ((before, -1), (after, 1)):
            if at is None:
                continue
            steps[at.status, at.owner] += step
            if at.team and at.status == "open":
                of_teams[at.team, at.owner] += step
    rows = [{"status": status, "owner": owner, "n": n} for (status, owner), n in sorted(steps.items()) if n]
    await tx.many(_ADD, rows)
    rows = [{"team": team, "owner": owner, "n": n} for (team, owner), n in sorted(of_teams.items()) if n]
    await tx.many(_ADD_TO_TEAM, rows)
