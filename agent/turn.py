"""One turn of one conversation: load, run the flow, seal, commit (ENGINE §3)."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from agent.composing import Composition, plain_write, stop_write, used_assets
from agent.effects import TurnEffects
from agent.language import guess_language
from agent.minting import TurnMinter
from agent.seal import QUIET, Seal
from agent.showing import Showing
from agent.taking import QUICK, Taken, take
from core.channel_types import ChannelType
from core.clock import Clock
from core.content import TextPart
from core.errors import AppError, StoreError, Unsealed
from core.ids import TenantId
from core.nouns import AccountStatus, Release
from core.ports import Channel, Live
from core.store import Claim, EffectStore, RunWrite, TurnCommitted, TurnRecord, TurnWrite, Workload, WorkStore
from core.turns import (
    Brief,
    HttpCaller,
    Knowledge,
    Models,
    PolicyFacts,
    RequestHandoff,
    Step,
    TurnContext,
    TurnResult,
)
from graphs.builtins import builtin_text
from graphs.compiler import CompiledRelease, compile_release

RESTARTS = 2
TURN_LIMIT = timedelta(seconds=90)
COMPILED_KEPT = 200
POISON = 3
"""Claims of the same events after which they are set aside (ENGINE rule 8)."""

log = structlog.get_logger("agent.turn")


class Saver(Protocol):
    """The checkpoint saver as a turn uses it; LangGraph sees its other face."""

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
class _Pass:
    """One attempt at a turn."""

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


@dataclass(frozen=True, slots=True)
class _Done:
    """A committed turn, and what it was made of."""

    work: Workload
    taken: Taken
    write: TurnWrite
    committed: TurnCommitted


class TurnEngine:
    """Processes claimed conversations."""

    def __init__(
        self,
        store: WorkStore,
        effects: EffectStore,
        *,
        saver: Any,
        channels: Mapping[ChannelType, Channel],
        resources: Resources,
        live: Live,
        clock: Clock,
        quiet: timedelta = QUIET,
    ) -> None:
        self._store = store
        self._effects = effects
        self._saver = saver
        self._channels = channels
        self._resources = resources
        self._live = live
        self._clock = clock
        self._quiet = quiet
        self._compiled: OrderedDict[str, CompiledRelease] = OrderedDict()

    async def process(self, claim: Claim) -> tuple[Claim, TurnCommitted | None, datetime | None]:
        """Do what is pending once; returns the claim as it was read, the commit, and when to look again.

        Raises LostLease where another worker has the conversation by now.
        """
        work = await self._store.load(claim)
        taken = take(work, self._clock.now())
        if not work.pending and not work.timers:
            return work.claim, None, None
        if taken.events and work.claim.attempts <= POISON:
            done = await self._answer(work, taken)
        else:
            write = self._poisoned(work, taken) if taken.events else self._unanswered(work, taken)
            done = _Done(work, taken, write, await self._store.commit(work, write))
        self._ring(done.work, done.committed)
        return done.work.claim, done.committed, self._again(done)

    def _again(self, done: "_Done") -> datetime | None:
        """Return when to look again: at once for events left over, soon for an echo that may be ours."""
        now, due = self._clock.now(), done.committed.next_due
        if done.taken.undecided:
            return now + QUICK
        if set(done.taken.consumed) - set(done.write.consumed):
            return now
        held = due is not None and due <= now and not done.write.runs_turn
        return None if held else due

    async def _answer(self, work: Workload, taken: Taken) -> "_Done":
        """Run the flow until what it says fits everything that has arrived, then commit."""
        for restart in range(RESTARTS + 1):
            attempt = await self._begin(work, taken, forced=restart == RESTARTS)
            if attempt is None:
                write = self._apology(work, taken, reason="no_flow")
                return _Done(work, taken, write, await self._store.commit(work, write))
            try:
                write = await self._attempt(attempt)
                await attempt.seal.settle()
                unsealed = attempt.seal.checks_at_commit
                return _Done(work, taken, write, await self._store.commit(work, write, unsealed=unsealed))
            except Unsealed:
                log.info("turn restarts", action="turn_restarted", conversation=work.claim.conversation_id)
            finally:
                self._saver.discard(attempt.run_id)
            work = await self._store.load(work.claim)
            taken = take(work, self._clock.now())
            if not taken.events:
                break
        write = plain_write(work, taken)
        return _Done(work, taken, write, await self._store.commit(work, write))

    async def _begin(self, work: Workload, taken: Taken, *, forced: bool) -> _Pass | None:
        minter = TurnMinter(work.claim.conversation_id, work.turn_no)
        release_id = work.run.release_id if work.run else work.release_id
        if release_id is None:
            return None
        release = await self._store.release_of(work.claim.tenant_id, release_id)
        quiet = max(self._quiet, self._compile(release).plan.entry.flow.settings.debounce or timedelta(0))
        seal = Seal(self._store, work, clock=self._clock, quiet=quiet, typed=taken.typed, forced=forced)
        channel = self._channels[work.channel]
        showing = Showing(work, channel=channel, live=self._live, seal=seal, store=self._store, taken=taken)
        return _Pass(
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

    async def _attempt(self, this: _Pass) -> TurnWrite:
        """Run the flow once and return what to commit; raises Unsealed where it must be done again."""
        try:
            async with asyncio.timeout(TURN_LIMIT.total_seconds()):
                result = await self._run(this)
        except StoreError:
            await this.showing.retract()
            raise
        except Exception as error:
            await this.showing.retract()
            return self._failed(this, error)
        assets = await self._assets(this, result)
        return self._compose(this, result, assets)

    async def _run(self, this: _Pass) -> TurnResult:
        self._saver.seed(this.run_id, this.work.run.checkpoint if this.work.run else None)
        compiled = self._compile(this.release)
        return await compiled.run(self._context(this, compiled), thread_id=this.run_id, fresh=this.fresh)

    def _compile(self, release: Release) -> CompiledRelease:
        found = self._compiled.get(release.hash)
        if found is None:
            found = self._compiled[release.hash] = compile_release(release, checkpointer=self._saver)
            while len(self._compiled) > COMPILED_KEPT:
                self._compiled.popitem(last=False)
        else:
            self._compiled.move_to_end(release.hash)
        return found

    def _context(self, this: _Pass, compiled: CompiledRelease) -> TurnContext:
        work = this.work
        channel = self._channels[work.channel]
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
            models=self._resources.models(
                work, this.showing, usd=compiled.plan.entry.flow.settings.limits.llm_usd_per_conversation
            ),
            http=self._resources.http(work),
            knowledge=self._resources.knowledge(work),
            effects=TurnEffects(self._effects, work.claim, turn_no=work.turn_no, seal=this.seal),
            stream=this.showing,
            minter=this.minter,
        )

    def _locale(self, this: _Pass, compiled: CompiledRelease) -> str:
        locales = compiled.plan.entry.flow.locales
        known = this.work.locale
        if known in locales.supported:
            return str(known)
        said = " ".join(event.text for event in this.taken.events)
        return guess_language(said, locales.supported) or locales.default

    async def _assets(self, this: _Pass, result: TurnResult) -> Mapping[str, str]:
        keys = used_assets(result)
        return await self._resources.assets(this.work.claim.tenant_id, keys) if keys else {}

    def _compose(self, this: _Pass, result: TurnResult, assets: Mapping[str, str]) -> TurnWrite:
        made = self._composition(this, assets)
        made.emit(result)
        if made.messages:
            made.mark_read()
        ended = result.cursor is None
        run = RunWrite(
            id=this.run_id,
            flow_id=this.release.flow_id,
            release_id=this.release.id,
            is_new=this.work.run is None,
            status="ended" if ended else "live",
            cursor=result.cursor.node if result.cursor else None,
            visit=result.cursor.visit if result.cursor else None,
            outcome=made.ended.outcome if made.ended else None,
            checkpoint=self._saver.take(this.run_id),
        )
        failed = next((step for step in result.steps if step.facts.get("error")), None)
        error = str(failed.facts["error"]) if failed else None
        turn = self._record(this, result.steps, error=error, silent=not made.messages)
        if failed is not None:
            turn = replace(turn, node=failed.node)
            log.warning("flow failed", action="flow_failed", conversation=this.work.claim.conversation_id,
                        turn=turn.id, node=failed.node, error=error)  # fmt: skip
        write = made.turn_write(run=run, turn=turn, locale=result.locale)
        return _without(write, this.work, frozenset(result.unread))

    def _composition(self, this: _Pass, assets: Mapping[str, str]) -> Composition:
        return Composition(
            work=this.work,
            taken=this.taken,
            channel=self._channels[this.work.channel],
            minter=this.minter,
            now=self._clock.now(),
            assets=assets,
            initiated=all(event.kind == "timer" for event in this.taken.events),
        )

    def _record(self, this: _Pass, steps: tuple[Step, ...], *, error: str | None, silent: bool = False) -> TurnRecord:
        spent = this.showing.spent
        return TurnRecord(
            id=this.minter.mint("turn"),
            outcome="failed" if error else "silent" if silent else "answered",
            started_at=this.now,
            ms=int((time.perf_counter() - this.started) * 1000),
            trail=[
                {"node": s.node, "phase": s.phase, "port": s.port, "ms": round(s.ms, 2), "facts": dict(s.facts)}
                for s in steps
            ],
            node=next((s.node for s in reversed(steps) if s.node != "gate"), None),
            error=error,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            micro_usd=int(spent.usd * 1_000_000),
        )

    def _failed(self, this: _Pass, error: Exception) -> TurnWrite:
        """The flow itself broke: the built-in words for the customer, a handoff with the reason for staff."""
        code = error.code if isinstance(error, AppError) else type(error).__name__.lower()
        node = this.showing.last_node
        log.error("turn failed", action="turn_failed", tenant=this.work.claim.tenant_id, turn_no=this.work.turn_no,
                  conversation=this.work.claim.conversation_id, node=node, error=code, exc_info=error)  # fmt: skip
        made = self._composition(this, {})
        _apologise(made, this.work, reason=f"error:{code}", node=node or "")
        turn = self._record(this, (), error=code)
        run = None
        if this.work.run is not None:
            run = RunWrite(
                this.work.run.id, this.work.run.flow_id, this.work.run.release_id, is_new=False, status="ended",
                cursor=None, visit=None, outcome="failed", checkpoint=None,
            )  # fmt: skip
        return made.turn_write(run=run, turn=replace(turn, node=node), locale=None)

    def _unanswered(self, work: Workload, taken: Taken) -> TurnWrite:
        """A person holds the conversation, or there is nothing to say; only an opt-out is confirmed."""
        if not taken.stopped:
            return plain_write(work, taken)
        made = Composition(
            work=work, taken=taken, channel=self._channels[work.channel], now=self._clock.now(), assets={},
            minter=TurnMinter(f"{work.claim.conversation_id}|stop", work.turn_no), initiated=False,
        )  # fmt: skip
        return stop_write(made, builtin_text("opted_out", work.locale or work.tenant_locale))

    def _poisoned(self, work: Workload, taken: Taken) -> TurnWrite:
        """These events have ended several workers: answer without the flow and set them aside."""
        log.error("turn is poisoned", action="turn_poisoned", conversation=work.claim.conversation_id)
        return self._apology(work, taken, reason="error:poisoned")

    def _apology(self, work: Workload, taken: Taken, *, reason: str) -> TurnWrite:
        """Answer without a flow: a person must see to it, never silence (ENGINE rule 30)."""
        minter = TurnMinter(work.claim.conversation_id, work.turn_no)
        now = self._clock.now()
        made = Composition(
            work=work, taken=taken, channel=self._channels[work.channel], minter=minter, now=now, assets={},
            initiated=False,
        )  # fmt: skip
        _apologise(made, work, reason=reason, node="")
        turn = TurnRecord(minter.mint("turn"), "failed", now, 0, [], error=reason)
        return made.turn_write(run=None, turn=turn, locale=None)

    def _ring(self, work: Workload, committed: TurnCommitted) -> None:
        self._live.ring_tenant(work.claim.tenant_id, committed.event_no)
        self._live.ring_conversation(work.claim.conversation_id)
        if committed.took_over:
            self._live.delta(work.claim.tenant_id, work.claim.conversation_id, None)


def _apologise(made: Composition, work: Workload, *, reason: str, node: str) -> None:
    locale = work.locale or work.tenant_locale
    words = builtin_text("handoff" if reason == "no_flow" else "error", locale)
    last = [message.text for message in work.window if message.author == "contact"][-3:]
    brief = Brief(reason=reason, summary="\n".join(last), error=reason.partition(":")[2] or None)
    made.request(
        RequestHandoff(
            queue="default",
            reason=reason,
            priority=50,
            brief=brief,
            notice=(TextPart(text=words),),
            node=node,
            visit=made.minter.mint("visit"),
        )
    )


def _without(write: TurnWrite, work: Workload, unread: frozenset[str]) -> TurnWrite:
    """Leave events that the flow ended before to the next turn."""
    if not unread:
        return write
    left = {pending.message_id for pending in work.pending if pending.id in unread}
    return replace(
        write,
        consumed=tuple(one for one in write.consumed if one not in unread),
        messages=tuple(message for message in write.messages if message.id not in left),
    )
