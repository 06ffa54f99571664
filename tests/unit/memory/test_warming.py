"""Statements are ready before they are needed."""

import pytest

from core.clock import MovableClock
from memory.engine import door_sql
from memory.query import Query
from memory.warming import Warming, statements


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_that_every_statement_a_module_holds_is_compiled(store: str) -> None:
    class Clock(MovableClock):
        async def sleep(self, seconds: float) -> None:
            """Go on at once."""

    await Warming(store, clock=Clock()).run()
    held = list(statements())
    assert all(query.is_compiled(store) for query in held)
    assert {id(query) for query in vars(door_sql).values() if isinstance(query, Query)} <= {id(query) for query in held}
