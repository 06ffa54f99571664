"""Sends what is queued, one request at a time per conversation, in order (ENGINE §4)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from agent.claiming import Claiming
from core import faults
from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import AccountBlocked, AuthExpired, LostLease, NotFound, OutcomeUnknown, Rejected, SendError
from core.files import FileStore
from core.ids import ConversationId
from core.nouns import AccountStatus
from core.ports import Channel, SendOrder, SendResult
from core.store import Attempt, Claim, DoorStore, Doubt, Found, Leaving, Outcome, SendClaim, Wait

MOST_TRIES = 6
LONGEST_WAIT = timedelta(minutes=5)
MOST_SIGNAL_TRIES = 2
"""A read mark or a typing indicator may be repeated freely, and is soon worth nothing (rule 19)."""

SIGNAL_PATIENCE = 2.0
"""Seconds that a read mark may take: the message that it goes along with is not on record as sent before."""

log = structlog.get_logger("agent.sender")


class Sender:
    """The only caller of ``Channel.send``."""

    def __init__(
        self,
        door: DoorStore,
        channels: Mapping[ChannelType, Channel],
        *,
        files: FileStore,
        clock: Clock,
        slots: int,
        changed: Callable[[str, str], None],
        spent: Callable[[ChannelType, SendClaim], None],
    ) -> None:
        self._door = door
        self._channels = channels
        self._files = files
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

    def keep_slot(self, claim: Claim) -> bool:
        """Tell whether what a turn of this conversation says may leave with it; ``see_off`` must follow where it may.

        Else it is claimed like all else that is queued.
        """
        return self._claims.keep_slot(claim.tenant_id, claim.conversation_id)

    def see_off(self, conversation_id: ConversationId, leaving: Leaving | None) -> None:
        """Send what left with a turn."""
        claim = None if leaving is None else leaving.claim
        found = None if leaving is None else leaving.found
        self._claims.fill_slot(conversation_id, claim, lambda claim: self._hold(claim, found))

    async def _hold(self, claim: SendClaim, found: Found | None = None) -> None:
        told: list[Outcome] = []
        try:
            found = found or await self._next(claim, told)
            while not isinstance(found, Wait):
                told = []
                if isinstance(found, Doubt):
                    await self._ask(claim, found)
                else:
                    await self._attempt_all(claim, found, told)
                self._changed(claim.tenant_id, claim.conversation_id)
                found = await self._next(claim, told)
            again = 0.0 if not found.left else None
            if found.left and found.until is not None:
                again = (found.until - self._clock.now()).total_seconds()
        except LostLease:
            raise
        except Exception:
            log.exception("sending crashed", action="send_crashed", conversation=claim.conversation_id)
            await self._record(claim, told)
            return
        if again is not None:
            self._claims.ring_in(again)

    async def _next(self, claim: SendClaim, told: list[Outcome]) -> Found:
        found = await self._door.next(claim, told, leave=True)
        if told:
            faults.reach("send.recorded")
        return found

    async def _record(self, claim: SendClaim, told: list[Outcome]) -> None:
        """Put on record what is known, though what went along with it crashed."""
        try:
            await self._door.record(claim, told)
        except Exception:
            log.exception("an outcome is lost", action="outcome_lost", conversation=claim.conversation_id)

    async def _attempt_all(self, claim: SendClaim, attempts: Sequence[Attempt], told: list[Outcome]) -> None:
        """Send what leaves together, and note what becomes of each."""
        faults.reach("send.intended")
        if len(attempts) == 1:
            told.append(await self._attempt(claim, attempts[0]))
            return
        # What crashes cuts off nothing that leaves along with it.
        ended = await asyncio.gather(*(self._attempt(claim, one) for one in attempts), return_exceptions=True)
        told.extend(one for one in ended if isinstance(one, Outcome))
        for one in ended:
            if isinstance(one, BaseException):
                raise one

    async def _attempt(self, claim: SendClaim, attempt: Attempt) -> Outcome:
        if attempt.rendered.kind == "message":
            self._spent(attempt.channel, claim)
        try:
            result = await self._send(await self._order(claim, attempt), attempt)
        except SendError as error:
            return await self._refused(claim, attempt, error)
        faults.reach("send.answered")
        return Outcome(attempt, "accepted", provider_id=result.provider_id)

    async def _order(self, claim: SendClaim, attempt: Attempt) -> SendOrder:
        file_id, file = attempt.rendered.file, None
        if file_id is not None:
            try:
                file = await self._files.at_hand(claim.tenant_id, file_id)
            except NotFound as error:
                raise Rejected("The file is no longer here.", fix="Choose the file again.") from error
        return SendOrder(attempt.rendered, attempt.address, attempt.account, attempt.outbox_id, attempt.tag, file)

    async def _send(self, order: SendOrder, attempt: Attempt) -> SendResult:
        send = self._channels[attempt.channel].send(order)
        if attempt.rendered.kind == "message":
            return await send
        try:
            async with asyncio.timeout(SIGNAL_PATIENCE):
                return await send
        except TimeoutError:
            raise OutcomeUnknown from None

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

    async def _refused(self, claim: SendClaim, attempt: Attempt, error: SendError) -> Outcome:
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
            return Outcome(attempt, "unknown", error=error.code, at=until)
        if isinstance(error, AuthExpired | AccountBlocked):
            status = AccountStatus.RECONNECT if isinstance(error, AuthExpired) else AccountStatus.PAUSED
            await self._door.account_down(claim, status, error.code)
            return Outcome(attempt, "queued", error=error.code, at=now)
        most = MOST_SIGNAL_TRIES if signal else MOST_TRIES
        if (error.retryable or error.delivered is None) and attempt.attempt < most:
            wait = min(LONGEST_WAIT, max(error.retry_after or timedelta(0), timedelta(seconds=2**attempt.attempt)))
            return Outcome(attempt, "queued", error=error.code, at=now + wait)
        return Outcome(attempt, "failed", error=error.code, code=error.vendor_code, fix=error.fix)
