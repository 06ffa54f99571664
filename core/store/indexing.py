"""What the store offers for keeping the index that search rests on (rule 34)."""

from typing import Protocol


class IndexStore(Protocol):
    """Indexes what was said since."""

    async def follow(self) -> bool:
        """Take a step for every tenant that is behind; returns whether more is left."""
        ...
