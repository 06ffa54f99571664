"""Figures as rows of one table: what, on which store, ours, the baseline of the same run, their ratio, the aim."""

import platform
from collections.abc import Sequence
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from bench.acks import AckFigures
from bench.fairness import BACKLOG, FairnessFigures
from bench.fairness import MODEL_SECONDS as FAIR_MODEL
from bench.frames import EditorFigures
from bench.harm import Harm
from bench.history import HistoryFigures
from bench.inbox import InboxFigures, LargeStore
from bench.models import ModelFigures
from bench.peers.run import Beside
from bench.queueing import Load, simulate
from bench.releases import PublishFigures, ReleaseFigures
from bench.startup import TENANTS, StartFigures
from bench.turns import TurnFigures
from bench.whole import AT_ONCE_OF_A_WORKER, MODEL_SECONDS, WholeFigures
from core.clock import SystemClock

Row = tuple[str, str, str, str, str, str]

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = ("aiohttp", "langgraph", "langchain-openai", "sqlalchemy", "asyncpg", "pydantic")
BROWSER = "Chromium"
"""In place of a store."""
HEAD: Row = ("what", "store", "ours", "baseline", "ratio", "aim")


def ack_rows(figures: Sequence[AckFigures]) -> list[Row]:
    """Return acknowledgements against a bare handler."""
    return [
        (
            f"acknowledgements, {one.connections} connections", one.store,
            f"{one.rate:,.0f}/s, p99 {one.p99_ms:.1f} ms",
            f"bare aiohttp + HMAC: {one.bare_rate:,.0f}/s, p99 {one.bare_p99_ms:.1f} ms", f"{one.ratio:.2f}", "≥ 0.5",
        )
        for one in figures
    ]  # fmt: skip


def turn_rows(one: TurnFigures) -> list[Row]:
    """Return a turn's CPU against the graph's on LangGraph's loop."""
    bare = f"LangGraph's loop bare: {one.bare_ms:.2f} ms"
    return [
        (
            "CPU of a 7-node turn, the graph with its saver", one.store, f"{one.runner_ms:.2f} ms",
            f"LangGraph's loop, the same: {one.pregel_ms:.2f} ms", f"{one.runner_ms / one.pregel_ms:.2f}", "≤ 0.2",
        ),
        (
            "the same against the graph bare", one.store, f"{one.runner_ms:.2f} ms", bare,
            f"{one.runner_ms / one.bare_ms:.2f}", "≤ 0.2",
        ),
        (
            "CPU of a 7-node turn, load to commit", one.store, f"{one.engine_ms:.2f} ms", bare,
            f"{one.ratio:.2f}", "≤ 2",
        ),
        (
            "the same on LangGraph's loop", one.store, f"{one.engine_pregel_ms:.2f} ms", bare,
            f"{one.engine_pregel_ms / one.bare_ms:.2f}", "≤ 2",
        ),
        (
            "the same with claim and release", one.store, f"{one.whole_ms:.2f} ms", bare,
            f"{one.whole_ms / one.bare_ms:.2f}", "",
        ),
    ]  # fmt: skip


def model_rows(figures: Sequence[ModelFigures]) -> list[Row]:
    """Return the lean client against ChatOpenAI."""
    return [
        (
            f"CPU of a {one.what}, lean client", "", f"{one.lean_ms:.2f} ms",
            f"ChatOpenAI: {one.openai_ms:.2f} ms", f"{one.ratio:.2f}", "≤ 0.5",
        )
        for one in figures
    ]  # fmt: skip


def whole_row(store: str, client: str | None, ours: WholeFigures, book: WholeFigures) -> Row:
    """Return whole turns against the same by the book."""
    what = f"whole turns, model over HTTP ({client})" if client else "whole turns of 7 nodes, no model"
    return (
        what, store, _whole(ours), f"by the book: {_whole(book)}",
        f"{ours.turns_per_second / book.turns_per_second:.1f}", "≥ 10" if client else "",
    )  # fmt: skip


def open_row(store: str, per_second: int, seen: WholeFigures) -> Row:
    """Return what is added to a slow model's time, beside what the simulated queue makes of the CPU."""
    slow = MODEL_SECONDS * 1000
    queue = simulate(
        Load(per_second, 1, cpu=seen.cpu_ms / 1000, model=MODEL_SECONDS, slots=AT_ONCE_OF_A_WORKER), turns=5_000
    )
    p50, p99 = (moment - slow for moment in seen.whole_ms)
    return (
        f"added to a {slow:.0f} ms model, {per_second}/s", store,
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms; acknowledged p99 {seen.ack_ms[1]:.1f} ms; {seen.cpu_ms:.1f} ms CPU",
        f"simulated queue: p50 {queue.p50_ms:.0f} ms, p99 {queue.p99_ms:.0f} ms, {queue.busy:.0%} busy",
        "", "p50 ≤ 20 ms" if per_second == 50 else "",
    )  # fmt: skip


def workers_row(store: str, one: WholeFigures, two: WholeFigures) -> Row:
    """Return two workers against one."""
    return (
        "whole turns, no model, a web process and two workers", store, _whole(two), f"one worker: {_whole(one)}",
        f"{two.turns_per_second / one.turns_per_second:.2f}", "≥ 1.6",
    )  # fmt: skip


def fair_row(store: str, seen: FairnessFigures) -> Row:
    """Return a quiet business's turns beside a busy one's backlog against the same alone."""
    (alone_p50, alone_p99), (p50, p99) = seen.alone_ms, seen.beside_ms
    return (
        f"a turn a second over a {FAIR_MODEL * 1000:.0f} ms model, beside {BACKLOG:,} of another business", store,
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms; {seen.cores:.2f} cores busy, {seen.left:,} of them left at the end",
        f"alone: p50 {alone_p50:.0f} ms, p99 {alone_p99:.0f} ms", f"{p50 / alone_p50:.2f}, p99 {p99 / alone_p99:.2f}",
        "≤ 1.10, p99 ≤ 2",
    )  # fmt: skip


def history_rows(figures: Sequence[HistoryFigures]) -> list[Row]:
    """Return turns after many messages against turns after few."""
    few = figures[0]
    return [
        (
            f"a turn after {one.messages:,} messages", one.store,
            f"{one.cpu_ms:.2f} ms CPU, {one.stored_bytes:,.0f} bytes stored ({one.largest})",
            f"after {few.messages}: {few.cpu_ms:.2f} ms, {few.stored_bytes:,.0f} bytes",
            f"{one.cpu_ms / few.cpu_ms:.2f}", "≤ 1.15, ≤ 4 KB",
        )
        for one in figures[1:]
    ]  # fmt: skip


def inbox_rows(store: str, large: LargeStore, figures: Sequence[InboxFigures]) -> list[Row]:
    """Return what the inbox costs where much is kept."""
    size = f"{large.size.conversations:,} conversations, {large.messages:,} messages"
    bytes_each = f", {large.index_bytes:.0f} bytes of index a message" if large.index_bytes else ""
    return [
        *(
            (
                f"{one.what}: {size}", store,
                f"p50 {one.p50_ms:.0f} ms, p95 {one.p95_ms:.0f} ms, {one.cpu_ms:.0f} ms CPU", "", "",
                f"p95 ≤ {one.aim_ms} ms",
            )
            for one in figures
        ),
        (
            f"sealing and writing {size}", store, f"{large.seeded_s:.0f} s",
            f"indexing them: {large.indexed_s:.0f} s{bytes_each}", "", "",
        ),
    ]  # fmt: skip


def peer_row(store: str, one: Beside) -> Row:
    """Return a fixed reply against a peer's; of one that could not be measured, why."""
    peer, ours, theirs = one.peer, one.ours, one.theirs
    what = f"a fixed reply, ours durable, beside {peer.title} ({peer.keeps})"
    if ours is None or isinstance(theirs, str):
        return (what, store, "", f"not measured: {theirs}", "", peer.aim)
    ratio = f"{ours.turns_per_second / theirs.turns_per_second:.1f}"
    return (what, store, _whole(ours), f"the peer: {_whole(theirs)}", ratio, peer.aim)


def start_rows(one: StartFigures) -> list[Row]:
    """Return start-up and memory."""
    return [
        (
            f"start-up and memory, {TENANTS:,} businesses", one.store,
            f"ready in {one.ready_seconds:.1f} s with {one.ready_mib:.0f} MiB",
            f"{one.busy_mib:.0f} MiB after each has answered", f"{one.busy_mib / one.ready_mib:.2f}", "",
        )
    ]  # fmt: skip


def _whole(one: WholeFigures) -> str:
    p50, p99 = one.whole_ms
    return f"{one.turns_per_second:,.0f}/s, {one.cpu_ms:.2f} ms CPU, p50 {p50:.0f} ms, p99 {p99:.0f} ms"


def release_rows(figures: Sequence[ReleaseFigures]) -> list[Row]:
    """Return what releases of each size cost, beside the smallest."""
    first = figures[0]
    return [
        (
            f"a release of {one.nodes} nodes", "",
            f"lint {one.lint_ms:.1f}, compile {one.compile_ms:.1f} ms CPU, {one.kib:,.0f} KiB kept",
            f"{first.nodes} nodes: compile {first.compile_ms:.1f} ms, {first.kib:,.0f} KiB",
            f"{one.compile_ms / first.compile_ms:.1f}", "",
        )
        for one in figures
    ]  # fmt: skip


def publish_row(one: PublishFigures) -> Row:
    """Return publishing against a process's first sight of the release."""
    ours, seen = f"{one.publish_ms:.0f} ms", f"fetch and compile it: {one.load_ms:.0f} ms"
    return ("publish 50 nodes, warm", one.store, ours, seen, f"{one.publish_ms / one.load_ms:.1f}", "")


def editor_rows(one: EditorFigures) -> list[Row]:
    """Return the editor's flow of two hundred steps beside the least that its browser does here."""
    what, bare = "flow editor, 200 steps", one.bare
    ours = one.drag
    return [
        (f"{what}: from the click to all that is seen", BROWSER, f"{one.open_ms:,.0f} ms", "", "", "< 1 s"),
        (
            f"{what}: CPU of a frame while dragging, at 4× slowdown", BROWSER, _quantiles(ours.cpu_ms),
            f"a page of one box and one line: {_quantiles(bare.cpu_ms)}", f"{ours.cpu_ms[1] / bare.cpu_ms[1]:.2f}",
            "p95 ≤ 16 ms",
        ),
        (
            f"{what}: the same by the clock", BROWSER, _quantiles(ours.wall_ms),
            f"the same page: {_quantiles(bare.wall_ms)}", f"{ours.wall_ms[1] / bare.wall_ms[1]:.2f}", "",
        ),
    ]  # fmt: skip


def _quantiles(ms: tuple[float, float]) -> str:
    return f"p50 {ms[0]:.0f} ms, p95 {ms[1]:.0f} ms"


def harm_rows(figures: Sequence[Harm]) -> list[Row]:
    """Return what becomes of hostile documents, texts and addresses, and what that costs."""
    return [
        (
            f"hostile: {one.name}",
            "",
            f"{one.seconds:.2f} s CPU, {one.mib:.0f} MiB",
            one.came_to,
            "",
            "refused or bounded",
        )
        for one in figures
    ]


def table(rows: Sequence[Row]) -> Table:
    """Return the rows for a terminal."""
    shown = Table(title="Frontdesk, each figure beside its baseline of the same run")
    for name in HEAD:
        shown.add_column(name, justify="right" if name == "ratio" else "left")
    for row in rows:
        shown.add_row(*row)
    return shown


def save(rows: Sequence[Row]) -> None:
    """Keep the rows in the repository; of what was not measured now, those of before stay."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    day = SystemClock().now().astimezone(UTC).date()
    measured = {row[:2] for row in rows}
    before = [row for row in _kept() if row[:2] not in measured]
    lines = [
        "# Results",
        "",
        "Take the ratios, not the absolutes: each row's baseline was measured in the same run on the same machine.",
        "",
        f"{day}, {platform.machine()}, Python {platform.python_version()}, {versions}",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
        *("| " + " | ".join(row) + " |" for row in (*before, *rows)),
    ]
    RESULTS.write_text("\n".join(lines) + "\n")


def _kept() -> list[tuple[str, ...]]:
    lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("| ")]
    return [row for row in cells if row != HEAD]
