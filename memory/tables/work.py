"""What the engine works on: inbound events, runs, turns, the outbox, effects, timers, usage."""

import sqlalchemy as sa

from memory.tables.base import belongs, flag, hashed, key, moment, number, ref, sealed, table, text

inbound = table(
    "inbound",
    key(),
    ref("account_id", null=False),
    text("kind", "event name", null=False),
    hashed("dedupe_hash", null=False),
    ref("conversation_id"),
    text("lane", "turn | receipt | account", null=False),
    text("state", "pending | done | quarantined", null=False),
    text("reason", "why quarantined"),
    sealed("body"),
    moment("event_ms", null=True),
    moment("received_ms"),
    number("arrival", "order"),
    ref("turn_id"),
    sa.Index("uq_inbound_dedupe", "account_id", "kind", "dedupe_hash", unique=True),
    sa.Index(
        "ix_inbound_pending",
        "tenant_id",
        "conversation_id",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    ),
    sa.Index("ix_inbound_received", "tenant_id", "received_ms"),
)

receipts = table(
    "receipts",
    key(),
    ref("account_id", null=False),
    hashed("provider_hash"),
    ref("outbox_id"),
    ref("conversation_id"),
    text("status", "sent | delivered | read | played | failed", null=False),
    number("error_code", "provider's number", null=True),
    text("error", "error name"),
    moment("watermark_ms", null=True),
    moment("event_ms"),
    moment("received_ms"),
    flag("matched", "state"),
    sa.Index("ix_receipts_provider", "tenant_id", "provider_hash"),
    sa.Index(
        "ix_receipts_open",
        "tenant_id",
        "received_ms",
        sqlite_where=sa.text("matched = 0"),
        postgresql_where=sa.text("matched = 0"),
    ),
)

runs = table(
    "runs",
    key(),
    ref("conversation_id", null=False),
    ref("flow_id", null=False),
    ref("release_id", null=False),
    text("status", "live | ended", null=False),
    text("outcome", "name of an end node's outcome"),
    text("cursor", "node of the flow"),
    text("visit", "visit of that node"),
    sealed("checkpoint"),
    number("checkpoint_format", "version"),
    moment("started_ms"),
    moment("updated_ms"),
    moment("ended_ms", null=True),
    belongs("conversation_id", "conversations"),
    sa.Index("ix_runs_conversation", "tenant_id", "conversation_id"),
)

checkpoints = table(
    "checkpoints",
    text("thread_id", "run id", primary=True),
    text("namespace", "graph namespace", primary=True),
    text("checkpoint_id", "id", primary=True),
    text("parent_id", "id"),
    sealed("checkpoint", null=False),
    sealed("metadata", null=False),
    text("run_tag", "LangGraph's run id"),
)

checkpoint_writes = table(
    "checkpoint_writes",
    text("thread_id", "run id", primary=True),
    text("namespace", "graph namespace", primary=True),
    text("checkpoint_id", "id", primary=True),
    text("task_id", "id", primary=True),
    number("idx", "order", primary=True),
    text("channel", "state key", null=False),
    text("task_path", "graph path", default=""),
    sealed("value", null=False),
)

turns = table(
    "turns",
    key(),
    ref("conversation_id", null=False),
    ref("run_id"),
    ref("release_id"),
    number("no", "count"),
    text("outcome", "answered | silent | failed | cancelled", null=False),
    text("error", "error name"),
    text("node", "node of the flow where it ended"),
    sealed("trail"),
    number("tokens_in", "count"),
    number("tokens_out", "count"),
    number("micro_usd", "cost"),
    moment("started_ms"),
    number("ms", "duration"),
    belongs("conversation_id", "conversations"),
    sa.Index("ix_turns_conversation", "tenant_id", "conversation_id", "no"),
)

outbox = table(
    "outbox",
    key(),
    ref("conversation_id", null=False),
    ref("account_id", null=False),
    ref("message_id"),
    number("no", "order within the conversation"),
    text("author", "agent | staff | api | system", null=False),
    number("owner_epoch", "count"),
    text("kind", "message | signal", null=False),
    text("state", "state", null=False),
    flag("initiated", "policy"),
    flag("is_template", "policy"),
    flag("exempt", "opt-out confirmation"),
    ref("handoff_id"),
    ref("lease_id"),
    number("attempt", "count"),
    moment("due_ms"),
    sealed("body"),
    sealed("address"),
    hashed("provider_hash"),
    text("error", "error name"),
    number("error_code", "provider's number", null=True),
    text("fix", "our own words for what a person can do about the error"),
    moment("created_ms"),
    moment("attempted_ms", null=True),
    moment("settled_ms", null=True),
    belongs("conversation_id", "conversations"),
    sa.Index(
        "ix_outbox_open",
        "tenant_id",
        "conversation_id",
        "no",
        sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
    ),
    sa.Index("ix_outbox_provider", "tenant_id", "provider_hash"),
    sa.Index("ix_outbox_message", "tenant_id", "message_id"),
)

effects = table(
    "effects",
    hashed("key_hash", primary=True),
    ref("conversation_id", null=False),
    number("turn_no", "count"),
    text("node", "node of the flow", null=False),
    text("tool", "name of a tool", null=False),
    text("state", "started | done | failed", null=False),
    ref("lease_id", null=False),
    sealed("result"),
    moment("started_ms"),
    moment("ended_ms", null=True),
)

model_journal = table(
    "model_journal",
    hashed("key_hash", primary=True),
    ref("conversation_id", null=False),
    number("turn_no", "count"),
    sealed("reply", null=False),
    moment("created_ms"),
)

timers = table(
    "timers",
    key(),
    ref("conversation_id", null=False),
    ref("run_id", null=False),
    text("name", "name of a timer", null=False),
    text("node", "node of the flow", null=False),
    text("visit", "visit of that node", null=False),
    text("state", "armed | held | fired | void", null=False),
    moment("due_ms"),
    moment("held_ms", null=True),
    sa.Index(
        "ix_timers_armed",
        "tenant_id",
        "conversation_id",
        sqlite_where=sa.text("state = 'armed'"),
        postgresql_where=sa.text("state = 'armed'"),
    ),
)

usage = table(
    "usage",
    key(),
    ref("conversation_id"),
    number("turn_no", "count"),
    text("model", "model name", null=False),
    text("purpose", "name", null=False),
    text("outcome", "ok | error name", null=False),
    number("tokens_in", "count"),
    number("tokens_out", "count"),
    number("micro_usd", "cost"),
    number("ms", "duration"),
    moment("at_ms"),
    sa.Index("ix_usage_conversation", "tenant_id", "conversation_id"),
)

account_events = table(
    "account_events",
    key(),
    ref("account_id", null=False),
    text("topic", "the provider's field name", null=False),
    text("severity", "info | warning | pause | resume", null=False),
    sealed("data"),
    moment("at_ms"),
)
