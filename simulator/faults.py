"""Name the ways a send can go wrong on purpose, and keep the queue of those still to come."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Throttled:
    """Refuse with the channel's rate error (WhatsApp 130429, Instagram and Messenger 613); nothing is accepted."""

    code: int | None = None


@dataclass(frozen=True, slots=True)
class ServerError:
    """Answer 5xx; nothing is accepted, but the caller cannot know."""

    status: int = 500
    body: str | None = None
    """Answer this text instead of Meta's error body (a proxy's HTML page, say)."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Keep the caller waiting, then drop the connection; `accept` decides whether the message went out all the same."""

    seconds: float = 30.0
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """Take `seconds`, then accept the message and answer as usual."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """Accept the message (echoes and statuses follow) and cut the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class TokenExpired:
    """Refuse the token with 190, as after a password change."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse with any code of META_API §3 or §4."""

    code: int
    message: str = "Refused on purpose"
    subcode: int | None = None
    status: int = 400


Fault = Throttled | ServerError | Hang | Slow | LoseAnswer | TokenExpired | Refuse


class FaultQueue:
    """Hold planned faults; each accepted-looking send takes at most one."""

    def __init__(self) -> None:
        self._planned: deque[tuple[Fault, str | None]] = deque()

    def __len__(self) -> int:
        return len(self._planned)

    def plan(self, fault: Fault, *, times: int = 1, account: str | None = None) -> None:
        """Let the next `times` messages (of `account`, if given) meet `fault`."""
        self._planned.extend([(fault, account)] * times)

    def take(self, account: str) -> Fault | None:
        """Take the first fault meant for this account."""
        for planned in self._planned:
            if planned[1] in (None, account):
                self._planned.remove(planned)
                return planned[0]
        return None

    def clear(self) -> None:
        """Forget every planned fault."""
        self._planned.clear()
