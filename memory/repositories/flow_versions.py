"""What was published of a flow: its versions, which of them answers, and who still stands on each."""

from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.errors import Conflict, NotFound
from core.ids import TenantId
from core.views_flows import VersionView
from memory.query import Query, bool_eq, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text
from memory.tables import flow_versions, flows, releases, runs

KEPT = 200

_of = sa.bindparam("flow_id", type_=flows.c.id.type)
_FLOW = Query(sa.select(flows.c.id, flows.c.release_id).where(mine(flows), bool_eq(flows.c.id, _of)))
_HOLD = Query(sa.select(flows.c.id, flows.c.release_id).where(mine(flows), bool_eq(flows.c.id, _of)).with_for_update())
_VERSIONS = Query(
    sa.select(
        flow_versions.c.n, flow_versions.c.hash, flow_versions.c.note, flow_versions.c.author,
        flow_versions.c.created_ms,
    )
    .where(mine(flow_versions), bool_eq(flow_versions.c.flow_id, _of))
    .order_by(flow_versions.c.n.desc())
    .limit(KEPT)
)  # fmt: skip
_standing = (
    sa.select(sa.func.count())
    .where(mine(runs), bool_eq(runs.c.release_id, releases.c.id), bool_eq(runs.c.status, "live"))
    .scalar_subquery()
)
_RELEASES = Query(
    sa.select(releases.c.id, releases.c.n, _standing.label("standing"))
    .where(mine(releases), bool_eq(releases.c.flow_id, _of))
    .order_by(releases.c.created_ms.desc(), releases.c.id.desc())
)
_DOCUMENT = Query(
    sa.select(flow_versions.c.document).where(
        mine(flow_versions),
        bool_eq(flow_versions.c.flow_id, _of),
        bool_eq(flow_versions.c.n, sa.bindparam("n", type_=flow_versions.c.n.type)),
    )
)
_n = sa.bindparam("n", type_=flow_versions.c.n.type)
_DROP_RELEASES = Query(
    releases.delete().where(mine(releases), bool_eq(releases.c.flow_id, _of), bool_eq(releases.c.n, _n))
)
_DROP = Query(
    flow_versions.delete().where(
        mine(flow_versions), bool_eq(flow_versions.c.flow_id, _of), bool_eq(flow_versions.c.n, _n)
    )
)


class FlowVersions:
    """Keeps versions; they never change."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, tenant_id: TenantId, flow_id: str) -> list[VersionView]:
        """Return the versions of a flow, newest first; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            flow = await tx.first(_FLOW, flow_id=flow_id)
            if flow is None:
                raise NotFound
            made = await tx.all(_RELEASES, flow_id=flow_id)
            rows = await tx.all(_VERSIONS, flow_id=flow_id)
        return [_version(row, [each for each in made if each["n"] == row["n"]], flow["release_id"]) for row in rows]

    async def document(self, tenant_id: TenantId, flow_id: str, n: int) -> dict[str, Any]:
        """Return what a version says; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_DOCUMENT, flow_id=flow_id, n=n)
        if row is None:
            raise NotFound("there is no such version of this flow")
        document: dict[str, Any] = from_text(row["document"])
        return document

    async def delete(self, tenant_id: TenantId, flow_id: str, n: int, *, actor: str) -> None:
        """Delete a version with its releases.

        Raises:
            NotFound: There is no such version.
            Conflict: It is live, or conversations are under way on it.
        """
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            flow = await tx.first(_HOLD, flow_id=flow_id)
            if flow is None or await tx.first(_DOCUMENT, flow_id=flow_id, n=n) is None:
                raise NotFound("there is no such version of this flow")
            made = [row for row in await tx.all(_RELEASES, flow_id=flow_id) if row["n"] == n]
            if flow["release_id"] in [row["id"] for row in made]:
                raise Conflict("This version is live.", reason="in_use")
            if standing := sum(row["standing"] for row in made):
                raise Conflict(f"{standing} conversations are under way on this version.", reason="in_use")
            await tx.run(_DROP_RELEASES, flow_id=flow_id, n=n)
            await tx.run(_DROP, flow_id=flow_id, n=n)
            await note(tx, self._store, sealer, actor=actor, action="flow.version_deleted", entity=flow_id, n=n)


def _version(row: Any, made: list[Any], live: str | None) -> VersionView:
    return VersionView(
        n=row["n"],
        hash=row["hash"],
        note=row["note"],
        author=row["author"],
        at=from_ms(row["created_ms"]),
        live=live is not None and live in [each["id"] for each in made],
        conversations=sum(each["standing"] for each in made),
        release_id=made[0]["id"] if made else None,
    )
