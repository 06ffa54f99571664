"""The brief staff read before they answer: built from what is known, without a model. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.turns import Brief, WindowMessage

LAST_MESSAGES = 6
LINE = 160

_WHO = {"contact": "Customer", "agent": "Agent", "staff": "Staff", "app": "Staff", "api": "API"}


def build_brief(
    reason: str,
    window: Sequence[WindowMessage],
    collected: Mapping[str, Any],
    *,
    said: str = "",
    suggested_reply: str | None = None,
    error: str | None = None,
    last: int = LAST_MESSAGES,
) -> Brief:
    """Return reason, the last messages in short lines, what was found out, and a reply where a model wrote one.

    ``said`` is what the customer wrote in this turn, for windows that end before it.
    """
    lines = [f"{_WHO[message.author]}: {shorten(message.text)}" for message in window if _shown(message)]
    if said and (not window or window[-1].text.strip() != said.strip()):
        lines.append(f"Customer: {shorten(said)}")
    return Brief(
        reason=reason,
        summary="\n".join(lines[-last:]),
        collected={key: value for key, value in collected.items() if value not in (None, "")},
        suggested_reply=suggested_reply or None,
        error=error,
    )


def shorten(text: str, limit: int = LINE) -> str:
    """Return ``text`` on one line, cut at a word where it is too long."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _shown(message: WindowMessage) -> bool:
    return message.author in _WHO and bool(message.text.strip())
