"""Accounts, people, conversations and what was said in them."""

import sqlalchemy as sa

from memory.tables.base import ID, belongs, flag, hashed, key, moment, number, ref, sealed, table, text

channel_accounts = table(
    "channel_accounts",
    key(),
    text("channel", "channel", null=False),
    text("provider_id", "the business's own account id at the provider", null=False),
    text("name", "the business's own label", default=""),
    text("status", "state", null=False),
    text("reason", "error name"),
    ref("flow_id"),
    text("settings", "ids, origins and looks of the business's own account", default="{}"),
    sealed("token"),
    moment("created_ms"),
    number("version", "count"),
)

contacts = table(
    "contacts",
    key(),
    sealed("name"),
    sealed("fields"),
    text("locale", "language"),
    flag("opted_out", "state"),
    moment("created_ms"),
    number("version", "count"),
    text("tags", "tags made by the business", default="[]"),
    ref("merged_into"),
)

OPTED_OUT, OPTED_OUT_AND_TOLD = 1, 2
"""Values of ``contacts.opted_out``: heard at intake; confirmed by a turn, which happens once (ENGINE rule 23)."""

identities = table(
    "identities",
    key(),
    ref("account_id", null=False),
    ref("contact_id", null=False),
    moment("created_ms"),
    belongs("account_id", "channel_accounts"),
    belongs("contact_id", "contacts"),
)

identity_keys = table(
    "identity_keys",
    sa.Column("account_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    text("kind", "wa_id | bsuid | igsid | psid | visitor", primary=True),
    hashed("key_hash", primary=True),
    ref("conversation_id", null=False),
    sealed("value", null=False),
    moment("created_ms"),
    sa.Index("ix_identity_keys_hash", "key_hash"),
    sa.Index("ix_identity_keys_conversation", "tenant_id", "conversation_id"),
)

WAITING = sa.text("status = 'open' AND owner = 'nobody'")
"""Who waits for somebody: few of many."""

ADDRESSED = sa.text("team <> ''")

JOINED = sa.text("joined_into IS NOT NULL")

conversations = table(
    "conversations",
    key(),
    ref("account_id", null=False),
    ref("identity_id", null=False),
    ref("contact_id", null=False),
    text("channel", "channel", null=False),
    text("status", "open | snoozed | resolved", default="open"),
    text("owner", "agent | staff:id | app | nobody", default="agent"),
    text("team", "key of a queue: from which team a person is wanted", default=""),
    ref("last_staff"),
    number("owner_epoch", "count"),
    moment("owner_since_ms", null=True),
    number("turn_no", "count"),
    ref("run_id"),
    text("locale", "language"),
    moment("last_inbound_ms", null=True),
    moment("last_message_ms", null=True),
    moment("snoozed_until_ms", null=True),
    sealed("last_message"),
    number("message_no", "count"),
    number("stream_no", "count"),
    number("unread", "count"),
    sealed("instruction"),
    text("labels", "labels made by the business", default="[]"),
    moment("created_ms"),
    number("recent_ms", "time"),
    number("version", "count"),
    ref("joined_into"),
    belongs("account_id", "channel_accounts"),
    belongs("identity_id", "identities"),
    belongs("contact_id", "contacts"),
    sa.Index("ix_conversations_contact", "tenant_id", "contact_id"),
    sa.Index("ix_conversations_recent", "tenant_id", "recent_ms", "id"),
    sa.Index("ix_conversations_status", "tenant_id", "status", "recent_ms", "id"),
    sa.Index("ix_conversations_owner", "tenant_id", "status", "owner", "recent_ms", "id"),
    sa.Index(
        "ix_conversations_team",
        "tenant_id",
        "team",
        "status",
        "recent_ms",
        "id",
        sqlite_where=ADDRESSED,
        postgresql_where=ADDRESSED,
    ),
    sa.Index(
        "ix_conversations_waiting",
        "tenant_id",
        "owner_since_ms",
        "id",
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    ),
    sa.Index("ix_conversations_joined", "tenant_id", "joined_into", sqlite_where=JOINED, postgresql_where=JOINED),
)
"""``joined_into``: the conversation in which it goes on, being of the same person; one that goes on nowhere else."""

aliases = table(
    "aliases",
    key("one_id"),
    key("other_id"),
    ref("tenant_id", null=False),
    ref("account_id", null=False),
    moment("noted_ms"),
    moment("due_ms"),
    sa.Index("ix_aliases_due", "due_ms"),
    scoped=False,
)
"""Two conversations that are one person's, as intake noticed; ``one_id`` is the smaller id. Gone once they are joined.

Neither needs to be stored yet, so neither is a foreign key: a conversation's first turn stores it.
"""

messages = table(
    "messages",
    key(),
    ref("conversation_id", null=False),
    number("no", "count"),
    text("author", "contact | agent | staff | app | api | system", null=False),
    ref("author_id"),
    sealed("body"),
    text("delivery", "state", null=False),
    text("reason", "error name"),
    hashed("provider_hash"),
    sealed("provider_id"),
    ref("reply_to"),
    ref("turn_id"),
    moment("created_ms"),
    moment("event_ms"),
    moment("edited_ms", null=True),
    number("version", "count"),
    belongs("conversation_id", "conversations"),
    sa.UniqueConstraint("tenant_id", "conversation_id", "no"),
    sa.Index("ix_messages_provider", "tenant_id", "provider_hash"),
)

reactions = table(
    "reactions",
    hashed("target_hash", primary=True),
    text("author", "contact | staff", primary=True),
    ref("conversation_id", null=False),
    sealed("emoji"),
    moment("at_ms"),
)

notes = table(
    "notes",
    key(),
    ref("conversation_id", null=False),
    ref("staff_id"),
    sealed("body", null=False),
    text("mentions", "ids of staff", default="[]"),
    moment("created_ms"),
    belongs("conversation_id", "conversations"),
    sa.Index("ix_notes_conversation", "tenant_id", "conversation_id"),
)

happenings = table(
    "happenings",
    key(),
    ref("conversation_id", null=False),
    text("kind", "event name", null=False),
    text("actor", "who: id only", null=False),
    sealed("details"),
    moment("at_ms"),
    belongs("conversation_id", "conversations"),
    sa.Index("ix_happenings_conversation", "tenant_id", "conversation_id", "at_ms"),
)

stream_events = table(
    "stream_events",
    key("conversation_id"),
    number("no", "count", primary=True),
    text("kind", "event name", null=False),
    ref("entity_id"),
    moment("at_ms"),
    sa.Index("ix_stream_events_at", "tenant_id", "at_ms"),
)
