"""The statements behind claiming and loading; ``memory.engine.work`` says when each runs."""

from typing import Any

import sqlalchemy as sa

from core.store.work import LEASE
from memory.engine.claim_sql import pick
from memory.query import Query, among, bool_eq, lease_clock, mine
from memory.tables import (
    channel_accounts,
    contacts,
    conversation_queue,
    conversations,
    flows,
    handoffs,
    inbound,
    messages,
    outbox,
    releases,
    runs,
    tenants,
    timers,
)

WINDOW_SIZE = 12
MOST_PENDING = 200
"""What one load reads at most; the conversation is looked at again for the rest."""

_q = conversation_queue
_now = sa.bindparam("now_ms", type_=sa.BigInteger)
_until = lease_clock() + int(LEASE.total_seconds() * 1000)
_free = sa.or_(_q.c.lease_until_ms.is_(None), _q.c.lease_until_ms < lease_clock())


def _able(queue: Any) -> Any:
    """What another worker must do waits for it, but not for ever (ENGINE rule 9)."""
    return sa.or_(
        queue.c.needs.is_(None),
        queue.c.due_ms <= sa.bindparam("overdue_ms", type_=sa.BigInteger),
        sa.not_(among(queue.c.needs, "lacks")),
    )


def _due(queue: Any) -> Any:
    """Tell which rows of the queue may be claimed now."""
    ready = sa.or_(queue.c.lease_until_ms.is_(None), queue.c.conversation_id.in_(sa.select(_left.c.conversation_id)))
    return sa.and_(queue.c.due_ms <= _now, ready, _able(queue))


# Whoever held these died, perhaps of one of them: they are tried again one by one (ENGINE rule 8).
_left = (
    sa.select(_q.c.conversation_id)
    .where(_q.c.due_ms <= _now, _q.c.lease_until_ms < lease_clock(), _able(_q))
    .order_by(_q.c.due_ms)
    .limit(sa.bindparam("retries", type_=sa.Integer))
    .cte("left_behind")
)
_picked = pick(_q, _due)
CLAIM = Query(
    _q.update()
    .where(_q.c.conversation_id.in_(sa.select(_picked.c.conversation_id)), _free)
    .values(lease_id=sa.bindparam("lease"), lease_until_ms=_until, attempts=_q.c.attempts + 1)
    .returning(_q.c.conversation_id, _q.c.tenant_id, _q.c.account_id, _q.c.pending_no, _q.c.attempts, _q.c.due_ms),
    scope="directory",
)
_ours = (
    sa.select(_q.c.conversation_id)
    .where(among(_q.c.conversation_id, "ids"), bool_eq(_q.c.lease_id, sa.bindparam("lease")))
    .order_by(_q.c.conversation_id)
    .with_for_update(skip_locked=True)
)
# What is being given back as this runs needs no prolonging, and is not waited for.
EXTEND = Query(
    _q.update().where(_q.c.conversation_id.in_(_ours)).values(lease_until_ms=_until),
    scope="directory",
)
_mine = sa.and_(
    bool_eq(_q.c.conversation_id, sa.bindparam("conversation_id")), bool_eq(_q.c.lease_id, sa.bindparam("lease"))
)
RELEASE = Query(
    _q.update()
    .where(_mine, bool_eq(_q.c.pending_no, sa.bindparam("seen")))
    .values(lease_id=None, lease_until_ms=None, attempts=0, needs=None, due_ms=sa.bindparam("next_ms"))
    .returning(_q.c.conversation_id),
    scope="directory",
)
ABANDON = Query(
    _q.update().where(_mine).values(lease_id=None, lease_until_ms=None, due_ms=sa.bindparam("next_ms")),
    scope="directory",
)
HAND_BACK = Query(
    _q.update()
    .where(_mine)
    .values(lease_id=None, lease_until_ms=None, attempts=_q.c.attempts - 1, needs=sa.bindparam("needs")),
    scope="directory",
)
_open = handoffs.c.state.in_(("waiting", "claimed"))
_c, _a, _t, _k, _r, _h, _f = conversations.c, channel_accounts.c, tenants.c, contacts.c, runs.c, handoffs.c, flows.c
_next_timer = (
    sa.select(sa.func.min(timers.c.due_ms))
    .where(mine(timers), timers.c.conversation_id == _q.c.conversation_id, bool_eq(timers.c.state, "armed"))
    .scalar_subquery()
)
LOAD = Query(
    sa.select(
        _a.channel, _a.status.label("account_status"), _a.settings.label("account_settings"),
        _t.name, _t.locale.label("tenant_locale"), _t.timezone, _t.country, _t.constants, _t.policy, _t.models,
        _c.id, _c.status, _c.owner, _c.owner_epoch, _c.owner_since_ms, _c.turn_no, _c.run_id, _c.locale,
        _c.last_inbound_ms, _c.contact_id, _c.instruction, _c.joined_into,
        _k.fields, _k.opted_out,
        _r.id.label("live_run"), _r.flow_id, _r.release_id.label("run_release"), _r.cursor, _r.visit, _r.checkpoint,
        _r.checkpoint_format,
        _h.id.label("handoff_id"), _h.state.label("handoff_state"), _h.node.label("handoff_node"),
        _h.visit.label("handoff_visit"),
        _f.release_id,
        _q.c.conversation_id,
        _q.c.lease_id,
        _q.c.pending_no,
        _next_timer.label("timer_ms"),
    )
    .select_from(channel_accounts)
    .join(conversation_queue, _mine)
    .join(tenants, _t.tenant_id == _a.tenant_id)
    .outerjoin(
        conversations,
        sa.and_(_c.tenant_id == _a.tenant_id, bool_eq(_c.id, sa.bindparam("conversation_id", type_=_c.id.type))),
    )
    .outerjoin(contacts, sa.and_(_k.tenant_id == _c.tenant_id, _k.id == _c.contact_id))
    .outerjoin(runs, sa.and_(_r.tenant_id == _c.tenant_id, _r.id == _c.run_id, bool_eq(_r.status, "live")))
    .outerjoin(handoffs, sa.and_(_h.tenant_id == _c.tenant_id, _h.conversation_id == _c.id, _open))
    .outerjoin(
        flows, sa.and_(_f.tenant_id == _a.tenant_id, _f.id == sa.func.coalesce(_a.flow_id, _t.default_flow_id))
    )
    .where(mine(channel_accounts), bool_eq(_a.id, sa.bindparam("account_id", type_=_a.id.type)))
)  # fmt: skip
PENDING = Query(
    sa.select(
        inbound.c.conversation_id,
        inbound.c.id,
        inbound.c.kind,
        inbound.c.body,
        inbound.c.received_ms,
        inbound.c.event_ms,
    )
    .where(
        mine(inbound),
        bool_eq(inbound.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(inbound.c.state, "pending"),
    )
    # Providers tell whole seconds: within one, what arrived first was said first.
    .order_by(sa.func.coalesce(inbound.c.event_ms, inbound.c.received_ms), inbound.c.arrival, inbound.c.id)
    .limit(MOST_PENDING)
)
TIMERS = Query(
    sa.select(timers.c.conversation_id, timers.c.id, timers.c.name, timers.c.node, timers.c.visit, timers.c.due_ms)
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(timers.c.state, "armed"),
        timers.c.due_ms <= _now,
    )
    .order_by(timers.c.due_ms)
)
WINDOW = Query(
    sa.select(messages.c.conversation_id, messages.c.id, messages.c.author, messages.c.body, messages.c.event_ms)
    .where(
        mine(messages),
        bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")),
        messages.c.body.is_not(None),
        messages.c.delivery.not_in(("cancelled", "failed")),
    )
    .order_by(messages.c.no.desc())
    .limit(WINDOW_SIZE)
)
UNSEEN = Query(
    sa.select(_q.c.lease_id, _c.owner_epoch, inbound.c.id)
    .select_from(conversation_queue)
    .outerjoin(conversations, sa.and_(mine(conversations), _c.id == _q.c.conversation_id))
    .outerjoin(
        inbound,
        sa.and_(
            mine(inbound),
            inbound.c.conversation_id == _q.c.conversation_id,
            bool_eq(inbound.c.state, "pending"),
            sa.not_(among(inbound.c.id, "consumed")),
        ),
    )
    .where(_mine)
    .limit(1)
)
HOLDER = Query(
    sa.select(_q.c.lease_id, _c.owner_epoch)
    .select_from(conversation_queue)
    .outerjoin(conversations, sa.and_(mine(conversations), _c.id == _q.c.conversation_id))
    .where(_mine)
)
WORDS = Query(
    sa.select(messages.c.id, messages.c.body)
    .where(mine(messages), among(messages.c.id, "ids"), messages.c.body.is_not(None))
    .order_by(messages.c.no)
)
LATE_WORDS = Query(
    sa.select(messages.c.id).where(
        mine(messages),
        bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(messages.c.author, "contact"),
        messages.c.no > sa.bindparam("after_no", type_=sa.BigInteger),
    )
)
KNOWN = Query(sa.select(messages.c.id).where(mine(messages), among(messages.c.id, "ids")))
SENT = Query(
    sa.select(outbox.c.id, outbox.c.state, outbox.c.provider_hash, outbox.c.message_id, outbox.c.body)
    .where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id")),
        sa.or_(
            among(outbox.c.provider_hash, "hashes"),
            outbox.c.state.in_(("sending", "unknown")),
            # Left to people a short while ago: its echo was late.
            sa.and_(
                bool_eq(outbox.c.state, "parked"), outbox.c.settled_ms > sa.bindparam("since_ms", type_=sa.BigInteger)
            ),
        ),
        bool_eq(outbox.c.kind, "message"),
    )
    .order_by(outbox.c.no)
)
RELEASE_DOC = Query(
    sa.select(releases.c.id, releases.c.flow_id, releases.c.hash, releases.c.spec, releases.c.node_types).where(
        mine(releases), bool_eq(releases.c.id, sa.bindparam("id"))
    )
)
