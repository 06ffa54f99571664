"""Leads as a table: what customers wrote stays words in every spreadsheet."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from core.views import LeadView, Named
from desk.sheet import COLUMNS, render_sheet


def lead(**more: Any) -> LeadView:
    given: dict[str, Any] = {
        "id": "l", "pipeline": "default", "stage": "new", "fields": {}, "tags": [],
        "created_at": datetime(2026, 5, 1, tzinfo=UTC), "contact": Named(id="c", name="Ada"), **more,
    }  # fmt: skip
    return LeadView(**given)


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_that_no_cell_begins_a_formula(start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    [row] = read(render_sheet([lead(name=evil, email=evil, stage=evil, tags=[evil], owner=Named(id="o", name=evil))]))
    for column in ("name", "email", "stage", "tags", "owner"):
        assert row[column] == f"'{evil}", column


def test_that_words_with_commas_quotes_and_lines_stay_in_their_cell() -> None:
    fields = {"note": 'says "hi", then\nleaves', "budget": 10}
    [row] = read(render_sheet([lead(fields=fields, value=1234.5, currency="TRY", phone="+905321112233")]))
    assert tuple(row) == COLUMNS
    assert (row["name"], row["value"], row["currency"], row["phone"]) == ("Ada", "1234.50", "TRY", "'+905321112233")
    assert row["details"] == 'note: says "hi", then\nleaves; budget: 10'
