"""Files that the business sends, in sealed pieces."""

import sqlalchemy as sa

from memory.tables.base import belongs, key, moment, number, ref, sealed, table, text

files = table(
    "files",
    key(),
    ref("conversation_id", null=False),
    ref("staff_id"),
    sealed("name", null=False),
    text("media", "kind of media", null=False),
    text("mime", "kind of file", null=False),
    number("size", "bytes"),
    number("pieces", "count"),
    moment("created_ms"),
    moment("kept_ms", null=True),
    moment("sent_ms", null=True),
    ref("planned_id"),
    belongs("conversation_id", "conversations"),
    sa.Index("ix_files_conversation", "tenant_id", "conversation_id"),
    sa.Index(
        "ix_files_unsent",
        "tenant_id",
        "created_ms",
        sqlite_where=sa.text("sent_ms IS NULL"),
        postgresql_where=sa.text("sent_ms IS NULL"),
    ),
)
"""``kept_ms``: all of it is here; ``sent_ms``: it is part of a message, and stays as long as that; ``planned_id``: it
is for what is to be said later, and stays until that is said or taken back."""

file_pieces = table(
    "file_pieces",
    key("file_id"),
    number("no", "order", primary=True),
    sealed("body", null=False),
    belongs("file_id", "files"),
)
