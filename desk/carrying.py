"""Flows that leave for another business, and come from one: with their tests, and with what they need there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from core.ids import FlowId, TenantId
from core.views_flows import RequirementState
from desk.publishing import Setup, leads_to, read_catalog
from graphs.schema import parse_flow


class FlowStore(Protocol):
    """Where flows are kept."""

    async def documents(self, tenant_id: TenantId, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the documents of these keys; unknown ones lack."""
        ...

    async def save(self, tenant_id: TenantId, document: Mapping[str, Any], *, actor: str) -> FlowId:
        """Add a flow, or replace the draft of the one with the same key."""
        ...


class TestStore(Protocol):
    """Where tests of flows are kept."""

    async def save(self, tenant_id: TenantId, flow_id: str, text: str, *, etag: str, actor: str) -> str:
        """Replace a flow's tests."""
        ...


async def check_needs(
    flows: FlowStore, setup: Setup, tenant_id: TenantId, file: Mapping[str, Any]
) -> list[RequirementState]:
    """Return what a file's flow needs of a business, with whether it is there and how to add it; raises InvalidFlow."""
    from graphs.exporting import parse_export
    from graphs.requiring import check_requirements

    document, _ = parse_export(file)
    others = await flows.documents(tenant_id, sorted(leads_to(parse_flow(document))))
    return check_requirements(document, replace(await read_catalog(setup, tenant_id), flows=others))


async def take_in(
    flows: FlowStore, tests: TestStore, tenant_id: TenantId, *, file: Mapping[str, Any], actor: str
) -> FlowId:
    """Store a file's flow as a draft, with the tests that came with it; raises InvalidInput where those are none."""
    from graphs.exporting import parse_export
    from graphs.testing_reading import load_cases

    document, cases = parse_export(file)
    if cases and cases.strip():
        load_cases(cases)
    flow_id = await flows.save(tenant_id, document, actor=actor)
    if cases is not None:
        await tests.save(tenant_id, flow_id, cases, etag="*", actor=actor)
    return flow_id
