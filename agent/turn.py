"""One turn of one conversation: load, run the flow, seal, commit (ENGINE §3)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from agent.attempt import Attempt, Attempts, Pace, Resources
from agent.composing import plain_write, used_assets
from agent.outcomes import Outcomes
from agent.taking import QUICK, Taken, stops, take
from core import faults
from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import Lacking, StoreError, Unsealed
from core.ids import ConversationId
from core.ports import Channel, Live
from core.store import (
    UNABLE_FOR,
    Claim,
    EffectStore,
    Leaving,
    Parting,
    TurnCommitted,
    TurnWrite,
    Workload,
    WorkStore,
)

RESTARTS = 2
TURN_LIMIT = timedelta(seconds=90)
BUSY_AFTER = timedelta(minutes=1)
"""How long a message waits before a backlog is a reason to answer without the flow."""

POISON = 3
"""Claims of the same events after which they are set aside (ENGINE rule 8)."""

log = structlog.get_logger("agent.turn")


class SeesOff(Protocol):
    """A sender in the same process, to which turns leave what they say."""

    def keep_slot(self, claim: Claim) -> bool:
        """Tell whether it has room for this conversation; ``see_off`` follows."""
        ...

    def see_off(self, conversation_id: ConversationId, leaving: Leaving | None) -> None:
        """Send it; None: nothing left with the turn."""
        ...


@dataclass(frozen=True, slots=True)
class _Done:
    """A committed turn, and what it was made of."""

    work: Workload
    taken: Taken
    write: TurnWrite
    committed: TurnCommitted


class TurnEngine:
    """Processes claimed conversations."""

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
        sender: SeesOff | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._resources = resources
        self._live = live
        self._clock = clock
        self._outcomes = Outcomes(channels, clock)
        self._attempts = Attempts(
            store, effects, saver=saver, channels=channels, resources=resources, live=live, clock=clock, pace=pace,
            sends=sends,
        )  # fmt: skip

    async def process(self, claim: Claim) -> tuple[Claim, TurnCommitted | None, datetime | None]:
        """Do what is pending once; returns the claim as it was read, the commit, and when to look again.

        Raises LostLease where another worker has the conversation by now.
        """
        work = await self._store.load(claim)
        faults.reach("turn.loaded")
        taken = take(work, self._clock.now())
        if not work.pending and not work.timers:
            return work.claim, None, work.next_timer
        if not taken.events:
            done = await self._commit(work, taken, self._outcomes.unanswered(work, taken))
        elif work.claim.attempts > POISON:
            done = await self._commit(work, taken, self._outcomes.poisoned(work, taken))
        elif await self._is_shed(work, taken):
            done = await self._commit(work, taken, self._outcomes.busy(work, taken))
        else:
            done = await self._answer(work, taken)
        self._ring(done.work, done.committed)
        return done.work.claim, done.committed, self._again(done.taken, done.write, done.committed.next_due)

    def _again(self, taken: Taken, write: TurnWrite, due: datetime | None) -> datetime | None:
        """Return when to look again: at once for events left over, soon for an echo that may be ours."""
        now = self._clock.now()
        if taken.undecided:
            return now + QUICK
        if set(taken.consumed) - set(write.consumed):
            return now
        held = due is not None and due <= now and not write.runs_turn
        return None if held else due

    async def _answer(self, work: Workload, taken: Taken) -> _Done:
        """Run the flow until what it says fits everything that has arrived, then commit."""
        for restart in range(RESTARTS + 1):
            try:
                work, release = await self._attempts.settle(work, taken)
            except Lacking as error:
                if not self._overdue(work):
                    raise
                reason = f"error:{error.code}"
                return await self._commit(work, taken, self._outcomes.apology(work, taken, reason=reason))
            if release is None:
                return await self._commit(work, taken, self._outcomes.apology(work, taken, reason="no_flow"))
            attempt = self._attempts.begin(work, taken, release=release, forced=restart == RESTARTS)
            try:
                write = await self._attempt(attempt)
                faults.reach("turn.ran")
                await attempt.seal.settle()
                faults.reach("turn.sealed")
                done = await self._commit(work, taken, write, unsealed=attempt.seal.checks_at_commit)
                attempt.showing.retract(but={message.draft for message in write.messages})
                return done
            except Unsealed:
                log.info("turn restarts", action="turn_restarted", conversation=work.claim.conversation_id)
            work = await self._store.load(work.claim)
            taken = take(work, self._clock.now())
            if not taken.events:
                break
        return await self._commit(work, taken, plain_write(work, taken))

    async def _is_shed(self, work: Workload, taken: Taken) -> bool:
        """Tell whether the customer waited for long, behind more than the business can answer (ENGINE rule 5)."""
        waited = [event.received_at for event in work.pending if event.kind == "message"]
        if not waited or min(waited) > self._clock.now() - BUSY_AFTER or work.handoff is not None:
            return False
        return not stops(work, taken) and await self._store.backlogged(work.claim.tenant_id)

    def _overdue(self, work: Workload) -> bool:
        """Tell whether no worker came that knows all it needs: never silence (ENGINE rules 9, 30)."""
        due = work.claim.due_at
        return due is not None and due <= self._clock.now() - UNABLE_FOR

    async def _commit(self, work: Workload, taken: Taken, write: TurnWrite, *, unsealed: bool = False) -> _Done:
        """Commit the turn, and send what it says where this process has room for it."""
        sender, leaving = self._sender, None
        # Without a record of the turn a commit whose answer is lost could not be found again.
        may_send = write.turn is not None and bool(write.sends)
        sends = may_send and sender is not None and sender.keep_slot(work.claim)
        parting = Parting(lambda due: self._again(taken, write, due), sends=sends)
        try:
            committed = await self._store.commit(work, write, unsealed=unsealed, parting=parting)
            leaving = committed.leaving
        finally:
            if sender is not None and sends:
                sender.see_off(work.claim.conversation_id, leaving)
        return _Done(work, taken, write, committed)

    async def _attempt(self, this: Attempt) -> TurnWrite:
        """Run the flow once and return what to commit; raises Unsealed where it must be done again."""
        try:
            async with asyncio.timeout(TURN_LIMIT.total_seconds()):
                result = await self._attempts.run(this)
            checkpoint = self._attempts.checkpoint(this)
        except StoreError:
            this.showing.retract()
            raise
        except Exception as error:
            this.showing.retract()
            return self._outcomes.failed(this, error)
        finally:
            # Before the commit: from there on the conversation is anybody's, and its next turn may begin here.
            self._attempts.end(this)
        keys = used_assets(result)
        assets = await self._resources.assets(this.work.claim.tenant_id, keys) if keys else {}
        return self._outcomes.answered(this, result, checkpoint=checkpoint, assets=assets)

    def _ring(self, work: Workload, committed: TurnCommitted) -> None:
        self._live.ring_tenant(work.claim.tenant_id, committed.event_no)
        self._live.ring_conversation(work.claim.conversation_id)
