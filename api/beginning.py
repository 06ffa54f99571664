"""New flows: from a document or a file, or from a template with its knowledge base and tests; and flows as files."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.building import Draft
from api.calling import Call, Reply, Route
from core.errors import InvalidInput
from core.nouns import Role
from core.views import Page
from core.views_flows import FlowTemplateView, Requirement, Requirements
from core.views_setup import FlowDetail
from desk.beginning import begin_flow, show_templates
from desk.carrying import check_needs, take_in


class NewFlow(BaseModel):
    """A flow/1 document; or ``template``, the key of one to begin with, with its ``name`` and ``locale``."""

    model_config = ConfigDict(extra="allow")
    key: str | None = Field(default=None, min_length=1, max_length=80)
    template: str | None = Field(default=None, max_length=48)
    name: str | None = Field(default=None, max_length=200)
    locale: str | None = Field(default=None, max_length=12)


class FlowFile(BaseModel):
    """A flow/1 document with what stands beside it in a file; each is left out where there is none of it."""

    model_config = ConfigDict(extra="allow")
    key: str
    requires: list[Requirement] = Field(default_factory=list)
    tests: str = ""


async def list_flow_templates(call: Call) -> Page[FlowTemplateView]:
    """List flows to begin with, and what each still needs here."""
    return Page[FlowTemplateView](items=await show_templates(call.kept.catalog, call.tenant))


async def create_flow(call: Call) -> Reply:
    """Add a flow, or replace the draft of the one with this key; of a template always a new one."""
    body, kept, actor = call.body(NewFlow), call.kept, call.actor.label
    if body.template is not None:
        flow_id = await begin_flow(
            kept.flows,
            kept.flow_tests,
            kept.catalog,
            tenant=await kept.tenants.get(call.tenant),
            template=body.template,
            name=body.name,
            locale=body.locale,
            actor=actor,
        )
    elif body.key is not None:
        file = body.model_dump(mode="json", exclude_unset=True)
        flow_id = await take_in(kept.flows, kept.flow_tests, call.tenant, file=file, actor=actor)
    else:
        raise InvalidInput(errors=[{"field": "key", "why": "is missing, and no template is named"}])
    made = await kept.flows.get(call.tenant, flow_id)
    return Reply(made, status=201, headers={"ETag": f'"{made.etag}"'})


async def export_flow(call: Call) -> Mapping[str, Any]:
    """Return a draft as a file: the document with what it ``requires``, by name, and its ``tests``."""
    from graphs.exporting import render_export

    flow = await call.kept.flows.get(call.tenant, call.id())
    return render_export(flow.document, await call.kept.flows.tests(call.tenant, flow.id))


async def check_flow_needs(call: Call) -> Requirements:
    """Say what a file's flow needs here, what of it is there, and how to add the rest; nothing is stored."""
    kept, file = call.kept, call.body(Draft).model_dump(mode="json")
    return Requirements(items=await check_needs(kept.flows, kept.catalog, call.tenant, file))


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/v1/flows", Role.BUILDER, create_flow, body=NewFlow, answer=FlowDetail),
    Route("GET", "/api/v1/flow-templates", Role.BUILDER, list_flow_templates, answer=Page[FlowTemplateView]),
    Route("GET", "/api/v1/flows/{id}/export", Role.BUILDER, export_flow, answer=FlowFile),
    Route("POST", "/api/v1/flow-needs", Role.BUILDER, check_flow_needs, body=Draft, answer=Requirements),
)
