"""``make chaos``: one run on each store, a table, exit 1 on any violation."""

import asyncio
import random
import sys
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.chaos.run import Plan, Report, run_chaos
from core.clock import SystemClock
from core.faults import POINTS

RESULTS = Path(__file__).parents[1] / "CHAOS.md"
STORES = ("sqlite", "postgresql")


def main(
    messages: Annotated[int, typer.Option(help="At least so many messages of customers, over all stores.")] = 20_000,
    kills: Annotated[int, typer.Option(help="At least so many processes killed, over all stores.")] = 200,
    customers: Annotated[int, typer.Option(help="How many write, on each store.")] = 300,
    store: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    seed: Annotated[int | None, typer.Option(help="Repeat the choices of an earlier run.")] = None,
    lease: Annotated[float | None, typer.Option(help="Seconds, instead of the product's own leases.")] = None,
    save: Annotated[bool, typer.Option(help="Add the result to bench/CHAOS.md.")] = False,
) -> None:
    """Kill, cut off and mislead the running product under load, then judge what customers and the outside saw."""
    console = Console()
    chosen = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    stores = STORES if store == "both" else (store,)
    console.print(f"seed {chosen}; point by point: {', '.join(POINTS)}")
    reports = [
        _run(
            console,
            Plan(
                one, messages // len(stores), kills // len(stores), customers=customers, seed=chosen, lease=lease,
                restarts=2 if messages < 2000 else 5,
            ),
        )
        for one in stores
    ]  # fmt: skip
    console.print(_table(reports))
    for report in reports:
        for words in report.violations:
            console.print(f"[red]{report.plan.store}[/red] {words}", highlight=False, markup=True)
    if save:
        _save(reports)
    sys.exit(int(any(report.violations for report in reports)))


def _run(console: Console, plan: Plan) -> Report:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("messages, {task.fields[killed]} killed"), TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(plan.store, total=plan.messages, killed=0)

        def told(what: str, written: int, killed: int) -> None:
            progress.update(task, description=f"{plan.store}: {what}", completed=written, killed=killed)

        return asyncio.run(run_chaos(plan, told))


def rows_of(report: Report) -> list[tuple[str, str]]:
    """Return what is told of a run, by name."""
    verdict, points = report.verdict, set(report.kills) & set(POINTS)
    return [
        ("messages of customers", f"{report.messages:,}"),
        ("answers accepted by the provider", f"{report.answers:,}"),
        ("tokens written outside", f"{report.writes:,}"),
        ("take-overs", f"{report.holds:,}"),
        ("processes killed", f"{report.kills.total():,} at {len(points)} of {len(POINTS)} points, "
                             f"{report.kills['at any moment']} at any moment"),
        ("services that fell over", ", ".join(f"{name} {count}×" for name, count in report.restarts.items()) or "none"),
        ("minutes", f"{report.seconds / 60:.1f}"),
        ("allowed: sent again, receipt later than the wait (rule 19)", str(verdict.late_doubles)),
        ("allowed: outcome unknown, shown to staff, not repeated (19, 20)", str(verdict.open_at_the_door)),
        ("allowed: a person wrote instead (27)", str(verdict.left_to_staff)),
        ("allowed: set aside for a person (8)", str(verdict.set_aside)),
        ("allowed: written outside again after a hand-back (12, 27)", str(verdict.begun_again)),
        ("lost", str(len(verdict.lost))),
        ("doubled replies", str(len(verdict.doubled))),
        ("doubled or missing effects", str(len(verdict.effects))),
        ("out of order", str(len(verdict.order))),
        ("agent's words after a take-over", str(len(verdict.takeover))),
        ("state taken back", str(len(verdict.state))),
        ("processes that ended by themselves", str(len(report.strange))),
    ]  # fmt: skip


def _cells(reports: list[Report]) -> list[tuple[str, ...]]:
    columns = [dict(rows_of(report)) for report in reports]
    return [(name, *(column[name] for column in columns)) for name in columns[0]]


def _table(reports: list[Report]) -> Table:
    table = Table(title=f"Chaos, seed {reports[0].plan.seed}")
    for name in ("", *(report.plan.store for report in reports)):
        table.add_column(name)
    for row in _cells(reports):
        table.add_row(*row)
    return table


def _save(reports: list[Report]) -> None:
    day = SystemClock().now().astimezone(UTC).date()
    stores = [report.plan.store for report in reports]
    lines = [
        f"## {day}, seed {reports[0].plan.seed}", "",
        f"| | {' | '.join(stores)} |", "|" + "---|" * (len(stores) + 1),
        *("| " + " | ".join(row) + " |" for row in _cells(reports)), "",
    ]  # fmt: skip
    known = RESULTS.read_text() if RESULTS.exists() else "# Chaos\n\nWhat `make chaos` found, run by run.\n\n"
    RESULTS.write_text(known + "\n".join(lines) + "\n")


if __name__ == "__main__":
    typer.run(main)
