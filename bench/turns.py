"""CPU per turn: load, run, seal and commit, against LangGraph's own loop run bare (no saver, no store)."""

import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from agent.attempt import Pace
from agent.llm.offline import OfflineModels
from agent.minting import TurnMinter
from agent.resources import open_resources
from agent.runtime import EngineStores
from agent.turn import TurnEngine
from api.engine import build_stores
from bench.stage import PHONE, Stage
from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import TextPart
from core.inbound import MessageReceived, Person
from core.nouns import Release, Runner
from core.store import RecordStatus, Route, Slice
from core.turns import FlowEvent, PolicyFacts, TurnContext
from graphs.compiler import CompiledRelease, compile_release
from memory.engine.catalog import EngineCatalog
from memory.engine.effects import EngineUsage

CONVERSATIONS = 20
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """Milliseconds of CPU per turn, medians over rounds."""

    store: str
    bare_ms: float
    runner_ms: float
    """The graph alone on the sequential runner, with the saver: load, run, take."""
    pregel_ms: float
    """The same on Pregel."""
    engine_ms: float
    whole_ms: float
    """Claim and release as well."""
    engine_pregel_ms: float
    """The engine's turn on Pregel, which is what the bare graph runs on."""

    @property
    def ratio(self) -> float:
        """Return the engine's turn (load, run, seal, commit) over the bare graph's."""
        return self.engine_ms / self.bare_ms


class _Silent:
    """Shows nothing."""

    async def delta(self, draft: str, text: str) -> None:
        """Show nothing."""

    async def node(self, name: str) -> None:
        """Show nothing."""


class _BareGraph:
    """The compiled graph with its state kept in a dictionary: what LangGraph alone costs."""

    def __init__(self, stage: Stage, compiled: CompiledRelease) -> None:
        self._stage = stage
        self._compiled = compiled
        self._states: dict[int, Any] = {}

    async def turn(self, number: int) -> None:
        """Run one turn of a conversation."""
        context = _context(self._stage, number)
        held = self._states.get(number)
        state = {**(held or {}), **self._compiled.first_input(context, fresh=held is None)}
        config: Any = {"recursion_limit": 80}
        self._states[number] = await self._compiled.graph.ainvoke(cast(Any, state), config=config, context=context)


class _KeptGraph:
    """The compiled release on one of its runners, its checkpoint kept as the engine keeps it, but in a dictionary."""

    def __init__(self, stage: Stage, release: Release, *, saver: Any, runner: Runner) -> None:
        self._stage = stage
        self._saver = saver
        self._compiled = compile_release(release, checkpointer=saver, runner=runner)
        self._kept: dict[str, bytes] = {}

    async def turn(self, number: int) -> None:
        """Run one turn of a conversation."""
        thread = str(number)
        self._saver.seed(thread, self._kept.get(thread))
        fresh = thread not in self._kept
        await self._compiled.run(_context(self._stage, number), thread_id=thread, fresh=fresh)
        self._kept[thread] = self._saver.take(thread)


async def _cpu(turn: Callable[[int], Coroutine[Any, Any, None]]) -> float:
    """Run one turn of each conversation; return milliseconds of CPU per turn."""
    started = time.process_time()
    for number in range(CONVERSATIONS):
        await turn(number)
    return (time.process_time() - started) * 1000 / CONVERSATIONS


def _context(stage: Stage, number: int) -> TurnContext:
    ports = stage.ports
    now = ports.clock.now()
    nothing = cast(Any, None)
    return TurnContext(
        tenant_id=stage.tenant_id, conversation_id=str(number), run_id=str(number), turn_no=0,
        channel=ChannelType.WHATSAPP, capabilities=ports.channels[ChannelType.WHATSAPP].capabilities,
        locale="en", timezone="UTC", country="GB", now=now,
        events=(FlowEvent("message", "1", now, text="Could you tell me more?"),), window=(),
        tenant={}, contact={}, policy=PolicyFacts(), models=OfflineModels(), http=nothing, knowledge=nothing,
        effects=nothing, stream=_Silent(), minter=TurnMinter(str(number), 0),
    )  # fmt: skip


class _WholeTurns:
    """The same turns through the store."""

    def __init__(self, stage: Stage, stores: EngineStores, turns: TurnEngine) -> None:
        self._stage = stage
        self._stores = stores
        self._turns = turns

    async def round(self, number: int) -> tuple[float, float]:
        """Run a turn of each conversation side by side, as a worker does; return CPU per turn, without and with claims.

        Commits of conversations that end together share one write to the disk; the graphs run one after the other all
        the same, there is one core.
        """
        await self._arrive(number)
        started = time.process_time()
        claims = await self._stores.work.claim(limit=CONVERSATIONS, busy={}, cap=CONVERSATIONS)
        if len(claims) != CONVERSATIONS:
            raise RuntimeError(f"{len(claims)} of {CONVERSATIONS} conversations were due")
        begun = time.process_time()
        done = await asyncio.gather(*(self._turns.process(claim) for claim in claims))
        inside = time.process_time() - begun
        if any(committed is None or not committed.has_sends for _, committed, _ in done):
            raise RuntimeError("a turn answered nothing")
        await asyncio.gather(*(self._stores.work.release(seen, next_due=again) for seen, _, again in done))
        whole = time.process_time() - started
        return inside * 1000 / CONVERSATIONS, whole * 1000 / CONVERSATIONS

    async def _arrive(self, number: int) -> None:
        now = self._stage.ports.clock.now()
        routes = await self._stores.intake.routes([PHONE], to_ms(now))
        route: Route = routes[PHONE][0]
        slices = [
            Slice(
                route,
                MessageReceived(
                    channel=ChannelType.WHATSAPP, account=PHONE, dedupe=f"m{number}.{i}", at=now,
                    sender=Person(wa_id=f"44770090{i:04d}", name="Somebody"), provider_id=f"m{number}.{i}",
                    parts=(TextPart(text="Could you tell me more?"),),
                ),
                to_ms(now),
            )
            for i in range(CONVERSATIONS)
        ]  # fmt: skip
        recorded = await self._stores.intake.record(slices)
        if any(item.status is not RecordStatus.NEW for item in recorded):
            raise RuntimeError("intake did not take the messages")


async def measure_turns(stage: Stage) -> TurnFigures:
    """Interleave bare and whole turns, so that a noisy machine is noisy for both."""
    ports = stage.ports
    stores = build_stores(ports)
    release = await stores.work.release_of(stage.tenant_id, stage.release_id)
    catalog = EngineCatalog(ports.database, ports.vault)
    usage = EngineUsage(ports.database, clock=ports.clock, ids=ports.ids)
    figures: list[tuple[float, ...]] = []
    async with open_resources(
        ports.settings, catalog=catalog, usage=usage, clock=ports.clock, http=ports.http
    ) as resources:
        ours_whole, pregel_whole = (
            _WholeTurns(stage, stores, TurnEngine(
                stores.work, stores.effects, saver=stores.saver, channels=ports.channels, resources=resources,
                live=ports.live, clock=ports.clock, pace=Pace(quiet=timedelta(0), runner=runner), sends=lambda _: None,
            ))
            for runner in (Runner.AUTO, Runner.PREGEL)
        )  # fmt: skip
        bare = _BareGraph(stage, compile_release(release, checkpointer=None))
        ours, pregel = (
            _KeptGraph(stage, release, saver=stores.saver, runner=one) for one in (Runner.SEQUENTIAL, Runner.PREGEL)
        )
        for number in range(0, 2 * ROUNDS + 4, 2):
            alone = [await _cpu(each.turn) for each in (bare, ours, pregel)]
            on_pregel, _ = await pregel_whole.round(number + 1)
            figures.append((*alone, *await ours_whole.round(number), on_pregel))
    kept = figures[2:]
    medians = [statistics.median(column) for column in zip(*kept, strict=True)]
    return TurnFigures(ports.database.store, *medians)
