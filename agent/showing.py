"""What is seen while a turn runs: typing, the words of a draft, what it has cost (ENGINE rule 37)."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import TakenOver
from core.ports import Channel, Live, StreamDelta
from core.store import Workload, WorkStore
from core.turns import ModelReply, ModelRequest, Models, ModelUsage

from agent.seal import Seal  # isort: skip
from agent.taking import Taken  # isort: skip

FLUSH = timedelta(milliseconds=50)
"""Words that come faster are shown together: before each flush the store is asked who holds the conversation."""

TURN_CALLS = 12
"""Most model calls of one turn, each with a draft of its own."""


class Showing:
    """Implements ``core.turns.TurnStream``; shows nothing before the seal is closed."""

    def __init__(
        self,
        work: Workload,
        *,
        channel: Channel,
        live: Live,
        seal: Seal,
        store: WorkStore,
        clock: Clock,
        taken: Taken,
        sends: Callable[[str], None],
    ) -> None:
        self._work = work
        self._channel = channel
        self._live = live
        self._seal = seal
        self._store = store
        self._clock = clock
        self._taken = taken
        self._sends = sends
        self._waiting: tuple[str, str] | None = None
        self._flushed_at: datetime | None = None
        self._lost = False
        self._typing = False
        self.shown: dict[str, str] = {}
        """Draft → what the customer has seen of it."""
        self.last_node: str | None = None
        self.spent = ModelUsage("")

    async def delta(self, draft: str, text: str) -> None:
        """Show more words of a draft, where the channel can; raises Unsealed before the first, TakenOver after it."""
        if not self._channel.capabilities.streaming or not text:
            return
        await self._seal.close()
        if self._waiting is not None and self._waiting[0] != draft:
            await self.flush()
        self._waiting = (draft, self._waiting[1] + text if self._waiting else text)
        if self._flushed_at is None or self._clock.now() - self._flushed_at >= FLUSH:
            await self.flush()

    async def flush(self) -> None:
        """Show what waits; raises TakenOver where the conversation changed hands amid a draft."""
        if self._waiting is None:
            return
        draft, text = self._waiting
        self._waiting, self._flushed_at = None, self._clock.now()
        claim, had = self._work.claim, self.shown.get(draft, "")
        if self._lost:
            return
        if await self._store.still_held(claim, owner_epoch=self._work.owner_epoch):
            self.shown[draft] = had + text
            self._live.delta(claim.tenant_id, claim.conversation_id, StreamDelta(draft, len(had), text))
            return
        self._lost = True
        if had.strip():
            raise TakenOver

    async def node(self, name: str) -> None:
        """Remember where the flow is, for the log of a failure."""
        self.last_node = name

    async def typing(self) -> None:
        """Tell the customer once that an answer is on its way."""
        if self._typing:
            return
        self._typing = True
        self._live.typing(self._work.claim.conversation_id, "agent")
        signal = self._channel.render_signal("typing", message_id=self._taken.last_provider_id)
        if signal is not None:
            await self._store.signal(self._work, signal)
            self._sends(self._work.claim.conversation_id)

    def retract(self, *, but: Collection[str | None] = ()) -> None:
        """Take back what was shown of drafts that will not be said."""
        self.discard(draft for draft in self.shown if draft not in but)

    def discard(self, drafts: Iterable[str]) -> None:
        """Take back drafts by their ids, whoever showed them."""
        if self._channel.capabilities.streaming:
            for draft in drafts:
                self._live.delta(self._work.claim.tenant_id, self._work.claim.conversation_id, StreamDelta(draft))


class ShownModels:
    """``core.turns.Models`` that shows typing before the first call and adds up what calls cost."""

    def __init__(self, models: Models, showing: Showing) -> None:
        self._models = models
        self._showing = showing

    def available(self, alias: str = "default") -> bool:
        """Tell whether a model is connected."""
        return self._models.available(alias)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask; raises ModelErrors. What a takeover breaks off ends where the customer saw it end."""
        await self._showing.typing()
        try:
            reply = await self._models.complete(request)
            await self._showing.flush()
        except TakenOver:
            return ModelReply([*self._showing.shown.values()][-1])
        spent, more = self._showing.spent, reply.usage
        self._showing.spent = ModelUsage(
            more.model,
            spent.tokens_in + more.tokens_in,
            spent.tokens_out + more.tokens_out,
            spent.usd + more.usd,
            spent.ms + more.ms,
        )
        return reply
