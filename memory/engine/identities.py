"""Which conversation a customer's keys lead to (ENGINE rule 29).

Intake never merges: a conversation starts under the strongest key of the first event, and every other key that comes
along is recorded as leading there too. A BSUID outranks a phone: numbers are given to other people. Where keys of one
person lead to several conversations, that is noted, and ``memory.repositories.joining`` joins them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.inbound import IdentityChanged
from memory.bulk import BulkInsert
from memory.database import Tx
from memory.engine.intake_rows import Prepared
from memory.query import Query, among, bool_eq
from memory.tables import aliases, identity_keys

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
_ALIAS = BulkInsert(
    aliases, ("tenant_id", "one_id", "other_id", "account_id", "noted_ms", "due_ms"), returning="one_id"
)


class Raced(Exception):
    """Another process recorded a key first: roll back, read it and decide again."""


class Identities:
    """Gives the events of one batch their conversations, in its own transaction.

    Keys are read anew for every batch: another process may have moved or erased any of them since.
    """

    def __init__(self, tx: Tx, batch: Sequence[Prepared]) -> None:
        self._tx = tx
        self._batch = batch
        self._found: dict[Name, str] = {}

    async def place(self) -> None:
        """Set ``conversation_id`` on the rows of the batch."""
        names = {key["name"] for item in self._batch for key in item.keys}
        if names:
            rows = await self._tx.all(_KNOWN, hashes=sorted({name[2] for name in names}))
            self._found = {_name(row): row["conversation_id"] for row in rows}
        # Only those of the batch: one hash may stand under several accounts.
        known = {name: self._found[name] for name in names & self._found.keys()}
        taken = await self._bsuids(known)
        for item in self._batch:
            if item.keys:
                _place(item, known, taken)

    async def store(self, new: Sequence[Prepared]) -> None:
        """Record the keys of stored events; raises Raced where another process stored one meanwhile."""
        found = self._found
        rows = {key["name"]: (item, key) for item in new for key in item.keys}
        unknown = sorted(name for name in rows if name not in found)
        added = await _ADD.run(self._tx, [item.sealed_key(key) for item, key in map(rows.__getitem__, unknown)])
        if len(added) < len(unknown):
            raise Raced
        for name in sorted(name for name in rows if name in found and found[name] != rows[name][1]["conversation_id"]):
            _, key = rows[name]
            await self._tx.run(
                _MOVE, tenant=key["tenant_id"], account=name[0], of_kind=name[1], digest=name[2],
                to_conversation=key["conversation_id"],
            )  # fmt: skip
        await _ALIAS.run(self._tx, _aliases(new))

    async def _bsuids(self, known: Mapping[Name, str]) -> dict[str, set[str]]:
        """Return the BSUIDs of conversations to which some key of an event leads, and not every one."""
        led = ({known.get(key["name"]) for key in item.keys} for item in self._batch if len(item.keys) > 1)
        asked = set[str]()
        for each in led:
            if len(each) > 1:
                asked.update(filter(None, each))
        taken: dict[str, set[str]] = {}
        if asked:
            tenants = sorted({item.row["tenant_id"] for item in self._batch})
            for row in await self._tx.all(_BSUIDS, tenants=tenants, conversations=sorted(asked)):
                taken.setdefault(row["conversation_id"], set()).add(row["key_hash"])
        return taken


def _place(item: Prepared, known: dict[Name, str], taken: dict[str, set[str]]) -> None:
    """Decide one event's conversation; ``known`` and ``taken`` grow, so that the batch's next event sees it."""
    if item.lane == "turn" and len(item.keys) == 1:
        # One key leads where it leads; there is no other to disagree with it.
        (key,) = item.keys
        found = known.get(key["name"]) or item.new_conversation()
        known[key["name"]] = item.row["conversation_id"] = key["conversation_id"] = found
        if key["kind"] == "bsuid":
            taken.setdefault(found, set()).add(key["key_hash"])
        return
    names = [key["name"] for key in item.keys]
    conversation = next(filter(None, map(known.get, names)), None)
    if item.lane == "receipt":
        # What we sent tells nothing new of who somebody is: a receipt starts no conversation.
        item.keys = []
        for row in item.extra:
            row["conversation_id"] = conversation
        item.row["conversation_id"] = conversation
        return
    recycled = conversation is not None and _is_somebody_else(item, names, known, taken.get(conversation, set()))
    if conversation is None or recycled:
        conversation = item.new_conversation()
    item.row["conversation_id"], item.others = conversation, frozenset()
    if any(known.get(name, conversation) != conversation for name in names) and not recycled:
        _take_given_on(names, known, taken, conversation)
        item.others = frozenset(known[name] for name in names if name in known) - {conversation}
    for key, name in zip(item.keys, names, strict=True):
        if name not in known or recycled:
            known[name] = conversation
        key["conversation_id"] = known[name]
        if key["kind"] == "bsuid":
            taken.setdefault(known[name], set()).add(key["key_hash"])


def _take_given_on(names: list[Name], known: dict[Name, str], taken: Mapping[str, set[str]], conversation: str) -> None:
    """Let keys lead here that lead to somebody with other BSUIDs: numbers are given on, and those two are not one."""
    theirs = taken.get(conversation, set()) | {name[2] for name in names if name[1] == "bsuid"}
    for name in names:
        before = taken.get(known.get(name, conversation), set())
        if theirs and before and not theirs & before:
            known[name] = conversation


def _aliases(new: Sequence[Prepared]) -> list[dict[str, Any]]:
    """Return which conversations events have shown to be one person's, each pair once and in one order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for item in new:
        here, row = item.row["conversation_id"], item.row
        for other in item.others:
            one, two = sorted((here, other))
            found[one, two] = {
                "tenant_id": row["tenant_id"], "one_id": one, "other_id": two, "account_id": row["account_id"],
                "noted_ms": row["received_ms"], "due_ms": row["received_ms"],
            }  # fmt: skip
    return [found[pair] for pair in sorted(found)]


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
