"""Sends what is queued, one request at a time per conversation, in order (ENGINE §4)."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from agent.claiming import POLL, Claiming
from core import faults
from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import AccountBlocked, AuthExpired, LostLease, SendError
from core.nouns import AccountStatus
from core.ports import Channel, SendOrder
from core.store import Attempt, DoorStore, Doubt, SendClaim, Wait

MOST_TRIES = 6
LONGEST_WAIT = timedelta(minutes=5)
MOST_SIGNAL_TRIES = 2
"""A read mark or a typing indicator may be repeated freely, and is soon worth nothing (rule 19)."""

log = structlog.get_logger("agent.sender")


class Sender:
    """The only caller of ``Channel.send``."""

    def __init__(
        self,
        door: DoorStore,
        channels: Mapping[ChannelType, Channel],
        *,
        clock: Clock,
        slots: int,
        changed: Callable[[str, str], None],
        spent: Callable[[ChannelType, SendClaim], None],
    ) -> None:
        self._door = door
        self._channels = channels
        self._clock = clock
        self._changed = changed
        self._spent = spent
        self._claims = Claiming(door, self._hold, slots=slots)

    def ring(self) -> None:
        """Tell that something may be due."""
        self._claims.ring()

    def stop(self) -> None:
        """Claim no more; ``run`` returns once the requests under way have their outcome."""
        self._claims.stop()

    async def run(self) -> None:
        """Send until stopped."""
        await self._claims.run()

    async def _hold(self, claim: SendClaim) -> None:
        again: float | None = None
        try:
            while not isinstance(found := await self._door.next(claim), Wait):
                if isinstance(found, Doubt):
                    await self._ask(claim, found)
                else:
                    await self._attempt(claim, found)
                self._changed(claim.tenant_id, claim.conversation_id)
            if not await self._door.release(claim):
                again = 0.0
            elif found.until is not None:
                again = (found.until - self._clock.now()).total_seconds()
        except LostLease:
            raise
        except Exception:
            log.exception("sending crashed", action="send_crashed", conversation=claim.conversation_id)
        if again is not None and again < POLL:
            asyncio.get_running_loop().call_later(max(0.0, again) + 0.005, self.ring)

    async def _attempt(self, claim: SendClaim, attempt: Attempt) -> None:
        channel = self._channels[attempt.channel]
        order = SendOrder(attempt.rendered, attempt.address, attempt.account, attempt.outbox_id, attempt.tag)
        faults.reach("send.intended")
        if attempt.rendered.kind == "message":
            self._spent(attempt.channel, claim)
        try:
            result = await channel.send(order)
        except SendError as error:
            await self._refused(claim, attempt, error)
        else:
            faults.reach("send.answered")
            await self._door.accepted(claim, attempt, result.provider_id)
            faults.reach("send.recorded")

    async def _ask(self, claim: SendClaim, doubt: Doubt) -> None:
        """Read what stands in the conversation at the provider (rule 19)."""
        order = SendOrder(doubt.rendered, doubt.address, doubt.account, doubt.outbox_id)
        try:
            found = await self._channels[doubt.channel].read_back(order, doubt.attempted_at)
        except SendError as error:
            log.warning("could not read back", action="read_back_failed", outbox=doubt.outbox_id, error=error.code)
            await self._door.read_back(claim, doubt, None)
        else:
            await self._door.read_back(claim, doubt, found)

    async def _refused(self, claim: SendClaim, attempt: Attempt, error: SendError) -> None:
        log.warning(
            "a request did not go out",
            action="send_failed",
            conversation=claim.conversation_id,
            outbox=attempt.outbox_id,
            error=error.code,
            vendor_code=error.vendor_code,
            trace=error.trace_id,
        )
        now = self._clock.now()
        signal = attempt.rendered.kind == "signal"
        if error.delivered is None and not signal:
            until = now + self._channels[attempt.channel].capabilities.reconcile
            await self._door.unknown(claim, attempt, error=error.code, until=until)
        elif isinstance(error, AuthExpired | AccountBlocked):
            status = AccountStatus.RECONNECT if isinstance(error, AuthExpired) else AccountStatus.PAUSED
            await self._door.account_down(claim, status, error.code)
            await self._door.retry(claim, attempt, at=now, error=error.code)
        elif (error.retryable or error.delivered is None) and attempt.attempt < (
            MOST_SIGNAL_TRIES if signal else MOST_TRIES
        ):
            wait = min(LONGEST_WAIT, max(error.retry_after or timedelta(0), timedelta(seconds=2**attempt.attempt)))
            await self._door.retry(claim, attempt, at=now + wait, error=error.code)
        else:
            await self._door.failed(claim, attempt, error=error.code, code=error.vendor_code, fix=error.fix)
