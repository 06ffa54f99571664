"""A turn's journal: model replies that led to an outside write, heard again when the turn is replayed (ENGINE rule 12).

A replay that asked the model anew could ask the outside for something slightly different, and do it twice.
"""

from collections import Counter

from agent.minting import TurnMinter
from core.store import Claim, EffectStore, JournalEntry
from core.turns import ModelReply, ModelRequest, Models


class Journal:
    """One attempt's replies, in order for each event: earlier words that come in late have replies of their own."""

    def __init__(self, store: EffectStore, claim: Claim, *, turn_no: int, minter: TurnMinter) -> None:
        self._store = store
        self._claim = claim
        self._turn_no = turn_no
        self._minter = minter
        self._asked: Counter[str] = Counter()
        self._unsaved: list[JournalEntry] = []

    async def recall(self, request: ModelRequest) -> tuple[str, ModelReply | None]:
        """Return the name of this call within its turn, and what an earlier attempt was told."""
        event = self._minter.event
        name = f"{event}|{self._asked[event]}|{request.purpose}|{request.alias}"
        self._asked[event] += 1
        # Only what was claimed before can have been attempted before.
        again = self._claim.attempts > 1
        return name, await self._store.recall(self._claim, turn_no=self._turn_no, name=name) if again else None

    def note(self, name: str, reply: ModelReply) -> None:
        """Keep a reply for the write that it may ask for."""
        self._unsaved.append(JournalEntry(self._turn_no, name, reply))

    def unsaved(self) -> tuple[JournalEntry, ...]:
        """Return what the next write stores with itself."""
        return tuple(self._unsaved)

    def saved(self) -> None:
        """Tell that it did."""
        self._unsaved.clear()


class JournalledModels:
    """``core.turns.Models`` that hears again what an earlier attempt at this turn was told."""

    def __init__(self, models: Models, journal: Journal) -> None:
        self._models = models
        self._journal = journal

    def available(self, alias: str = "default") -> bool:
        """Tell whether a model is connected."""
        return self._models.available(alias)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask; raises ModelErrors."""
        name, told = await self._journal.recall(request)
        reply = await self._models.complete(request) if told is None else told
        self._journal.note(name, reply)
        return reply
