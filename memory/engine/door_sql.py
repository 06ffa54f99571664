"""The statements of the door; ``memory.engine.door`` says when each runs."""

from typing import Any

import sqlalchemy as sa

from core.store.door import LEASE
from memory.engine.claim_sql import pick
from memory.fates import FATE
from memory.query import Query, bool_eq, lease_clock, mine
from memory.tables import (
    channel_accounts,
    contacts,
    conversations,
    identity_keys,
    outbox,
    send_queue,
    tenants,
)
from memory.writing_sql import OPEN_STATES

_s = send_queue
_now = sa.bindparam("now_ms", type_=sa.BigInteger)
_until = lease_clock() + int(LEASE.total_seconds() * 1000)


def _is_free(queue: Any) -> Any:
    return sa.or_(queue.c.lease_until_ms.is_(None), queue.c.lease_until_ms < lease_clock())


_picked = pick(_s, lambda queue: sa.and_(queue.c.due_ms <= _now, _is_free(queue)))
CLAIM = Query(
    _s.update()
    .where(_s.c.conversation_id.in_(sa.select(_picked.c.conversation_id)), _is_free(_s))
    .values(lease_id=sa.bindparam("lease"), lease_until_ms=_until)
    .returning(_s.c.conversation_id, _s.c.tenant_id, _s.c.account_id),
    scope="directory",
)
_held = sa.and_(
    bool_eq(_s.c.conversation_id, sa.bindparam("conversation_id")), bool_eq(_s.c.lease_id, sa.bindparam("lease"))
)
HELD = Query(sa.select(_s.c.conversation_id).where(_held), scope="directory")
PROLONG = Query(
    _s.update().where(_held).values(lease_until_ms=_until).returning(_s.c.conversation_id),
    scope="directory",
)
RELEASE = Query(
    _s.update()
    .where(_held)
    .values(lease_id=None, lease_until_ms=None, due_ms=sa.bindparam("next_ms"))
    .returning(_s.c.conversation_id),
    scope="directory",
)
_mine = bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id"))
OPEN = Query(
    sa.select(outbox).where(mine(outbox), _mine, outbox.c.state.in_(OPEN_STATES)).order_by(outbox.c.no).limit(20)
)
_ahead = (
    sa.select(sa.func.max(outbox.c.attempted_ms))
    .where(
        mine(outbox),
        outbox.c.conversation_id == conversations.c.id,
        bool_eq(outbox.c.kind, "message"),
        bool_eq(outbox.c.state, "accepted"),
        outbox.c.attempted_ms > sa.bindparam("since_ms", type_=sa.BigInteger),
    )
    .scalar_subquery()
    .label("ahead_ms")
)
FACTS = Query(
    sa.select(
        conversations.c.id,
        conversations.c.owner,
        conversations.c.owner_epoch,
        conversations.c.last_inbound_ms,
        conversations.c.channel,
        conversations.c.joined_into,
        contacts.c.opted_out,
        channel_accounts.c.status,
        channel_accounts.c.provider_id,
        channel_accounts.c.settings,
        channel_accounts.c.token,
        tenants.c.policy,
        tenants.c.timezone,
        _s.c.lease_id,
        (_s.c.lease_until_ms - lease_clock()).label("left_ms"),
        _ahead,
    )
    .select_from(conversations)
    .join(
        contacts,
        sa.and_(contacts.c.tenant_id == conversations.c.tenant_id, contacts.c.id == conversations.c.contact_id),
    )
    .join(
        channel_accounts,
        sa.and_(
            channel_accounts.c.tenant_id == conversations.c.tenant_id,
            channel_accounts.c.id == conversations.c.account_id,
        ),
    )
    .join(tenants, tenants.c.tenant_id == conversations.c.tenant_id)
    .outerjoin(
        send_queue,
        sa.and_(_s.c.conversation_id == conversations.c.id, bool_eq(_s.c.lease_id, sa.bindparam("lease"))),
    )
    .where(mine(conversations), bool_eq(conversations.c.id, sa.bindparam("conversation_id")))
)
KEYS = Query(
    sa.select(
        identity_keys.c.conversation_id,
        identity_keys.c.account_id,
        identity_keys.c.kind,
        identity_keys.c.key_hash,
        identity_keys.c.value,
    )
    .where(mine(identity_keys), bool_eq(identity_keys.c.conversation_id, sa.bindparam("conversation_id")))
    .order_by(identity_keys.c.created_ms)
)
INTEND = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), bool_eq(outbox.c.state, "queued"))
    .values(
        state="sending",
        attempt=outbox.c.attempt + 1,
        attempted_ms=_now,
        address=sa.bindparam("to_address"),
        lease_id=sa.bindparam("lease"),
    )
    .returning(outbox.c.id, outbox.c.attempt)
)
SETTLE = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), outbox.c.state.in_((*OPEN_STATES, "parked")))
    .values(
        state=sa.bindparam("to_state"),
        error=sa.bindparam("why"),
        error_code=sa.bindparam("why_code"),
        fix=sa.bindparam("new_fix"),
        settled_ms=_now,
        provider_hash=sa.func.coalesce(
            outbox.c.provider_hash, sa.bindparam("digest", type_=outbox.c.provider_hash.type)
        ),
    )
    .returning(*FATE)
)
KNOW = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), outbox.c.provider_hash.is_(None))
    .values(provider_hash=sa.bindparam("digest"))
)
HOLD = Query(
    outbox.update()
    .where(mine(outbox), bool_eq(outbox.c.id, sa.bindparam("row")), outbox.c.state.in_(OPEN_STATES))
    .values(state=sa.bindparam("to_state"), error=sa.bindparam("why"), due_ms=sa.bindparam("at_ms"))
)
ACCOUNT_DOWN = Query(
    channel_accounts.update()
    .where(
        mine(channel_accounts),
        bool_eq(channel_accounts.c.id, sa.bindparam("account")),
        bool_eq(channel_accounts.c.status, "active"),
    )
    .values(status=sa.bindparam("to_state"), reason=sa.bindparam("why"), version=channel_accounts.c.version + 1)
)
