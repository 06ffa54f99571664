"""``make guards``: take out every guard in turn, print which test fails, exit 1 where one does not."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from tests.guards.run import FAILED, run_with, run_without
from tests.guards.table import GUARDS, Guard


def main(names: list[str]) -> int:
    """Judge the guards whose names hold one of ``names``, or all."""
    console = Console()
    table = Table(title="Guards, and the tests that fail without them")
    for name in ("guard", "rule", "test", "without it"):
        table.add_column(name)
    missed = 0
    for guard in GUARDS:
        if names and not any(name in guard.name for name in names):
            continue
        with console.status(guard.name):
            result = _judge(guard, console)
        missed += result != "fails"
        table.add_row(guard.name, guard.rule, guard.test.rpartition("::")[2], result)
    console.print(table)
    return int(missed > 0)


def _judge(guard: Guard, console: Console) -> str:
    without = run_without(guard)
    if without.returncode != FAILED:
        console.print(f"[red]{guard.name}[/red]\n{without.stdout[-2000:]}{without.stderr[-2000:]}")
        return "passes!" if without.returncode == 0 else f"pytest: {without.returncode}"
    return "fails" if run_with(guard).returncode == 0 else "fails with it, too"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
