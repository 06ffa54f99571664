"""What is seen while a turn runs: typing, the words of a draft, what it has cost (ENGINE rule 37)."""

from core.ports import Channel, Live, StreamDelta
from core.store import Workload, WorkStore
from core.turns import ModelReply, ModelRequest, Models, ModelUsage

from agent.seal import Seal  # isort: skip
from agent.taking import Taken  # isort: skip


class Showing:
    """Implements ``core.turns.TurnStream``; shows nothing before the seal is closed."""

    def __init__(
        self, work: Workload, *, channel: Channel, live: Live, seal: Seal, store: WorkStore, taken: Taken
    ) -> None:
        self._work = work
        self._channel = channel
        self._live = live
        self._seal = seal
        self._store = store
        self._taken = taken
        self._offsets: dict[str, int] = {}
        self._typing = False
        self.last_node: str | None = None
        self.spent = ModelUsage("")

    async def delta(self, draft: str, text: str) -> None:
        """Show more words of a draft, where the channel can; raises Unsealed before the first."""
        if not self._channel.capabilities.streaming or not text:
            return
        await self._seal.close()
        offset = self._offsets.get(draft, 0)
        self._offsets[draft] = offset + len(text)
        claim = self._work.claim
        self._live.delta(claim.tenant_id, claim.conversation_id, StreamDelta(draft, offset, text))

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

    async def retract(self) -> None:
        """Take back what was shown of drafts that will not be said."""
        if self._offsets:
            self._offsets.clear()
            self._live.delta(self._work.claim.tenant_id, self._work.claim.conversation_id, None)


class ShownModels:
    """``core.turns.Models`` that shows typing before the first call and adds up what calls cost."""

    def __init__(self, models: Models, showing: Showing) -> None:
        self._models = models
        self._showing = showing

    def available(self, alias: str = "default") -> bool:
        """Tell whether a model is connected."""
        return self._models.available(alias)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask; raises ModelErrors."""
        await self._showing.typing()
        reply = await self._models.complete(request)
        spent, more = self._showing.spent, reply.usage
        self._showing.spent = ModelUsage(
            more.model,
            spent.tokens_in + more.tokens_in,
            spent.tokens_out + more.tokens_out,
            spent.usd + more.usd,
            spent.ms + more.ms,
        )
        return reply
