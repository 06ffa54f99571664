"""When the next request of a conversation may go: pure, over its open outbox rows in their order (ENGINE rule 20)."""

from collections.abc import Sequence
from typing import Any

from core.policy import Author

HOLD_AGENT_MS = 10_000
HOLD_STAFF_MS = 2_000
"""How long a request whose fate is open, or that waits to be tried again, holds later ones of each author."""


def is_stuck(row: Any, now_ms: int) -> bool:
    """Tell whether later requests wait for this one: its outcome is open, or it will be tried again."""
    if row["state"] in ("sending", "unknown"):
        return True
    # Nobody waits for a read mark.
    return bool(row["kind"] == "message" and row["attempt"] > 0 and row["due_ms"] > now_ms)


def free_at(row: Any, stuck: Sequence[Any], settled_ms: int) -> int:
    """Return when a request no longer waits for those before it."""
    hold = HOLD_STAFF_MS if row["author"] == Author.STAFF else HOLD_AGENT_MS
    held = max((_since(earlier) + hold for earlier in stuck), default=0)
    return max(held, settled_ms if row["kind"] == "message" else 0)


def alone_until(row: Any) -> int:
    """Return when a stuck request is to be looked at though nothing waits behind it."""
    due = int(row["due_ms"])
    return max(due, _since(row) + HOLD_AGENT_MS) if row["state"] == "sending" else due


def next_due(rows: Sequence[Any], now_ms: int, settled_ms: int) -> int:
    """Return when to look again; rows are not empty."""
    times, stuck = [], list[Any]()
    for row in rows:
        if is_stuck(row, now_ms):
            stuck.append(row)
            times.append(alone_until(row))
        elif row["due_ms"] > now_ms:
            times.append(int(row["due_ms"]))
        else:
            times.append(max(int(row["due_ms"]), free_at(row, stuck, settled_ms)))
            break
    return min(times)


def _since(row: Any) -> int:
    return int(row["attempted_ms"] or row["created_ms"])
