"""What staff want to be said later, and when."""

import sqlalchemy as sa

from memory.tables.base import ID, belongs, key, moment, ref, sealed, table, text

planned_messages = table(
    "planned_messages",
    key(),
    ref("conversation_id", null=False),
    ref("staff_id", null=False),
    sealed("body", null=False),
    moment("due_ms"),
    text("refused", "why it was not said when it was due"),
    moment("created_ms"),
    belongs("conversation_id", "conversations"),
    sa.Index("ix_planned_messages_conversation", "tenant_id", "conversation_id"),
)
"""Said or taken back they are gone from here: what was said is a message."""

planned_dues = table(
    "planned_dues",
    sa.Column("planned_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    sa.Column("conversation_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    moment("due_ms"),
    sa.Index("ix_planned_dues_due", "due_ms"),
    scoped=False,
)
