"""What is kept of runs of chaos is what the harness saw, violations included."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.chaos import keeping
from bench.chaos.judge import Verdict
from bench.chaos.keeping import keep, page, record_of, rows_of
from bench.chaos.run import Plan, Report
from core.faults import POINTS


def report(seed: int = 1, **more: Any) -> Report:
    """Return what came of a run on SQLite."""
    plan = Plan("sqlite", 10, 2, 5, seed, lease=4.0)
    kills, restarts = Counter({"turn.ran": 2, "at any moment": 1}), Counter({"Redis": 2})
    verdict = Verdict(late_doubles=1, **more)
    return Report(plan, verdict, kills, restarts, 61.0, messages=10, answers=9, writes=8, holds=7)


def test_that_the_sum_counts_every_run() -> None:
    records = [record_of(report()), record_of(report(2, lost=["C000001 of somebody"]))]
    told = dict(rows_of(records))
    assert told["messages of customers"] == "20"
    assert told["processes killed"] == f"6 at 1 of {len(POINTS)} points, 2 at any moment"
    assert told["services that fell over"] == "Redis 4×"
    assert told["allowed: sent again, receipt later than the wait (rule 19)"] == "2"
    assert (told["lost"], told["doubled replies"]) == ("1", "0")


def test_that_a_run_is_kept_whatever_came_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "RUNS", tmp_path / "runs.jsonl")
    monkeypatch.setattr(keeping, "PAGE", tmp_path / "CHAOS.md")
    keep(record_of(report()))
    keep(record_of(report(2, lost=["C000001 of somebody"])))
    text = (tmp_path / "CHAOS.md").read_text()
    assert "- sqlite, seed 2: lost: C000001 of somebody" in text
    assert text.count("at any moment 1×, turn.ran 2×") == 2
    assert "| turn.ran | 4 | 4 |" in text
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 2


def test_that_a_page_without_violations_lists_none() -> None:
    assert "## Violations" not in page([record_of(report())])


def test_that_what_was_seen_since_the_last_violation_is_told_apart() -> None:
    bad, good = record_of(report(2, lost=["C000001 of somebody"])), record_of(report())
    told, _, together = page([good, bad, good]).partition("## Together")
    assert "## Since the last violation" in told
    assert "| messages of customers | 10 | 10 |" in told
    assert "| messages of customers | 30 | 30 |" in together
    assert "## Since" not in page([good, bad])
    assert "## Since" not in page([good])
