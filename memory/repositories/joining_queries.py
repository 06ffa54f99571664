"""The statements that join two conversations; ``memory.repositories.joining`` says when each runs."""

import sqlalchemy as sa

from core.store.work import LEASE
from memory.query import Query, among, bool_eq, greatest, insert_into, lease_clock, mine
from memory.tables import (
    aliases,
    conversation_queue,
    conversations,
    files,
    handoffs,
    identity_keys,
    inbound,
    outbox,
    planned_dues,
    planned_messages,
    runs,
)
from memory.writing_sql import OPEN_STATES

a, c, q = aliases, conversations, conversation_queue
_now = sa.bindparam("now_ms", type_=sa.BigInteger)
_both = among(c.c.id, "both")
_kept = sa.bindparam("kept_id", type_=c.c.id.type)
_gone = sa.bindparam("gone_id", type_=c.c.id.type)

_due = (
    sa.select(a.c.one_id, a.c.other_id)
    .where(a.c.due_ms <= _now)
    .order_by(a.c.due_ms)
    .limit(sa.bindparam("n", type_=sa.Integer))
)
ANY = Query(sa.select(a.c.one_id).where(a.c.due_ms <= _now).limit(1), scope="directory")
_next = (
    _now
    + sa.bindparam("later_ms", type_=sa.BigInteger)
    + (_now - a.c.noted_ms) // sa.literal_column("4", sa.BigInteger)
)
DUE = Query(
    a.update()
    .where(sa.tuple_(a.c.one_id, a.c.other_id).in_(_due), a.c.due_ms <= _now)
    .values(due_ms=_next)
    .returning(a.c.tenant_id, a.c.account_id, a.c.one_id, a.c.other_id, a.c.noted_ms),
    scope="directory",
)
"""What is due now, put off: two processes do not try the same, and what fails is tried less and less often."""

DROP = Query(
    a.delete().where(
        bool_eq(a.c.one_id, sa.bindparam("one_id", type_=a.c.one_id.type)),
        bool_eq(a.c.other_id, sa.bindparam("other_id", type_=a.c.other_id.type)),
    ),
    scope="directory",
)
_k = identity_keys
KINDS = Query(
    sa.select(_k.c.conversation_id, _k.c.kind).where(mine(_k), among(_k.c.conversation_id, "both")).distinct()
)
ROOTS = Query(sa.select(c.c.id, c.c.joined_into).where(mine(c), _both))

# What a worker has begun and not finished is for a worker to finish: the third death, an outside write (rules 8, 12).
_free = sa.and_(bool_eq(q.c.attempts, 0), sa.or_(q.c.lease_until_ms.is_(None), q.c.lease_until_ms < lease_clock()))
_taken = insert_into(q).values(lease_until_ms=lease_clock() + int(LEASE.total_seconds() * 1000))
TAKE = Query(
    _taken.on_conflict_do_update(
        index_elements=[q.c.conversation_id],
        set_={name: _taken.excluded[name] for name in ("lease_id", "lease_until_ms")},
        where=_free,
    ).returning(q.c.conversation_id),
    scope="directory",
    columns=("conversation_id", "tenant_id", "account_id", "lease_id", "lease_until_ms"),
)
LET_GO = Query(
    q.update()
    .where(among(q.c.conversation_id, "both"), bool_eq(q.c.lease_id, sa.bindparam("lease")))
    .values(lease_id=None, lease_until_ms=None),
    scope="directory",
)
_unread = sa.exists().where(
    mine(inbound), bool_eq(inbound.c.conversation_id, _gone), bool_eq(inbound.c.state, "pending")
)
REST = Query(q.update().where(bool_eq(q.c.conversation_id, _gone), sa.not_(_unread)).values(due_ms=None))
"""Nothing is to be done there any more; what intake stored since events were passed on keeps it due, and follows."""

# A look by each index: of conditions joined by OR, both stores would read every conversation of the tenant.
_theirs = sa.select(c.c.contact_id).where(mine(c), _both)
_touched = sa.union(
    *(sa.select(c.c.id).where(mine(c), how)
      for how in (_both, among(c.c.joined_into, "both"), c.c.contact_id.in_(_theirs)))
)  # fmt: skip
LOCK = Query(
    sa.select(
        c.c.id, c.c.account_id, c.c.channel, c.c.contact_id, c.c.status, c.c.owner, c.c.owner_epoch, c.c.team,
        c.c.recent_ms, c.c.last_inbound_ms, c.c.joined_into,
    )
    .where(mine(c), c.c.id.in_(_touched))
    .order_by(c.c.id)
    .with_for_update(key_share=True)
)  # fmt: skip
"""All that the joining changes, in one order: also what went into one of the two, and the contacts' other ones."""

LIVE = Query(
    sa.select(runs.c.conversation_id, runs.c.updated_ms)
    .join(c, sa.and_(mine(c), bool_eq(c.c.run_id, runs.c.id)))
    .where(mine(runs), _both, bool_eq(runs.c.status, "live"))
)
HANDOFFS = Query(
    sa.select(handoffs.c.conversation_id, handoffs.c.id).where(
        mine(handoffs), among(handoffs.c.conversation_id, "both"), handoffs.c.state.in_(("waiting", "claimed"))
    )
)
_of_agent = sa.and_(mine(outbox), bool_eq(outbox.c.author, "agent"), outbox.c.state.in_(OPEN_STATES))
ON_ITS_WAY = Query(
    sa.select(outbox.c.id)
    .where(_of_agent, bool_eq(outbox.c.conversation_id, _gone), outbox.c.state != "unknown")
    .limit(1)
)
BUMP = Query(c.update().where(mine(c), _both).values(owner_epoch=c.c.owner_epoch + 1))
KEEP_WORDS = Query(
    outbox.update()
    .where(
        _of_agent,
        bool_eq(outbox.c.conversation_id, _kept),
        bool_eq(outbox.c.owner_epoch, sa.bindparam("epoch", type_=sa.BigInteger)),
    )
    .values(owner_epoch=outbox.c.owner_epoch + 1)
)
"""What is kept has lost nobody's answer: its words go out under the new epoch."""

END_RUN = Query(
    runs.update()
    .where(mine(runs), bool_eq(runs.c.conversation_id, _gone), bool_eq(runs.c.status, "live"))
    .values(status="ended", outcome="joined", updated_ms=_now, ended_ms=_now)
)
CLOSE = Query(
    c.update()
    .where(mine(c), bool_eq(c.c.id, _gone))
    .values(status="resolved", snoozed_until_ms=None, joined_into=_kept)
)
POINT = Query(c.update().where(mine(c), bool_eq(c.c.joined_into, _gone)).values(joined_into=_kept))
_status = sa.bindparam("new_status", type_=sa.Text)
GO_ON = Query(
    c.update()
    .where(mine(c), bool_eq(c.c.id, _kept))
    .values(
        status=_status,
        snoozed_until_ms=sa.case((_status != "open", c.c.snoozed_until_ms)),
        last_inbound_ms=greatest(c.c.last_inbound_ms, sa.bindparam("inbound_ms", type_=sa.BigInteger)),
    )
)
_p, _d, _f = planned_messages, planned_dues, files
PLANS = (
    Query(
        _f.update()
        .where(mine(_f), bool_eq(_f.c.conversation_id, _gone), _f.c.planned_id.is_not(None))
        .values(conversation_id=_kept)
    ),
    Query(_p.update().where(mine(_p), bool_eq(_p.c.conversation_id, _gone)).values(conversation_id=_kept)),
    Query(_d.update().where(bool_eq(_d.c.conversation_id, _gone)).values(conversation_id=_kept), scope="directory"),
)
"""What staff plan to say is said where the customer is, with its files."""
