"""What builders and owners work with: flows, usage, the audit log, rules."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.calling import Call, Reply
from api.inbox import Listed, Request
from core.errors import InvalidInput, PreconditionFailed
from core.policy import Policy
from core.views import AuditEntry, Changed, Page, View
from core.views_setup import FlowItem, IssueView, QuarantinedEvent, UsageRow
from desk.publishing import check_document, check_flow, publish_flow
from desk.trying import Trial, try_draft
from graphs.schema import Issue, errors_of


class Draft(BaseModel):
    """A flow/1 document."""

    model_config = ConfigDict(extra="allow")
    key: str = Field(min_length=1, max_length=80)


class DraftSaved(Changed):
    """The draft was stored; ``etag`` names it from now on."""

    etag: str
    issues: list[IssueView]


class Checked(View):
    """Everything that is wrong with a flow; ``ok`` where it may be published."""

    ok: bool
    issues: list[IssueView]


class ReleaseMade(Changed):
    """New conversations take this release."""

    release_id: str
    warnings: list[IssueView] = Field(default_factory=list)


class PublishBody(Request):
    """What changed, in the author's words."""

    note: str | None = Field(default=None, max_length=1000)


class RollbackBody(Request):
    """Which release to go back to; without it, the one before."""

    release_id: str | None = None


class UsageQuery(BaseModel):
    """How far back."""

    days: int = Field(default=30, ge=1, le=366)


class Items(View):
    """A list that fits on one page."""

    items: list[dict[str, Any]]
    next_cursor: None = None


class Previewed(View):
    """What each step led to. ``items[].turn`` names a turn that a later request may go on ``after``."""

    session: str
    """Kept for a day."""
    items: list[dict[str, Any]]


async def list_flows(call: Call) -> Page[FlowItem]:
    """List flows."""
    return Page[FlowItem](items=await call.kept.flows.list(call.tenant))


async def get_flow(call: Call) -> Reply:
    """Return a flow with its draft; the ETag goes into If-Match."""
    flow = await call.kept.flows.get(call.tenant, call.id())
    return Reply(flow, headers={"ETag": f'"{flow.etag}"'})


async def put_flow(call: Call) -> Reply:
    """Replace a draft; needs If-Match with the ETag that was edited."""
    flow_id, document = call.id(), call.body(Draft).model_dump(mode="json")
    try:
        new, number = await call.kept.flows.save_draft(
            call.tenant, flow_id, document, etag=if_match(call), actor=call.actor.label
        )
    except PreconditionFailed as error:
        raise await tell_who(call, error) from error
    call.engine.doorbells.changed(call.tenant, None, number)
    saved = DraftSaved(etag=new, event_no=number, issues=show_issues(check_document(document)))
    return Reply(saved, headers={"ETag": f'"{new}"'})


def if_match(call: Call) -> str:
    """Return the ETag that was edited; empty, which is nobody's, where none was sent."""
    return call.request.headers.get("If-Match", "").removeprefix("W/").strip('"')


async def tell_who(call: Call, error: PreconditionFailed) -> PreconditionFailed:
    """Return the error with the name of who saved the draft meanwhile."""
    who = error.facts.get("who")
    if who is None:
        return error
    names = await call.kept.conversations.names(call.tenant)
    named = {"id": who, "name": names.get(who.removeprefix("staff:"))}
    return PreconditionFailed(error.message, **{**error.facts, "who": named})


async def validate_flow(call: Call) -> Checked:
    """Say what is wrong with a draft."""
    kept = call.kept
    issues = await check_flow(kept.flows, kept.catalog, tenant_id=call.tenant, flow=call.id())
    return Checked(ok=not errors_of(issues), issues=show_issues(issues))


async def publish(call: Call) -> ReleaseMade:
    """Let a draft answer; with If-Match, only the one that was seen."""
    kept = call.kept
    done = await publish_flow(
        kept.flows,
        kept.catalog,
        tenant_id=call.tenant,
        flow=call.id(),
        actor=call.actor.label,
        note=call.body(PublishBody).note,
        etag=if_match(call) or None,
    )
    call.engine.doorbells.changed(call.tenant, None, done.event_no)
    return ReleaseMade(release_id=done.release_id, event_no=done.event_no, warnings=show_issues(done.warnings))


async def rollback(call: Call) -> ReleaseMade:
    """Let an earlier release answer again."""
    release_id, number = await call.kept.flows.rollback(
        call.tenant, call.id(), call.body(RollbackBody).release_id, actor=call.actor.label
    )
    call.engine.doorbells.changed(call.tenant, None, number)
    return ReleaseMade(release_id=release_id, event_no=number)


async def preview(call: Call) -> Previewed:
    """Play a conversation on the draft, or go on with one from any of its turns; nothing goes out."""
    kept, trial = call.kept, call.body(Trial)
    business = await kept.tenants.settings(call.tenant)
    facts = {**business.constants, "name": business.tenant.name}
    tried = await try_draft(kept.flows, kept.previews, tenant_id=call.tenant, facts=facts, flow=call.id(), trial=trial)
    return Previewed(session=tried.session, items=tried.turns)


async def node_types(call: Call) -> Items:
    """Return every node type with the JSON Schema that its form is drawn from."""
    from graphs.nodes.registry import NODE_TYPES

    return Items(items=[each.to_json(kind) for kind, each in NODE_TYPES.items()])


async def usage(call: Call) -> Page[UsageRow]:
    """Return calls, tokens and cost by day, model and purpose."""
    days = call.query(UsageQuery).days
    return Page[UsageRow](items=await call.kept.reports.usage(call.tenant, days=days))


async def quarantine(call: Call) -> Page[QuarantinedEvent]:
    """Return the newest events of the providers that nobody understood."""
    return Page[QuarantinedEvent](items=await call.kept.reports.quarantined(call.tenant))


async def audit(call: Call) -> Page[AuditEntry]:
    """Return who did what, newest first."""
    query = call.query(Listed)
    return await call.kept.audit.page(call.tenant, cursor=query.cursor, limit=query.limit)


async def get_policies(call: Call) -> Policy:
    """Return the tenant's rules."""
    return (await call.kept.tenants.settings(call.tenant)).policy


async def put_policies(call: Call) -> Policy:
    """Replace the tenant's rules."""
    policy = call.body(Policy)
    if faults := _faults(policy):
        raise InvalidInput(errors=faults)
    await call.kept.tenants.set_policy(call.tenant, policy)
    await call.kept.audit.add(
        call.tenant, actor=call.actor.label, action="policy.changed", details=policy.model_dump(mode="json")
    )
    return policy


def _faults(policy: Policy) -> list[dict[str, str]]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(policy.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [{"field": "timezone", "why": "is not one, such as Europe/Istanbul"}]
    return []


def show_issues(issues: list[Issue] | tuple[Issue, ...]) -> list[IssueView]:
    """Return faults as clients get them."""
    return [IssueView.model_validate(issue.to_json()) for issue in issues]
