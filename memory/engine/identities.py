"""Which conversation a customer's keys lead to (ENGINE rule 29).

Intake never merges: a conversation starts under the strongest key of the first event, and every other key that comes
along is recorded as leading there too. A BSUID outranks a phone: numbers are given to other people.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from core.clock import Clock, to_ms
from core.inbound import IdentityChanged
from memory.bulk import BulkInsert
from memory.database import Tx
from memory.engine.intake_rows import Prepared
from memory.query import Query, among, bool_eq
from memory.tables import identity_keys

KEYS_KEPT = 50_000
KEPT_MS = 300_000
"""Another process may have moved a key: what was read is believed this long."""

Name = tuple[str, str, str]
"""(account, kind, hash) of a key."""

_KNOWN = Query(
    sa.select(
        identity_keys.c.account_id, identity_keys.c.kind, identity_keys.c.key_hash, identity_keys.c.conversation_id
    ).where(among(identity_keys.c.key_hash, "hashes")),
    scope="mixed",
)
_BSUIDS = Query(
    sa.select(identity_keys.c.conversation_id, identity_keys.c.key_hash).where(
        among(identity_keys.c.tenant_id, "tenants"),
        among(identity_keys.c.conversation_id, "conversations"),
        bool_eq(identity_keys.c.kind, "bsuid"),
    ),
    scope="mixed",
)
_MOVE = Query(
    identity_keys.update()
    .where(
        bool_eq(identity_keys.c.tenant_id, sa.bindparam("tenant")),
        bool_eq(identity_keys.c.account_id, sa.bindparam("account")),
        bool_eq(identity_keys.c.kind, sa.bindparam("of_kind")),
        bool_eq(identity_keys.c.key_hash, sa.bindparam("digest")),
    )
    .values(conversation_id=sa.bindparam("to_conversation")),
    scope="mixed",
)
_ADD = BulkInsert(
    identity_keys,
    ("tenant_id", "account_id", "kind", "key_hash", "conversation_id", "value", "created_ms"),
    returning="CAST(account_id AS TEXT) || '|' || kind || '|' || key_hash",
)


class Raced(Exception):
    """Another process recorded a key first: roll back, read it and decide again."""


class Identities:
    """Gives each event its conversation, in the batch's own transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[Name, tuple[str, int]] = OrderedDict()

    async def place(self, tx: Tx, batch: Sequence[Prepared]) -> None:
        """Set ``conversation_id`` on the rows of a batch."""
        names = {key["name"] for item in batch for key in item.keys}
        known = self._believed(names)
        missing = sorted({name[2] for name in names if name not in known})
        if missing:
            rows = await tx.all(_KNOWN, hashes=missing)
            self._remember((_name(row), row["conversation_id"]) for row in rows)
            known |= self._believed(names - known.keys())
        taken = await self._bsuids(tx, batch, known)
        for item in batch:
            if item.keys:
                _place(item, known, taken)

    async def store(self, tx: Tx, new: Sequence[Prepared]) -> None:
        """Record the keys of stored events; raises Raced where one leads elsewhere by now."""
        rows = {key["name"]: key for item in new for key in item.keys}
        known = self._believed(rows)
        gone = await self._erased(tx, list(known))
        unknown = sorted(name for name in rows if name in gone or name not in known)
        added = await _ADD.run(tx, [{**rows[name], "value": rows[name]["value"]()} for name in unknown])
        if any("|".join(name) not in added for name in unknown):
            raise Raced
        for name, key in sorted(rows.items()):
            before = known.get(name)
            if before is not None and before != key["conversation_id"]:
                await tx.run(
                    _MOVE, tenant=key["tenant_id"], account=name[0], of_kind=name[1], digest=name[2],
                    to_conversation=key["conversation_id"],
                )  # fmt: skip

    def committed(self, new: Iterable[Prepared]) -> None:
        """Believe what was just committed."""
        self._remember((key["name"], key["conversation_id"]) for item in new for key in item.keys)

    def forget(self, batch: Iterable[Prepared]) -> None:
        """Read the keys of a batch anew: it was not committed."""
        for item in batch:
            for key in item.keys:
                self._known.pop(key["name"], None)

    async def _erased(self, tx: Tx, believed: Sequence[Name]) -> set[Name]:
        """Return keys that were believed and are gone: whoever was erased and writes again needs an address again."""
        if not believed:
            return set()
        rows = await tx.all(_KNOWN, hashes=sorted({name[2] for name in believed}))
        return set(believed) - {_name(row) for row in rows}

    async def _bsuids(self, tx: Tx, batch: Sequence[Prepared], known: dict[Name, str]) -> dict[str, set[str]]:
        """Return the BSUIDs of conversations that a phone leads to while the event's BSUID is new."""
        asked = {
            known[key["name"]]
            for item in batch
            if any(key["kind"] == "bsuid" and key["name"] not in known for key in item.keys)
            for key in item.keys
            if key["name"] in known
        }
        taken: dict[str, set[str]] = {}
        if asked:
            tenants = sorted({item.row["tenant_id"] for item in batch})
            for row in await tx.all(_BSUIDS, tenants=tenants, conversations=sorted(asked)):
                taken.setdefault(row["conversation_id"], set()).add(row["key_hash"])
        return taken

    def _believed(self, names: Iterable[Name]) -> dict[Name, str]:
        """Return the conversations of keys that were read or written not long ago."""
        now = to_ms(self._clock.now())
        return {name: found[0] for name in names if (found := self._known.get(name)) is not None and found[1] > now}

    def _remember(self, found: Iterable[tuple[Name, str]]) -> None:
        until = to_ms(self._clock.now()) + KEPT_MS
        for name, conversation in found:
            self._known[name] = (conversation, until)
            self._known.move_to_end(name)
        while len(self._known) > KEYS_KEPT:
            self._known.popitem(last=False)


def _place(item: Prepared, known: dict[Name, str], taken: dict[str, set[str]]) -> None:
    """Decide one event's conversation; ``known`` and ``taken`` grow, so that the batch's next event sees it."""
    names = [key["name"] for key in item.keys]
    conversation = next((known[name] for name in names if name in known), None)
    if item.lane == "receipt":
        # What we sent tells nothing new of who somebody is: a receipt starts no conversation.
        item.keys = []
        for row in item.extra:
            row["conversation_id"] = conversation
        item.row["conversation_id"] = conversation
        return
    recycled = conversation is not None and _is_somebody_else(item, names, known, taken.get(conversation, set()))
    if conversation is None or recycled:
        conversation = item.fallback() if item.fallback is not None else ""
    item.row["conversation_id"] = conversation
    for key, name in zip(item.keys, names, strict=True):
        if name not in known or recycled:
            known[name] = conversation
        key["conversation_id"] = known[name]
        if key["kind"] == "bsuid":
            taken.setdefault(known[name], set()).add(key["key_hash"])


def _is_somebody_else(item: Prepared, names: list[Name], known: dict[Name, str], theirs: set[str]) -> bool:
    """Tell whether a known phone comes with a new BSUID although its conversation has another one.

    Such a number has a new owner: facts of the one before would leak. The phone goes along, or messages meant for the
    one before would reach the new owner. Where the provider says itself that the ids are one person, they are.
    """
    if isinstance(item.source.event, IdentityChanged):
        return False
    ours = {name[2] for name in names if name[1] == "bsuid"}
    return bool(ours) and bool(theirs) and not ours & theirs and not any(n in known for n in names if n[1] == "bsuid")


def _name(row: Any) -> Name:
    return row["account_id"], row["kind"], row["key_hash"]
