"""What flows refer to by key: connections, assets, queues, pipelines and stages, message templates, knowledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.desk_ports import FlowSetting, Snippet
from core.errors import NotFound
from core.ids import TenantId
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.base import Store, from_text, to_text
from memory.tables import (
    assets,
    connections,
    knowledge_bases,
    knowledge_chunks,
    pipelines,
    queues,
    stages,
    templates,
    tenants,
)


def _upsert(table: sa.Table, keys: Sequence[str], changes: Sequence[str]) -> Query:
    return Query(
        insert_into(table).on_conflict_do_update(
            index_elements=[table.c[name] for name in ("tenant_id", *keys)],
            set_={name: sa.literal_column(f"excluded.{name}") for name in changes},
        )
    )


_SET_CONNECTION = _upsert(connections, ("key",), ("base_url", "hosts", "allow_private", "headers"))
_CONNECTIONS = Query(sa.select(connections).where(mine(connections)).order_by(connections.c.key))
_SET_ASSET = _upsert(assets, ("key",), ("url", "mime"))
_ASSETS = Query(sa.select(assets).where(mine(assets)).order_by(assets.c.key))
_SET_QUEUE = _upsert(queues, ("key",), ("name",))
_QUEUES = Query(sa.select(queues).where(mine(queues)).order_by(queues.c.key))
_SET_PIPELINE = _upsert(pipelines, ("key",), ("name",))
_SET_STAGE = _upsert(stages, ("pipeline", "key"), ("name", "position"))
_PIPELINES = Query(sa.select(pipelines).where(mine(pipelines)).order_by(pipelines.c.key))
_STAGES = Query(sa.select(stages).where(mine(stages)).order_by(stages.c.pipeline, stages.c.position))
_SET_TEMPLATE = _upsert(templates, ("name", "language"), ("category", "body", "params", "status"))
_TEMPLATES = Query(sa.select(templates).where(mine(templates)).order_by(templates.c.name, templates.c.language))
_SET_BASE = Query(
    insert_into(knowledge_bases).on_conflict_do_update(
        index_elements=[knowledge_bases.c.tenant_id, knowledge_bases.c.key],
        set_={"updated_ms": sa.literal_column("excluded.updated_ms"), "version": knowledge_bases.c.version + 1},
    )
)
_BASES = Query(sa.select(knowledge_bases).where(mine(knowledge_bases)).order_by(knowledge_bases.c.key))
_DROP_SOURCE = Query(
    knowledge_chunks.delete().where(
        mine(knowledge_chunks),
        bool_eq(knowledge_chunks.c.base_key, sa.bindparam("the_base")),
        bool_eq(knowledge_chunks.c.source, sa.bindparam("the_source")),
    )
)
_ADD_CHUNK = Query(insert_into(knowledge_chunks))
_SETTING = Query(sa.select(tenants.c.constants, tenants.c.models, tenants.c.policy).where(mine(tenants)))


@dataclass(frozen=True, slots=True)
class Connection:
    """A service that http nodes may call; ``headers`` carry its credentials."""

    key: str
    base_url: str
    hosts: tuple[str, ...] = ()
    allow_private: bool = False
    headers: Mapping[str, str] | None = None


class Catalog:
    """Keeps what the business set up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def set_connection(self, tenant_id: TenantId, new: Connection) -> None:
        """Add or replace a connection."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            await tx.run(
                _SET_CONNECTION,
                key=new.key,
                base_url=new.base_url,
                hosts=to_text(list(new.hosts)),
                allow_private=int(new.allow_private),
                headers=sealer.seal_json("connections.headers", new.key, dict(new.headers or {})),
                created_ms=self._store.now_ms,
            )

    async def list_connections(self, tenant_id: TenantId) -> list[Connection]:
        """Return the connections with their headers."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_CONNECTIONS)
        return [
            Connection(
                row["key"],
                row["base_url"],
                tuple(from_text(row["hosts"])),
                bool(row["allow_private"]),
                sealer.open_json("connections.headers", row["key"], row["headers"]),
            )
            for row in rows
        ]

    async def set_asset(self, tenant_id: TenantId, key: str, *, url: str, mime: str | None) -> None:
        """Add or replace a media asset."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_ASSET, key=key, url=url, mime=mime)

    async def list_assets(self, tenant_id: TenantId) -> list[dict[str, str | None]]:
        """Return assets: key, url, mime."""
        async with self._store.read(tenant_id) as tx:
            return [{"key": r["key"], "url": r["url"], "mime": r["mime"]} for r in await tx.all(_ASSETS)]

    async def set_queue(self, tenant_id: TenantId, key: str, *, name: str) -> None:
        """Add or rename a queue."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_QUEUE, key=key, name=name)

    async def list_queues(self, tenant_id: TenantId) -> list[tuple[str, str]]:
        """Return (key, name) of each queue."""
        async with self._store.read(tenant_id) as tx:
            return [(row["key"], row["name"]) for row in await tx.all(_QUEUES)]

    async def set_pipeline(
        self, tenant_id: TenantId, key: str, *, name: str, stages: Sequence[tuple[str, str]]
    ) -> None:
        """Add or replace a pipeline; ``stages`` are (key, name) in order."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_PIPELINE, key=key, name=name)
            for place, (stage, label) in enumerate(stages):
                await tx.run(_SET_STAGE, pipeline=key, key=stage, name=label, position=place)

    async def list_pipelines(self, tenant_id: TenantId) -> list[tuple[str, str]]:
        """Return pipelines: (key, name)."""
        async with self._store.read(tenant_id) as tx:
            return [(row["key"], row["name"]) for row in await tx.all(_PIPELINES)]

    async def list_stages(self, tenant_id: TenantId) -> list[dict[str, str]]:
        """Return every stage in its pipeline's order."""
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_STAGES)
        return [{"pipeline": row["pipeline"], "key": row["key"], "name": row["name"]} for row in rows]

    async def set_template(self, tenant_id: TenantId, **columns: Any) -> None:
        """Add or replace a message template: name, language, category, body, params, status."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SET_TEMPLATE, **columns)

    async def list_templates(self, tenant_id: TenantId) -> list[dict[str, Any]]:
        """Return the message templates."""
        names = ("name", "language", "category", "body", "params", "status")
        async with self._store.read(tenant_id) as tx:
            return [{name: row[name] for name in names} for row in await tx.all(_TEMPLATES)]

    async def replace_source(self, tenant_id: TenantId, base: str, *, source: str, chunks: Sequence[Snippet]) -> None:
        """Replace what one source says in a knowledge base; makes the base where it is new."""
        store = self._store
        async with store.write(tenant_id) as tx:
            await tx.run(_SET_BASE, key=base, name=base, version=1, updated_ms=store.now_ms)
            await tx.run(_DROP_SOURCE, the_base=base, the_source=source)
            rows = [
                {"id": store.ids.new(), "base_key": base, "source": source, "no": no, "title": chunk.title,
                 "body": chunk.body, "url": chunk.url, "locale": chunk.locale, "section": chunk.section}
                for no, chunk in enumerate(chunks)
            ]  # fmt: skip
            await tx.many(_ADD_CHUNK, rows)

    async def flow_setting(self, tenant_id: TenantId) -> FlowSetting:
        """Return what the tenant's own settings let its flows refer to; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_SETTING)
        if row is None:
            raise NotFound("there is no such tenant")
        models = from_text(row["models"])
        return FlowSetting(
            variables=frozenset(from_text(row["constants"])),
            models=frozenset(models.get("aliases", {})),
            guards=frozenset(models.get("guards", {})),
            require_consent=bool(from_text(row["policy"]).get("require_consent", False)),
        )

    async def list_bases(self, tenant_id: TenantId) -> list[tuple[str, str, int]]:
        """Return (key, name, version) of each knowledge base."""
        async with self._store.read(tenant_id) as tx:
            return [(row["key"], row["name"], row["version"]) for row in await tx.all(_BASES)]
