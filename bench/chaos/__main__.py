"""``make chaos``: runs on each store, a table, exit 1 on any violation."""

import asyncio
import random
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.chaos.keeping import FORBIDDEN, PAGE, Record, keep, record_of, rows_of
from bench.chaos.run import Plan, Report, run_chaos
from core.faults import POINTS

STORES = ("sqlite", "postgresql")


def main(  # noqa: PLR0913, PLR0917 - its options
    messages: Annotated[int, typer.Option(help="At least so many messages of customers, over all runs.")] = 20_000,
    kills: Annotated[int, typer.Option(help="At least so many processes killed, over all runs.")] = 200,
    customers: Annotated[int, typer.Option(help="How many write, in each run.")] = 300,
    together: Annotated[int, typer.Option(help="Messages that may wait for their answer at once.")] = 40,
    store: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    pieces: Annotated[int, typer.Option(help="Runs on each store, each judged by itself.")] = 1,
    seed: Annotated[int | None, typer.Option(help="Repeat the choices of an earlier run.")] = None,
    lease: Annotated[float | None, typer.Option(help="Seconds, instead of the product's own leases.")] = None,
    kept: Annotated[bool, typer.Option("--keep", help="Add what comes of it to bench/CHAOS.md.")] = False,
) -> None:
    """Kill, cut off and mislead the running product under load, then judge what customers and the outside saw."""
    console = Console()
    chosen = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    stores = STORES if store == "both" else (store,)
    runs = len(stores) * pieces
    console.print(f"seed {chosen}; point by point: {', '.join(POINTS)}")
    records = list[Record]()
    for piece in range(pieces):
        for one in stores:
            plan = Plan(
                one, -(-messages // runs), -(-kills // runs), customers=customers, together=together,
                seed=chosen + piece, lease=lease, restarts=2 if messages < 2000 * runs else 5,
            )  # fmt: skip
            record = record_of(_run(console, plan))
            records.append(record)
            if kept:
                keep(record)
    console.print(_table({one: [record for record in records if record["store"] == one] for one in stores}, chosen))
    if kept:
        console.print(f"kept in {PAGE.name}")
    sys.exit(int(_complain(console, records)))


def _run(console: Console, plan: Plan) -> Report:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("messages, {task.fields[killed]} killed"), TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(plan.store, total=plan.messages, killed=0)

        def told(what: str, written: int, killed: int) -> None:
            progress.update(task, description=f"{plan.store}: {what}", completed=written, killed=killed)

        return asyncio.run(run_chaos(plan, told))


def _table(columns: dict[str, list[Record]], seed: int) -> Table:
    table = Table(title=f"Chaos, seed {seed}")
    for name in ("", *columns):
        table.add_column(name)
    told = [dict(rows_of(records)) for records in columns.values()]
    for name in told[0]:
        table.add_row(name, *(one[name] for one in told))
    return table


def _complain(console: Console, records: list[Record]) -> bool:
    """Name every violation; tell whether there is any."""
    found = [
        f"[red]{record['store']}, seed {record['seed']}[/red] {FORBIDDEN[kind]}: {words}"
        for record in records
        for kind, all_words in record["violations"].items()
        for words in all_words
    ]
    for line in found:
        console.print(line, highlight=False, markup=True)
    return bool(found)


if __name__ == "__main__":
    typer.run(main)
