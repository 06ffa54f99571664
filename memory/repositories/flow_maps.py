"""What staff see of a published flow without being able to open it: its nodes by name, and where each leads."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.ids import TenantId
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store, from_text
from memory.tables import releases

KEPT = 50

_SPEC = Query(sa.select(releases.c.spec).where(mine(releases), bool_eq(releases.c.id, sa.bindparam("release_id"))))


@dataclass(frozen=True, slots=True)
class MapNode:
    """A node as people call it, and the nodes that its ports lead to."""

    title: str
    type: str
    targets: Mapping[str, str]
    """Port → ``flow/node``."""


FlowMap = Mapping[str, MapNode]
"""``flow/node`` → what it is."""


class FlowMaps:
    """Reads releases; they never change, so their maps are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[tuple[str, str], FlowMap] = OrderedDict()

    async def get(self, tenant_id: TenantId, release_id: str | None) -> FlowMap:
        """Return the map of a release; empty where there is none."""
        if release_id is None:
            return {}
        name = (str(tenant_id), release_id)
        found = self._kept.get(name)
        if found is None:
            async with self._store.read(tenant_id) as tx:
                row = await tx.first(_SPEC, release_id=release_id)
            found = self._kept[name] = _draw(from_text(row["spec"])) if row is not None else {}
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


def title_of(flow_map: FlowMap, node: str) -> str:
    """Return how people call a node; its key, readably, where the builder gave it no title."""
    known = flow_map.get(node)
    return known.title if known and known.title else node.rpartition("/")[2].replace("_", " ")


def _draw(spec: Mapping[str, Any]) -> FlowMap:
    return {
        f"{flow}/{key}": MapNode(
            title=str(node.get("title") or ""),
            type=str(node["type"]),
            targets={port: f"{flow}/{to}" for port, to in (node.get("to") or {}).items() if to in document["nodes"]},
        )
        for flow, document in spec["flows"].items()
        for key, node in document["nodes"].items()
    }
