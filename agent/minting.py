"""Ids that come out the same when a turn is replayed."""

import hashlib
from collections import Counter


class TurnMinter:
    """Implements ``core.turns.Minter``: ids derive from the conversation, the turn's number, the event and a count."""

    def __init__(self, conversation_id: str, turn_no: int) -> None:
        self._base = f"{conversation_id}|{turn_no}"
        self.event = ""
        """The event that is being answered."""
        self._visits: dict[tuple[str, str], list[str]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def about(self, event: str) -> None:
        """Mint for this event from here on.

        A worker dies after an outside write, and what the customer wrote before it comes in late: were ids counted over
        the whole turn, the write would have another name when the turn is replayed, and would be made again (rule 12).
        """
        self.event = event

    def mint(self, what: str) -> str:
        """Return the next id of this kind for this event of this turn (UUIDv8, RFC 9562 §5.8)."""
        self._counts[self.event, what] += 1
        name = f"{self._base}|{self.event}|{what}|{self._counts[self.event, what]}"
        digest = hashlib.sha256(name.encode()).digest()
        number = int.from_bytes(digest[:16], "big") & ~(0xF << 76) | 8 << 76
        number = number & ~(0x3 << 62) | 2 << 62
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def place(self, node: str, visit: str) -> str:
        """Name a visit by the event that it answers, and how many of the node's visits for that came before.

        Its own id will not do for outside writes: words that begin a Run mint another visit for its start, and the same
        words do not once earlier ones have come in and begun it.
        """
        visits = self._visits.setdefault((self.event, node), [])
        if visit not in visits:
            visits.append(visit)
        return f"{self.event}|{visits.index(visit)}"
