"""Time and memory of each hostile document, text and address, in a process of its own."""

import gc
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bench.hostile import ATTACKS

SECONDS = 120
"""After which an attack has succeeded."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What an attack came to, and what it cost."""

    name: str
    came_to: str
    seconds: float
    """Of CPU."""
    mib: float
    """More memory than before, at the most."""


def measure_harm() -> list[Harm]:
    """Try each attack."""
    return [_measure(attack) for attack in ATTACKS]


def _measure(attack: Callable[[], str]) -> Harm:
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_try, args=(attack, theirs))
    process.start()
    name = attack.__name__.replace("_", " ")
    found = Harm(name, *mine.recv()) if mine.poll(SECONDS) else Harm(name, "neither refused nor bounded", SECONDS, 0.0)
    process.kill()
    process.join()
    return found


def _try(attack: Callable[[], str], answer: Connection) -> None:
    gc.freeze()  # as the server does: what was loaded is not walked again
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.process_time()
    came_to = attack()
    after = resource.getrusage(resource.RUSAGE_SELF)
    answer.send((came_to, time.process_time() - started, (after.ru_maxrss - before.ru_maxrss) / 1024))
