"""What happened to a conversation, as its thread shows it between the messages."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound
from core.ids import TenantId
from core.views import HappeningView, Page
from memory.crypto import Sealer
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store, show_listed
from memory.repositories.conversations import Conversations
from memory.repositories.events import read_number
from memory.tables import conversations, happenings

MOST = 500

_of = sa.bindparam("conversation_id", type_=conversations.c.id.type)
_EXISTS = Query(sa.select(conversations.c.id).where(mine(conversations), bool_eq(conversations.c.id, _of)))
_NEWEST = Query(
    sa.select(happenings)
    .where(mine(happenings), bool_eq(happenings.c.conversation_id, _of))
    .order_by(happenings.c.at_ms.desc(), happenings.c.id.desc())
    .limit(MOST)
)


class Timeline:
    """Reads happenings."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._conversations = Conversations(store)

    async def require(self, tenant_id: TenantId, conversation_id: str) -> None:
        """Make sure that there is such a conversation; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_EXISTS, conversation_id=conversation_id) is None:
                raise NotFound

    async def page(self, tenant_id: TenantId, conversation_id: str) -> Page[HappeningView]:
        """Return the newest happenings, oldest first; raises NotFound."""
        names, sealer = await self._conversations.names(tenant_id), await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_EXISTS, conversation_id=conversation_id) is None:
                raise NotFound
            rows = await tx.all(_NEWEST, conversation_id=conversation_id)
            event_no = await read_number(tx)

        def show(row: Any) -> HappeningView:
            return _view(row, sealer, names)

        items = [show_listed(show, row, "details") for row in reversed(rows)]
        return Page[HappeningView](items=items, event_no=event_no)


def _view(row: Any, sealer: Sealer, names: Mapping[str, str]) -> HappeningView:
    details = sealer.open_json("happenings.details", row["id"], row["details"]) or {}
    people = (row["actor"], details.get("before"), details.get("after"))
    staff = [one for one in people if isinstance(one, str) and one.startswith("staff:")]
    return HappeningView(
        id=row["id"],
        kind=row["kind"],
        actor=row["actor"],
        at=from_ms(row["at_ms"]),
        details=details,
        names={one: names[one.removeprefix("staff:")] for one in staff if one.removeprefix("staff:") in names},
    )
