"""The statements of the turn's commit; ``memory.engine.commit`` says when each runs."""

import sqlalchemy as sa

from core.policy import Author
from memory.checkpoint_form import FORMAT
from memory.query import Query, among, bool_eq, greatest, insert_into, mine
from memory.tables import (
    contacts,
    conversation_queue,
    conversations,
    handoffs,
    identities,
    inbound,
    messages,
    outbox,
    reactions,
    runs,
    timers,
    turns,
)
from memory.writing_sql import OPEN_STATES

_this = bool_eq(conversations.c.id, sa.bindparam("conversation_id"))
_unseen = (
    sa.exists()
    .where(
        mine(inbound),
        inbound.c.conversation_id == conversations.c.id,
        bool_eq(inbound.c.state, "pending"),
        sa.not_(among(inbound.c.id, "loaded")),
    )
    .label("unseen")
)
GUARD = Query(
    sa.select(
        conversations.c.id,
        conversations.c.contact_id,
        conversations.c.owner,
        conversations.c.team,
        conversations.c.owner_epoch,
        conversations.c.turn_no,
        conversations.c.labels,
        conversations.c.status,
        conversations.c.message_no,
        conversations.c.stream_no,
        conversations.c.version,
        _unseen,
    )
    .select_from(conversation_queue)
    .join(conversations, sa.and_(mine(conversations), conversations.c.id == conversation_queue.c.conversation_id))
    .where(
        bool_eq(conversation_queue.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(conversation_queue.c.lease_id, sa.bindparam("lease")),
    )
)
ADD_CONTACT = Query(
    insert_into(contacts).on_conflict_do_nothing(), columns=("tenant_id", "id", "fields", "created_ms", "opted_out")
)
ADD_IDENTITY = Query(
    insert_into(identities).on_conflict_do_nothing(),
    columns=("tenant_id", "id", "account_id", "contact_id", "created_ms"),
)
ADD_CONVERSATION = Query(
    insert_into(conversations).on_conflict_do_nothing(),
    columns=("tenant_id", "id", "account_id", "identity_id", "contact_id", "channel", "created_ms", "recent_ms"),
)
_new_status = sa.bindparam("new_status", type_=sa.Text)
UPDATE = Query(
    conversations.update()
    .where(mine(conversations), _this)
    .values(
        turn_no=conversations.c.turn_no + sa.bindparam("turns"),
        run_id=sa.func.coalesce(sa.bindparam("new_run", type_=conversations.c.run_id.type), conversations.c.run_id),
        locale=sa.func.coalesce(sa.bindparam("new_locale", type_=sa.Text), conversations.c.locale),
        status=sa.func.coalesce(_new_status, conversations.c.status),
        snoozed_until_ms=sa.case((_new_status.is_(None), conversations.c.snoozed_until_ms)),
        labels=sa.func.coalesce(sa.bindparam("new_labels", type_=sa.Text), conversations.c.labels),
        last_inbound_ms=greatest(conversations.c.last_inbound_ms, sa.bindparam("inbound_ms", type_=sa.BigInteger)),
    )
)
CONSUME = Query(
    inbound.update()
    .where(mine(inbound), among(inbound.c.id, "ids"), bool_eq(inbound.c.state, "pending"))
    .values(state="done", turn_id=sa.bindparam("turn"), body=None)
    .returning(inbound.c.id)
)
QUARANTINE = Query(
    inbound.update()
    .where(mine(inbound), among(inbound.c.id, "ids"), bool_eq(inbound.c.state, "pending"))
    .values(state="quarantined", turn_id=sa.bindparam("turn"), reason=sa.bindparam("why"))
    .returning(inbound.c.id)
)
_went_into = sa.select(conversations.c.id).where(
    mine(conversations),
    sa.or_(
        bool_eq(conversations.c.id, sa.bindparam("conversation_id")),
        bool_eq(conversations.c.joined_into, sa.bindparam("conversation_id", type_=conversations.c.id.type)),
    ),
)
"""This one, and those that go on in it: what was said there may still be changed (rule 29)."""
EDIT = Query(
    messages.update()
    .where(
        mine(messages),
        messages.c.conversation_id.in_(_went_into),
        bool_eq(messages.c.provider_hash, sa.bindparam("digest")),
    )
    .values(edited_ms=sa.bindparam("at_ms"), version=messages.c.version + 1)
    .returning(messages.c.id, messages.c.version, messages.c.body)
)
SET_BODY = Query(
    messages.update()
    .where(mine(messages), bool_eq(messages.c.id, sa.bindparam("message_id")))
    .values(body=sa.bindparam("new_body"), reason=sa.bindparam("why"))
)
NEWEST = Query(
    sa.select(messages.c.id, messages.c.author)
    .where(mine(messages), bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")))
    .order_by(messages.c.no.desc())
    .limit(1)
)
PREVIEW = Query(conversations.update().where(mine(conversations), _this).values(last_message=sa.bindparam("preview")))
REACT = Query(
    (_reaction := insert_into(reactions)).on_conflict_do_update(
        index_elements=[reactions.c.tenant_id, reactions.c.target_hash, reactions.c.author],
        set_={c: _reaction.excluded[c] for c in ("emoji", "at_ms")},
    )
)
PUT_RUN = Query(
    insert_into(runs).on_conflict_do_nothing(),
    columns=("tenant_id", "id", "conversation_id", "flow_id", "release_id", "status", "started_ms", "updated_ms"),
)
_cursor = sa.bindparam("new_cursor", type_=sa.Text)
SET_RUN = Query(
    runs.update()
    .where(mine(runs), bool_eq(runs.c.id, sa.bindparam("run")))
    .values(
        status=sa.bindparam("new_status"),
        outcome=sa.bindparam("new_outcome"),
        cursor=_cursor,
        cursor_ms=sa.case((runs.c.cursor.is_distinct_from(_cursor), sa.bindparam("now_ms")), else_=runs.c.cursor_ms),
        visit=sa.bindparam("new_visit"),
        checkpoint=sa.func.coalesce(sa.bindparam("new_checkpoint", type_=sa.LargeBinary), runs.c.checkpoint),
        checkpoint_format=FORMAT,
        updated_ms=sa.bindparam("now_ms"),
        ended_ms=sa.bindparam("ended"),
    )
)
END_IDLE_RUN = Query(
    runs.update()
    .where(mine(runs), bool_eq(runs.c.id, sa.bindparam("run")))
    .values(status="ended", outcome="idle", updated_ms=sa.bindparam("now_ms"), ended_ms=sa.bindparam("now_ms"))
)
ADD_TURN = Query(insert_into(turns))
FIND_TURN = Query(sa.select(turns.c.outcome).where(mine(turns), bool_eq(turns.c.id, sa.bindparam("turn"))))
ADD_HANDOFF = Query(
    insert_into(handoffs).on_conflict_do_nothing().returning(handoffs.c.id),
    columns=(
        "tenant_id", "id", "conversation_id", "queue", "state", "reason", "priority", "brief", "node", "visit",
        "created_ms", "due_ms", "claimed_by", "claimed_ms", "version",
    ),
)  # fmt: skip
_to_state = sa.bindparam("to_state", type_=sa.Text)
PERSON_QUEUED = Query(
    sa.select(outbox.c.id)
    .where(
        mine(outbox),
        bool_eq(outbox.c.conversation_id, sa.bindparam("conversation_id")),
        outbox.c.author.in_((Author.STAFF.value, Author.API.value)),
        outbox.c.state.in_(OPEN_STATES),
        outbox.c.state != "unknown",
    )
    .limit(1)
)
END_HANDOFF = Query(
    handoffs.update()
    .where(
        mine(handoffs),
        bool_eq(handoffs.c.conversation_id, sa.bindparam("conversation_id")),
        handoffs.c.state.in_(("waiting", "claimed")),
        # One that somebody has claimed does not run out of time: compare and set (rule 25).
        sa.or_(bool_eq(handoffs.c.state, "waiting"), _to_state != "expired"),
    )
    .values(state=_to_state, ended_ms=sa.bindparam("now_ms"), version=handoffs.c.version + 1)
    .returning(handoffs.c.id, handoffs.c.version)
)
VOID_TIMERS = Query(
    timers.update()
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        timers.c.state.in_(("pending", "armed", "held")),
    )
    .values(state="void")
)
VOID_VISITS = Query(
    timers.update()
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        timers.c.state.in_(("pending", "armed", "held")),
        among(timers.c.visit, "visits"),
    )
    .values(state="void")
)
FIRE = Query(timers.update().where(mine(timers), among(timers.c.id, "ids")).values(state="fired"))
ARM = Query(
    (_timer := insert_into(timers)).on_conflict_do_update(
        index_elements=[timers.c.tenant_id, timers.c.id],
        set_={c: _timer.excluded[c] for c in ("state", "due_ms", "node", "held_ms")},
    )
)
NEXT_DUE = Query(
    sa.select(timers.c.conversation_id, sa.func.min(timers.c.due_ms).label("due_ms"))
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(timers.c.state, "armed"),
    )
    .group_by(timers.c.conversation_id)
)
