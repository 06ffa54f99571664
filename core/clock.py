"""Time as a port: the product asks a ``Clock``, tests pass one that they move."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Now, and sleeping until later."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def now_ms(self) -> int:
        """Return the present moment in epoch milliseconds, for ways too hot for a ``datetime``."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` of this clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)

    def now_ms(self) -> int:
        """Return the present moment in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        await asyncio.sleep(seconds)


class MovableClock:
    """The machine's clock shifted by an offset that a test or the simulator moves."""

    def __init__(self, start: datetime | None = None) -> None:
        self._frozen = start
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the shifted moment; frozen at ``start`` plus moves where one was given."""
        return (self._frozen or SystemClock().now()) + self._offset

    def now_ms(self) -> int:
        """Return the shifted moment in epoch milliseconds."""
        return to_ms(self.now())

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by ``by``."""
        self._offset += by

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` of real time: sleepers are woken by it, never by ``advance``."""
        await asyncio.sleep(seconds)


def to_ms(moment: datetime) -> int:
    """Return epoch milliseconds, the unit of every stored time."""
    return int(moment.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """Return the aware UTC moment of epoch milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC)
