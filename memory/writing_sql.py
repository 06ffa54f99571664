"""The statements that ``memory.writing`` is made of."""

import sqlalchemy as sa

from core.nouns import AGENT
from core.store.door import LEASE
from memory import fates
from memory.query import Query, bool_eq, greatest, insert_into, lease_clock, least, mine
from memory.tables import (
    conversation_queue,
    conversations,
    messages,
    outbox,
    send_queue,
    stream_events,
    timers,
    waits,
)

OPEN_STATES = ("queued", "sending", "unknown")

_this = bool_eq(conversations.c.id, sa.bindparam("conversation_id"))
_at = sa.bindparam("at_ms", type_=sa.BigInteger)
_unread = sa.bindparam("unread_step", type_=sa.BigInteger)
_next = (
    conversations.update()
    .where(mine(conversations), _this)
    .values(
        message_no=conversations.c.message_no + sa.bindparam("new_messages"),
        stream_no=conversations.c.stream_no + sa.bindparam("new_events"),
        last_message=sa.func.coalesce(sa.bindparam("preview", type_=sa.LargeBinary), conversations.c.last_message),
        last_message_ms=sa.case(
            (_at.is_(None), conversations.c.last_message_ms), else_=greatest(conversations.c.last_message_ms, _at)
        ),
        recent_ms=greatest(conversations.c.recent_ms, _at),
        unread=sa.case((_unread < 0, 0), else_=conversations.c.unread + _unread),
        version=conversations.c.version + 1,
    )
)
NEXT = Query(_next.returning(conversations.c.message_no, conversations.c.stream_no, conversations.c.version))
NEXT_KNOWN = Query(_next)
ADD_MESSAGE = Query(
    insert_into(messages),
    columns=(
        "tenant_id", "id", "conversation_id", "no", "author", "author_id", "body", "delivery", "reason",
        "provider_hash", "provider_id", "reply_to", "turn_id", "created_ms", "event_ms", "version",
    ),
)  # fmt: skip
ADD_SEND = Query(
    insert_into(outbox),
    columns=(
        "tenant_id", "id", "conversation_id", "account_id", "message_id", "no", "author", "owner_epoch", "kind",
        "state", "initiated", "is_template", "exempt", "handoff_id", "due_ms", "body", "created_ms", "error",
        "settled_ms", "visit", "repeated",
    ),
)  # fmt: skip
ADD_STREAM = Query(insert_into(stream_events))
WAKE_SENDER = Query(
    (_send := insert_into(send_queue).values(pending_no=1)).on_conflict_do_update(
        index_elements=[send_queue.c.conversation_id],
        set_={
            "pending_no": send_queue.c.pending_no + 1,
            "due_ms": least(_send.excluded.due_ms, send_queue.c.due_ms),
        },
    ),
    scope="directory",
    columns=("conversation_id", "tenant_id", "account_id", "due_ms", "pending_no"),
)
_until = lease_clock() + int(LEASE.total_seconds() * 1000)
_taken = insert_into(send_queue).values(pending_no=1, lease_until_ms=_until)
_untaken = sa.or_(send_queue.c.lease_until_ms.is_(None), send_queue.c.lease_until_ms < lease_clock())
TAKE_AS_SENDER = Query(
    _taken.on_conflict_do_update(
        index_elements=[send_queue.c.conversation_id],
        set_={
            "pending_no": send_queue.c.pending_no + 1,
            "due_ms": least(_taken.excluded.due_ms, send_queue.c.due_ms),
            "lease_id": sa.case((_untaken, _taken.excluded.lease_id), else_=send_queue.c.lease_id),
            "lease_until_ms": sa.case((_untaken, _taken.excluded.lease_until_ms), else_=send_queue.c.lease_until_ms),
        },
    ),
    scope="directory",
    columns=("conversation_id", "tenant_id", "account_id", "due_ms", "lease_id", "lease_until_ms", "pending_no"),
)
"""As ``WAKE_SENDER``, and the conversation is held under ``lease_id`` where no other sender has it."""
WAKE_WORKER = Query(
    (_turn := insert_into(conversation_queue).values(pending_no=1)).on_conflict_do_update(
        index_elements=[conversation_queue.c.conversation_id],
        set_={
            "pending_no": conversation_queue.c.pending_no + 1,
            "due_ms": least(_turn.excluded.due_ms, conversation_queue.c.due_ms),
        },
    ),
    scope="directory",
    columns=("conversation_id", "tenant_id", "account_id", "due_ms", "pending_no"),
)
_held = (
    send_queue.update()
    .where(bool_eq(send_queue.c.account_id, sa.bindparam("account")))
    .values(due_ms=sa.bindparam("now_ms"), pending_no=send_queue.c.pending_no + 1)
)
_open_of = sa.select(outbox.c.conversation_id).where(outbox.c.state.in_(OPEN_STATES))
WAKE_SENDERS = Query(_held.where(send_queue.c.conversation_id.in_(_open_of.where(mine(outbox)))))
WAKE_SENDERS_MIXED = Query(
    _held.where(send_queue.c.conversation_id.in_(_open_of.where(bool_eq(outbox.c.tenant_id, sa.bindparam("tenant"))))),
    scope="mixed",
)
_here = outbox.update().where(mine(outbox), bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id")))
_of_agent = bool_eq(outbox.c.author, "agent")
_cancel = (
    # The index over open requests is found by the first of the two.
    _here.where(outbox.c.state.in_(OPEN_STATES), bool_eq(outbox.c.state, "queued"))
    .values(state="cancelled", error=sa.bindparam("why"), settled_ms=sa.bindparam("now_ms"))
    .returning(outbox.c.message_id, *fates.FATE)
)
CANCEL = Query(_cancel.where(_of_agent))
CANCEL_NOTICE = Query(_cancel.where(outbox.c.handoff_id.is_not(None)))
_epoch = sa.select(conversations.c.owner_epoch).where(mine(conversations), _this).scalar_subquery()
ADOPT = Query(
    _here.where(_of_agent, outbox.c.state.in_(OPEN_STATES), outbox.c.state != "queued").values(owner_epoch=_epoch)
)
MARK = Query(
    messages.update()
    .where(
        mine(messages),
        bool_eq(messages.c.id, sa.bindparam("message_id")),
        bool_eq(messages.c.delivery, "queued"),
    )
    .values(delivery=sa.bindparam("to_state"), reason=sa.bindparam("why"), version=messages.c.version + 1)
    .returning(messages.c.version)
)
SET_OWNER = Query(
    conversations.update()
    .where(mine(conversations), _this)
    .values(
        owner=sa.bindparam("new_owner"),
        owner_epoch=conversations.c.owner_epoch + sa.bindparam("step"),
        owner_since_ms=sa.bindparam("now_ms"),
        instruction=None,
        team=sa.case((sa.bindparam("new_owner", type_=sa.Text) == AGENT, ""), else_=conversations.c.team),
        last_staff=sa.func.coalesce(
            sa.bindparam("new_staff", type_=conversations.c.last_staff.type), conversations.c.last_staff
        ),
    )
)
ADDRESS = Query(conversations.update().where(mine(conversations), _this).values(team=sa.bindparam("new_team")))
WAIT = Query(
    (_wait := insert_into(waits)).on_conflict_do_update(
        index_elements=[waits.c.conversation_id], set_={"since_ms": _wait.excluded.since_ms}
    ),
    scope="directory",
    columns=("conversation_id", "tenant_id", "since_ms"),
)
WAIT_NO_MORE = Query(
    waits.delete().where(bool_eq(waits.c.conversation_id, sa.bindparam("conversation_id"))), scope="directory"
)
_timers = sa.and_(mine(timers), bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")))
HOLD_TIMERS = Query(
    timers.update()
    .where(_timers, timers.c.state.in_(("pending", "armed")))
    .values(state="held", held_ms=sa.bindparam("now_ms", type_=sa.BigInteger))
)
REARM_TIMERS = Query(
    timers.update()
    .where(_timers, bool_eq(timers.c.state, "held"))
    .values(
        state="armed",
        due_ms=timers.c.due_ms + sa.bindparam("now_ms", type_=sa.BigInteger) - timers.c.held_ms,
        held_ms=sa.null(),
    )
)
