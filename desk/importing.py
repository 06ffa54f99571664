"""Knowledge: documents read, cut into passages and stored."""

from collections.abc import Sequence
from typing import Protocol

from core.desk_ports import Snippet
from core.errors import InvalidInput
from core.ids import TenantId
from tools.knowledge.importer import import_document


class KnowledgeStore(Protocol):
    """Where passages are kept."""

    async def replace_source(self, tenant_id: TenantId, base: str, *, source: str, chunks: Sequence[Snippet]) -> None:
        """Replace what one document says."""
        ...


async def import_knowledge(
    store: KnowledgeStore, tenant_id: TenantId, *, base: str, documents: Sequence[tuple[str, bytes]]
) -> dict[str, int]:
    """Import (name, bytes) documents; returns how many passages each gave; nothing is stored if one cannot be read."""
    read: dict[str, list[Snippet]] = {}
    for name, data in documents:
        chunks = import_document(name, data, source=base)
        read[name] = [Snippet(chunk.title, chunk.text, chunk.url, chunk.locale, chunk.section) for chunk in chunks]
    if not read:
        raise InvalidInput("There is nothing to import.")
    for name, passages in read.items():
        await store.replace_source(tenant_id, base, source=name, chunks=passages)
    return {name: len(passages) for name, passages in read.items()}
