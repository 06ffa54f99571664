"""Flows from draft to release: what is wrong with one, what it leads to, and making it the one that answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, get_args

from core.desk_ports import FlowSetting, ReleaseDraft
from core.errors import InvalidFlow, PreconditionFailed
from core.ids import FlowId, ReleaseId, TenantId
from core.views_flows import Needed
from core.views_setup import FlowDetail
from desk.proving import require_passing
from graphs.catalog import Catalog
from graphs.schema import Flow, Issue, errors_of, flow_hash, parse_flow
from graphs.schema.nodes_logic import CallNode, JumpNode


class FlowStore(Protocol):
    """Where flows are kept."""

    async def get(self, tenant_id: TenantId, flow: str) -> FlowDetail:
        """Return a flow by id or key; raises NotFound."""
        ...

    async def documents(self, tenant_id: TenantId, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the documents of these keys; unknown ones lack."""
        ...

    async def tests(self, tenant_id: TenantId, flow_id: str) -> str:
        """Return a flow's tests as they were written."""
        ...

    async def publish(self, tenant_id: TenantId, new: ReleaseDraft, *, actor: str) -> tuple[ReleaseId, int]:
        """Store a version and a release."""
        ...


class Keyed(Protocol):
    """Something that flows refer to by key."""

    @property
    def key(self) -> str:
        """How flows call it."""
        ...


class Setup(Protocol):
    """What a tenant has set up."""

    async def list_connections(self, tenant_id: TenantId) -> Sequence[Keyed]:
        """Return connections."""
        ...

    async def list_bases(self, tenant_id: TenantId) -> list[tuple[str, str, int]]:
        """Return knowledge bases: key, name, version."""
        ...

    async def list_assets(self, tenant_id: TenantId) -> list[dict[str, str | None]]:
        """Return assets."""
        ...

    async def list_queues(self, tenant_id: TenantId) -> list[tuple[str, str]]:
        """Return queues: key, name."""
        ...

    async def list_stages(self, tenant_id: TenantId) -> list[dict[str, str]]:
        """Return every stage with its pipeline."""
        ...

    async def list_templates(self, tenant_id: TenantId) -> list[dict[str, Any]]:
        """Return message templates."""
        ...

    async def flow_setting(self, tenant_id: TenantId) -> FlowSetting:
        """Return what the tenant's own settings let its flows refer to."""
        ...


Find = Callable[[Sequence[str]], Awaitable[Mapping[str, Mapping[str, Any]]]]
"""Returns the documents of these keys; unknown ones lack."""

_SET_UP = {
    f"unknown_{kind}" for kind in ("connection", "knowledge", "asset", "queue", "pipeline", "stage", "template", "flow")
}
"""Faults that depend on what a tenant has set up."""
_LACKING = {f"unknown_{kind}" for kind in get_args(Needed)} | {"unknown_tenant_variable"}


@dataclass(frozen=True, slots=True)
class Published:
    """A release was made."""

    release_id: ReleaseId
    event_no: int
    warnings: tuple[Issue, ...] = ()


async def gather(flows: FlowStore, tenant_id: TenantId, flow: FlowDetail) -> ReleaseDraft:
    """Collect a flow and all that it calls or jumps to; raises InvalidFlow naming what is missing or wrong."""

    async def find(keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        return await flows.documents(tenant_id, keys)

    documents = await follow(flow.key, flow.document, find)
    parsed = {key: parse_flow(document) for key, document in documents.items()}
    types = {f"{node.type}@{node.v}" for each in parsed.values() for node in each.nodes.values()}
    return ReleaseDraft(
        flow_id=FlowId(flow.id),
        entry=flow.key,
        documents=documents,
        hashes={key: flow_hash(each) for key, each in parsed.items()},
        node_types=tuple(sorted(types)),
    )


async def follow(key: str, document: Mapping[str, Any], find: Find) -> dict[str, Mapping[str, Any]]:
    """Return a document with all that it calls or jumps to, by key; raises InvalidFlow naming what is missing."""
    documents: dict[str, Mapping[str, Any]] = {key: document}
    wanted = leads_to(parse_flow(document))
    while missing := sorted(wanted - documents.keys()):
        found = await find(missing)
        if lost := [each for each in missing if each not in found]:
            raise InvalidFlow([_unknown(each) for each in lost])
        for each in missing:
            documents[each] = found[each]
            wanted |= leads_to(parse_flow(found[each]))
    return documents


async def publish_flow(
    flows: FlowStore,
    setup: Setup,
    *,
    tenant_id: TenantId,
    flow: str,
    actor: str,
    note: str | None = None,
    etag: str | None = None,
) -> Published:
    """Make a flow's draft the one that new Runs take; ``etag`` names the draft that was seen, where one was.

    Raises:
        InvalidFlow: It has errors.
        TestsFailed: One of its tests fails.
        PreconditionFailed: It is not the draft that was seen.
    """
    found = await flows.get(tenant_id, flow)
    if etag is not None and etag != found.etag:
        raise PreconditionFailed(current=found.etag)
    draft = replace(await gather(flows, tenant_id, found), note=note)
    issues = lint_release(draft, await read_catalog(setup, tenant_id))
    if errors_of(issues):
        raise InvalidFlow(issues)
    await require_passing(draft, await flows.tests(tenant_id, found.id))
    release_id, number = await flows.publish(tenant_id, draft, actor=actor)
    return Published(release_id, number, tuple(issues))


async def check_flow(
    flows: FlowStore,
    setup: Setup,
    *,
    tenant_id: TenantId,
    flow: str,
    document: Mapping[str, Any] | None = None,
) -> list[Issue]:
    """Return everything that is wrong with a stored draft, or with a document that may take its place."""
    found = await flows.get(tenant_id, flow)
    checked = found.document if document is None else document
    try:
        others = await _reachable(flows, tenant_id, parse_flow(checked))
    except InvalidFlow as error:
        return list(error.issues)
    catalog = await read_catalog(setup, tenant_id)
    return lint_with(checked, replace(catalog, flows={key: each for key, each in others.items() if key != found.key}))


async def _reachable(flows: FlowStore, tenant_id: TenantId, flow: Flow) -> dict[str, Mapping[str, Any]]:
    """Return what a flow leads to, as far as it is there and can be read: the rest is for the checks to tell."""
    documents: dict[str, Mapping[str, Any]] = {}
    wanted = leads_to(flow)
    seen: set[str] = set()
    while left := sorted(wanted - seen):
        seen |= set(left)
        for key, document in (await flows.documents(tenant_id, left)).items():
            documents[key] = document
            with suppress(InvalidFlow):
                wanted |= leads_to(parse_flow(document))
    return documents


def check_document(document: Mapping[str, Any]) -> list[Issue]:
    """Return what is wrong with a document wherever it is used: what it refers to is taken on trust."""
    from graphs.lint import lint

    return [issue for issue in lint(document) if issue.code not in _SET_UP]


def is_lacking(issue: Issue) -> bool:
    """Tell whether a fault is only that the tenant does not have something (yet)."""
    return issue.code in _LACKING


def lint_release(draft: ReleaseDraft, catalog: Catalog) -> list[Issue]:
    """Return what is wrong with the entry of a release, as the tenant has set things up."""
    others = {key: document for key, document in draft.documents.items() if key != draft.entry}
    return lint_with(draft.documents[draft.entry], replace(catalog, flows=others))


def lint_with(document: Mapping[str, Any], catalog: Catalog) -> list[Issue]:
    """Return what is wrong with a document where a tenant has this."""
    from graphs.lint import lint

    return lint(document, catalog)


async def read_catalog(setup: Setup, tenant_id: TenantId) -> Catalog:
    """Return what a tenant's flows may refer to."""
    pipelines: dict[str, frozenset[str]] = {}
    for stage in await setup.list_stages(tenant_id):
        pipelines[stage["pipeline"]] = pipelines.get(stage["pipeline"], frozenset()) | {stage["key"]}
    own = await setup.flow_setting(tenant_id)
    return Catalog(
        connections=frozenset(each.key for each in await setup.list_connections(tenant_id)),
        knowledge=frozenset(key for key, _, _ in await setup.list_bases(tenant_id)),
        assets=frozenset(each["key"] or "" for each in await setup.list_assets(tenant_id)),
        queues=frozenset(key for key, _ in await setup.list_queues(tenant_id)),
        pipelines=pipelines,
        templates=frozenset(str(each["name"]) for each in await setup.list_templates(tenant_id)),
        models=Catalog().models | own.models,
        guards=own.guards,
        tenant=own.variables,
        require_consent=own.require_consent,
    )


def leads_to(flow: Flow) -> set[str]:
    """Return the keys of the flows that this one calls or jumps to."""
    return {node.flow for node in flow.nodes.values() if isinstance(node, CallNode | JumpNode) and node.flow}


def _unknown(key: str) -> Issue:
    return Issue(
        "/nodes", "unknown_flow", "error", f"There is no flow “{key}”.", "Import it first, or correct the key."
    )
