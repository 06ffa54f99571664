"""Limits on what one address or name may try, per process."""

from collections import OrderedDict, deque
from dataclasses import dataclass

from core.clock import Clock
from core.errors import RateLimited

NAMES_KEPT = 20_000


class Throttle:
    """At most ``limit`` uses of a name in ``seconds``."""

    def __init__(self, clock: Clock, *, limit: int, seconds: float) -> None:
        self._clock = clock
        self._limit = limit
        self._seconds = seconds
        self._uses: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, name: str) -> None:
        """Refuse a name that used up its share; raises RateLimited."""
        uses, now = self._recent(name)
        if len(uses) >= self._limit:
            raise RateLimited(retry_after=max(1, round(uses[0] + self._seconds - now)))

    def use(self, name: str) -> None:
        """Count one use."""
        uses, now = self._recent(name)
        uses.append(now)
        self._uses[name] = uses
        self._uses.move_to_end(name)
        while len(self._uses) > NAMES_KEPT:
            self._uses.popitem(last=False)

    def take(self, name: str) -> None:
        """Check and count in one; raises RateLimited."""
        self.check(name)
        self.use(name)

    def take_back(self, name: str) -> None:
        """Uncount the latest use of a name."""
        uses, _ = self._recent(name)
        if uses:
            uses.pop()

    def forgive(self, name: str) -> None:
        """Forget a name's uses."""
        self._uses.pop(name, None)

    def _recent(self, name: str) -> tuple[deque[float], float]:
        now = self._clock.now().timestamp()
        uses = self._uses.get(name) or deque()
        while uses and uses[0] <= now - self._seconds:
            uses.popleft()
        return uses, now


@dataclass(frozen=True, slots=True)
class Throttles:
    """The limits of one server."""

    sign_in_name: Throttle
    sign_in_address: Throttle
    mail_name: Throttle
    mail_address: Throttle
    tickets: Throttle
    widget_sessions: Throttle
    widget_messages: Throttle

    @classmethod
    def standard(cls, clock: Clock) -> "Throttles":
        """Return the limits in force; only failures count for signing in."""
        return cls(
            sign_in_name=Throttle(clock, limit=8, seconds=900),
            sign_in_address=Throttle(clock, limit=40, seconds=900),
            mail_name=Throttle(clock, limit=3, seconds=3600),
            mail_address=Throttle(clock, limit=20, seconds=3600),
            tickets=Throttle(clock, limit=40, seconds=900),
            widget_sessions=Throttle(clock, limit=120, seconds=60),
            widget_messages=Throttle(clock, limit=30, seconds=30),
        )
