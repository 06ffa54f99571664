"""Writes whose outcome nobody waits for, put off until a transaction must know of them, and run with others alike.

A group of changes in one transaction so costs as many statements as there are kinds of them. Whoever adds keeps the
order of what they added: a write never runs before an earlier one of the same hand.
"""

from typing import Any

Slot = tuple[str, list[tuple[Any, ...]]]


class Behind:
    """What one hand has put off; several share the slots of one transaction."""

    __slots__ = ("_last", "_slots")

    def __init__(self, slots: list[Slot] | None = None) -> None:
        self._slots: list[Slot] = [] if slots is None else slots
        self._last = 0

    def another(self) -> "Behind":
        """Return another hand's."""
        return Behind(self._slots)

    def add(self, text: str, args: tuple[Any, ...]) -> None:
        """Put a write off: to the statement's slot, unless that comes before what this hand added last."""
        slots = self._slots
        if not slots:
            self._last = 0
        for place in range(self._last, len(slots)):
            if slots[place][0] == text:
                slots[place][1].append(args)
                self._last = place
                return
        slots.append((text, [args]))
        self._last = len(slots) - 1

    def take(self) -> list[Slot]:
        """Return what is to be written now, in order."""
        if not self._slots:
            return []
        taken = self._slots.copy()
        self._slots.clear()
        return taken
