"""No statement of a turn grows with what a tenant has stored: each finds its rows by an index over the conversation."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from memory import writing_sql
from memory.engine import commit_sql, delivery, door_sql, work_sql
from memory.query import Query

HOT = {
    "load": work_sql.LOAD,
    "pending": work_sql.PENDING,
    "timers": work_sql.TIMERS,
    "window": work_sql.WINDOW,
    "guard": commit_sql.GUARD,
    "end of a handoff": commit_sql.END_HANDOFF,
    "a person's words that wait": commit_sql.PERSON_QUEUED,
    "next timer": commit_sql.NEXT_DUE,
    "open requests": door_sql.OPEN,
    "facts of the door": door_sql.FACTS,
    "address": door_sql.KEYS,
    "requests of a message": delivery.REQUESTS,
    "what a takeover cancels": writing_sql.CANCEL,
    "a notice that a person's words replace": writing_sql.CANCEL_NOTICE,
}
_BY_TENANT_ALONE = re.compile(r"^SEARCH (\w+) .*\(tenant_id=\?( AND state=\?)?\)")


@pytest.mark.parametrize("name", HOT)
def test_that_a_turns_statement_reads_rows_of_its_conversation_alone(name: str, migrated_file: Path) -> None:
    for step in plan(HOT[name], migrated_file):
        assert not step.startswith("SCAN") or "json_each" in step or "VIRTUAL TABLE" in step, step
        found = _BY_TENANT_ALONE.match(step)
        assert found is None or found[1] in ("tenants", "tenant_counters"), step


def plan(query: Query, store: Path) -> list[str]:
    """Return the steps in which SQLite runs a statement."""
    sql = query.sql("sqlite")
    values = [sql.constants.get(name, "x") for name in sql.names]
    connection = sqlite3.connect(store)
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql.text}", values)]
    connection.close()
    return steps
