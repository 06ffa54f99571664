"""New flows: from a document, or from a template with its knowledge base and its tests."""

from pydantic import BaseModel, ConfigDict, Field

from api.calling import Call, Reply, Route
from core.errors import InvalidInput
from core.nouns import Role
from core.views import Page
from core.views_flows import FlowTemplateView
from core.views_setup import FlowDetail
from desk.beginning import begin_flow, show_templates


class NewFlow(BaseModel):
    """A flow/1 document; or ``template``, the key of one to begin with, with its ``name`` and ``locale``."""

    model_config = ConfigDict(extra="allow")
    key: str | None = Field(default=None, min_length=1, max_length=80)
    template: str | None = Field(default=None, max_length=48)
    name: str | None = Field(default=None, max_length=200)
    locale: str | None = Field(default=None, max_length=12)


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
        document = body.model_dump(mode="json", exclude_unset=True)
        flow_id = await kept.flows.save(call.tenant, document, actor=actor)
    else:
        raise InvalidInput(errors=[{"field": "key", "why": "is missing, and no template is named"}])
    made = await kept.flows.get(call.tenant, flow_id)
    return Reply(made, status=201, headers={"ETag": f'"{made.etag}"'})


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/v1/flows", Role.BUILDER, create_flow, body=NewFlow, answer=FlowDetail),
    Route("GET", "/api/v1/flow-templates", Role.BUILDER, list_flow_templates, answer=Page[FlowTemplateView]),
)
