"""The tests of each flow, as builders wrote them. Sealed: some are made from what customers said."""

from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import NotFound, PreconditionFailed
from core.ids import TenantId
from core.views_flows import FlowTests as Kept
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.tables import flow_tests, flows, releases, turns

_of = sa.bindparam("flow_id", type_=flows.c.id.type)
_FLOW = Query(sa.select(flows.c.id, flows.c.key).where(mine(flows), bool_eq(flows.c.id, _of)))
_HOLD = Query(sa.select(flows.c.id, flows.c.key).where(mine(flows), bool_eq(flows.c.id, _of)).with_for_update())
_READ = Query(sa.select(flow_tests).where(mine(flow_tests), bool_eq(flow_tests.c.flow_id, _of)))
_WRITE = Query(
    insert_into(flow_tests).on_conflict_do_update(
        index_elements=[flow_tests.c.tenant_id, flow_tests.c.flow_id],
        set_={name: sa.literal_column(f"excluded.{name}") for name in ("body", "version", "saved_by", "updated_ms")},
    )
)

_STOOD = Query(
    sa.select(releases.c.id, releases.c.flow_id)
    .join(turns, sa.and_(bool_eq(turns.c.tenant_id, releases.c.tenant_id), bool_eq(turns.c.release_id, releases.c.id)))
    .where(
        mine(releases),
        bool_eq(turns.c.conversation_id, sa.bindparam("conversation_id", type_=turns.c.conversation_id.type)),
    )
    .order_by(turns.c.no.desc())
    .limit(1)
)


class FlowTests:
    """Keeps tests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, tenant_id: TenantId, flow_id: str) -> Kept:
        """Return a flow's tests, empty where nobody wrote any; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_FLOW, flow_id=flow_id) is None:
                raise NotFound
            row = await tx.first(_READ, flow_id=flow_id)
        if row is None:
            return Kept()
        text = sealer.open_text("flow_tests.body", flow_id, row["body"]) or ""
        return Kept(
            text=text, etag=str(row["version"]), saved_by=row["saved_by"], updated_at=from_ms(row["updated_ms"])
        )

    async def save(self, tenant_id: TenantId, flow_id: str, text: str, *, etag: str, actor: str) -> str:
        """Replace a flow's tests; returns their new etag. ``*`` stands for whatever is there.

        Raises:
            NotFound: There is no such flow.
            PreconditionFailed: They are not those that were edited; the facts say what they are now, and whose.
        """
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            if await tx.first(_HOLD, flow_id=flow_id) is None:
                raise NotFound
            row: Any = await tx.first(_READ, flow_id=flow_id)
            version = row["version"] if row else 0
            if etag not in ("*", str(version)):
                theirs = sealer.open_text("flow_tests.body", flow_id, row["body"]) if row else ""
                who = row["saved_by"] if row else None
                raise PreconditionFailed(current=str(version), theirs=theirs, who=who)
            await tx.run(
                _WRITE,
                flow_id=flow_id,
                body=sealer.seal_text("flow_tests.body", flow_id, text),
                version=version + 1,
                saved_by=actor,
                updated_ms=self._store.now_ms,
            )
            await note(tx, self._store, sealer, actor=actor, action="flow.tests_saved", entity=flow_id)
        return str(version + 1)

    async def find_release(self, tenant_id: TenantId, conversation_id: str) -> tuple[str, str] | None:
        """Return the release and the flow that answered a conversation last; None where none did."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_STOOD, conversation_id=conversation_id)
        return (row["id"], row["flow_id"]) if row else None
