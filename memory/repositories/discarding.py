"""Deleting a flow that never answered anybody: nothing that was published can go, runs and reports lead back to it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.ids import TenantId
from memory.database import Tx
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text
from memory.tables import channel_accounts, flow_tests, flow_versions, flows

_id = sa.bindparam("flow_id", type_=flows.c.id.type)
_HOLD = Query(
    sa.select(flows.c.id, flows.c.key, flows.c.release_id)
    .where(mine(flows), bool_eq(flows.c.id, _id))
    .with_for_update()
)
_DRAFTS = Query(
    sa.select(flows.c.id, flows.c.name, flows.c.draft).where(mine(flows), flows.c.id != _id).order_by(flows.c.name)
)
_NEWEST = Query(
    sa.select(flow_versions.c.document)
    .where(mine(flow_versions), bool_eq(flow_versions.c.flow_id, _id))
    .order_by(flow_versions.c.n.desc())
    .limit(1)
)
_CHOSEN = Query(
    sa.select(channel_accounts.c.name)
    .where(mine(channel_accounts), bool_eq(channel_accounts.c.flow_id, _id))
    .order_by(channel_accounts.c.name)
)
_DROP_TESTS = Query(flow_tests.delete().where(mine(flow_tests), bool_eq(flow_tests.c.flow_id, _id)))
_DROP = Query(flows.delete().where(mine(flows), bool_eq(flows.c.id, _id)))


class Discarding:
    """Deletes flows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def flow(self, tenant_id: TenantId, flow_id: str, *, actor: str) -> int:
        """Delete a flow with its tests; returns the event number.

        Raises:
            NotFound: There is no such flow.
            Conflict: It was published, other flows lead to it, or an account has it.
        """
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(_HOLD, flow_id=flow_id)
            if row is None:
                raise NotFound("there is no such flow")
            if row["release_id"] is not None:
                raise Conflict("This flow was published: what it said stays on record.", reason="published")
            if callers := await _callers(tx, flow_id, row["key"]):
                raise Conflict(f"Other flows lead here: {', '.join(callers)}.", reason="called")
            if chosen := [each["name"] for each in await tx.all(_CHOSEN, flow_id=flow_id)]:
                raise Conflict(f"It is chosen on {', '.join(chosen)}.", reason="chosen")
            await tx.run(_DROP_TESTS, flow_id=flow_id)
            await tx.run(_DROP, flow_id=flow_id)
            await note(tx, self._store, sealer, actor=actor, action="flow.deleted", entity=flow_id, key=row["key"])
            told = [Noted("flow.deleted", None, flow_id)]
            return await number_events(tx, told, actor=actor, now_ms=self._store.now_ms)


async def _callers(tx: Tx, flow_id: str, key: str) -> list[str]:
    """Return the names of other flows that lead here, in their draft or in what was published of them last."""
    found = []
    for row in await tx.all(_DRAFTS, flow_id=flow_id):
        newest = await tx.first(_NEWEST, flow_id=row["id"])
        states = [from_text(row["draft"]), from_text(newest["document"]) if newest else {}]
        if any(_leads_to(state, key) for state in states):
            found.append(row["name"])
    return found


def _leads_to(document: Mapping[str, Any], key: str) -> bool:
    """Tell whether a node calls or jumps to a flow; a draft may be anything."""
    nodes = document.get("nodes")
    return isinstance(nodes, Mapping) and any(
        isinstance(node, Mapping) and node.get("flow") == key for node in nodes.values()
    )
