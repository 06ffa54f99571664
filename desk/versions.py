"""The states of a flow that builders look at: its draft, what is live, what was published before."""

from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import InvalidInput, NotFound
from core.ids import TenantId
from core.views_flows import FlowDiff
from core.views_setup import FlowDetail

DRAFT, LIVE = "draft", "live"


class Drafts(Protocol):
    """Where flows are kept."""

    async def get(self, tenant_id: TenantId, flow: str) -> FlowDetail:
        """Return a flow by id or key; raises NotFound."""
        ...

    async def release_spec(self, tenant_id: TenantId, release_id: str) -> dict[str, Any]:
        """Return ``{"entry", "flows"}`` of a release; raises NotFound."""
        ...

    async def save_draft(
        self, tenant_id: TenantId, flow_id: str, document: dict[str, Any], *, etag: str | None, actor: str
    ) -> tuple[str, int]:
        """Replace a draft."""
        ...


class Versions(Protocol):
    """Where versions are kept."""

    async def document(self, tenant_id: TenantId, flow_id: str, n: int) -> dict[str, Any]:
        """Return what a version says; raises NotFound."""
        ...


async def compare_states(
    drafts: Drafts, versions: Versions, *, tenant_id: TenantId, flow: str, before: str, after: str
) -> FlowDiff:
    """Return how two states differ: each a version's number, ``draft`` or ``live``; raises NotFound."""
    from graphs.diffing import compare_flows

    found = await drafts.get(tenant_id, flow)
    one = await document_of(drafts, versions, tenant_id=tenant_id, flow=found, state=before)
    other = await document_of(drafts, versions, tenant_id=tenant_id, flow=found, state=after)
    return compare_flows(one, other)


@dataclass(frozen=True, slots=True)
class Restored:
    """The draft as it is again."""

    document: dict[str, Any]
    etag: str
    event_no: int


async def restore_version(
    drafts: Drafts, versions: Versions, *, tenant_id: TenantId, flow_id: str, n: int, etag: str, actor: str
) -> Restored:
    """Make the draft say what a version said.

    Raises:
        NotFound: There is no such flow, or no such version.
        PreconditionFailed: The draft is not the one that was seen.
    """
    document = await versions.document(tenant_id, flow_id, n)
    return Restored(document, *await drafts.save_draft(tenant_id, flow_id, document, etag=etag, actor=actor))


async def document_of(
    drafts: Drafts, versions: Versions, *, tenant_id: TenantId, flow: FlowDetail, state: str
) -> dict[str, Any]:
    """Return what a flow says in a state: a version's number, ``draft`` or ``live``; raises NotFound."""
    if state == DRAFT:
        return flow.document
    if state == LIVE:
        if flow.release_id is None:
            raise NotFound("nothing is published of this flow")
        spec = await drafts.release_spec(tenant_id, flow.release_id)
        document: dict[str, Any] = spec["flows"][spec["entry"]]
        return document
    if not state.isdecimal():
        raise InvalidInput(errors=[{"field": "from", "why": "is a version's number, “draft” or “live”"}])
    return await versions.document(tenant_id, flow.id, int(state))
