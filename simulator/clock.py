"""Tell the simulator's time.

Everything that depends on "now" here asks this clock, so a test or the phone page can move it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def system_time() -> datetime:
    """Read the machine's clock as aware UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


class Clock:
    """Run with the given source, shifted by what `advance` was told."""

    def __init__(self, source: Callable[[], datetime] = system_time) -> None:
        self._source = source
        self._offset = timedelta()

    @property
    def offset(self) -> timedelta:
        """How far this clock stands ahead of its source."""
        return self._offset

    def now(self) -> datetime:
        """Return the simulated time, aware and in UTC."""
        return self._source() + self._offset

    def advance(self, by: timedelta) -> None:
        """Move the clock; a negative step goes back."""
        self._offset += by

    def reset(self) -> None:
        """Return to the source's time."""
        self._offset = timedelta()


def seconds(moment: datetime) -> str:
    """Render WhatsApp's timestamps: seconds, as a string (META_API §1)."""
    return str(int(moment.timestamp()))


def millis(moment: datetime) -> int:
    """Render Instagram's and Messenger's timestamps: milliseconds, as an int (META_API §1)."""
    return int(moment.timestamp() * 1000)
