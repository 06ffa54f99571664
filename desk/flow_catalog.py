"""What a tenant's flows may refer to, with the names that pickers show."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.ids import TenantId
from core.views_flows import (
    FlowCatalog,
    FlowOption,
    KeyedOption,
    PipelineOption,
    TemplateOption,
    ToolOption,
    VariableOption,
)
from core.views_setup import FlowItem
from desk.publishing import Setup
from graphs.catalog import Catalog
from tools.registry import TOOLS
from tools.titles import TITLES


class Flows(Protocol):
    """Where flows are kept."""

    async def list(self, tenant_id: TenantId) -> "list[FlowItem]":
        """Return the tenant's flows."""
        ...

    async def documents(self, tenant_id: TenantId, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the documents of these keys."""
        ...


class FullSetup(Setup, Protocol):
    """What a tenant has set up, with the names of its pipelines."""

    async def list_pipelines(self, tenant_id: TenantId) -> list[tuple[str, str]]:
        """Return pipelines: key, name."""
        ...


async def read_flow_catalog(flows: Flows, setup: FullSetup, tenant_id: TenantId) -> FlowCatalog:
    """Return everything that a flow of this tenant may name."""
    own = await setup.flow_setting(tenant_id)
    stages = await setup.list_stages(tenant_id)
    return FlowCatalog(
        connections=[each.key for each in await setup.list_connections(tenant_id)],
        knowledge=[KeyedOption(key=key, name=name) for key, name, _ in await setup.list_bases(tenant_id)],
        assets=[each["key"] or "" for each in await setup.list_assets(tenant_id)],
        queues=[KeyedOption(key=key, name=name) for key, name in await setup.list_queues(tenant_id)],
        pipelines=[
            PipelineOption(
                key=key,
                name=name,
                stages=[KeyedOption(key=s["key"], name=s["name"]) for s in stages if s["pipeline"] == key],
            )
            for key, name in await setup.list_pipelines(tenant_id)
        ],
        templates=_templates(await setup.list_templates(tenant_id)),
        tools=[
            ToolOption(key=key, title=dict(TITLES[key]), description=tool.description) for key, tool in TOOLS.items()
        ],
        models=sorted(Catalog().models | own.models),
        guards=sorted(own.guards),
        tenant=sorted({"name", *own.variables}),
        flows=await _flows(flows, tenant_id),
        require_consent=own.require_consent,
    )


def _templates(rows: Sequence[Mapping[str, Any]]) -> list[TemplateOption]:
    named: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        named.setdefault(str(row["name"]), []).append(row)
    return [
        TemplateOption(
            name=name,
            bodies={str(one["language"]): str(one["body"] or "") for one in each},
            params=max(int(one["params"] or 0) for one in each),
        )
        for name, each in named.items()
    ]


async def _flows(flows: Flows, tenant_id: TenantId) -> list[FlowOption]:
    items = await flows.list(tenant_id)
    documents = await flows.documents(tenant_id, [each.key for each in items])
    return [_flow(item, documents.get(item.key, {})) for item in items]


def _flow(item: FlowItem, document: Mapping[str, Any]) -> FlowOption:
    """Return a flow as those that call it see it; a draft may lack anything."""
    nodes = [each for each in (document.get("nodes") or {}).values() if isinstance(each, Mapping)]
    ends = [str(each.get("outcome") or "done") for each in nodes if each.get("type") == "end"]
    return FlowOption(
        key=item.key,
        name=item.name,
        kind=item.kind,
        published=item.published,
        inputs=_variables(document, "inputs"),
        outputs=_variables(document, "outputs"),
        outcomes=list(dict.fromkeys(ends)),
    )


def _variables(document: Mapping[str, Any], field: str) -> list[VariableOption]:
    declared = document.get("variables") or {}
    return [
        VariableOption(name=str(name), type=str((declared.get(name) or {}).get("type", "string")))
        for name in document.get(field) or ()
    ]
