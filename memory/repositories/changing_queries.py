"""The statements of a change of one conversation."""

import sqlalchemy as sa

from core.nouns import Delivery
from core.policy import Author
from memory.query import Query, among, bool_eq, insert_into, mine
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
    wakes,
)

MOST_UNANSWERED = 200
"""Most messages that one hand-back brings to the agent: the newest."""

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
STATUS = Query(
    c.update()
    .where(mine(c), _this)
    .values(status=sa.bindparam("new_status"), snoozed_until_ms=sa.bindparam("until_ms", type_=sa.BigInteger))
)
WAKE = Query(
    (_wake := insert_into(wakes)).on_conflict_do_update(
        index_elements=[wakes.c.conversation_id], set_={"due_ms": _wake.excluded.due_ms}
    ),
    scope="directory",
)
INSTRUCT = Query(c.update().where(mine(c), _this).values(instruction=sa.bindparam("instruction")))
LABELS = Query(c.update().where(mine(c), _this).values(labels=sa.bindparam("new_labels")))
READ = Query(c.update().where(mine(c), _this).values(unread=0))
ADD_NOTE = Query(insert_into(notes))
AT_THE_DOOR = Query(
    sa.select(outbox.c.id, outbox.c.message_id, outbox.c.state).where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(outbox.c.state, "sending"),
        bool_eq(outbox.c.author, "agent"),
        outbox.c.message_id.is_not(None),
    )
)
OUTCOMES = Query(
    sa.select(outbox.c.id, outbox.c.message_id, outbox.c.state)
    .where(mine(outbox), among(outbox.c.id, "ids"))
    .order_by(outbox.c.no)
)
_said = sa.and_(mine(messages), bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")))
LAST_WORDS = Query(
    sa.select(messages.c.no, messages.c.created_ms, messages.c.turn_id, messages.c.reply_to)
    .where(
        _said,
        among(messages.c.author, "authors"),
        messages.c.delivery.not_in((Delivery.CANCELLED.value, Delivery.FAILED.value)),
        sa.or_(messages.c.reason.is_(None), messages.c.reason != "takeover"),
    )
    .order_by(messages.c.no.desc())
    .limit(1)
)
_asked = messages.alias("asked")
CUT_OFF = Query(
    sa.select(_asked.c.id, _asked.c.no)
    .join(messages, sa.and_(mine(messages), messages.c.reply_to == _asked.c.id))
    .where(
        mine(_asked),
        bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(messages.c.author, Author.AGENT.value),
        bool_eq(messages.c.turn_id, sa.bindparam("turn", type_=messages.c.turn_id.type)),
        messages.c.no > sa.bindparam("after_no", type_=sa.BigInteger),
    )
)
_notice = messages.alias("notice")
_heard = (
    sa.select(_notice.c.reply_to)
    .join(outbox, sa.and_(mine(outbox), bool_eq(outbox.c.message_id, _notice.c.id)))
    .where(
        mine(_notice),
        bool_eq(_notice.c.conversation_id, sa.bindparam("conversation_id")),
        _notice.c.no > sa.bindparam("after_no", type_=sa.BigInteger),
        _notice.c.reply_to.is_not(None),
        outbox.c.handoff_id.is_not(None),
    )
)
"""Words in which a person was asked for: the notice was their answer."""
NEWEST = Query(sa.select(messages.c.no).where(_said).order_by(messages.c.no.desc()).limit(1))
UNANSWERED = Query(
    sa.select(messages.c.id)
    .where(
        _said,
        bool_eq(messages.c.author, Author.CONTACT.value),
        messages.c.no > sa.bindparam("after_no", type_=sa.BigInteger),
        sa.or_(
            messages.c.created_ms > (_since := sa.bindparam("since_ms", type_=sa.BigInteger)),
            sa.and_(messages.c.created_ms == _since, messages.c.no > sa.bindparam("human_no", type_=sa.BigInteger)),
        ),
        messages.c.body.is_not(None),
        messages.c.id.not_in(_heard),
    )
    .order_by(messages.c.no.desc())
    .limit(MOST_UNANSWERED)
)
STILL_PENDING = Query(
    sa.select(inbound.c.id).where(
        mine(inbound),
        bool_eq(inbound.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(inbound.c.state, "pending"),
        bool_eq(inbound.c.kind, "message"),
        inbound.c.received_ms < sa.bindparam("since_ms", type_=sa.BigInteger),
    )
)
TOLD = Query(
    sa.select(inbound.c.id)
    .where(
        mine(inbound),
        bool_eq(inbound.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(inbound.c.state, "pending"),
        bool_eq(inbound.c.kind, "event"),
    )
    .limit(sa.bindparam("n", type_=sa.Integer))
)
ADD_INBOUND = Query(
    insert_into(inbound),
    columns=(
        "tenant_id", "id", "account_id", "kind", "conversation_id", "lane", "state", "body", "event_ms",
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
