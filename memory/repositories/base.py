"""What every repository works with, and how each transaction is opened."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import orjson

from core.clock import Clock, to_ms
from core.ids import Ids, TenantId
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.vault import Vault


@dataclass(frozen=True, slots=True)
class Store:
    """The database, the keys, time and new ids."""

    database: Database
    vault: Vault
    clock: Clock
    ids: Ids

    def read(self, tenant_id: TenantId) -> AbstractAsyncContextManager[Tx]:
        """Open a tenant's read transaction: one snapshot."""
        return self.database.tenant(tenant_id, write=False)

    def write(self, tenant_id: TenantId) -> AbstractAsyncContextManager[Tx]:
        """Open a tenant's write transaction."""
        return self.database.tenant(tenant_id)

    async def sealer(self, tenant_id: TenantId) -> Sealer:
        """Return the tenant's sealer; call it before a transaction opens, never inside one."""
        return await self.vault.sealer(tenant_id)

    @property
    def now_ms(self) -> int:
        """Return the present moment in epoch milliseconds."""
        return to_ms(self.clock.now())


def to_text(value: Any) -> str:
    """Return JSON text for a plain column."""
    return orjson.dumps(value).decode()


def from_text(text: str | None) -> Any:
    """Return the value of a plain JSON column."""
    return orjson.loads(text) if text else None
