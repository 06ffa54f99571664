"""``make bench``: run everything, print one table, keep it in ``bench/RESULTS.md`` when asked to."""

import asyncio
import platform
import tempfile
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from bench.acks import AckFigures, measure_acks
from bench.models import ModelFigures, measure_models
from bench.stage import open_postgres, open_stage, settings_for
from bench.turns import TurnFigures, measure_turns
from core.clock import SystemClock
from tests.services.postgres import PostgresNotFound, PostgresServer

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = ("aiohttp", "langgraph", "langchain-openai", "sqlalchemy", "asyncpg", "pydantic")


def main(save: bool = typer.Option(False, help="Keep the table in bench/RESULTS.md.")) -> None:
    """Measure model calls, and acknowledgements and turns on both stores."""
    console = Console()
    console.print("[dim]measuring model calls …[/dim]")
    rows: list[tuple[str, ...]] = _model_rows(asyncio.run(measure_models()))
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        Path(folder).chmod(0o755)
        for store in ("sqlite", "postgresql"):
            postgres = _postgres(console) if store == "postgresql" else None
            if store == "postgresql" and postgres is None:
                continue
            console.print(f"[dim]measuring on {store} …[/dim]")
            turns = asyncio.run(_turns(store, Path(folder), postgres))
            acks = measure_acks(store, Path(folder), postgres)
            rows += [*_ack_rows(acks), *_turn_rows(turns)]
    console.print(_table(rows))
    if save:
        RESULTS.write_text(_markdown(rows))
        console.print(f"kept in {RESULTS.name}")


async def _turns(store: str, folder: Path, postgres: PostgresServer | None) -> TurnFigures:
    settings = await asyncio.to_thread(settings_for, store, folder, postgres)
    async with open_stage(settings) as stage:
        return await measure_turns(stage)


def _postgres(console: Console) -> PostgresServer | None:
    try:
        return open_postgres()
    except PostgresNotFound as error:
        console.print(f"[yellow]PostgreSQL is left out: {error}[/yellow]")
        return None


def _ack_rows(figures: list[AckFigures]) -> list[tuple[str, ...]]:
    return [
        (
            f"acknowledgements, {one.connections} connections", one.store,
            f"{one.rate:,.0f}/s, p99 {one.p99_ms:.1f} ms",
            f"bare aiohttp + HMAC: {one.bare_rate:,.0f}/s, p99 {one.bare_p99_ms:.1f} ms", f"{one.ratio:.2f}", "≥ 0.5",
        )
        for one in figures
    ]  # fmt: skip


def _turn_rows(one: TurnFigures) -> list[tuple[str, ...]]:
    return [
        (
            "CPU of a 7-node turn, the graph with its saver", one.store, f"{one.runner_ms:.2f} ms",
            f"LangGraph's loop, the same: {one.pregel_ms:.2f} ms", f"{one.runner_ms / one.pregel_ms:.2f}", "≤ 0.2",
        ),
        (
            "the same against the graph bare", one.store, f"{one.runner_ms:.2f} ms",
            f"LangGraph's loop bare: {one.bare_ms:.2f} ms", f"{one.runner_ms / one.bare_ms:.2f}", "≤ 0.2",
        ),
        (
            "CPU of a 7-node turn, load to commit", one.store, f"{one.engine_ms:.2f} ms",
            f"LangGraph's loop bare: {one.bare_ms:.2f} ms", f"{one.ratio:.2f}", "≤ 2",
        ),
        (
            "the same with claim and release", one.store, f"{one.whole_ms:.2f} ms",
            f"LangGraph's loop bare: {one.bare_ms:.2f} ms", f"{one.whole_ms / one.bare_ms:.2f}", "",
        ),
    ]  # fmt: skip


def _model_rows(figures: list[ModelFigures]) -> list[tuple[str, ...]]:
    return [
        (
            f"CPU of a {one.what}, lean client", "", f"{one.lean_ms:.2f} ms",
            f"ChatOpenAI: {one.openai_ms:.2f} ms", f"{one.ratio:.2f}", "≤ 0.5",
        )
        for one in figures
    ]  # fmt: skip


HEAD = ("what", "store", "ours", "baseline", "ratio", "aim")


def _table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(title="Frontdesk, each figure beside its baseline of the same run")
    for name in HEAD:
        table.add_column(name, justify="right" if name == "ratio" else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(rows: list[tuple[str, ...]]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    day = SystemClock().now().astimezone(UTC).date()
    lines = [
        "# Results",
        "",
        "Take the ratios, not the absolutes: each row's baseline was measured in the same run on the same machine.",
        "",
        f"{day}, {platform.machine()}, Python {platform.python_version()}, {versions}",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    typer.run(main)
