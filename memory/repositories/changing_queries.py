"""The statements of a change of one conversation."""

import sqlalchemy as sa

from core.policy import Author
from memory.query import Query, bool_eq, insert_into, mine
from memory.tables import (
    channel_accounts,
    contacts,
    conversations,
    handoffs,
    idempotency,
    inbound,
    messages,
    notes,
    outbox,
)

c, h, a, p = conversations, handoffs, channel_accounts, contacts
_this = bool_eq(c.c.id, sa.bindparam("conversation_id"))
LOCK = Query(
    sa.select(c, a.c.status.label("account_status"), p.c.opted_out)
    .join(a, sa.and_(bool_eq(a.c.tenant_id, c.c.tenant_id), bool_eq(a.c.id, c.c.account_id)))
    .join(p, sa.and_(bool_eq(p.c.tenant_id, c.c.tenant_id), bool_eq(p.c.id, c.c.contact_id)))
    .where(mine(c), _this)
    .with_for_update(of=c, key_share=True)
)
HANDOFF = Query(
    sa.select(
        h.c.id.label("handoff_id"), h.c.state.label("handoff_state"), h.c.claimed_by.label("handoff_owner")
    ).where(
        mine(h), bool_eq(h.c.conversation_id, sa.bindparam("conversation_id")), h.c.state.in_(("waiting", "claimed"))
    )
)
CLAIM = Query(
    h.update()
    .where(mine(h), bool_eq(h.c.id, sa.bindparam("handoff_id")), bool_eq(h.c.state, "waiting"))
    .values(
        state="claimed",
        claimed_by=sa.bindparam("new_owner"),
        claimed_ms=sa.bindparam("now_ms"),
        version=h.c.version + 1,
    )
)
END = Query(
    h.update()
    .where(mine(h), bool_eq(h.c.id, sa.bindparam("handoff_id")), h.c.state.in_(("waiting", "claimed")))
    .values(state="done", ended_ms=sa.bindparam("now_ms"), version=h.c.version + 1)
)
STATUS = Query(c.update().where(mine(c), _this).values(status=sa.bindparam("new_status"), version=c.c.version + 1))
LABELS = Query(c.update().where(mine(c), _this).values(labels=sa.bindparam("new_labels"), version=c.c.version + 1))
READ = Query(c.update().where(mine(c), _this).values(unread=0, version=c.c.version + 1))
ADD_NOTE = Query(insert_into(notes))
AT_THE_DOOR = Query(
    sa.select(outbox.c.message_id).where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(outbox.c.state, "sending"),
        bool_eq(outbox.c.author, "agent"),
        outbox.c.message_id.is_not(None),
    )
)
LAST_HUMAN = Query(
    sa.select(sa.func.max(messages.c.created_ms).label("at_ms")).where(
        mine(messages),
        bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")),
        messages.c.author.in_((Author.STAFF.value, Author.API.value, Author.APP.value)),
    )
)
ADD_INBOUND = Query(
    insert_into(inbound),
    columns=(
        "tenant_id", "id", "account_id", "kind", "dedupe_hash", "conversation_id", "lane", "state", "body", "event_ms",
        "received_ms",
    ),
)  # fmt: skip
KNOWN = Query(
    sa.select(idempotency.c.request_hash, idempotency.c.response).where(
        mine(idempotency),
        bool_eq(idempotency.c.scope, sa.bindparam("scope")),
        bool_eq(idempotency.c.key_hash, sa.bindparam("key_hash")),
    )
)
REMEMBER = Query(insert_into(idempotency).on_conflict_do_nothing())
