"""Tenants, their keys, staff and how one gets in."""

import sqlalchemy as sa

from memory.tables.base import ID, flag, hashed, key, moment, number, ref, sealed, table, text

SETTING = "the business's own settings"

tenants = table(
    "tenants",
    text("name", "the business's public name", null=False),
    text("locale", SETTING, null=False),
    text("timezone", SETTING, null=False),
    text("country", SETTING, null=False),
    ref("default_flow_id"),
    text("constants", "public facts of the business, shown to customers", default="{}"),
    text("policy", SETTING, default="{}"),
    text("models", "model aliases and guards", default="{}"),
    moment("created_ms"),
)

tenant_keys = table(
    "tenant_keys",
    number("version", "key version", primary=True),
    sa.Column("data_key", sa.LargeBinary, nullable=False, info={"privacy": "wrapped", "why": "under the master key"}),
    sa.Column("index_key", sa.LargeBinary, nullable=False, info={"privacy": "wrapped", "why": "under the master key"}),
    moment("created_ms"),
)

tenant_counters = table("tenant_counters", number("event_no", "count"))

events = table(
    "events",
    number("no", "count", primary=True),
    text("kind", "event name", null=False),
    ref("conversation_id"),
    ref("entity_id"),
    number("version", "count"),
    text("actor", "who: id only"),
    moment("at_ms"),
)

audit = table(
    "audit",
    key(),
    text("actor", "who: id only", null=False),
    text("action", "verb", null=False),
    text("entity", "id", null=True),
    sealed("details"),
    moment("at_ms"),
)

idempotency = table(
    "idempotency",
    text("scope", "name of an operation", primary=True),
    hashed("key_hash", primary=True),
    hashed("request_hash", null=False),
    sealed("response", null=False),
    moment("created_ms"),
    sa.Index("ix_idempotency_created", "tenant_id", "created_ms"),
)

# --- without row-level security: read before a tenant is known; no content of customers ------------------------------

master_checks = table(
    "master_checks",
    number("id", "always 1", primary=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False, info={"privacy": "sealed", "why": "tells a wrong master key"}),
    scoped=False,
)

tenant_ids = table(
    "tenant_ids",
    sa.Column("tenant_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    moment("created_ms"),
    scoped=False,
)

staff = table(
    "staff",
    sa.Column("id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    hashed("email_hash", null=False),
    sealed("email", null=False),
    sealed("name"),
    sa.Column("password_hash", sa.Text, info={"privacy": "hashed", "why": "argon2id"}),
    text("locale", "language"),
    moment("created_ms"),
    sa.UniqueConstraint("email_hash"),
    scoped=False,
)

members = table(
    "members",
    sa.Column("tenant_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("staff_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    text("role", "role", null=False),
    moment("created_ms"),
    moment("ended_ms", null=True),
    sa.Index("ix_members_staff", "staff_id"),
    scoped=False,
)

sign_ins = table(
    "sign_ins",
    sa.Column("id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    hashed("token_hash", null=False),
    sa.Column("staff_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    moment("created_ms"),
    moment("expires_ms"),
    moment("revoked_ms", null=True),
    text("browser", "name of a program"),
    text("system", "name of a program"),
    moment("seen_ms", null=True),
    sa.UniqueConstraint("token_hash"),
    sa.Index("ix_sign_ins_staff", "staff_id"),
    scoped=False,
)

tickets = table(
    "tickets",
    sa.Column("id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    text("kind", "invitation | password", null=False),
    hashed("token_hash", null=False),
    hashed("email_hash", null=False),
    sealed("email", null=False),
    sa.Column("tenant_id", ID, info={"privacy": "plain", "why": "id"}),
    text("role", "role"),
    text("locale", "language", null=False),
    text("created_by", "who: id only"),
    moment("created_ms"),
    moment("expires_ms"),
    moment("used_ms", null=True),
    sa.UniqueConstraint("token_hash"),
    sa.Index("ix_tickets_email", "email_hash"),
    sa.Index("ix_tickets_tenant", "tenant_id"),
    scoped=False,
)

api_keys = table(
    "api_keys",
    sa.Column("id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    text("name", "label given by an administrator", null=False),
    text("role", "role", null=False),
    hashed("token_hash", null=False),
    moment("created_ms"),
    moment("revoked_ms", null=True),
    sa.UniqueConstraint("token_hash"),
    scoped=False,
)

account_routes = table(
    "account_routes",
    sa.Column("account_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    text("provider_key", "the business's own account id at the provider", primary=True),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    text("channel", "channel", null=False),
    text("role", "primary | alias | group", null=False),
    flag("active", "state"),
    sa.Index("ix_account_routes_key", "provider_key"),
    sa.Index(
        "uq_account_routes_active",
        "provider_key",
        unique=True,
        sqlite_where=sa.text("active = 1 AND role <> 'group'"),
        postgresql_where=sa.text("active = 1 AND role <> 'group'"),
    ),
    scoped=False,
)

unattributed = table(
    "unattributed",
    text("day", "date", primary=True),
    text("channel", "channel", primary=True),
    text("provider_key", "account id of a business unknown here; no body, no sender", primary=True),
    number("count", "count"),
    moment("last_ms"),
    scoped=False,
)

conversation_queue = table(
    "conversation_queue",
    sa.Column("conversation_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    sa.Column("account_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    number("pending_no", "count"),
    moment("due_ms", null=True),
    ref("lease_id"),
    moment("lease_until_ms", null=True),
    number("attempts", "count"),
    ref("release_id"),
    text("needs", "node types and formats that the worker must know"),
    sa.Index(
        "ix_conversation_queue_due",
        "due_ms",
        sqlite_where=sa.text("due_ms IS NOT NULL"),
        postgresql_where=sa.text("due_ms IS NOT NULL"),
    ),
    sa.Index(
        "ix_conversation_queue_tenant",
        "tenant_id",
        "due_ms",
        sqlite_where=sa.text("due_ms IS NOT NULL"),
        postgresql_where=sa.text("due_ms IS NOT NULL"),
    ),
    scoped=False,
)

send_queue = table(
    "send_queue",
    sa.Column("conversation_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    sa.Column("account_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    number("pending_no", "count"),
    moment("due_ms", null=True),
    ref("lease_id"),
    moment("lease_until_ms", null=True),
    sa.Index(
        "ix_send_queue_due",
        "due_ms",
        sqlite_where=sa.text("due_ms IS NOT NULL"),
        postgresql_where=sa.text("due_ms IS NOT NULL"),
    ),
    sa.Index(
        "ix_send_queue_tenant",
        "tenant_id",
        "due_ms",
        sqlite_where=sa.text("due_ms IS NOT NULL"),
        postgresql_where=sa.text("due_ms IS NOT NULL"),
    ),
    scoped=False,
)

data_deletions = table(
    "data_deletions",
    text("code", "random", primary=True),
    text("state", "state", null=False),
    moment("created_ms"),
    scoped=False,
)
