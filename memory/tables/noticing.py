"""Who wants to be told of what, on which browser, and up to which event they were."""

import sqlalchemy as sa

from memory.tables.base import ID, hashed, moment, number, sealed, table, text

push_keys = table(
    "push_keys",
    number("id", "always 1", primary=True),
    sealed("private", null=False),
    moment("created_ms"),
    scoped=False,
)
"""The key that this installation's pushes are signed with; browsers subscribe to its public half."""

push_devices = table(
    "push_devices",
    sa.Column("id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    sa.Column("staff_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    sa.Column("sign_in_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    hashed("endpoint_hash", null=False),
    sealed("subscription", null=False),
    moment("created_ms"),
    sa.UniqueConstraint("tenant_id", "endpoint_hash"),
    sa.Index("ix_push_devices_sign_in", "sign_in_id"),
    scoped=False,
)

notice_cursors = table(
    "notice_cursors",
    sa.Column("tenant_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    number("event_no", "count"),
    scoped=False,
)

notice_settings = table(
    "notice_settings",
    sa.Column("tenant_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("staff_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    number("mail_after_minutes", "setting", null=True),
    text("quiet_from", "setting"),
    text("quiet_to", "setting"),
    text("timezone", "setting", null=False),
    moment("mailed_ms"),
    scoped=False,
)
"""``mailed_ms``: handoffs up to here were told of by mail, or are older than the wish for it."""
