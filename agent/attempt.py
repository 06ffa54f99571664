"""One attempt at a turn: the release that answers, what its flow is given, and running it."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from agent.effects import TurnEffects
from agent.journal import Journal, JournalledModels
from agent.language import guess_language
from agent.minting import TurnMinter
from agent.seal import QUIET, Seal
from agent.showing import TURN_CALLS, Showing
from agent.taking import Taken
from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import Lacking
from core.ids import TenantId
from core.nouns import AccountStatus, Release, Runner
from core.ports import Channel, Live
from core.store import EffectStore, Workload, WorkStore
from core.turns import HttpCaller, Knowledge, Models, PolicyFacts, TurnContext, TurnResult
from graphs.compiler import CompiledRelease, compile_release
from graphs.nodes.registry import KNOWN_TYPES

COMPILED_KEPT = 200


@dataclass(frozen=True, slots=True)
class Pace:
    """How many conversations are worked on at once, how long typed words may go on, and what runs the flows."""

    slots: int = 64
    """0: take in only (a web process)."""
    quiet: timedelta = QUIET
    runner: Runner = Runner.AUTO


class Saver(Protocol):
    """The checkpoint saver as a turn uses it; LangGraph sees its other face."""

    format: int
    """Newest form of stored checkpoints that it reads."""

    def seed(self, thread_id: str, stored: bytes | None) -> None:
        """Begin from the stored checkpoint."""
        ...

    def take(self, thread_id: str) -> bytes | None:
        """End, returning what to store."""
        ...

    def discard(self, thread_id: str) -> None:
        """End without a commit."""
        ...


class Resources(Protocol):
    """What flows of a tenant may reach."""

    def models(self, work: Workload, showing: Showing, *, usd: float | None) -> Models:
        """Return the tenant's models for this turn, bounded by ``usd`` for the whole conversation."""
        ...

    def http(self, work: Workload) -> HttpCaller:
        """Return the tenant's connections."""
        ...

    def knowledge(self, work: Workload) -> Knowledge:
        """Return the tenant's knowledge."""
        ...

    async def assets(self, tenant_id: TenantId, keys: frozenset[str]) -> Mapping[str, str]:
        """Return the public addresses of assets."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt works with."""

    work: Workload
    taken: Taken
    run_id: str
    fresh: bool
    release: Release
    minter: TurnMinter
    showing: Showing
    seal: Seal
    now: datetime
    started: float = field(default_factory=time.perf_counter)


class Attempts:
    """Begins attempts, runs them, and keeps compiled releases."""

    knows = KNOWN_TYPES
    """The node types that this worker can run."""

    def __init__(  # noqa: PLR0913 - its ports
        self,
        store: WorkStore,
        effects: EffectStore,
        *,
        saver: Any,
        channels: Mapping[ChannelType, Channel],
        resources: Resources,
        live: Live,
        clock: Clock,
        pace: Pace,
        sends: Callable[[str], None],
    ) -> None:
        self._store = store
        self._effects = effects
        self._saver = saver
        self._channels = channels
        self._resources = resources
        self._live = live
        self._clock = clock
        self._pace = pace
        self._sends = sends
        self._compiled: OrderedDict[str, CompiledRelease] = OrderedDict()

    async def settle(self, work: Workload, taken: Taken) -> tuple[Workload, Release | None]:
        """Return the conversation, and the release that answers it; None where nothing is published.

        A Run in which nobody spoke for its flow's idle time is over: new words begin another (ENGINE rule 16).

        Raises:
            Lacking: Only a newer worker can run it.
        """
        release = await self._release(work)
        if release is not None and work.run is not None and self._is_idle(work, taken, release):
            work = replace(work, run=None, idle_run=work.run.id)
            release = await self._release(work)
        return work, release

    def begin(self, work: Workload, taken: Taken, *, release: Release, forced: bool) -> Attempt:
        """Return a new attempt."""
        minter = TurnMinter(work.claim.conversation_id, work.turn_no)
        quiet = max(self._pace.quiet, self._compile(release).plan.entry.flow.settings.debounce or timedelta(0))
        seal = Seal(self._store, work, clock=self._clock, quiet=quiet, typed=taken.typed, forced=forced)
        showing = Showing(
            work, channel=self._channels[work.channel], live=self._live, seal=seal, store=self._store,
            clock=self._clock, taken=taken, sends=self._sends,
        )  # fmt: skip
        if work.claim.attempts > 1:
            # Who had it before may have died amid a draft: the ids are those of this turn (rule 37).
            earlier = TurnMinter(work.claim.conversation_id, work.turn_no)
            showing.discard(earlier.mint("draft") for _ in range(TURN_CALLS))
        return Attempt(
            work=work,
            taken=taken,
            run_id=work.run.id if work.run else minter.mint("run"),
            fresh=work.run is None or work.run.checkpoint is None,
            release=release,
            minter=minter,
            showing=showing,
            seal=seal,
            now=self._clock.now(),
        )

    async def run(self, this: Attempt) -> TurnResult:
        """Run the flow over the turn's events."""
        self._saver.seed(this.run_id, this.work.run.checkpoint if this.work.run else None)
        compiled = self._compile(this.release)
        return await compiled.run(self._context(this, compiled), thread_id=this.run_id, fresh=this.fresh)

    def checkpoint(self, this: Attempt) -> bytes | None:
        """Return the checkpoint that the run came to."""
        taken: bytes | None = self._saver.take(this.run_id)
        return taken

    def end(self, this: Attempt) -> None:
        """Forget what the run left behind."""
        self._saver.discard(this.run_id)

    async def _release(self, work: Workload) -> Release | None:
        release_id = work.run.release_id if work.run else work.release_id
        if release_id is None:
            return None
        release = await self._store.release_of(work.claim.tenant_id, release_id)
        if missing := self._missing(work, release):
            raise Lacking(missing)
        return release

    def _missing(self, work: Workload, release: Release) -> str:
        """Name what only a newer worker knows (ENGINE rule 9)."""
        missing = sorted(release.node_types - self.knows)
        if work.run is not None and work.run.checkpoint_format > self._saver.format:
            missing.append(f"checkpoint@{work.run.checkpoint_format}")
        return " ".join(missing)

    def _is_idle(self, work: Workload, taken: Taken, release: Release) -> bool:
        """A Run that waits for a time of its own is not idle, nor is one whose question a tap answers."""
        if work.next_timer is not None or any(event.kind != "message" for event in taken.events):
            return False
        last = max((message.at for message in work.window), default=None)
        idle_end = self._compile(release).plan.entry.flow.settings.idle_end
        return last is not None and last <= self._clock.now() - idle_end

    def _compile(self, release: Release) -> CompiledRelease:
        found = self._compiled.get(release.hash)
        if found is None:
            found = compile_release(release, checkpointer=self._saver, runner=self._pace.runner)
            self._compiled[release.hash] = found
            while len(self._compiled) > COMPILED_KEPT:
                self._compiled.popitem(last=False)
        else:
            self._compiled.move_to_end(release.hash)
        return found

    def _context(self, this: Attempt, compiled: CompiledRelease) -> TurnContext:
        work = this.work
        channel = self._channels[work.channel]
        journal = Journal(self._effects, work.claim, turn_no=work.turn_no, minter=this.minter)
        contact = {**work.contact_fields, **this.taken.contact_fields}
        if contact.get("wa_phone"):
            contact.setdefault("phone", contact["wa_phone"])
        return TurnContext(
            tenant_id=work.claim.tenant_id,
            conversation_id=work.claim.conversation_id,
            run_id=this.run_id,
            turn_no=work.turn_no,
            channel=work.channel,
            capabilities=channel.capabilities,
            locale=self._locale(this, compiled),
            timezone=work.timezone,
            country=work.country,
            now=this.now,
            events=tuple(this.taken.events),
            window=work.window,
            tenant={**work.constants, "name": work.tenant_name, "guards": work.models.get("guards", {})},
            contact=contact,
            policy=PolicyFacts(
                policy=work.policy,
                opted_out=work.opted_out,
                opt_out_told=work.opt_out_told,
                last_inbound_at=this.taken.last_inbound_at or work.last_inbound_at,
                account_active=work.account_status is AccountStatus.ACTIVE,
            ),
            models=JournalledModels(
                self._resources.models(
                    work, this.showing, usd=compiled.plan.entry.flow.settings.limits.llm_usd_per_conversation
                ),
                journal,
            ),
            http=self._resources.http(work),
            knowledge=self._resources.knowledge(work),
            effects=TurnEffects(
                self._effects, work.claim, turn_no=work.turn_no, minter=this.minter, seal=this.seal, journal=journal
            ),
            stream=this.showing,
            minter=this.minter,
            instruction=work.instruction,
        )

    def _locale(self, this: Attempt, compiled: CompiledRelease) -> str:
        locales = compiled.plan.entry.flow.locales
        known = this.work.locale
        if known in locales.supported:
            return str(known)
        said = " ".join(event.text for event in this.taken.events)
        return guess_language(said, locales.supported) or locales.default
