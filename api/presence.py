"""Who looks at a conversation just now, or writes in it: remembered for as long as they say so, and never stored."""

import time
from collections.abc import Callable
from typing import Literal

VIEWING_FOR, TYPING_FOR = 45.0, 8.0
"""Seconds after which somebody who says nothing more is taken for gone, or for no longer typing."""

State = Literal["viewing", "typing"]


class Presence:
    """One process's view of it; processes tell each other."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._present: dict[tuple[str, str], dict[str, tuple[State, float]]] = {}

    def note(self, tenant_id: str, conversation_id: str, staff_id: str, state: str) -> None:
        """Remember what somebody does; whatever is no state of ours means that they left."""
        self._forget()
        room = self._present.setdefault((tenant_id, conversation_id), {})
        room.pop(staff_id, None)
        if state == "typing":
            room[staff_id] = ("typing", self._clock() + TYPING_FOR)
        elif state == "viewing":
            room[staff_id] = ("viewing", self._clock() + VIEWING_FOR)
        if not room:
            del self._present[(tenant_id, conversation_id)]

    def others(self, tenant_id: str, conversation_id: str, staff_id: str) -> dict[str, State]:
        """Return who else is there, and what they do."""
        room, now = self._present.get((tenant_id, conversation_id), {}), self._clock()
        return {one: state for one, (state, until) in room.items() if one != staff_id and until > now}

    def _forget(self) -> None:
        now = self._clock()
        for name, room in list(self._present.items()):
            for staff_id, (_, until) in list(room.items()):
                if until <= now:
                    del room[staff_id]
            if not room:
                del self._present[name]
