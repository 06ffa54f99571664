"""What is told of runs, and kept: one line of figures a run, and the page that is made of all of them."""

import platform
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from bench.chaos.run import Report
from core.clock import SystemClock
from core.faults import POINTS
from tests.services.postgres import find_postgres

RUNS = Path(__file__).with_name("runs.jsonl")
PAGE = Path(__file__).parents[1] / "CHAOS.md"
PACKAGES = ("aiohttp", "langgraph", "sqlalchemy", "asyncpg", "redis")
ANYWHERE = "at any moment"

Record = dict[str, Any]
"""A run in plain values."""

ALLOWED = {
    "late_doubles": "sent again, receipt later than the wait (rule 19)",
    "open_at_the_door": "outcome unknown, shown to staff, not repeated (19, 20)",
    "left_to_staff": "a person wrote instead (27)",
    "set_aside": "set aside for a person (8)",
    "begun_again": "written outside again after a hand-back (12, 27)",
}
FORBIDDEN = {
    "lost": "lost",
    "doubled": "doubled replies",
    "effects": "doubled or missing effects",
    "order": "out of order",
    "takeover": "agent's words after a take-over",
    "state": "state taken back",
    "strange": "processes that ended by themselves",
}

RUN = (
    "day", "store", "seed", "customers", "lease, s", "messages", "killed", "services fell over", "minutes", *ALLOWED,
    "violations",
)  # fmt: skip


def record_of(report: Report) -> Record:
    """Return what is kept of a run."""
    plan, verdict = report.plan, report.verdict
    found = {name: list(getattr(verdict, name)) for name in FORBIDDEN if name != "strange"}
    return {
        "day": SystemClock().now().astimezone(UTC).date().isoformat(),
        "versions": _versions(plan.store),
        "store": plan.store, "seed": plan.seed, "customers": plan.customers, "lease": plan.lease,
        "messages": report.messages, "answers": report.answers, "writes": report.writes, "holds": report.holds,
        "kills": dict(report.kills), "restarts": dict(report.restarts), "seconds": round(report.seconds),
        "allowed": {name: getattr(verdict, name) for name in ALLOWED},
        "violations": {**found, "strange": report.strange},
    }  # fmt: skip


def keep(record: Record) -> None:
    """Add a run, whatever came of it, and write the page anew."""
    with RUNS.open("ab") as file:
        file.write(orjson.dumps(record) + b"\n")
    PAGE.write_text(page([orjson.loads(line) for line in RUNS.read_bytes().splitlines()]))


def rows_of(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Return what is told of runs together, by name."""
    kills, restarts = _sum(records, "kills"), _sum(records, "restarts")
    allowed = _sum(records, "allowed")
    found = {name: sum(len(one["violations"][name]) for one in records) for name in FORBIDDEN}
    points = len(set(kills) & set(POINTS))
    return [
        ("messages of customers", f"{_total(records, 'messages'):,}"),
        ("answers accepted by the provider", f"{_total(records, 'answers'):,}"),
        ("tokens written outside", f"{_total(records, 'writes'):,}"),
        ("take-overs", f"{_total(records, 'holds'):,}"),
        ("processes killed", f"{kills.total():,} at {points} of {len(POINTS)} points, {kills[ANYWHERE]} {ANYWHERE}"),
        ("services that fell over", _counts(restarts) or "none"),
        ("minutes", f"{_total(records, 'seconds') / 60:.0f}"),
        *((f"allowed: {words}", f"{allowed[name]:,}") for name, words in ALLOWED.items()),
        *((words, f"{found[name]:,}") for name, words in FORBIDDEN.items()),
    ]


def page(records: Sequence[Record]) -> str:
    """Return the page about all runs that were kept."""
    columns = _columns(records)
    kills = [_sum(runs, "kills") for runs in columns.values()]
    newest = max((number for number, one in enumerate(records, 1) if any(one["violations"].values())), default=0)
    lines = [
        "# Chaos", "",
        "What `make chaos ARGS=--keep` saw: every run that was to be kept, whatever came of it. The harness writes",
        "this page from `chaos/runs.jsonl`, where each run is a line of its own.", "",
        *(["## Since the last violation", "", *_told(records[newest:])] if 0 < newest < len(records) else []),
        "## Together", "",
        *_told(records),
        "## Killed at", "",
        *_grid(("", *columns), [(point, *(str(one[point]) for one in kills)) for point in (*POINTS, ANYWHERE)]), "",
        "## Run by run", "",
        *_grid(RUN, [_line(one) for one in records]), "",
        *_found(records),
        "## On", "",
        *(f"- {words}" for words in dict.fromkeys(one["versions"] for one in records)),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _columns(records: Sequence[Record]) -> dict[str, Sequence[Record]]:
    by_store = {store: [one for one in records if one["store"] == store] for store in ("sqlite", "postgresql")}
    return {**{store: runs for store, runs in by_store.items() if runs}, "together": records}


def _told(records: Sequence[Record]) -> list[str]:
    columns = _columns(records)
    told = [dict(rows_of(runs)) for runs in columns.values()]
    return [*_grid(("", *columns), [(name, *(one[name] for one in told)) for name in told[0]]), ""]


def _line(one: Record) -> tuple[str, ...]:
    lease = "the product's" if one["lease"] is None else f"{one['lease']:g}"
    violations = sum(len(found) for found in one["violations"].values())
    return (
        one["day"], one["store"], str(one["seed"]), str(one["customers"]), lease, f"{one['messages']:,}",
        _counts(Counter(one["kills"])), _counts(Counter(one["restarts"])), f"{one['seconds'] / 60:.0f}",
        *(str(one["allowed"][name]) for name in ALLOWED), str(violations),
    )  # fmt: skip


def _found(records: Iterable[Record]) -> list[str]:
    """List what was wrong, with what was ``since`` done about each kind: whoever mends it writes that into the run."""
    found = [
        f"- {one['store']}, seed {one['seed']}: {FORBIDDEN[kind]}: {words}{_since(one, kind)}"
        for one in records
        for kind, all_words in one["violations"].items()
        for words in all_words
    ]
    return ["## Violations", "", *found, ""] if found else []


def _since(one: Record, kind: str) -> str:
    done = one.get("since", {}).get(kind)
    return f" — since then: {done}" if done else ""


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}×" for name, count in sorted(counts.items()))


def _sum(records: Iterable[Record], what: str) -> Counter[str]:
    return sum((Counter(one[what]) for one in records), Counter[str]())


def _total(records: Iterable[Record], what: str) -> int:
    return sum(one[what] for one in records)


def _versions(store: str) -> str:
    if store == "sqlite":
        served = f"SQLite {sqlite3.sqlite_version}"
    else:
        postgres = _output(str(find_postgres() / "postgres"), "--version").split()[2]
        redis = _output(shutil.which("redis-server") or "redis-server", "--version").split()[2].removeprefix("v=")
        served = f"PostgreSQL {postgres}, Redis {redis}"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{platform.machine()}, {served}, Python {platform.python_version()}, {packages}"


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
