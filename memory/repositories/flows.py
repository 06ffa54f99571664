"""Flows: drafts, versions and releases (DESIGN invariant 14).

A Release holds the entry flow and every flow it leads to, so that a Run pinned to it never sees a later edit.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from core.clock import from_ms
from core.desk_ports import ReleaseDraft
from core.errors import Conflict, NotFound, PreconditionFailed
from core.ids import FlowId, ReleaseId, TenantId, is_id
from core.views_setup import FlowDetail, FlowItem, ReleaseView
from memory.crypto import Sealer
from memory.database import Tx
from memory.numbering import Noted, number_events
from memory.query import Query, among, bool_eq, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text, to_text
from memory.repositories.flow_tests import FlowTests
from memory.tables import flow_versions, flows, releases, tenants

_this = bool_eq(flows.c.id, sa.bindparam("flow_id"))
_BY_ID = Query(sa.select(flows).where(mine(flows), _this))
_HOLD = Query(sa.select(flows).where(mine(flows), _this).with_for_update())
"""Nobody else changes the flow until the transaction ends."""
_BY_KEY = Query(sa.select(flows).where(mine(flows), bool_eq(flows.c.key, sa.bindparam("flow_key"))))
_BY_KEYS = Query(sa.select(flows).where(mine(flows), among(flows.c.key, "keys")))
_LIST = Query(sa.select(flows).where(mine(flows)).order_by(flows.c.created_ms, flows.c.id))
_DEFAULT = Query(sa.select(tenants.c.default_flow_id).where(mine(tenants)))
_SET_DEFAULT = Query(
    tenants.update()
    .where(mine(tenants), tenants.c.default_flow_id.is_(None))
    .values(default_flow_id=sa.bindparam("new_flow"))
)
_ADD = Query(
    insert_into(flows).on_conflict_do_nothing(index_elements=[flows.c.tenant_id, flows.c.key]),
    columns=(
        "tenant_id", "id", "key", "name", "draft", "draft_hash", "version", "created_ms", "updated_ms", "saved_by",
    ),
)  # fmt: skip
_SAVE = Query(
    flows.update()
    .where(mine(flows), _this)
    .values(
        name=sa.bindparam("new_name"),
        draft=sa.bindparam("new_draft"),
        draft_hash=sa.bindparam("new_hash"),
        updated_ms=sa.bindparam("now_ms"),
        saved_by=sa.bindparam("actor"),
        version=flows.c.version + 1,
    )
)
_RELEASE = Query(flows.update().where(mine(flows), _this).values(release_id=sa.bindparam("new_release")))
_LAST_VERSION = Query(
    sa.select(flow_versions.c.n, flow_versions.c.hash, flow_versions.c.document)
    .where(mine(flow_versions), bool_eq(flow_versions.c.flow_id, sa.bindparam("flow_id")))
    .order_by(flow_versions.c.n.desc())
    .limit(1)
)
_ADD_VERSION = Query(insert_into(flow_versions))
_ADD_RELEASE = Query(insert_into(releases))
_RELEASES = Query(
    sa.select(releases.c.id, releases.c.hash, releases.c.author, releases.c.note, releases.c.created_ms)
    .where(mine(releases), bool_eq(releases.c.flow_id, sa.bindparam("flow_id")))
    .order_by(releases.c.created_ms.desc(), releases.c.id.desc())
    .limit(50)
)
_SPEC = Query(sa.select(releases.c.spec).where(mine(releases), bool_eq(releases.c.id, sa.bindparam("release_id"))))


class Flows:
    """Keeps flows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, tenant_id: TenantId) -> list[FlowItem]:
        """Return the tenant's flows, oldest first."""
        async with self._store.read(tenant_id) as tx:
            chosen = await tx.first(_DEFAULT)
            rows = await tx.all(_LIST)
        return [FlowItem(**_item(row, chosen["default_flow_id"] if chosen else None)) for row in rows]

    async def get(self, tenant_id: TenantId, flow: str) -> FlowDetail:
        """Return a flow by its id or key; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await _find(tx, flow)
            chosen = await tx.first(_DEFAULT)
            published = await tx.all(_RELEASES, flow_id=row["id"])
        return FlowDetail(
            **_item(row, chosen["default_flow_id"] if chosen else None),
            document=from_text(row["draft"]),
            releases=[_release(item) for item in published],
        )

    async def documents(self, tenant_id: TenantId, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return what flows of these keys say: the published version of each, else its draft; unknown ones lack."""
        found: dict[str, dict[str, Any]] = {}
        async with self._store.read(tenant_id) as tx:
            for row in await tx.all(_BY_KEYS, keys=list(keys)):
                last = await tx.first(_LAST_VERSION, flow_id=row["id"])
                found[row["key"]] = from_text(last["document"] if last else row["draft"])
        return found

    async def tests(self, tenant_id: TenantId, flow_id: str) -> str:
        """Return a flow's tests as they were written; raises NotFound."""
        return (await FlowTests(self._store).get(tenant_id, flow_id)).text

    async def save(self, tenant_id: TenantId, document: Mapping[str, Any], *, actor: str) -> FlowId:
        """Add a flow, or replace the draft of the one with the same key."""
        sealer, key = await self._store.sealer(tenant_id), str(document["key"])
        async with self._store.write(tenant_id) as tx:
            flow_id = self._store.ids.new()
            if not await self._add(tx, flow_id, document, actor=actor):
                flow_id = str((await _find(tx, key))["id"])
                await self._replace(tx, flow_id, document, actor=actor)
            await self._noted(tx, sealer, flow_id, actor=actor, action="flow.saved")
        return FlowId(flow_id)

    async def save_draft(
        self, tenant_id: TenantId, flow_id: str, document: Mapping[str, Any], *, etag: str | None, actor: str
    ) -> tuple[str, int]:
        """Replace a draft; returns its new etag and the event number.

        Raises:
            PreconditionFailed: The draft is not the one that was edited; the facts say what it is now and who saved it.
            Conflict: The document's key is not this flow's: nodes of other flows refer to it by key.
        """
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(_HOLD, flow_id=flow_id)
            if row is None:
                raise NotFound
            if etag is not None and etag not in ("*", row["draft_hash"]):
                raise _stale(row)
            if document.get("key") != row["key"]:
                raise Conflict("a flow keeps its key", reason="key_changed")
            await self._replace(tx, flow_id, document, actor=actor)
            number = await self._noted(tx, sealer, flow_id, actor=actor, action="flow.saved")
        return draft_hash(document), number

    async def publish(self, tenant_id: TenantId, new: ReleaseDraft, *, actor: str) -> tuple[ReleaseId, int]:
        """Store a version and a release; the first one published becomes the tenant's default flow."""
        sealer, release_id = await self._store.sealer(tenant_id), self._store.ids.new()
        async with self._store.write(tenant_id) as tx:
            await tx.first(_HOLD, flow_id=new.flow_id)
            n = await self._add_version(tx, new, actor=actor)
            spec = orjson.dumps({"entry": new.entry, "flows": new.documents}, option=orjson.OPT_SORT_KEYS)
            await tx.run(
                _ADD_RELEASE,
                id=release_id,
                flow_id=new.flow_id,
                hash=hashlib.sha256(spec).hexdigest(),
                spec=spec.decode(),
                node_types=to_text(list(new.node_types)),
                note=new.note,
                author=actor,
                created_ms=self._store.now_ms,
                n=n,
            )
            await tx.run(_RELEASE, flow_id=new.flow_id, new_release=release_id)
            if new.documents[new.entry].get("kind", "main") == "main":
                await tx.run(_SET_DEFAULT, new_flow=new.flow_id)
            number = await self._noted(tx, sealer, new.flow_id, actor=actor, action="flow.published")
        return ReleaseId(release_id), number

    async def rollback(
        self, tenant_id: TenantId, flow_id: str, release_id: str | None, *, actor: str
    ) -> tuple[ReleaseId, int]:
        """Make an earlier release the one that new Runs take; None: the one published before the present one."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(_HOLD, flow_id=flow_id)
            if row is None:
                raise NotFound
            chosen = _earlier(
                [r["id"] for r in await tx.all(_RELEASES, flow_id=flow_id)], row["release_id"], release_id
            )
            await tx.run(_RELEASE, flow_id=flow_id, new_release=chosen)
            number = await self._noted(tx, sealer, flow_id, actor=actor, action="flow.rolled_back")
        return ReleaseId(chosen), number

    async def release_spec(self, tenant_id: TenantId, release_id: str) -> dict[str, Any]:
        """Return ``{"entry", "flows"}`` of a release; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_SPEC, release_id=release_id)
        if row is None:
            raise NotFound
        spec: dict[str, Any] = from_text(row["spec"])
        return spec

    async def _add(self, tx: Tx, flow_id: str, document: Mapping[str, Any], *, actor: str) -> bool:
        """Add a flow unless there is one with its key; tells whether it was added."""
        now = self._store.now_ms
        added = await tx.run(
            _ADD,
            id=flow_id,
            key=document["key"],
            name=document.get("name") or document["key"],
            draft=to_text(document),
            draft_hash=draft_hash(document),
            version=1,
            created_ms=now,
            updated_ms=now,
            saved_by=actor,
        )
        return bool(added)

    async def _replace(self, tx: Tx, flow_id: str, document: Mapping[str, Any], *, actor: str) -> None:
        await tx.run(
            _SAVE,
            flow_id=flow_id,
            new_name=document.get("name") or document["key"],
            new_draft=to_text(document),
            new_hash=draft_hash(document),
            now_ms=self._store.now_ms,
            actor=actor,
        )

    async def _add_version(self, tx: Tx, new: ReleaseDraft, *, actor: str) -> int:
        """Store what the flow says now, unless its newest version says the same; returns the version's number."""
        last = await tx.first(_LAST_VERSION, flow_id=new.flow_id)
        if last is not None and last["hash"] == new.hashes[new.entry]:
            return int(last["n"])
        n = (last["n"] if last else 0) + 1
        await tx.run(
            _ADD_VERSION,
            id=self._store.ids.new(),
            flow_id=new.flow_id,
            n=n,
            hash=new.hashes[new.entry],
            document=to_text(new.documents[new.entry]),
            note=new.note,
            author=actor,
            created_ms=self._store.now_ms,
        )
        return int(n)

    async def _noted(self, tx: Tx, sealer: Sealer, flow_id: str, *, actor: str, action: str) -> int:
        await note(tx, self._store, sealer, actor=actor, action=action, entity=flow_id)
        return await number_events(tx, [Noted(action, None, flow_id)], actor=actor, now_ms=self._store.now_ms)


def draft_hash(document: Mapping[str, Any]) -> str:
    """Return the etag of a draft: of all it says, layout included."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


async def _find(tx: Tx, flow: str) -> Any:
    row = await tx.first(_BY_ID, flow_id=flow) if is_id(flow) else await tx.first(_BY_KEY, flow_key=flow)
    if row is None:
        raise NotFound("there is no such flow")
    return row


def _stale(row: Any) -> PreconditionFailed:
    """Tell what a draft is now: who edited an older one merges the two."""
    return PreconditionFailed(
        current=row["draft_hash"], theirs=from_text(row["draft"]), who=row["saved_by"], at=from_ms(row["updated_ms"])
    )


def _earlier(known: list[str], present: str | None, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in known:
            raise NotFound("there is no such release of this flow")
        return wanted
    place = known.index(present) if present in known else -1
    if not 0 <= place < len(known) - 1:
        raise Conflict("nothing was published before", reason="no_earlier_release")
    return known[place + 1]


def _item(row: Any, default: str | None) -> dict[str, Any]:
    return {
        "id": row["id"],
        "key": row["key"],
        "name": row["name"],
        "kind": from_text(row["draft"]).get("kind", "main"),
        "release_id": row["release_id"],
        "published": row["release_id"] is not None,
        "default": row["id"] == default,
        "etag": row["draft_hash"],
        "updated_at": from_ms(row["updated_ms"]),
    }


def _release(row: Any) -> ReleaseView:
    return ReleaseView(
        id=row["id"], hash=row["hash"], author=row["author"], note=row["note"], created_at=from_ms(row["created_ms"])
    )
