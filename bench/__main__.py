"""``make bench``: run everything, or the parts that are named, print one table, keep it when asked to."""

import asyncio
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import fairness, report
from bench.acks import measure_acks
from bench.flow import Flow, fixed_flow, measured_flow, model_flow
from bench.harm import measure_harm
from bench.history import measure_history
from bench.inbox import LargeStore, measure_inbox, prepare
from bench.large import Size
from bench.models import measure_models
from bench.peers.run import RUNS, compare
from bench.peers.table import ANSWER, PEERS
from bench.releases import measure_publishing, measure_releases
from bench.report import Row
from bench.stage import SECRET, open_postgres, open_stage, settings_for
from bench.startup import measure_start
from bench.turns import measure_turns
from bench.whole import (
    MODEL_SECONDS,
    Load,
    WholeFigures,
    better,
    closed_loop,
    measure,
    open_loop,
    outside_world,
    provision,
    serve_by_the_book,
    serve_frontdesk,
)
from bench.wire import environment_of
from core.settings import Settings
from tests.services.postgres import PostgresNotFound, PostgresServer

STORES = ("sqlite", "postgresql")
PER_SECOND = (50, 150)
LONGEST = 10_000
"""Messages of the longest conversation."""

AT_ONCE = 64


class Bench:
    """One store in one run."""

    def __init__(
        self, store: str, folder: Path, postgres: PostgresServer | None, *, past: Size, tell: Callable[[str], None]
    ) -> None:
        self.store = store
        self._past = past
        self._tell = tell
        self._folder = folder
        self._postgres = postgres
        self._made = 0

    def settings(self, outside: int = 9) -> Settings:
        """Return the settings of another fresh store; its provider listens on ``outside``."""
        self._made += 1
        folder = self._folder / f"{self.store}{self._made}"
        return settings_for(self.store, folder, self._postgres, graph_url=f"http://127.0.0.1:{outside}")

    def acks(self) -> list[Row]:
        """Measure acknowledgements against a bare handler."""
        return report.ack_rows(measure_acks(self.store, self._folder / "acks", self._postgres))

    def turns(self) -> list[Row]:
        """Measure the CPU of a turn against the graph alone."""

        async def run(settings: Settings) -> list[Row]:
            async with open_stage(settings) as stage:
                return report.turn_rows(await measure_turns(stage))

        return asyncio.run(run(self.settings()))

    def history(self) -> list[Row]:
        """Measure what a long history costs."""

        async def run(settings: Settings) -> list[Row]:
            async with open_stage(settings, measured_flow(bubbles=1)) as stage:
                return report.history_rows(await measure_history(stage))

        return asyncio.run(run(self.settings()))

    def whole(self) -> list[Row]:
        """Measure whole turns against the server by the book, without a model and with an instant one."""
        rows: list[Row] = []
        for client in (None, "langchain-openai", "lean"):
            with outside_world() as outside:
                book = self._book(outside, with_model=client is not None)
                ours = self._ours(outside, closed_loop(AT_ONCE), client=client)
            rows.append(report.whole_row(self.store, client, ours, book))
        return rows

    def open(self) -> list[Row]:
        """Measure what is added to a slow model's time when strangers come as they please."""
        rows: list[Row] = []
        for per_second in PER_SECOND:
            with outside_world(model_seconds=MODEL_SECONDS) as outside:
                seen = self._ours(outside, open_loop(per_second), client="lean")
            rows.append(report.open_row(self.store, per_second, seen))
        return rows

    def workers(self) -> list[Row]:
        """Measure what a second worker process brings (PostgreSQL)."""
        if self._postgres is None:
            return []
        seen = []
        for workers in (1, 2):
            with outside_world() as outside:
                seen.append(self._ours(outside, closed_loop(AT_ONCE), workers=workers))
        return [report.workers_row(self.store, *seen)]

    def fair(self) -> list[Row]:
        """Measure what one business notices of another one's backlog."""
        with outside_world(model_seconds=fairness.MODEL_SECONDS) as outside:
            settings = self.settings(outside)
            asyncio.run(fairness.provision(settings))
            model = {**_model(outside, "lean"), "FRONTDESK_TURNS_AT_ONCE": str(fairness.AT_ONCE)}
            with serve_frontdesk(settings, environment_of(settings, 0, **model)) as served:
                return [report.fair_row(self.store, asyncio.run(fairness.measure_fairness(served, outside)))]

    def inbox(self) -> list[Row]:
        """Measure the inbox of a business with a past."""

        async def make(settings: Settings) -> LargeStore:
            async with open_stage(settings, measured_flow(bubbles=1)) as stage:
                return await prepare(stage, self._past)

        settings = self.settings()
        large = asyncio.run(make(settings))
        with serve_frontdesk(settings, environment_of(settings, 0)) as served:
            return report.inbox_rows(self.store, large, measure_inbox(served, large))

    def flows(self) -> list[Row]:
        """Measure publishing, and a process's first sight of what was published."""

        async def run(settings: Settings) -> list[Row]:
            async with open_stage(settings) as stage:
                return [report.publish_row(await measure_publishing(stage, self.store))]

        return asyncio.run(run(self.settings()))

    def peers(self) -> list[Row]:
        """Measure a fixed reply beside others' servers (ours on SQLite)."""
        if self.store != "sqlite":
            return []

        def ours() -> WholeFigures:
            with outside_world() as outside:
                return self._ours(outside, closed_loop(AT_ONCE), flow=fixed_flow(ANSWER), runs=RUNS)

        seen = [compare(peer, closed_loop(AT_ONCE), ours=ours, tell=self._tell) for peer in PEERS]
        return [report.peer_row(self.store, one) for one in seen]

    def start(self) -> list[Row]:
        """Measure start-up and memory."""
        with outside_world() as outside:
            return report.start_rows(measure_start(self.settings(outside), outside))

    def _ours(
        self, outside: int, load: Load, *, client: str | None = None, workers: int = 0, flow: Flow | None = None,
        runs: int = 1,
    ) -> WholeFigures:  # fmt: skip
        settings = self.settings(outside)
        asyncio.run(provision(settings, flow or (model_flow() if client else measured_flow(bubbles=1))))
        model = _model(outside, client) if client else {}
        with serve_frontdesk(settings, environment_of(settings, 0, **model), workers=workers) as server:
            return better([measure(server, outside, load, run=run) for run in range(runs)])

    def _book(self, outside: int, *, with_model: bool) -> WholeFigures:
        # A database of its own: ours has a table of checkpoints, too.
        if self._postgres is not None:
            where = self._postgres.create_database().owner_url
        else:
            self._made += 1
            where = str(self._folder / f"book{self._made}.db")
        with serve_by_the_book(where, outside, secret=SECRET, with_model=with_model) as server:
            return measure(server, outside, closed_loop(AT_ONCE))


def _model(outside: int, client: str) -> dict[str, str]:
    """Return the settings of a model that listens on ``outside``."""
    return {
        "FRONTDESK_MODEL_CLIENT": client, "OPENAI_API_KEY": "bench", "OPENAI_MODEL": "bench",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{outside}/v1",
    }  # fmt: skip


def _editor(console: Console) -> list[Row]:
    """Measure the flow editor in a browser; its driver comes with what tests need."""
    if find_spec("playwright") is None:
        console.print("[yellow]The editor is left out: there is no Playwright here. Run make setup-dev.[/yellow]")
        return []
    from bench.editor import measure_editor
    from tests.services.chromium import ChromiumNotFound

    try:
        return report.editor_rows(measure_editor())
    except ChromiumNotFound as error:
        console.print(f"[yellow]The editor is left out: {error}[/yellow]")
        return []


WITHOUT_STORE: dict[str, Callable[[], list[Row]]] = {
    "models": lambda: report.model_rows(asyncio.run(measure_models())),
    "releases": lambda: report.release_rows(measure_releases()),
    "hostile": lambda: report.harm_rows(measure_harm()),
    "editor": lambda: _editor(Console()),
}
ON_STORES = ("acks", "turns", "whole", "peers", "open", "workers", "fair", "history", "inbox", "flows", "start")
PARTS = (*WITHOUT_STORE, *ON_STORES)
PEERS_HELP = "peers installs others' servers on first use: some minutes, 3 GB in .venv-peers/."


def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(PARTS)}; none: all. {PEERS_HELP}")] = None,
    save: Annotated[bool, typer.Option(help="Keep the rows in bench/RESULTS.md.")] = False,
    store: Annotated[str | None, typer.Option(help="sqlite or postgresql; left out: both.")] = None,
    conversations: Annotated[int, typer.Option(help="Of the inbox's past.")] = 10_000,
    messages: Annotated[int, typer.Option(help="Of the inbox's past.")] = 100_000,
) -> None:
    """Measure, each figure beside its baseline of the same run."""
    console = Console()

    def tell(line: str) -> None:
        console.print(f"[dim]{line}[/dim]")

    wanted = parts or list(PARTS)
    rows: list[Row] = []
    for part in (part for part in WITHOUT_STORE if part in wanted):
        tell(f"measuring {part} …")
        rows += WITHOUT_STORE[part]()
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        Path(folder).chmod(0o755)
        for name in STORES if store is None else (store,):
            postgres = _postgres(console) if name == "postgresql" else None
            if name == "postgresql" and postgres is None:
                continue
            bench = Bench(name, Path(folder), postgres, past=Size(conversations, messages, LONGEST), tell=tell)
            for part in (part for part in ON_STORES if part in wanted):
                tell(f"measuring {part} on {name} …")
                run: Callable[[], list[Row]] = getattr(bench, part)
                rows += run()
    console.print(report.table(rows))
    if save:
        report.save(rows)
        console.print(f"kept in {report.RESULTS.name}")


def _postgres(console: Console) -> PostgresServer | None:
    try:
        return open_postgres()
    except PostgresNotFound as error:
        console.print(f"[yellow]PostgreSQL is left out: {error}[/yellow]")
        return None


if __name__ == "__main__":
    typer.run(main)
