"""Compiles statements before they are first needed: a turn's would take the first customer a quarter of a second."""

import sys
from collections.abc import Iterator

from core.clock import Clock
from memory.query import Query

PAUSE = 0.01
"""Seconds between two statements: each takes a few milliseconds of the loop."""


class Warming:
    """Runs once, beside what comes in meanwhile."""

    def __init__(self, store: str, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Compile the statements of all modules that are loaded."""
        for query in statements():
            if not query.is_compiled(self._store):
                query.sql(self._store)
                await self._clock.sleep(PAUSE)


def statements() -> Iterator[Query]:
    """Yield the statements that modules hold; those of the engine come first."""
    names = sorted((name for name in sys.modules if name.startswith("memory.")), key=_order)
    for name in names:
        yield from [held for held in vars(sys.modules[name]).values() if isinstance(held, Query)]


def _order(module: str) -> tuple[bool, str]:
    return not module.startswith("memory.engine."), module
