"""Each tenant's keys, opened once per process and kept."""

import asyncio
from collections import OrderedDict

import sqlalchemy as sa

from core.clock import Clock, to_ms
from core.errors import NotFound, WrongMasterKey
from core.ids import SYSTEM_TENANT, TenantId
from memory.crypto import MasterKey, Sealer, WrappedKeys, data_place, index_place
from memory.database import Database, Tx
from memory.query import Query, insert_into, mine
from memory.tables import master_checks, tenant_keys

KEPT = 10_000
_CHECK, _CHECKED = b"frontdesk", "master"

_KEYS = Query(
    sa.select(tenant_keys.c.version, tenant_keys.c.data_key, tenant_keys.c.index_key).where(mine(tenant_keys))
)
_ADD_KEYS = Query(insert_into(tenant_keys).on_conflict_do_nothing())
_CHECK_ROW = Query(sa.select(master_checks.c.sealed), scope="directory")
# Compare and set: two that renew at once write the same key under the same master key, and either may stay.
_RENEW = Query(
    tenant_keys.update()
    .where(mine(tenant_keys), tenant_keys.c.version == sa.bindparam("of_version"),
           tenant_keys.c.data_key == sa.bindparam("old_data"), tenant_keys.c.index_key == sa.bindparam("old_index"))
    .values(data_key=sa.bindparam("new_data"), index_key=sa.bindparam("new_index"))
)  # fmt: skip
_RENEW_CHECK = Query(master_checks.update().values(sealed=sa.bindparam("renewed")), scope="directory")
_ADD_CHECK = Query(insert_into(master_checks).on_conflict_do_nothing(), scope="directory")


class Vault:
    """Hands out sealers; a tenant whose keys are destroyed has none, and its data is gone (DESIGN invariant 12)."""

    def __init__(self, database: Database, master: MasterKey, clock: Clock) -> None:
        self._database = database
        self._master = master
        self._clock = clock
        self._open: OrderedDict[str, Sealer] = OrderedDict()
        self._lock = asyncio.Lock()

    async def check_master_key(self) -> None:
        """Prove that the master key is this store's; raises WrongMasterKey. The first start leaves the proof."""
        async with self._database.directory() as tx:
            # Left by whoever starts first; two that start at once with different keys must not both be believed.
            await tx.run(_ADD_CHECK, id=1, sealed=self._master.wrap(_CHECK, _CHECKED))
            row = await tx.first(_CHECK_ROW)
        if row is None or self._master.unwrap(bytes(row["sealed"]), _CHECKED) != _CHECK:
            raise WrongMasterKey
        async with self._database.tenant(SYSTEM_TENANT) as tx:
            await self.make_keys(tx, SYSTEM_TENANT)

    async def make_keys(self, tx: Tx, tenant_id: TenantId) -> None:
        """Give a tenant its keys, in the transaction that makes the tenant; keeps those it has."""
        keys = self._master.new_keys(tenant_id)
        await tx.run(
            _ADD_KEYS,
            version=keys.version,
            data_key=keys.data_key,
            index_key=keys.index_key,
            created_ms=to_ms(self._clock.now()),
        )

    async def sealer(self, tenant_id: TenantId) -> Sealer:
        """Return a tenant's sealer; raises NotFound where it has no keys (any more)."""
        found = self._open.get(tenant_id)
        if found is None:
            return await self._unlock(tenant_id)
        self._open.move_to_end(tenant_id)
        return found

    async def renew(self, tenant_id: TenantId) -> int:
        """Wrap a tenant's keys under the present master key; returns how many were under the previous one.

        What the keys seal is not touched, and processes that have them open go on (ENGINE rule 33).
        Raises WrongMasterKey where neither master key opens one.
        """
        renewed = 0
        async with self._database.tenant(tenant_id) as tx:
            for row in await tx.all(_KEYS):
                data, index, version = bytes(row["data_key"]), bytes(row["index_key"]), int(row["version"])
                new_data = self._master.renew(data, data_place(tenant_id, version))
                new_index = self._master.renew(index, index_place(tenant_id))
                if (new_data, new_index) != (data, index):
                    renewed += await tx.run(
                        _RENEW, of_version=version, old_data=data, old_index=index, new_data=new_data,
                        new_index=new_index,
                    )  # fmt: skip
        return renewed

    async def renew_check(self) -> None:
        """Let the store's proof be of the present master key: last, when every tenant's keys are."""
        async with self._database.directory() as tx:
            row = await tx.first(_CHECK_ROW)
            if row is not None:
                await tx.run(_RENEW_CHECK, renewed=self._master.renew(bytes(row["sealed"]), _CHECKED))

    def forget(self, tenant_id: TenantId) -> None:
        """Drop a tenant's keys from memory: after erasure or rotation."""
        self._open.pop(tenant_id, None)

    async def _unlock(self, tenant_id: TenantId) -> Sealer:
        async with self._lock:
            if tenant_id not in self._open:
                async with self._database.tenant(tenant_id, write=False) as tx:
                    rows = await tx.all(_KEYS)
                if not rows:
                    raise NotFound("this tenant has no keys")
                keys = [WrappedKeys(r["version"], bytes(r["data_key"]), bytes(r["index_key"])) for r in rows]
                self._open[tenant_id] = Sealer(tenant_id, keys, self._master)
                while len(self._open) > KEPT:
                    self._open.popitem(last=False)
            return self._open[tenant_id]
