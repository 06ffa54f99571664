"""What staff note of people, and which of them turned out to be one."""

import sqlalchemy as sa

from memory.tables.base import key, moment, ref, sealed, table, text

contact_notes = table(
    "contact_notes",
    key(),
    ref("contact_id", null=False),
    ref("staff_id"),
    sealed("body", null=False),
    moment("created_ms"),
    sa.Index("ix_contact_notes_contact", "tenant_id", "contact_id"),
)

merges = table(
    "merges",
    key(),
    ref("kept_id", null=False),
    ref("gone_id", null=False),
    text("moved", "ids, and names of variables", null=False),
    text("actor", "who: id only", null=False),
    moment("at_ms"),
    moment("undone_ms", null=True),
    sa.Index("ix_merges_kept", "tenant_id", "kept_id"),
)
