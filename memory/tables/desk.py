"""What people and builders work with: flows, knowledge, handoffs, leads, queues, connections."""

import sqlalchemy as sa

from memory.tables.base import belongs, flag, hashed, key, moment, number, ref, sealed, table, text

BUSINESS = "written by the business, no customer data"

flows = table(
    "flows",
    key(),
    text("key", BUSINESS, null=False),
    text("name", BUSINESS, null=False),
    text("draft", BUSINESS, null=False),
    text("draft_hash", "content hash", null=False),
    ref("release_id"),
    number("version", "count"),
    moment("created_ms"),
    moment("updated_ms"),
    text("saved_by", "who: id only"),
    sa.UniqueConstraint("tenant_id", "key"),
)

flow_versions = table(
    "flow_versions",
    key(),
    ref("flow_id", null=False),
    number("n", "count"),
    text("hash", "content hash", null=False),
    text("document", BUSINESS, null=False),
    text("note", BUSINESS),
    text("author", "who: id only"),
    moment("created_ms"),
    belongs("flow_id", "flows"),
    sa.UniqueConstraint("tenant_id", "flow_id", "n"),
)

flow_tests = table(
    "flow_tests",
    key("flow_id"),
    sealed("body", null=False),
    number("version", "count"),
    text("saved_by", "who: id only"),
    moment("updated_ms"),
    belongs("flow_id", "flows"),
)

releases = table(
    "releases",
    key(),
    ref("flow_id", null=False),
    text("hash", "content hash", null=False),
    text("spec", BUSINESS, null=False),
    text("node_types", "names", default="[]"),
    text("note", BUSINESS),
    text("author", "who: id only"),
    moment("created_ms"),
    number("n", "count", null=True),
    belongs("flow_id", "flows"),
)

assets = table("assets", text("key", BUSINESS, primary=True), text("url", BUSINESS), text("mime", BUSINESS))

connections = table(
    "connections",
    text("key", BUSINESS, primary=True),
    text("base_url", BUSINESS, null=False),
    text("hosts", BUSINESS, default="[]"),
    flag("allow_private", "setting"),
    sealed("headers"),
    moment("created_ms"),
)

templates = table(
    "templates",
    text("name", BUSINESS, primary=True),
    text("language", "language", primary=True),
    text("category", "the provider's category"),
    text("body", BUSINESS),
    number("params", "count"),
    text("status", "state", default="approved"),
)

canned_replies = table(
    "canned_replies",
    key(),
    text("shortcut", BUSINESS, null=False),
    text("texts", BUSINESS, null=False),
    moment("updated_ms"),
    number("version", "count"),
    sa.UniqueConstraint("tenant_id", "shortcut"),
)

knowledge_bases = table(
    "knowledge_bases",
    text("key", BUSINESS, primary=True),
    text("name", BUSINESS, null=False),
    number("version", "count"),
    moment("updated_ms"),
)

knowledge_chunks = table(
    "knowledge_chunks",
    key(),
    text("base_key", BUSINESS, null=False),
    text("source", BUSINESS, null=False),
    number("no", "order"),
    text("title", BUSINESS, null=False),
    text("body", BUSINESS, null=False),
    text("url", BUSINESS),
    text("locale", BUSINESS),
    text("section", BUSINESS),
    sa.Index("ix_knowledge_chunks_base", "tenant_id", "base_key"),
)

queues = table("queues", text("key", BUSINESS, primary=True), text("name", BUSINESS, null=False))

pipelines = table("pipelines", text("key", BUSINESS, primary=True), text("name", BUSINESS, null=False))

stages = table(
    "stages",
    text("pipeline", BUSINESS, primary=True),
    text("key", BUSINESS, primary=True),
    text("name", BUSINESS, null=False),
    number("position", "order"),
)

handoffs = table(
    "handoffs",
    key(),
    ref("conversation_id", null=False),
    text("queue", BUSINESS, null=False),
    text("state", "waiting | claimed | done | expired", null=False),
    text("reason", "error name or cause", null=False),
    number("priority", "order"),
    sealed("brief"),
    text("node", "node of the flow"),
    text("visit", "visit of that node"),
    ref("claimed_by"),
    moment("created_ms"),
    moment("claimed_ms", null=True),
    moment("due_ms", null=True),
    moment("ended_ms", null=True),
    moment("escalated_ms", null=True),
    moment("fell_back_ms", null=True),
    number("version", "count"),
    belongs("conversation_id", "conversations"),
    sa.Index(
        "uq_handoffs_open",
        "tenant_id",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'claimed')"),
        postgresql_where=sa.text("state IN ('waiting', 'claimed')"),
    ),
    sa.Index("ix_handoffs_state", "tenant_id", "state", "created_ms"),
)

leads = table(
    "leads",
    key(),
    ref("contact_id", null=False),
    ref("conversation_id"),
    text("pipeline", BUSINESS, null=False),
    text("stage", BUSINESS, null=False),
    sealed("name"),
    sealed("phone"),
    sealed("email"),
    sealed("fields"),
    hashed("dedupe_hash", null=False),
    text("tags", BUSINESS, default="[]"),
    ref("source_message_id"),
    moment("created_ms"),
    moment("updated_ms"),
    number("version", "count"),
    ref("owner_id"),
    number("value_cents", "the business's own estimate", null=True),
    text("currency", "currency"),
    sa.Index("uq_leads_dedupe", "tenant_id", "pipeline", "dedupe_hash", unique=True),
    sa.Index("ix_leads_recent", "tenant_id", "created_ms"),
)

facts = table(
    "facts",
    key("contact_id"),
    text("name", "name of a contact variable", primary=True),
    sealed("value"),
    ref("source_id"),
    moment("updated_ms"),
)

consents = table(
    "consents",
    key(),
    ref("contact_id", null=False),
    text("topic", "name", null=False),
    flag("granted", "state"),
    text("source", "how"),
    moment("at_ms"),
    sa.Index("ix_consents_contact", "tenant_id", "contact_id"),
)
