"""Which conversations of a queue are claimed next: round robin over tenants, whatever a backlog holds (ENGINE rule 6).

Ranking all that is due would cost the more the further behind the workers are. Looked at are the oldest that are due,
and where there are more than those, the first of each tenant: an index finds a tenant's first, and the next tenant.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from memory.query import entry_of

OLDEST = 128
"""Rows in the order of their time from which a claim chooses, besides each tenant's first."""

Due = Callable[[Any], Any]
"""Tells which rows of the queue (an alias of it) may be claimed now."""


def pick(queue: sa.Table, due: Due) -> Any:
    """Return the CTE of the conversations to claim: ``most`` of them, none in a place of its tenant beyond ``cap``."""
    candidates = _candidates(queue, due)
    ranked = (
        sa.select(
            queue.c.conversation_id,
            # Slots that a tenant holds already count as its first places.
            (
                entry_of(queue.c.tenant_id, "busy")
                + sa.func.row_number().over(partition_by=queue.c.tenant_id, order_by=queue.c.due_ms)
            ).label("place"),
        )
        .where(queue.c.conversation_id.in_(candidates))
        .subquery("ranked")
    )
    # Materialized: PostgreSQL may run a subquery under IN again and again, and each time lock other rows.
    return (
        sa.select(queue.c.conversation_id)
        .join(ranked, ranked.c.conversation_id == queue.c.conversation_id)
        .where(ranked.c.place <= sa.bindparam("cap", type_=sa.BigInteger))
        .order_by(ranked.c.place, queue.c.due_ms)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(of=queue, skip_locked=True)
        .cte("picked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _candidates(queue: sa.Table, due: Due) -> Any:
    oldest = sa.select(queue.c.conversation_id).where(due(queue)).order_by(queue.c.due_ms).limit(OLDEST).cte("oldest")
    is_long = sa.select(sa.func.count()).select_from(oldest).scalar_subquery() >= OLDEST
    every = sa.select(_first(queue, "first_one", lambda _: is_long).label("tenant_id")).cte("every", recursive=True)
    following = _first(queue, "another", lambda other: other.c.tenant_id > every.c.tenant_id)
    every = every.union_all(sa.select(following).where(every.c.tenant_id.is_not(None)))
    theirs = queue.alias("theirs")
    first = (
        sa.select(theirs.c.conversation_id)
        .where(theirs.c.tenant_id == every.c.tenant_id, due(theirs))
        .order_by(theirs.c.due_ms)
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.union_all(sa.select(oldest.c.conversation_id), sa.select(first).where(every.c.tenant_id.is_not(None)))
        .subquery("candidates")
        .select()
    )


def _first(queue: sa.Table, name: str, which: Callable[[Any], Any]) -> Any:
    """Return the first tenant, by id, that has anything to wait for."""
    some = queue.alias(name)
    return (
        sa.select(some.c.tenant_id)
        .where(some.c.due_ms.is_not(None), which(some))
        .order_by(some.c.tenant_id)
        .limit(1)
        .scalar_subquery()
    )
