"""What every message needs is ready before the first one comes."""

import pytest

from memory.engine import claim_sql, door_sql, work_sql
from memory.query import Query
from memory.warming import compile_ahead, statements


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_that_the_statements_of_a_turn_are_compiled(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ahead(store)
    held = {id(query) for query in statements()}
    for module in (claim_sql, door_sql, work_sql):
        assert {id(query) for query in vars(module).values() if isinstance(query, Query)} <= held
    monkeypatch.setattr(Query, "_compile", None)
    for query in statements():
        assert query.sql(store).text
