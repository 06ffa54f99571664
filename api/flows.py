"""What the flow editor works with beside the draft: checks, pickers, versions, trying an expression."""

import json
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.building import Checked, Draft, DraftSaved, if_match, show_issues, tell_who
from api.calling import Call, Reply, Route
from api.inbox import Request
from core.clock import Clock
from core.errors import InvalidInput, NotFound, PreconditionFailed
from core.nouns import Role
from core.views import Changed, Page
from core.views_flows import FlowCatalog, FlowDiff, Tried, VersionDocument, VersionView
from core.views_moving import Migration
from desk.channels import choose_default
from desk.flow_catalog import read_flow_catalog
from desk.migrating import Wanted, migrate
from desk.publishing import check_document, check_flow
from desk.versions import compare_states, restore_version
from graphs.schema import errors_of
from graphs.schema.nodes_logic import Group, Row

VARIABLES_LIMIT = 64 << 10


class DiffQuery(BaseModel):
    """Which two states: each a version's number, ``draft`` or ``live``."""

    model_config = ConfigDict(populate_by_name=True)
    before: str = Field(default="live", alias="from", max_length=20)
    after: str = Field(default="draft", alias="to", max_length=20)


class RestoreBody(Request):
    """Which version the draft is to say again."""

    n: int = Field(ge=1)


class MigrateBody(Request):
    """From which version to which (without it: what is live); ``map`` says which node stands for one that is gone."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    before: int = Field(alias="from", ge=1)
    after: int | None = Field(default=None, alias="to", ge=1)
    map: dict[str, str] = Field(default_factory=dict, max_length=400)
    dry_run: bool = True


class TryBody(Request):
    """One of ``expression`` (CEL), ``template`` (words with ``{{ }}``) or ``rows``, on these variables."""

    expression: str | None = Field(default=None, max_length=2000)
    template: str | None = Field(default=None, max_length=8000)
    rows: tuple[Row | Group, ...] | Group | None = None
    """A list of which all must hold, or ``{"all", "any"}``."""
    variables: dict[str, JsonValue] = Field(default_factory=dict, max_length=200)
    """By dotted name: ``{"slots.budget": 20000}``."""
    locale: str = Field(default="en", max_length=12)
    timezone: str = Field(default="UTC", max_length=60)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(each is not None for each in (self.expression, self.template, self.rows)) != 1:
            raise ValueError("give one of expression, template, rows")
        if len(json.dumps(self.variables)) > VARIABLES_LIMIT:
            raise ValueError("the variables are too large")
        return self


async def lint_flow(call: Call) -> Checked:
    """Say what is wrong with a document that may become this flow's draft; nothing is stored."""
    kept, document = call.kept, call.body(Draft).model_dump(mode="json")
    issues = await check_flow(kept.flows, kept.catalog, tenant_id=call.tenant, flow=call.id(), document=document)
    return Checked(ok=not errors_of(issues), issues=show_issues(issues))


async def flow_catalog(call: Call) -> FlowCatalog:
    """Return what this tenant's flows may refer to."""
    return await read_flow_catalog(call.kept.flows, call.kept.catalog, call.tenant)


async def delete_flow(call: Call) -> Changed:
    """Delete a flow that was never published and that nothing leads to, with its tests."""
    number = await call.kept.discarding.flow(call.tenant, call.id(), actor=call.actor.label)
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


async def list_versions(call: Call) -> Page[VersionView]:
    """Return what was published of a flow, newest first, and how many conversations stand on each."""
    names = await call.kept.conversations.names(call.tenant)
    found = await call.kept.versions.list(call.tenant, call.id())
    items = [
        each.model_copy(update={"author_name": names.get((each.author or "").removeprefix("staff:"))}) for each in found
    ]
    return Page[VersionView](items=items)


async def get_version(call: Call) -> VersionDocument:
    """Return what a version says."""
    n = _number(call)
    return VersionDocument(n=n, document=await call.kept.versions.document(call.tenant, call.id(), n))


async def delete_version(call: Call) -> None:
    """Delete a version that is not live and that nobody stands on."""
    await call.kept.versions.delete(call.tenant, call.id(), _number(call), actor=call.actor.label)


def _number(call: Call) -> int:
    named = call.request.match_info["n"]
    if not named.isdecimal() or len(named) > 9:
        raise NotFound
    return int(named)


async def diff_flow(call: Call) -> FlowDiff:
    """Return how two states of a flow differ in what they do."""
    query, kept = call.query(DiffQuery), call.kept
    return await compare_states(
        kept.flows, kept.versions, tenant_id=call.tenant, flow=call.id(), before=query.before, after=query.after
    )


async def restore_flow(call: Call) -> Reply:
    """Make the draft say what a version said; needs If-Match with the ETag of the draft that was seen."""
    kept = call.kept
    try:
        done = await restore_version(
            kept.flows,
            kept.versions,
            tenant_id=call.tenant,
            flow_id=call.id(),
            n=call.body(RestoreBody).n,
            etag=if_match(call),
            actor=call.actor.label,
        )
    except PreconditionFailed as error:
        raise await tell_who(call, error) from error
    call.engine.doorbells.changed(call.tenant, None, done.event_no)
    saved = DraftSaved(etag=done.etag, event_no=done.event_no, issues=show_issues(check_document(done.document)))
    return Reply(saved, headers={"ETag": f'"{done.etag}"'})


async def migrate_flow(call: Call) -> Migration:
    """Move those who stand on a version to another, between two turns of each; a dry run says who stands where."""
    body, kept = call.body(MigrateBody), call.kept
    wanted = Wanted(body.before, body.after, body.map, body.dry_run)
    return await migrate(
        kept.flows, kept.moving, tenant_id=call.tenant, flow=call.id(), wanted=wanted, actor=call.actor.label
    )


async def make_default(call: Call) -> Changed:
    """Let a flow answer wherever no other is chosen; conversations under way keep theirs."""
    kept = call.kept
    number = await choose_default(
        kept.tenants, kept.flows, tenant_id=call.tenant, flow=call.id(), actor=call.actor.label
    )
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


async def try_expression(call: Call) -> Tried:
    """Say what an expression, a text or condition rows come to for these variables."""
    from graphs import workbench
    from graphs.filters import Style

    body = call.body(TryBody)
    scope = workbench.scope_of(body.variables, now=_now(call.ports.clock), locale=body.locale)
    if body.expression is not None:
        return workbench.try_expression(body.expression, scope)
    if body.template is not None:
        return workbench.try_template(body.template, scope, Style(body.locale, _zone(body.timezone)))
    rows = body.rows if isinstance(body.rows, Group) else Group(all=body.rows or ())
    return workbench.try_rows(rows, scope)


def _now(clock: Clock) -> str:
    return clock.now().isoformat(timespec="minutes")


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(errors=[{"field": "timezone", "why": "is not one, such as Europe/Istanbul"}]) from error
    return name


_FLOW = "/api/v1/flows/{id}"
ROUTES: tuple[Route, ...] = (
    Route("DELETE", _FLOW, Role.BUILDER, delete_flow, answer=Changed),
    Route("POST", _FLOW + "/lint", Role.BUILDER, lint_flow, body=Draft, answer=Checked),
    Route("GET", _FLOW + "/versions", Role.BUILDER, list_versions, answer=Page[VersionView]),
    Route("GET", _FLOW + "/versions/{n}", Role.BUILDER, get_version, answer=VersionDocument),
    Route("DELETE", _FLOW + "/versions/{n}", Role.BUILDER, delete_version),
    Route("GET", _FLOW + "/diff", Role.BUILDER, diff_flow, query=DiffQuery, answer=FlowDiff),
    Route("POST", _FLOW + "/restore", Role.BUILDER, restore_flow, body=RestoreBody, answer=DraftSaved),
    Route("POST", _FLOW + "/migrate", Role.BUILDER, migrate_flow, body=MigrateBody, answer=Migration),
    Route("PUT", _FLOW + "/default", Role.ADMIN, make_default, answer=Changed),
    Route("GET", "/api/v1/flow-catalog", Role.BUILDER, flow_catalog, answer=FlowCatalog),
    Route("POST", "/api/v1/flow-expressions/try", Role.BUILDER, try_expression, body=TryBody, answer=Tried),
)
