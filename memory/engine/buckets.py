"""Token buckets for what a provider lets an account send, per customer and altogether (ENGINE rule 20).

In this process's memory; what other processes send is told through ``take``. Never the truth: a provider that is asked
too fast refuses, and the request is tried again.
"""

import math
from collections import OrderedDict

from core.channel_types import Capabilities, Rate

KEPT = 50_000
"""Buckets; the one that was used longest ago is forgotten first, and counts as full."""


class Buckets:
    """Levels as of a moment, in milliseconds of time to come: a bucket that owes nothing is full."""

    def __init__(self) -> None:
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def free_at(self, able: Capabilities, *, account: str, conversation: str, now_ms: int) -> int:
        """Return when the next message may go; 0: at once."""
        times = [0]
        for name, rate in _of(able, account, conversation):
            span = _span(rate)
            owed = max(0.0, self._full_at.get(name, 0.0) - now_ms)
            wait = owed - (rate.burst - 1) * span
            times.append(now_ms + math.ceil(wait) if wait > 0 else 0)
        return max(times)

    def take(self, able: Capabilities, *, account: str, conversation: str, now_ms: int) -> None:
        """Note a message that goes out now, here or in another process."""
        for name, rate in _of(able, account, conversation):
            self._full_at[name] = max(float(now_ms), self._full_at.get(name, 0.0)) + _span(rate)
            self._full_at.move_to_end(name)
        while len(self._full_at) > KEPT:
            self._full_at.popitem(last=False)


def _of(able: Capabilities, account: str, conversation: str) -> list[tuple[str, Rate]]:
    pairs = ((f"c|{conversation}", able.pair_rate), (f"a|{account}", able.account_rate))
    return [(name, rate) for name, rate in pairs if rate is not None]


def _span(rate: Rate) -> float:
    return rate.every.total_seconds() * 1000
