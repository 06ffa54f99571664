"""What providers told of accounts: templates, quality, limits, alerts; the newest of each account."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound
from core.ids import TenantId
from memory.query import Query, among, bool_eq, mine
from memory.repositories.base import Store, show_listed
from memory.tables import account_events as t
from memory.tables import channel_accounts

_account = sa.bindparam("account_id", type_=t.c.account_id.type)
_KNOWN = Query(sa.select(channel_accounts.c.id).where(mine(channel_accounts), bool_eq(channel_accounts.c.id, _account)))
NEWEST = Query(
    sa.select(t)
    .where(mine(t), bool_eq(t.c.account_id, _account), ~among(t.c.topic, "but"))
    .order_by(t.c.at_ms.desc(), t.c.id.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)


@dataclass(frozen=True, slots=True)
class Told:
    """Something a provider said of an account, and when it reached us."""

    id: str
    topic: str
    severity: Literal["info", "warning", "pause", "resume"]
    at: datetime
    data: dict[str, Any]


class AccountEvents:
    """Reads what was told of accounts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def newest(self, tenant_id: TenantId, account_id: str, *, but: Collection[str], limit: int) -> list[Told]:
        """Return what was told last, newest first, ``but`` for some topics; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_KNOWN, account_id=account_id) is None:
                raise NotFound
            rows = await tx.all(NEWEST, account_id=account_id, but=sorted(but), n=limit)

        def show(row: Any) -> Told:
            data = sealer.open_json("account_events.data", row["id"], row["data"])
            return Told(row["id"], row["topic"], row["severity"], from_ms(row["at_ms"]), data or {})

        return [show_listed(show, row, "data") for row in rows]
