"""Ids that come out the same when a turn is replayed."""

import hashlib
from collections import Counter


class TurnMinter:
    """Implements ``core.turns.Minter``: ids derive from the conversation, the turn's number and a count."""

    def __init__(self, conversation_id: str, turn_no: int) -> None:
        self._base = f"{conversation_id}|{turn_no}"
        self._counts: Counter[str] = Counter()

    def mint(self, what: str) -> str:
        """Return the next id of this kind in this turn (UUIDv8, RFC 9562 §5.8)."""
        self._counts[what] += 1
        digest = hashlib.sha256(f"{self._base}|{what}|{self._counts[what]}".encode()).digest()
        number = int.from_bytes(digest[:16], "big") & ~(0xF << 76) | 8 << 76
        number = number & ~(0x3 << 62) | 2 << 62
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
