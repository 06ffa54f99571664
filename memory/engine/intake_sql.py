"""The statements of intake; ``memory.engine.intake`` says when each runs."""

import sqlalchemy as sa

from memory.bulk import BulkInsert
from memory.query import Query, among, bool_eq, mine
from memory.tables import (
    account_events,
    account_routes,
    channel_accounts,
    contacts,
    conversation_queue,
    conversations,
    inbound,
    receipts,
    tenants,
    unattributed,
)
from memory.tables.conversations import OPTED_OUT

ROUTES = Query(
    sa.select(
        account_routes.c.provider_key,
        account_routes.c.tenant_id,
        account_routes.c.account_id,
        account_routes.c.channel,
        account_routes.c.role,
    ).where(bool_eq(account_routes.c.active, 1), among(account_routes.c.provider_key, "keys")),
    scope="directory",
)
OPT_OUT = Query(
    contacts.update()
    .where(
        bool_eq(contacts.c.tenant_id, sa.bindparam("tenant")),
        bool_eq(contacts.c.opted_out, 0),
        contacts.c.id.in_(
            sa.select(conversations.c.contact_id).where(
                bool_eq(conversations.c.tenant_id, sa.bindparam("tenant")),
                bool_eq(conversations.c.id, sa.bindparam("conversation")),
            )
        ),
    )
    .values(opted_out=OPTED_OUT),
    scope="mixed",
)
ACCOUNT_STATUS = Query(
    channel_accounts.update()
    .where(
        bool_eq(channel_accounts.c.tenant_id, sa.bindparam("tenant")),
        bool_eq(channel_accounts.c.id, sa.bindparam("account")),
        bool_eq(channel_accounts.c.status, sa.bindparam("before")),
    )
    .values(status=sa.bindparam("after"), reason=sa.bindparam("why"), version=channel_accounts.c.version + 1),
    scope="mixed",
)
ADD_INBOUND = BulkInsert(
    inbound,
    ("tenant_id", "id", "account_id", "kind", "conversation_id", "lane", "state", "reason", "body",
     "event_ms", "received_ms", "arrival"),
    conflict="(tenant_id, id) DO NOTHING",
    returning="id",
)  # fmt: skip
WAKE = BulkInsert(
    conversation_queue,
    ("conversation_id", "tenant_id", "account_id", "pending_no", "due_ms"),
    conflict="(conversation_id) DO UPDATE SET pending_no = conversation_queue.pending_no + excluded.pending_no, "
    "due_ms = CASE WHEN conversation_queue.due_ms < excluded.due_ms "
    "THEN conversation_queue.due_ms ELSE excluded.due_ms END",
)
ADD_RECEIPTS = BulkInsert(
    receipts,
    ("tenant_id", "id", "account_id", "provider_hash", "outbox_id", "conversation_id", "status", "error_code",
     "error", "watermark_ms", "event_ms", "received_ms"),
    returning="id",
)  # fmt: skip
ADD_ACCOUNT_EVENTS = BulkInsert(
    account_events, ("tenant_id", "id", "account_id", "topic", "severity", "data", "at_ms"), returning="id"
)
COUNT_UNKNOWN = BulkInsert(
    unattributed,
    ("day", "channel", "provider_key", "count", "last_ms"),
    conflict="(day, channel, provider_key) DO UPDATE SET count = unattributed.count + excluded.count, "
    "last_ms = excluded.last_ms",
)
OPT_OUT_WORDS = Query(sa.select(tenants.c.policy).where(mine(tenants)))
