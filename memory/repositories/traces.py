"""Where else a person is named: what was told of accounts, comments, what was not understood.

These rows belong to no conversation, and what they say is sealed: each is opened and searched for the person's own
addresses. A provider's list of contacts or a piece of history names many; it goes as a whole.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.errors import TamperedCiphertext
from core.ids import TenantId
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, among, mine
from memory.repositories.base import Store
from memory.repositories.contacts import KEYS, open_key
from memory.tables import account_events, inbound

PAGE = 500
BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
SHORT = 6
"""Characters; an address of fewer must be all of a value: numbers of that size count other things, too."""

_after, _n = sa.bindparam("after", type_=account_events.c.id.type), sa.bindparam("n", type_=sa.Integer)
_TOLD = Query(
    sa.select(account_events.c.id, account_events.c.data.label("body"))
    .where(mine(account_events), account_events.c.id > _after, account_events.c.data.is_not(None))
    .order_by(account_events.c.id)
    .limit(_n)
)
_OF_NO_TALK = Query(
    sa.select(inbound.c.id, inbound.c.body)
    .where(
        mine(inbound), inbound.c.id > _after, inbound.c.conversation_id.is_(None), inbound.c.body.is_not(None)
    )
    .order_by(inbound.c.id)
    .limit(_n)
)  # fmt: skip
_PLACES = {"account_events.data": _TOLD, "inbound.body": _OF_NO_TALK}
# The rows stay, empty: a repetition is known by them.
_BLANK = {
    "account_events.data": Query(
        account_events.update().where(mine(account_events), among(account_events.c.id, "ids")).values(data=sa.null())
    ),
    "inbound.body": Query(
        inbound.update().where(mine(inbound), among(inbound.c.id, "ids")).values(body=sa.null(), state="done")
    ),
}

Traces = Mapping[str, Sequence[str]]
"""Per sealed column, the rows that name somebody."""


async def find_traces(store: Store, tenant_id: TenantId, contact_id: str) -> Traces:
    """Return what names a person; read page by page, so that nobody waits for it."""
    sealer = await store.sealer(tenant_id)
    async with store.read(tenant_id) as tx:
        keys = await tx.all(KEYS, contact_id=contact_id)
    addresses = _addresses(keys, sealer)
    if not addresses:
        return {}
    named = _naming(addresses)
    return {place: await _find(store, tenant_id, sealer, place, named=named) for place in _PLACES}


async def blank_traces(tx: Tx, traces: Traces) -> None:
    """Empty these rows."""
    for place, ids in traces.items():
        for start in range(0, len(ids), PAGE):
            await tx.run(_BLANK[place], ids=ids[start : start + PAGE])


async def _find(
    store: Store, tenant_id: TenantId, sealer: Sealer, place: str, *, named: re.Pattern[bytes]
) -> list[str]:
    found: list[str] = []
    after, more = BEFORE_ALL, True
    while more:
        async with store.read(tenant_id) as tx:
            rows = await tx.all(_PLACES[place], after=after, n=PAGE)
        found += [row["id"] for row in rows if _names(sealer, place, row, named)]
        after, more = rows[-1]["id"] if rows else after, len(rows) == PAGE
    return found


def _names(sealer: Sealer, place: str, row: Any, named: re.Pattern[bytes]) -> bool:
    try:
        text = sealer.open(place, row["id"], row["body"])
    except TamperedCiphertext:
        return False  # nobody can read it
    return named.search(text) is not None


def _naming(addresses: Collection[str]) -> re.Pattern[bytes]:
    """Return what finds one of the addresses: a longer number that holds it is somebody else's, dialled or not."""
    kinds = (
        rf'"{re.escape(address)}"'
        if len(address) < SHORT
        else rf"(?<![0-9A-Za-z])(?:00)?{re.escape(address)}(?![0-9A-Za-z])"
        for address in sorted(addresses)
    )
    return re.compile("|".join(kinds).encode())


def _addresses(keys: Iterable[Any], sealer: Sealer) -> set[str]:
    addresses = set()
    for key in keys:
        try:
            addresses.add(open_key(key, sealer))
        except TamperedCiphertext:
            continue  # one altered row stops no erasure
    return addresses
