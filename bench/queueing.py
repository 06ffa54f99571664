"""The server as a queue, simulated: what arrival rate, model latency and number of workers come to.

A worker is one core that serves pieces of work in their order, as an event loop does. A turn is two pieces with the
model's time between them; ``measured`` CPU goes in, latency comes out. ``docs/scaling.md`` extrapolates with it, and
``make bench`` shows it beside what was measured, so that it is believed no further than it fits.
"""

import heapq
import itertools
import random
from collections import deque
from dataclasses import dataclass, field

SEED = 11
BEFORE_MODEL = 0.55
"""Share of a turn's CPU that is spent before the model is asked: taking in, loading, the first steps."""


@dataclass(frozen=True, slots=True)
class Load:
    """What comes, and what serves it; seconds."""

    per_second: float
    workers: int
    cpu: float
    """Per turn, everything included."""
    model: float = 0.0
    slots: int = 64
    """Turns that one worker holds at once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What customers notice beyond the model's own time; milliseconds."""

    p50_ms: float
    p99_ms: float
    busy: float
    """Share of the cores' time that was used; near 1 the queue grows without end."""


Piece = tuple[float, int]
"""When its turn arrived, and which of the turn's pieces it is."""


@dataclass(slots=True)
class _Worker:
    queue: deque[Piece] = field(default_factory=deque)
    is_busy: bool = False
    held: int = 0
    used: float = 0.0


def simulate(load: Load, *, turns: int = 20_000) -> Outcome:
    """Play so many arrivals (Poisson) and return what they saw."""
    return _Play(load).run(turns)


class _Play:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.chance = random.Random(SEED)
        self.order = itertools.count()
        self.workers = [_Worker() for _ in range(load.workers)]
        self.waiting: deque[float] = deque()
        self.events: list[tuple[float, int, str, int, Piece]] = []
        self.overheads: list[float] = []
        self.pieces = (load.cpu * BEFORE_MODEL, load.cpu * (1 - BEFORE_MODEL)) if load.model else (load.cpu,)

    def run(self, turns: int) -> Outcome:
        moment = now = 0.0
        for _ in range(turns):
            moment += self.chance.expovariate(self.load.per_second)
            self.later(moment, "came", 0, (moment, 0))
        while self.events:
            now, _, what, index, piece = heapq.heappop(self.events)
            if what == "came":
                self.waiting.append(piece[0])
            elif what == "ready":
                self.workers[index].queue.append(piece)
                self.start(now, index)
            else:
                self.finish(now, index, piece)
            self.take(now)
        settled = sorted(self.overheads[len(self.overheads) // 10 :])
        busy = sum(worker.used for worker in self.workers) / (now * self.load.workers)
        return Outcome(settled[len(settled) // 2] * 1000, settled[int(len(settled) * 0.99)] * 1000, busy)

    def later(self, moment: float, what: str, index: int, piece: Piece) -> None:
        heapq.heappush(self.events, (moment, next(self.order), what, index, piece))

    def take(self, now: float) -> None:
        """Give waiting turns to the workers that hold fewest."""
        while self.waiting:
            index = min(range(self.load.workers), key=lambda one: self.workers[one].held)
            if self.workers[index].held >= self.load.slots:
                return
            self.workers[index].held += 1
            self.workers[index].queue.append((self.waiting.popleft(), 0))
            self.start(now, index)

    def start(self, now: float, index: int) -> None:
        worker = self.workers[index]
        if worker.is_busy or not worker.queue:
            return
        piece = worker.queue.popleft()
        # Turns differ: some nodes cost more than others.
        took = self.pieces[piece[1]] * self.chance.uniform(0.6, 1.4)
        worker.is_busy, worker.used = True, worker.used + took
        self.later(now + took, "done", index, piece)

    def finish(self, now: float, index: int, piece: Piece) -> None:
        arrived, part = piece
        self.workers[index].is_busy = False
        if part + 1 < len(self.pieces):
            self.later(now + self.load.model, "ready", index, (arrived, part + 1))
        else:
            self.workers[index].held -= 1
            self.overheads.append(now - arrived - self.load.model)
        self.start(now, index)
