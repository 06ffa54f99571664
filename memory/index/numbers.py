"""The phone numbers that somebody writes from."""

from collections.abc import Iterable, Sequence
from typing import Any

from core.errors import TamperedCiphertext
from memory.crypto import Sealer
from memory.database import Tx
from memory.index import statements as sql


async def read_keys(tx: Tx, people: Sequence[str]) -> dict[str, list[Any]]:
    """Return the keys of people that are numbers, sealed.

    In two steps: in one, SQLite would look through every key of the tenant.
    """
    whose = {row["id"]: row["contact_id"] for row in await tx.all(sql.TALKS_OF, people=sorted(people))}
    found: dict[str, list[Any]] = {}
    for key in await tx.all(sql.NUMBERS, talks=sorted(whose)):
        found.setdefault(whose[key["conversation_id"]], []).append(key)
    return found


def open_numbers(keys: Iterable[Any], sealer: Sealer) -> list[str]:
    """Return the numbers; what cannot be opened is left out: one altered row stops no index."""
    numbers = []
    for key in keys:
        place = f"{key['account_id']}|{key['kind']}|{key['key_hash']}"
        try:
            numbers.append(sealer.open("identity_keys.value", place, key["value"]).decode("utf-8", "replace"))
        except TamperedCiphertext:
            continue
    return numbers
