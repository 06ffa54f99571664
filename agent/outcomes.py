"""What a turn commits, however it ended: the flow answered, broke, or none could be asked."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

import structlog

from agent.attempt import Attempt
from agent.composing import Assets, Composition, plain_write, stop_write
from agent.minting import TurnMinter
from agent.taking import Taken
from core.channel_types import ChannelType
from core.clock import Clock
from core.content import TextPart
from core.errors import AppError
from core.ports import Channel
from core.store import RunWrite, TurnRecord, TurnWrite, Workload
from core.turns import Brief, RequestHandoff, Step, TurnResult
from graphs.builtins import builtin_text
from graphs.trace import shorten

BUSY = "busy"
_WORDS = {"no_flow": "handoff", BUSY: "busy"}
"""What the customer hears, by reason; of anything else, that something went wrong."""

log = structlog.get_logger("agent.turn")


class Outcomes:
    """Composes the writes of turns."""

    def __init__(self, channels: Mapping[ChannelType, Channel], clock: Clock) -> None:
        self._channels = channels
        self._clock = clock

    def answered(
        self, this: Attempt, result: TurnResult, *, checkpoint: bytes | None, assets: Mapping[str, str]
    ) -> TurnWrite:
        """The flow ran: what it emitted, and where it stands."""
        made = self._of_attempt(this, assets)
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
            checkpoint=checkpoint,
        )
        failed = next((step for step in result.steps if step.facts.get("error")), None)
        error = str(failed.facts["error"]) if failed else None
        turn = _record(this, result.steps, error=error, silent=not made.messages)
        if failed is not None:
            turn = replace(turn, node=failed.node)
            # Without a model an agent node takes its way out at every visit: that is how it was set up.
            tell = log.info if failed.facts.get("offline") else log.warning
            tell("flow failed", action="flow_failed", conversation=this.work.claim.conversation_id,
                 turn=turn.id, node=failed.node, error=error)  # fmt: skip
        write = made.turn_write(run=run, turn=turn, locale=result.locale)
        return _without(write, this.work, frozenset(result.unread))

    def failed(self, this: Attempt, error: Exception) -> TurnWrite:
        """The flow itself broke: the built-in words for the customer, a handoff with the reason for staff."""
        code = error.code if isinstance(error, AppError) else type(error).__name__.lower()
        node = this.showing.last_node
        log.error("turn failed", action="turn_failed", tenant=this.work.claim.tenant_id, turn_no=this.work.turn_no,
                  conversation=this.work.claim.conversation_id, node=node, error=code, exc_info=error)  # fmt: skip
        made = self._of_attempt(this, {})
        _apologise(made, this.work, reason=f"error:{code}", node=node or "")
        turn = _record(this, (), error=code)
        run = None
        if this.work.run is not None:
            run = RunWrite(
                this.work.run.id, this.work.run.flow_id, this.work.run.release_id, is_new=False, status="ended",
                cursor=None, visit=None, outcome="failed", checkpoint=None,
            )  # fmt: skip
        return made.turn_write(run=run, turn=replace(turn, node=node), locale=None)

    def unanswered(self, work: Workload, taken: Taken) -> TurnWrite:
        """A person holds the conversation, or there is nothing to say; only an opt-out is confirmed."""
        if not taken.stopped:
            return plain_write(work, taken)
        minter = TurnMinter(f"{work.claim.conversation_id}|stop", work.turn_no)
        made = self._composition(work, taken, minter=minter, now=self._clock.now())
        return stop_write(made, builtin_text("opted_out", work.locale or work.tenant_locale))

    def poisoned(self, work: Workload, taken: Taken) -> TurnWrite:
        """These events have ended several workers: answer without the flow and set them aside."""
        log.error("turn is poisoned", action="turn_poisoned", conversation=work.claim.conversation_id)
        return replace(self.apology(work, taken, reason="error:poisoned"), quarantine="poisoned")

    def busy(self, work: Workload, taken: Taken) -> TurnWrite:
        """More waits than the business can answer: one notice, and a person when one is free (ENGINE rule 5)."""
        log.warning("turn is shed", action="turn_shed", tenant=work.claim.tenant_id)
        write = self.apology(work, taken, reason=BUSY)
        # What other programs told is for the flow, once a person has given the conversation back (rule 47).
        told = {pending.id for pending in work.pending if pending.kind == "event"}
        return replace(write, consumed=tuple(one for one in write.consumed if one not in told))

    def apology(self, work: Workload, taken: Taken, *, reason: str) -> TurnWrite:
        """Answer without a flow: a person must see to it, never silence (ENGINE rule 30)."""
        now = self._clock.now()
        minter = TurnMinter(work.claim.conversation_id, work.turn_no)
        made = self._composition(work, taken, minter=minter, now=now)
        _apologise(made, work, reason=reason, node="")
        outcome: Literal["answered", "failed"] = "answered" if reason == BUSY else "failed"
        turn = TurnRecord(minter.mint("turn"), outcome, now, 0, [], error=reason)
        return made.turn_write(run=None, turn=turn, locale=None)

    def _of_attempt(self, this: Attempt, assets: Assets) -> Composition:
        made = self._composition(this.work, this.taken, minter=this.minter, now=self._clock.now())
        made.assets = assets
        made.initiated = all(event.kind in ("timer", "delivery", "event") for event in this.taken.events)
        made.shown = this.showing.shown
        return made

    def _composition(self, work: Workload, taken: Taken, *, minter: TurnMinter, now: datetime) -> Composition:
        return Composition(
            work=work, taken=taken, channel=self._channels[work.channel], minter=minter, now=now, assets={},
            initiated=False,
        )  # fmt: skip


def _record(this: Attempt, steps: tuple[Step, ...], *, error: str | None, silent: bool = False) -> TurnRecord:
    spent = this.showing.spent
    return TurnRecord(
        id=this.minter.mint("turn"),
        outcome="failed" if error else "silent" if silent else "answered",
        started_at=this.now,
        ms=int((time.perf_counter() - this.started) * 1000),
        trail=[
            {
                "node": s.node,
                "phase": s.phase,
                "port": s.port,
                "ms": round(s.ms, 2),
                "facts": dict(s.facts),
                "changed": shorten(s.changed),
            }
            for s in steps
        ],
        node=next((s.node for s in reversed(steps) if s.node != "gate"), None),
        error=error,
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        micro_usd=int(spent.usd * 1_000_000),
    )


def _apologise(made: Composition, work: Workload, *, reason: str, node: str) -> None:
    locale = work.locale or work.tenant_locale
    words = builtin_text(_WORDS.get(reason, "error"), locale)
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
