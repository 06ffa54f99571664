"""What a tenant's flows refer to by key, as the runtime reads it."""

from collections.abc import Mapping, Sequence

import orjson
import sqlalchemy as sa

from core.ids import TenantId
from core.secret import Secret
from core.store import ConnectionFacts, KnowledgePiece
from memory.database import Database
from memory.query import Query, among, bool_eq, mine
from memory.tables import assets, connections, knowledge_bases, knowledge_chunks
from memory.vault import Vault

_VERSIONS = Query(
    sa.select(knowledge_bases.c.key, knowledge_bases.c.version, knowledge_bases.c.updated_ms)
    .where(mine(knowledge_bases))
    .order_by(knowledge_bases.c.key)
)
_PIECES = Query(
    sa.select(
        knowledge_chunks.c.base_key,
        knowledge_chunks.c.title,
        knowledge_chunks.c.body,
        knowledge_chunks.c.url,
        knowledge_chunks.c.locale,
        knowledge_chunks.c.section,
    )
    .where(mine(knowledge_chunks))
    .order_by(knowledge_chunks.c.base_key, knowledge_chunks.c.source, knowledge_chunks.c.no)
)
_CONNECTION = Query(sa.select(connections).where(mine(connections), bool_eq(connections.c.key, sa.bindparam("name"))))
_ASSETS = Query(sa.select(assets.c.key, assets.c.url).where(mine(assets), among(assets.c.key, "names")))


class EngineCatalog:
    """Implements ``core.store.CatalogStore``."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def knowledge_version(self, tenant_id: TenantId) -> str:
        """Return a text that changes whenever the knowledge does."""
        async with self._database.tenant(tenant_id, write=False) as tx:
            rows = await tx.all(_VERSIONS)
        return "|".join(f"{row['key']}:{row['version']}:{row['updated_ms']}" for row in rows)

    async def knowledge(self, tenant_id: TenantId) -> list[KnowledgePiece]:
        """Return everything a tenant imported."""
        async with self._database.tenant(tenant_id, write=False) as tx:
            rows = await tx.all(_PIECES)
        return [
            KnowledgePiece(row["base_key"], row["title"], row["body"], row["url"], row["locale"], row["section"] or "")
            for row in rows
        ]

    async def find_connection(self, tenant_id: TenantId, key: str) -> ConnectionFacts | None:
        """Return a connection."""
        seal = await self._vault.sealer(tenant_id)
        async with self._database.tenant(tenant_id, write=False) as tx:
            row = await tx.first(_CONNECTION, name=key)
        if row is None:
            return None
        headers = seal.open_json("connections.headers", key, row["headers"]) or {}
        return ConnectionFacts(
            key,
            row["base_url"],
            tuple(orjson.loads(row["hosts"])),
            bool(row["allow_private"]),
            {name: Secret(value) for name, value in headers.items()},
        )

    async def asset_urls(self, tenant_id: TenantId, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the addresses of assets."""
        async with self._database.tenant(tenant_id, write=False) as tx:
            return {row["key"]: row["url"] for row in await tx.all(_ASSETS, names=list(keys)) if row["url"]}
