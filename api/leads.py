"""Leads: listed, moved through their pipeline, given an owner and a value, taken out as a table."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from api.calling import Call
from api.inbox import Listed, Request
from core.errors import InvalidInput, NotFound
from core.ids import is_id
from core.views import Changed, LeadView, Page
from core.views_people import LeadDetail, PipelineView, StageSum, StageView
from desk.sheet import render_sheet
from memory.repositories.leads import LeadChange, LeadsWanted

Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
MOST_EXPORTED = 50_000
NOBODY = "00000000-0000-0000-0000-000000000000"
"""An id that no person has."""


class LeadFilter(Listed):
    """Which leads; ``owner``: an id, or ``me``; ``q``: words of what they told, or digits of the number."""

    pipeline: str | None = Field(default=None, max_length=80)
    stage: str | None = Field(default=None, max_length=80)
    owner: str | None = Field(default=None, max_length=80)
    channel: Literal["whatsapp", "instagram", "messenger", "widget"] | None = None
    q: str | None = Field(default=None, max_length=200)


class SumQuery(Listed):
    """Of which pipeline."""

    pipeline: str = Field(default="default", max_length=80)


class StageBody(Request):
    """Another stage of the lead's pipeline."""

    stage: str = Field(min_length=1, max_length=80)


class LeadBody(Request):
    """Who works on a lead, and what it is worth; null: nobody, not known."""

    owner_id: str | None = Field(max_length=80)
    value: float | None = Field(ge=0, le=1e12)
    currency: Currency | None = None


async def list_leads(call: Call) -> Page[LeadView]:
    """List leads, newest first."""
    query = call.query(LeadFilter)
    return await call.kept.leads.page(call.tenant, _wanted(call), cursor=query.cursor, limit=query.limit)


async def list_pipelines(call: Call) -> Page[PipelineView]:
    """List pipelines with their stages in order."""
    names = dict(await call.kept.catalog.list_pipelines(call.tenant))
    stages: dict[str, list[StageView]] = {key: [] for key in names}
    for each in await call.kept.catalog.list_stages(call.tenant):
        stages.setdefault(each["pipeline"], []).append(StageView(key=each["key"], name=each["name"]))
    counts = await call.kept.leads.counts(call.tenant)
    items = [
        PipelineView(key=key, name=names.get(key, key), stages=found, count=counts.get(key, 0))
        for key, found in stages.items()
    ]
    return Page[PipelineView](items=items)


async def sum_leads(call: Call) -> Page[StageSum]:
    """Return how many leads stand in each stage of a pipeline, and what they are worth."""
    return Page[StageSum](items=await call.kept.leads.sums(call.tenant, call.query(SumQuery).pipeline))


async def get_lead(call: Call) -> LeadDetail:
    """Return a lead with the message that it was captured from."""
    return await call.kept.leads.get(call.tenant, call.id())


async def put_lead(call: Call) -> Changed:
    """Give a lead an owner and a value."""
    body = call.body(LeadBody)
    if body.value is not None and body.currency is None:
        raise InvalidInput(errors=[{"field": "currency", "why": "is needed with a value"}])
    if body.owner_id is not None and (await call.kept.members.get(call.tenant, body.owner_id)).ended_ms is not None:
        raise NotFound("This colleague works here no more.")
    cents = None if body.value is None else round(body.value * 100)
    change = LeadChange(body.owner_id, cents, body.currency if cents is not None else None)
    return _changed(call, await call.kept.leads.change(call.tenant, call.id(), change, actor=call.actor.label))


async def move_lead(call: Call) -> Changed:
    """Put a lead into another stage."""
    stage = call.body(StageBody).stage
    return _changed(call, await call.kept.leads.move(call.tenant, call.id(), stage=stage, actor=call.actor.label))


async def export_leads(call: Call) -> web.StreamResponse:
    """Return leads as CSV for spreadsheets."""
    found: list[LeadView] = []
    cursor: str | None = None
    while len(found) < MOST_EXPORTED:
        page = await call.kept.leads.page(call.tenant, _wanted(call), cursor=cursor, limit=500)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    await call.kept.audit.add(
        call.tenant, actor=call.actor.label, action="leads.exported", details={"count": len(found)}
    )
    headers = {"Content-Disposition": 'attachment; filename="leads.csv"', "Cache-Control": "no-store"}
    return web.Response(body=render_sheet(found), content_type="text/csv", charset="utf-8", headers=headers)


def _wanted(call: Call) -> LeadsWanted:
    query = call.query(LeadFilter)
    owner = call.actor.staff_id or NOBODY if query.owner == "me" else query.owner
    if owner is not None and not is_id(owner):
        owner = NOBODY
    return LeadsWanted(pipeline=query.pipeline, stage=query.stage, owner=owner, channel=query.channel, words=query.q)


def _changed(call: Call, number: int) -> Changed:
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)
