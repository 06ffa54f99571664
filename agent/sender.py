"""Sends what is queued, one request at a time per conversation, in order (ENGINE §4)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import AccountBlocked, AuthExpired, LostLease, SendError
from core.nouns import AccountStatus
from core.policy import Author
from core.ports import Channel, SendOrder
from core.store import Attempt, DoorStore, SendClaim, Wait

POLL = 1.0
SHARE = 0.75
MOST_TRIES = 6
LONGEST_WAIT = timedelta(minutes=5)
HELD_FOR_STAFF = timedelta(seconds=2)
HELD_FOR_AGENT = timedelta(seconds=10)

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
    ) -> None:
        self._door = door
        self._channels = channels
        self._clock = clock
        self._slots = slots
        self._changed = changed
        self._bell = asyncio.Event()
        self._held: dict[str, SendClaim] = {}
        self._stopping = False

    def ring(self) -> None:
        """Tell that something may be due."""
        self._bell.set()

    def stop(self) -> None:
        """Claim no more; ``run`` returns once the requests under way have their outcome."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Send until stopped."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._bell.clear()
                try:
                    claimed = await self._claim(group)
                except Exception:
                    log.exception("claiming failed", action="claim_failed")
                    claimed = 0
                if not claimed or len(self._held) >= self._slots:
                    await self._wait()

    async def _claim(self, group: asyncio.TaskGroup) -> int:
        free = self._slots - len(self._held)
        if free <= 0:
            return 0
        busy = Counter[str](claim.tenant_id for claim in self._held.values())
        claims = await self._door.claim(limit=free, busy=busy, cap=max(1, int(self._slots * SHARE)))
        for claim in claims:
            self._held[claim.conversation_id] = claim
            group.create_task(self._hold(claim))
        return len(claims)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _hold(self, claim: SendClaim) -> None:
        again: float | None = None
        try:
            while not isinstance(found := await self._door.next(claim), Wait):
                await self._attempt(claim, found)
                self._changed(claim.tenant_id, claim.conversation_id)
            if not await self._door.release(claim):
                again = 0.0
            elif found.until is not None:
                again = (found.until - self._clock.now()).total_seconds()
        except LostLease:
            log.info("lost a lease", action="lease_lost", conversation=claim.conversation_id)
        except Exception:
            log.exception("sending crashed", action="send_crashed", conversation=claim.conversation_id)
        finally:
            self._held.pop(claim.conversation_id, None)
            self._bell.set()
        if again is not None and again < POLL:
            asyncio.get_running_loop().call_later(max(0.0, again) + 0.005, self._bell.set)

    async def _attempt(self, claim: SendClaim, attempt: Attempt) -> None:
        channel = self._channels[attempt.channel]
        order = SendOrder(attempt.rendered, attempt.address, attempt.account, attempt.outbox_id, attempt.tag)
        try:
            result = await channel.send(order)
        except SendError as error:
            await self._refused(claim, attempt, error)
        else:
            await self._door.accepted(claim, attempt, result.provider_id)

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
        if attempt.rendered.kind == "signal":
            await self._door.failed(claim, attempt, error=error.code, code=error.vendor_code)
        elif error.delivered is None:
            held = HELD_FOR_STAFF if attempt.author is Author.STAFF else HELD_FOR_AGENT
            await self._door.unknown(claim, attempt, error=error.code, until=now + held)
        elif isinstance(error, AuthExpired | AccountBlocked):
            status = AccountStatus.RECONNECT if isinstance(error, AuthExpired) else AccountStatus.PAUSED
            await self._door.account_down(claim, status, error.code)
            await self._door.retry(claim, attempt, at=now, error=error.code)
        elif error.retryable and attempt.attempt < MOST_TRIES:
            wait = min(LONGEST_WAIT, max(error.retry_after or timedelta(0), timedelta(seconds=2**attempt.attempt)))
            await self._door.retry(claim, attempt, at=now + wait, error=error.code)
        else:
            await self._door.failed(claim, attempt, error=error.code, code=error.vendor_code)
