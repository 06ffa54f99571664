"""Connected accounts: how each stands, what its provider said of it, and which flow answers there."""

from pydantic import BaseModel, ConfigDict, Field

from api.calling import Call, Route
from api.inbox import Request
from channels.meta.news import OF_CUSTOMERS, read_news
from core.nouns import Role
from core.views import Changed, Page, View
from core.views_setup import AccountEventView, ChannelView
from desk.channels import check_account, choose_flow
from memory.repositories.account_events import Told


class Health(View):
    """How an account stands at its provider."""

    ok: bool
    problem: str | None = None
    fix: str | None = None
    name: str | None = None


class EventsQuery(BaseModel):
    """How many of the newest."""

    model_config = ConfigDict(extra="ignore")
    limit: int = Field(default=20, ge=1, le=200)


class FlowBody(Request):
    """Which flow answers new conversations, by id or key; null: the business's default."""

    flow_id: str | None


async def list_channels(call: Call) -> Page[ChannelView]:
    """List connected accounts."""
    return Page[ChannelView](items=await call.kept.accounts.list(call.tenant))


async def check_channel(call: Call) -> Health:
    """Ask the provider whether an account works."""
    health = await check_account(
        call.kept.accounts,
        call.ports.channels,
        tenant_id=call.tenant,
        account_id=call.id(),
        actor=call.actor.label,
    )
    return Health(ok=health.ok, problem=health.problem, fix=health.fix, name=health.name)


async def list_channel_events(call: Call) -> Page[AccountEventView]:
    """List what the provider said of an account in the last days, newest first."""
    limit = call.query(EventsQuery).limit
    told = await call.kept.account_events.newest(call.tenant, call.id(), but=OF_CUSTOMERS, limit=limit)
    return Page[AccountEventView](items=[_show(one) for one in told])


def _show(told: Told) -> AccountEventView:
    news = read_news(told.data)
    return AccountEventView(
        id=told.id,
        topic=told.topic,
        severity=told.severity,
        at=told.at,
        about=news.about,
        change=news.change,
        before=news.before,
        reason=news.reason,
    )


async def set_channel_flow(call: Call) -> Changed:
    """Choose the flow that answers here; conversations under way keep theirs."""
    number = await choose_flow(
        call.kept.accounts,
        call.kept.flows,
        tenant_id=call.tenant,
        account_id=call.id(),
        flow=call.body(FlowBody).flow_id,
        actor=call.actor.label,
    )
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


async def disconnect_channel(call: Call) -> Changed:
    """End an account."""
    number = await call.kept.accounts.disconnect(call.tenant, call.id(), actor=call.actor.label)
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


_ONE = "/api/v1/channels/{id}"
ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/channels", Role.STAFF, list_channels, answer=Page[ChannelView]),
    Route("GET", _ONE + "/events", Role.STAFF, list_channel_events, query=EventsQuery, answer=Page[AccountEventView]),
    Route("POST", _ONE + "/check", Role.ADMIN, check_channel, answer=Health),
    Route("PUT", _ONE + "/flow", Role.ADMIN, set_channel_flow, body=FlowBody, answer=Changed),
    Route("DELETE", _ONE, Role.ADMIN, disconnect_channel, answer=Changed),
)
