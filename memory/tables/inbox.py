"""What the inbox's views rest on: how many conversations stand where, and which come back by themselves."""

import sqlalchemy as sa

from memory.tables.base import ID, moment, number, table, text

inbox_counts = table(
    "inbox_counts",
    text("status", "open | snoozed | resolved", primary=True),
    text("owner", "agent | staff:id | app | nobody", primary=True),
    number("n", "count"),
)
"""How many conversations have this status and owner; changed by whoever changes either, in the same transaction."""

team_counts = table(
    "team_counts",
    text("team", "key of a queue", primary=True),
    text("owner", "agent | staff:id | app | nobody", primary=True),
    number("n", "count"),
)
"""How many open conversations are a team's, and who holds them; kept as the others are."""

waits = table(
    "waits",
    sa.Column("conversation_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    moment("since_ms"),
    sa.Index("ix_waits_tenant", "tenant_id"),
    scoped=False,
)
"""Conversations that nobody holds: tells whose queue there is something to do in."""

wakes = table(
    "wakes",
    sa.Column("conversation_id", ID, primary_key=True, info={"privacy": "plain", "why": "id"}),
    sa.Column("tenant_id", ID, nullable=False, info={"privacy": "plain", "why": "id"}),
    moment("due_ms"),
    sa.Index("ix_wakes_due", "due_ms"),
    scoped=False,
)
