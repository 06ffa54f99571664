"""What a release costs: to compile, to keep, and to publish while its flow is being answered."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from api.engine import build_stores
from bench.flow import measured_flow
from bench.stage import ACTOR, Stage
from core.ids import FlowId, ReleaseId
from core.nouns import Release
from desk.publishing import publish_flow
from graphs.compiler import CompiledRelease, compile_release
from graphs.lint import lint
from graphs.schema import flow_hash

SIZES = (7, 50, 200)
"""Nodes; the last is as many as an editor is to show."""
ROUNDS = 5
KEPT = 20
"""Releases at once, whose memory is divided among them."""
PUBLISHED = 6
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class ReleaseFigures:
    """Medians, of one size."""

    nodes: int
    lint_ms: float
    compile_ms: float
    kib: float
    """Of memory, for each release that is kept."""


@dataclass(frozen=True, slots=True)
class PublishFigures:
    """Medians, of one store."""

    store: str
    publish_ms: float
    """From the click to the release that new conversations take: lint, version, release."""
    load_ms: float
    """A process's first sight of it: fetched and compiled, by the next turn."""


def long_flow(nodes: int, *, mark: str = "") -> dict[str, Any]:
    """Return a flow of this many nodes that asks, notes and decides, as flows do; ``mark`` makes it another one."""
    document = measured_flow(bubbles=1)
    pattern = document["nodes"]
    made: dict[str, Any] = {}
    for at in range(nodes):
        of, which = divmod(at, len(pattern))
        key = list(pattern)[which]
        node = pattern[key]
        to = {port: f"{target}{of}" for port, target in node["to"].items()}
        made[f"{key}{of}"] = {**node, "title": f"{node['title']} {of}{mark}", "to": to}
    last = max(int(key.removeprefix("ask")) for key in made if key.startswith("ask"))
    for node in made.values():
        node["to"] = {port: target if target in made else f"ask{last}" for port, target in node["to"].items()}
    return {**document, "nodes": made, "entry": "ask0"}


def measure_releases() -> list[ReleaseFigures]:
    """Measure each size."""
    return [_measure(size) for size in SIZES]


def _measure(nodes: int) -> ReleaseFigures:
    document = long_flow(nodes)
    made = [_release(long_flow(nodes, mark=f" {number}")) for number in range(KEPT)]
    _compile(made[0])
    return ReleaseFigures(
        nodes,
        _median_ms(lambda: lint(document)),
        _median_ms(lambda: _compile(made[1])),
        _kib_of(lambda: [_compile(one) for one in made]) / KEPT,
    )


def _release(document: dict[str, Any]) -> Release:
    return Release(ReleaseId("r"), FlowId("f"), flow_hash(document), document["key"], {document["key"]: document})


def _compile(made: Release) -> CompiledRelease:
    return compile_release(made, checkpointer=InMemorySaver())


def _median_ms(work: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        took.append((time.process_time() - started) * 1000)
    return statistics.median(took)


def _kib_of(work: Callable[[], object]) -> float:
    """Return by how much the process has grown while the result is held."""
    gc.collect()
    before = _resident_kib()
    held = work()
    gc.collect()
    grown = _resident_kib() - before
    del held
    return grown


def _resident_kib() -> float:
    (line,) = (one for one in _STATUS.read_text().splitlines() if one.startswith("VmRSS"))
    return float(line.split()[1])


async def measure_publishing(stage: Stage, store: str, *, nodes: int = 50) -> PublishFigures:
    """Publish one version after another, and take each as the next turn does."""
    kept, tenant = stage.ports.repositories, stage.tenant_id
    work = build_stores(stage.ports).work
    publishing, loading = [], []
    for number in range(PUBLISHED):
        document = {**long_flow(nodes, mark=f" {number}"), "key": "measured"}
        flow = await kept.flows.save(tenant, document, actor=ACTOR)
        started = time.perf_counter()
        published = await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=flow, actor=ACTOR)
        publishing.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        _compile(await work.release_of(tenant, published.release_id))
        loading.append((time.perf_counter() - started) * 1000)
    return PublishFigures(store, statistics.median(publishing), statistics.median(loading))
