"""The statements that list and open conversations: each list is answered by an index, in the order it is shown."""

from itertools import combinations
from typing import Any

import sqlalchemy as sa

from memory.query import Query, among, bool_eq, mine
from memory.tables import channel_accounts, contacts, conversations, handoffs, runs

c, h, a, p = conversations, handoffs, channel_accounts, contacts
_JOINED = (
    sa.select(
        c,
        a.c.name.label("account_name"),
        a.c.status.label("account_status"),
        p.c.name.label("contact_name"),
        p.c.opted_out,
        h.c.id.label("handoff_id"),
        h.c.state.label("handoff_state"),
        h.c.reason.label("handoff_reason"),
        h.c.queue.label("handoff_queue"),
        h.c.created_ms.label("handoff_ms"),
        h.c.brief.label("handoff_brief"),
        h.c.claimed_by.label("handoff_owner"),
        h.c.version.label("handoff_version"),
        h.c.escalated_ms.label("handoff_escalated_ms"),
    )
    .join(a, sa.and_(bool_eq(a.c.tenant_id, c.c.tenant_id), bool_eq(a.c.id, c.c.account_id)))
    .join(p, sa.and_(bool_eq(p.c.tenant_id, c.c.tenant_id), bool_eq(p.c.id, c.c.contact_id)))
    .outerjoin(
        h,
        sa.and_(
            bool_eq(h.c.tenant_id, c.c.tenant_id),
            bool_eq(h.c.conversation_id, c.c.id),
            h.c.state.in_(("waiting", "claimed")),
        ),
    )
    .where(mine(c))
)
_PLACE = sa.tuple_(sa.bindparam("at_ms", type_=sa.BigInteger), sa.bindparam("at_id", type_=c.c.id.type))
_SIZE = sa.bindparam("n", type_=sa.Integer)
LAST, FIRST = (1 << 62, "ffffffff-ffff-ffff-ffff-ffffffffffff"), (-1, "00000000-0000-0000-0000-000000000000")


def _recent_by(*by: str) -> Any:
    equal = [bool_eq(c.c[name], sa.bindparam(name, type_=sa.Text)) for name in by]
    return (
        _JOINED.add_columns(c.c.recent_ms.label("place_ms"))
        .where(*equal, sa.tuple_(c.c.recent_ms, c.c.id) < _PLACE)
        .order_by(c.c.recent_ms.desc(), c.c.id.desc())
        .limit(_SIZE)
    )


RECENT = {frozenset(by): Query(_recent_by(*by)) for size in range(3) for by in combinations(("status", "owner"), size)}
RECENT[frozenset(("status", "team"))] = Query(
    # Literally, as the index that answers it says.
    _recent_by("status", "team").where(sa.text("conversations.team <> ''"))
)
"""By which columns are given: newest message first, after a place."""

WAITED = Query(
    _JOINED.add_columns(c.c.owner_since_ms.label("place_ms"))
    .where(
        # Literally, as the index that answers it says.
        sa.text("conversations.status = 'open' AND conversations.owner = 'nobody'"),
        sa.tuple_(c.c.owner_since_ms, c.c.id) > _PLACE,
    )
    .order_by(c.c.owner_since_ms, c.c.id)
    .limit(_SIZE)
)
"""Open conversations that nobody holds, who has waited longest first."""

FOUND = Query(_JOINED.add_columns(c.c.recent_ms.label("place_ms")).where(among(c.c.contact_id, "people")))
"""The conversations of some people; ordered by whoever asks, or SQLite would look through all there are."""

ONE = Query(_JOINED.where(bool_eq(c.c.id, sa.bindparam("conversation_id"))))
ACCOUNT = Query(sa.select(c.c.account_id).where(mine(c), bool_eq(c.c.id, sa.bindparam("conversation_id"))))
RUN = Query(
    sa.select(runs.c.cursor, runs.c.cursor_ms, runs.c.release_id).where(
        mine(runs), bool_eq(runs.c.id, sa.bindparam("run_id")), bool_eq(runs.c.status, "live")
    )
)
