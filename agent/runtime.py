"""The running engine: intake, workers, sender and receipts, started and stopped together (ENGINE §9)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from agent.attempt import Pace, Resources
from agent.attending import Attendant
from agent.indexing import Indexing
from agent.intake import Intake
from agent.joining import Joiner
from agent.receipts import ReceiptRunner
from agent.sender import Sender
from agent.turn import BUSY_AFTER, TurnEngine
from agent.waking import Waker
from agent.worker import Worker
from core.attending import AttendStore
from core.channel_types import ChannelType
from core.clock import Clock
from core.errors import RateLimited
from core.files import FileStore
from core.ids import TenantId
from core.ports import Channel, Elsewhere, Live, WebhookSource
from core.store import (
    DoorStore,
    EffectStore,
    IndexStore,
    IntakeStore,
    JoinStore,
    ReceiptStore,
    Recorded,
    RecordStatus,
    SendClaim,
    WakeStore,
    WorkStore,
)

SHUTDOWN = 25.0
"""Seconds that turns and sends under way may take when the server stops; orchestrators kill at 30."""

log = structlog.get_logger("agent.runtime")


@dataclass(frozen=True, slots=True)
class EngineStores:
    """What the engine keeps things in."""

    intake: IntakeStore
    work: WorkStore
    effects: EffectStore
    door: DoorStore
    receipts: ReceiptStore
    saver: Any
    wakes: WakeStore
    joins: JoinStore
    index: IndexStore
    attends: AttendStore
    files: FileStore


class Side(Protocol):
    """Something that runs beside the workers and may be cut off at any time."""

    async def run(self) -> None:
        """Run until cancelled."""
        ...


class Alone:
    """Implements ``core.ports.Elsewhere`` where no other process can be told: others look into the store."""

    def work(self, conversation_id: str) -> None:
        """Nobody is told."""

    def send(self, conversation_id: str) -> None:
        """Nobody is told."""

    def receipts(self, tenant_id: str) -> None:
        """Nobody is told."""

    def sent(self, channel: str, account_id: str, conversation_id: str) -> None:
        """Nobody is told."""

    def away(self) -> str | None:
        """Nothing is missing."""
        return None


class EngineRings:
    """Implements ``core.ports.Rings`` over the engine's own parts."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def work(self, conversation_id: str) -> None:
        """Wake the workers."""
        self._engine.worker.ring()

    def send(self, conversation_id: str) -> None:
        """Wake the sender."""
        self._engine.sender.ring()

    def receipts(self, tenant_id: str) -> None:
        """Wake who applies receipts."""
        self._engine.receipts.ring(TenantId(tenant_id))

    def sent(self, channel: str, account_id: str, conversation_id: str) -> None:
        """Count what another process sent, through a channel that this version knows."""
        if channel in {*ChannelType}:
            self._engine.door.spent(ChannelType(channel), account_id, conversation_id)


class Doorbells:
    """Implements ``core.desk_ports.Doorbells``: the engine's own parts are woken, and those elsewhere."""

    def __init__(self, live: Live, here: EngineRings, elsewhere: Elsewhere) -> None:
        self._live = live
        self._rings = (here, elsewhere)

    def changed(self, tenant_id: TenantId, conversation_id: str | None, event_no: int) -> None:
        """Wake the live streams."""
        self._live.ring_tenant(tenant_id, event_no)
        if conversation_id is not None:
            self._live.ring_conversation(conversation_id)

    def present(self, tenant_id: TenantId, conversation_id: str, staff_id: str, state: str) -> None:
        """Show colleagues what somebody does."""
        self._live.present(tenant_id, conversation_id, staff_id, state)

    def send(self, conversation_id: str) -> None:
        """Wake the senders."""
        for rings in self._rings:
            rings.send(conversation_id)

    def work(self, conversation_id: str) -> None:
        """Wake the workers."""
        for rings in self._rings:
            rings.work(conversation_id)

    def receipts(self, tenant_id: str) -> None:
        """Wake who applies receipts."""
        for rings in self._rings:
            rings.receipts(tenant_id)


class Engine:
    """Everything that runs."""

    def __init__(
        self,
        stores: EngineStores,
        *,
        channels: Mapping[ChannelType, Channel],
        webhooks: Mapping[str, WebhookSource],
        resources: Resources,
        live: Live,
        clock: Clock,
        pace: Pace,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._live = live
        self._work = stores.work
        self._elsewhere = elsewhere or Alone()
        self._works = pace.slots > 0
        self._running = False
        self._failed: str | None = None
        self.rings = EngineRings(self)
        self.doorbells = Doorbells(live, self.rings, self._elsewhere)
        self.receipts = ReceiptRunner(stores.receipts, changed=self._receipted)
        self.waker = Waker(stores.wakes, clock=clock, changed=self.doorbells.changed)
        self.joiner = Joiner(stores.joins, clock=clock, changed=self.doorbells.changed, works=self.doorbells.work)
        self.indexing = Indexing(stores.index, clock=clock)
        self.attendant = Attendant(
            stores.attends, channels, clock=clock, changed=self.doorbells.changed, sends=self.doorbells.send
        )
        self.door = stores.door
        self.sender = Sender(
            stores.door,
            channels,
            files=stores.files,
            clock=clock,
            slots=pace.slots,
            changed=self._sent,
            spent=self._spent,
        )
        turns = TurnEngine(
            stores.work,
            stores.effects,
            saver=stores.saver,
            channels=channels,
            resources=resources,
            live=live,
            clock=clock,
            pace=pace,
            sends=self.doorbells.send,
            sender=self.sender,
        )
        self.worker = Worker(stores.work, turns, clock=clock, slots=pace.slots, sends=self.doorbells.send)
        self.intake = Intake(stores.intake, webhooks, clock=clock, told=self._told)

    async def admit(self, tenant_id: TenantId) -> None:
        """Refuse more work of a tenant that has too much waiting; raises RateLimited (ENGINE rule 5)."""
        if await self._work.backlogged(tenant_id):
            raise RateLimited(retry_after=BUSY_AFTER.seconds)

    def unready(self) -> list[str]:
        """Return the parts that are not ready, in words."""
        if not self._works:
            return []
        return [self._failed] if self._failed else [] if self._running else ["the workers are not running"]

    def degraded(self) -> list[str]:
        """Return what costs time and nothing else just now, in words."""
        away = self._elsewhere.away()
        return [away] if away else []

    async def drain(self) -> None:
        """Stop claiming; turns and sends under way are finished by ``running``."""
        self.worker.stop()
        self.sender.stop()

    @asynccontextmanager
    async def running(self, *beside: Side) -> AsyncIterator["Engine"]:
        """Run for the length of the block, then finish what is under way."""
        if not self._works:
            yield self
            return
        loop = asyncio.get_running_loop()
        parts = [loop.create_task(part.run()) for part in (self.worker, self.sender)]
        beside_them: tuple[Side, ...] = (
            self.receipts, self.waker, self.joiner, self.indexing, self.attendant, *beside
        )  # fmt: skip
        sides = [loop.create_task(part.run()) for part in beside_them]
        for part in parts:
            part.add_done_callback(self._ended)
        self._running = True
        try:
            yield self
        finally:
            self._running = False
            await self.drain()
            _, late = await asyncio.wait(parts, timeout=SHUTDOWN)
            for task in (*late, *sides):
                task.cancel()
            await asyncio.gather(*parts, *sides, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failed = "the workers have stopped"
            log.error("a part of the engine ended", action="engine_part_ended", exc_info=task.exception())

    def _told(self, recorded: Sequence[Recorded]) -> None:
        for item in recorded:
            if item.lane == "receipt" and item.tenant_id is not None:
                self.doorbells.receipts(item.tenant_id)
            elif item.lane == "turn" and item.status is RecordStatus.NEW:
                self.doorbells.work(item.conversation_id or "")

    def _sent(self, tenant_id: str, conversation_id: str) -> None:
        self.doorbells.changed(TenantId(tenant_id), conversation_id, 0)

    def _spent(self, channel: ChannelType, claim: SendClaim) -> None:
        self._elsewhere.sent(channel.value, claim.account_id, claim.conversation_id)

    def _receipted(self, tenant_id: str, conversations: Sequence[str]) -> None:
        self._live.ring_tenant(tenant_id, 0)
        for conversation in conversations:
            self._live.ring_conversation(conversation)
            self._elsewhere.send(conversation)
        self.sender.ring()
