"""Beginning with a template: its flow, its knowledge base and its tests, as a draft that is the business's own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from core.errors import InvalidInput
from core.ids import FlowId, TenantId
from core.nouns import Tenant
from core.views_flows import FlowTemplateView
from core.views_setup import FlowItem
from desk.importing import KnowledgeStore, import_knowledge
from desk.publishing import Setup, read_catalog
from desk.templates import KEYS, FlowTemplate, begin, read_template
from graphs.catalog import Catalog


class FlowStore(Protocol):
    """Where flows are kept."""

    async def list(self, tenant_id: TenantId) -> list[FlowItem]:
        """Return the tenant's flows."""
        ...

    async def save(self, tenant_id: TenantId, document: Mapping[str, Any], *, actor: str) -> FlowId:
        """Add a flow."""
        ...


class TestStore(Protocol):
    """Where tests of flows are kept."""

    async def save(self, tenant_id: TenantId, flow_id: str, text: str, *, etag: str, actor: str) -> str:
        """Replace a flow's tests."""
        ...


class BaseStore(KnowledgeStore, Protocol):
    """Where knowledge bases are kept."""

    async def list_bases(self, tenant_id: TenantId) -> Sequence[tuple[str, str, int]]:
        """Return knowledge bases: key, name, version."""
        ...


async def show_templates(setup: Setup, tenant_id: TenantId) -> list[FlowTemplateView]:
    """Return every template, and what a business lacks for it beside what comes with it."""
    catalog = await read_catalog(setup, tenant_id)
    return [_shown(read_template(key), replace(catalog, knowledge=catalog.knowledge | {key})) for key in KEYS]


def _shown(found: FlowTemplate, catalog: Catalog) -> FlowTemplateView:
    from graphs.requiring import check_requirements

    begun = begin(found, key=found.key, locale=found.languages[0])
    needs = check_requirements(begun.document, catalog)
    return FlowTemplateView(
        key=found.key,
        title=dict(found.title),
        text=dict(found.text),
        languages=list(found.languages),
        steps=len(begun.document["nodes"]),
        tests=found.cases,
        needs=[each for each in needs if not each.present],
    )


async def begin_flow(
    flows: FlowStore,
    tests: TestStore,
    knowledge: BaseStore,
    *,
    tenant: Tenant,
    template: str,
    name: str | None,
    locale: str | None,
    actor: str,
) -> FlowId:
    """Make a flow of a template; without ``locale`` in the business's language, or in the template's first.

    Raises:
        NotFound: There is no such template.
        InvalidInput: It is not written in that language.
    """
    found = read_template(template)
    if locale is not None and locale not in found.languages:
        raise InvalidInput(errors=[{"field": "locale", "why": f"is none of {', '.join(found.languages)}"}])
    taken = {each.key for each in await flows.list(tenant.id)}
    # A knowledge base of this name that is there already is somebody's work: it is not written over.
    taken |= {key for key, _, _ in await knowledge.list_bases(tenant.id)}
    spoken = locale or (tenant.locale if tenant.locale in found.languages else found.languages[0])
    made = begin(found, key=_free(found.key, taken), locale=spoken, name=name)
    documents = tuple(found.knowledge.items())
    await import_knowledge(knowledge, tenant.id, base=made.document["key"], documents=documents)
    flow_id = await flows.save(tenant.id, made.document, actor=actor)
    await tests.save(tenant.id, flow_id, made.tests, etag="*", actor=actor)
    return flow_id


def _free(key: str, taken: Collection[str]) -> str:
    n = 1
    while (tried := key if n == 1 else f"{key}_{n}") in taken:
        n += 1
    return tried
