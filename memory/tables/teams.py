"""Teams: who is in one, and how much each person of a business takes at a time. A team is a queue with members."""

from memory.tables.base import flag, key, moment, number, table, text

queue_members = table(
    "queue_members",
    text("queue", "key of a queue", primary=True),
    key("staff_id"),
    moment("created_ms"),
)

attendance = table(
    "attendance",
    key("staff_id"),
    number("capacity", "setting", null=True, default=None),
    flag("away", "state"),
    moment("seen_ms", null=True),
    number("assigned_ms", "time"),
)
"""Whether somebody is there, how many conversations they take at most, and when one was last given to them."""
