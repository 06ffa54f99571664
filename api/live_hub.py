"""Doorbells of live streams: who waits for a tenant's events, or for a conversation's stream, is woken here.

Numbers and deltas only pass through; what happened is read from the store, so a lost ring costs one polling interval.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from api.presence import Presence, State
from core.ports import Live, StreamDelta

KEPT = 512
"""Provisional signals that a slow reader may lag behind; older ones are dropped, the final message heals (rule 37)."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something without a number: ``delta``, that somebody types, or who of the staff is there."""

    conversation_id: str
    delta: StreamDelta | None = None
    typing: str | None = None
    present: tuple[str, str] | None = None
    """Who, and what they do there."""


@dataclass(eq=False, slots=True)
class Bell:
    """One listener's doorbell."""

    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    signals: deque[Signal] = field(default_factory=lambda: deque(maxlen=KEPT))

    def ring(self, signal: Signal | None = None) -> None:
        """Wake the listener."""
        if signal is not None:
            self.signals.append(signal)
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """Return True when rung, False after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def take(self) -> list[Signal]:
        """Return what came without numbers since the last call."""
        taken = list(self.signals)
        self.signals.clear()
        return taken


class LiveHub:
    """Implements ``core.ports.HearsLive`` for one process."""

    def __init__(self) -> None:
        self._tenants: defaultdict[str, set[Bell]] = defaultdict(set)
        self._conversations: defaultdict[str, set[Bell]] = defaultdict(set)
        self._presence = Presence()
        self.closed = False

    def ring_tenant(self, tenant_id: str, number: int) -> None:
        """Wake the tenant's live streams."""
        for bell in self._tenants.get(tenant_id, ()):
            bell.ring()

    def ring_conversation(self, conversation_id: str) -> None:
        """Wake the conversation's widget streams."""
        for bell in self._conversations.get(conversation_id, ()):
            bell.ring()

    def delta(self, tenant_id: str, conversation_id: str, delta: StreamDelta) -> None:
        """Pass on draft words, or that a draft is retracted."""
        signal = Signal(conversation_id, delta=delta)
        for bell in (*self._conversations.get(conversation_id, ()), *self._tenants.get(tenant_id, ())):
            bell.ring(signal)

    def typing(self, conversation_id: str, author: str) -> None:
        """Tell the conversation's streams that somebody types."""
        for bell in self._conversations.get(conversation_id, ()):
            bell.ring(Signal(conversation_id, typing=author))

    def present(self, tenant_id: str, conversation_id: str, staff_id: str, state: str) -> None:
        """Remember what a member of staff does, and show it to the tenant's live streams."""
        self._presence.note(tenant_id, conversation_id, staff_id, state)
        for bell in self._tenants.get(tenant_id, ()):
            bell.ring(Signal(conversation_id, present=(staff_id, state)))

    def others(self, tenant_id: str, conversation_id: str, staff_id: str) -> dict[str, State]:
        """Return who else is in a conversation, and what they do."""
        return self._presence.others(tenant_id, conversation_id, staff_id)

    def follows(self, tenant_id: str, conversation_id: str) -> bool:
        """Tell whether any stream here would show words of the conversation."""
        return conversation_id in self._conversations or tenant_id in self._tenants

    @contextmanager
    def tenant(self, tenant_id: str) -> Iterator[Bell]:
        """Listen to a tenant for the length of a ``with``."""
        with self._listen(self._tenants, tenant_id) as bell:
            yield bell

    @contextmanager
    def conversation(self, conversation_id: str) -> Iterator[Bell]:
        """Listen to a conversation for the length of a ``with``."""
        with self._listen(self._conversations, conversation_id) as bell:
            yield bell

    def close(self) -> None:
        """Wake everybody so that their streams end."""
        self.closed = True
        for bells in (*self._tenants.values(), *self._conversations.values()):
            for bell in bells:
                bell.ring()

    @contextmanager
    def _listen(self, rooms: defaultdict[str, set[Bell]], name: str) -> Iterator[Bell]:
        bell = Bell()
        rooms[name].add(bell)
        try:
            yield bell
        finally:
            rooms[name].discard(bell)
            if not rooms[name]:
                del rooms[name]


class Everywhere:
    """Implements ``core.ports.Live`` for all processes: rings here, and tells the others."""

    def __init__(self, here: Live, others: Live) -> None:
        self._both = (here, others)

    def ring_tenant(self, tenant_id: str, number: int) -> None:
        """Wake the tenant's live streams."""
        for live in self._both:
            live.ring_tenant(tenant_id, number)

    def ring_conversation(self, conversation_id: str) -> None:
        """Wake the conversation's widget streams."""
        for live in self._both:
            live.ring_conversation(conversation_id)

    def delta(self, tenant_id: str, conversation_id: str, delta: StreamDelta) -> None:
        """Pass on draft words, or that a draft is retracted."""
        for live in self._both:
            live.delta(tenant_id, conversation_id, delta)

    def typing(self, conversation_id: str, author: str) -> None:
        """Tell the conversation's streams that somebody types."""
        for live in self._both:
            live.typing(conversation_id, author)

    def present(self, tenant_id: str, conversation_id: str, staff_id: str, state: str) -> None:
        """Show colleagues what a member of staff does."""
        for live in self._both:
            live.present(tenant_id, conversation_id, staff_id, state)
