"""Tenants: made with their keys, their counter and what a flow may refer to from the first day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.ids import FlowId, TenantId
from core.nouns import Tenant
from core.policy import Policy
from memory.database import Tx
from memory.directory import forget_tenant
from memory.directory_queries import ADD_TENANT_ID
from memory.numbering import Noted, number_events
from memory.query import Query, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text, to_text
from memory.tables import METADATA, UNSCOPED, pipelines, queues, stages, tenant_counters, tenants

_ADD = Query(
    insert_into(tenants), columns=("tenant_id", "name", "locale", "timezone", "country", "policy", "created_ms")
)
_ADD_COUNTER = Query(insert_into(tenant_counters).on_conflict_do_nothing())
_ADD_QUEUE = Query(insert_into(queues).on_conflict_do_nothing())
_ADD_PIPELINE = Query(insert_into(pipelines).on_conflict_do_nothing())
_ADD_STAGE = Query(insert_into(stages).on_conflict_do_nothing())
_GET = Query(sa.select(tenants).where(mine(tenants)))
_LOCK = Query(sa.select(tenants.c.constants, tenants.c.models).where(mine(tenants)).with_for_update())
_SET_POLICY = Query(tenants.update().where(mine(tenants)).values(policy=sa.bindparam("new_policy")))
_SET_DEFAULT = Query(
    tenants.update()
    .where(mine(tenants))
    .values(default_flow_id=sa.bindparam("new_flow", type_=tenants.c.default_flow_id.type))
)
_SET_CONSTANTS = Query(tenants.update().where(mine(tenants)).values(constants=sa.bindparam("new_constants")))
_SET_MODELS = Query(tenants.update().where(mine(tenants)).values(models=sa.bindparam("new_models")))
_WIPE = tuple(
    Query(table.delete().where(mine(table))) for table in reversed(METADATA.sorted_tables) if table.name not in UNSCOPED
)


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """A tenant with its rules."""

    tenant: Tenant
    policy: Policy
    constants: Mapping[str, Any]
    """What flows know as ``tenant.*``, beside its name."""


class Tenants:
    """Keeps tenants."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, name: str, *, locale: str, timezone: str, country: str) -> TenantId:
        """Make a tenant with queue ``default``, pipeline ``default`` and stage ``new``."""
        store, tenant_id = self._store, TenantId(self._store.ids.new())
        policy = Policy(timezone=timezone)
        async with store.write(tenant_id) as tx:
            await store.vault.make_keys(tx, tenant_id)
            await tx.run(
                _ADD,
                name=name,
                locale=locale,
                timezone=timezone,
                country=country,
                policy=policy.model_dump_json(exclude_defaults=True),
                created_ms=store.now_ms,
            )
            await tx.run(ADD_TENANT_ID, created_ms=store.now_ms)
            await tx.run(_ADD_COUNTER, event_no=0)
            await tx.run(_ADD_QUEUE, key="default", name="Default")
            await tx.run(_ADD_PIPELINE, key="default", name="Default")
            await tx.run(_ADD_STAGE, pipeline="default", key="new", name="New", position=0)
        return tenant_id

    async def get(self, tenant_id: TenantId) -> Tenant:
        """Return a tenant; raises NotFound."""
        return (await self.settings(tenant_id)).tenant

    async def settings(self, tenant_id: TenantId) -> TenantSettings:
        """Return a tenant and its rules; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_GET)
        if row is None:
            raise NotFound("there is no such tenant")
        return TenantSettings(
            _tenant(row), Policy.model_validate_json(row["policy"]), from_text(row["constants"]) or {}
        )

    async def set_policy(self, tenant_id: TenantId, policy: Policy) -> None:
        """Replace a tenant's rules."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_POLICY, new_policy=policy.model_dump_json(exclude_defaults=True))

    async def use_by_default(self, tenant_id: TenantId, flow_id: str, *, actor: str) -> int:
        """Let a flow answer wherever no other is chosen; returns the event number. Runs under way keep theirs."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_DEFAULT, new_flow=flow_id)
            await note(tx, self._store, sealer, actor=actor, action="flow.made_default", entity=flow_id)
            noted = Noted("flow.made_default", None, flow_id)
            return await number_events(tx, [noted], actor=actor, now_ms=self._store.now_ms)

    async def set_constants(self, tenant_id: TenantId, constants: Mapping[str, Any]) -> None:
        """Replace what flows know as ``tenant.*``."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_CONSTANTS, new_constants=to_text(dict(constants)))

    async def change_constants(self, tenant_id: TenantId, changes: Mapping[str, Any], *, actor: str) -> dict[str, Any]:
        """Set constants, and remove those whose value is None; returns all. The audit log keeps their names."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            kept = _changed(from_text((await _lock(tx))["constants"]) or {}, changes)
            await tx.run(_SET_CONSTANTS, new_constants=to_text(kept))
            await note(tx, self._store, sealer, actor=actor, action="tenant.constants_changed", names=sorted(changes))
        return kept

    async def change_models(self, tenant_id: TenantId, part: str, changes: Mapping[str, Any], *, actor: str) -> None:
        """Set what flows call models (``aliases``) or rules (``guards``); None removes one."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            kept = from_text((await _lock(tx))["models"]) or {}
            kept[part] = _changed(kept.get(part, {}), changes)
            await tx.run(_SET_MODELS, new_models=to_text(kept))
            await note(tx, self._store, sealer, actor=actor, action=f"tenant.{part}_changed", names=sorted(changes))

    async def erase(self, tenant_id: TenantId) -> None:
        """Delete everything of a tenant, its keys included; older backups still hold those, wrapped."""
        async with self._store.write(tenant_id) as tx:
            await _wipe(tx)
        self._store.vault.forget(tenant_id)


async def _lock(tx: Tx) -> Any:
    row = await tx.first(_LOCK)
    if row is None:
        raise NotFound("there is no such tenant")
    return row


def _changed(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


async def _wipe(tx: Tx) -> None:
    await forget_tenant(tx)
    for query in _WIPE:
        await tx.run(query)


def _tenant(row: Any) -> Tenant:
    flow = row["default_flow_id"]
    return Tenant(
        id=TenantId(row["tenant_id"]),
        name=row["name"],
        locale=row["locale"],
        timezone=row["timezone"],
        country=row["country"],
        default_flow=FlowId(flow) if flow else None,
        constants=from_text(row["constants"]) or {},
    )
