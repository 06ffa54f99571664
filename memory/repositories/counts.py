"""How many conversations each view of the inbox shows (ENGINE rule 42)."""

import sqlalchemy as sa

from core.ids import TenantId
from core.nouns import AGENT, NOBODY
from core.views_inbox import InboxCounts
from memory.query import Query, mine
from memory.repositories.base import Store
from memory.repositories.events import read_number
from memory.repositories.resending import DEAD
from memory.repositories.teams import count_teams
from memory.tables import inbox_counts, outbox

MOST_UNDELIVERED = 100
_ALL = Query(sa.select(inbox_counts.c.status, inbox_counts.c.owner, inbox_counts.c.n).where(mine(inbox_counts)))
_UNDELIVERED = Query(
    sa.select(outbox.c.id)
    .where(mine(outbox), outbox.c.state.in_(DEAD), outbox.c.message_id.is_not(None), outbox.c.dismissed_ms.is_(None))
    .limit(MOST_UNDELIVERED)
)


class Counts:
    """Reads the numbers that are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, tenant_id: TenantId, owner: str) -> InboxCounts:
        """Return the numbers as ``owner`` sees them, from one snapshot."""
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_ALL)
            undelivered = await tx.all(_UNDELIVERED)
            teams = await count_teams(tx)
            event_no = await read_number(tx)

        def held(status: str, by: str | None = None) -> int:
            return sum(row["n"] for row in rows if row["status"] == status and by in (None, row["owner"]))

        return InboxCounts(
            waiting=held("open", NOBODY),
            mine=held("open", owner),
            agent=held("open", AGENT),
            all=held("open"),
            snoozed=held("snoozed"),
            resolved=held("resolved"),
            undelivered=len(undelivered),
            teams=teams,
            event_no=event_no,
        )
