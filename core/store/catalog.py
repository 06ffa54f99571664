"""What flows refer to by key, as the runtime reads it. Rule numbers are those of ``docs/ENGINE.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.ids import TenantId
from core.secret import Secret


@dataclass(frozen=True, slots=True)
class KnowledgePiece:
    """One imported passage."""

    base: str
    title: str
    text: str
    url: str | None
    locale: str | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """A service that a tenant connected; header values are secrets."""

    key: str
    base_url: str
    hosts: tuple[str, ...]
    allow_private: bool
    headers: Mapping[str, Secret]


class CatalogStore(Protocol):
    """What a tenant's flows refer to by key."""

    async def knowledge_version(self, tenant_id: TenantId) -> str:
        """Return a text that changes whenever the knowledge does."""
        ...

    async def knowledge(self, tenant_id: TenantId) -> list[KnowledgePiece]:
        """Return everything a tenant imported."""
        ...

    async def find_connection(self, tenant_id: TenantId, key: str) -> ConnectionFacts | None:
        """Return a connection."""
        ...

    async def asset_urls(self, tenant_id: TenantId, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the addresses of assets."""
        ...
