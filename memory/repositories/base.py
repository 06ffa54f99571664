"""What every repository works with, and how each transaction is opened."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import structlog

from core.clock import Clock, to_ms
from core.errors import TamperedCiphertext
from core.ids import Ids, TenantId
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.vault import Vault

T = TypeVar("T")
log = structlog.get_logger("memory")


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


def show_listed(show: Callable[[Any], T], row: Any, *sealed: str) -> T:
    """Return a row of a list; where one of its ``sealed`` columns fails to open, they are left out and it is logged.

    One altered row must not hide a whole list. Who opens that very thing gets TamperedCiphertext.
    """
    try:
        return show(row)
    except TamperedCiphertext as error:
        log.error("a stored value cannot be opened", action="tampered", entity=row["id"], exc_info=error)
        return show({**row, **dict.fromkeys(sealed)})
