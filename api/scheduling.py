"""What staff plan to say later in a conversation."""

from pydantic import AwareDatetime

from api.calling import Call, Reply, Route
from api.inbox import Request, Text, desk_of
from core.nouns import Role
from core.views import Changed, Page
from core.views_composing import PlannedAdded, PlannedView
from desk.scheduling import plan_reply, unplan_reply

TALK = "/api/v1/conversations/{id}/planned"


class PlannedBody(Request):
    """What is to be said, and when."""

    text: Text
    at: AwareDatetime


async def list_planned(call: Call) -> Page[PlannedView]:
    """List what is to be said later, what comes first first."""
    return await call.kept.plans.page(call.tenant, call.id())


async def add_planned(call: Call) -> Reply:
    """Say something later; 409 where it could not be said then, as things stand."""
    body = call.body(PlannedBody)
    added = await plan_reply(desk_of(call), call.id(), actor=call.actor, text=body.text, at=body.at)
    return Reply(added, status=201)


async def drop_planned(call: Call) -> Changed:
    """Take planned words back."""
    return await unplan_reply(desk_of(call), call.id(), actor=call.actor, planned_id=call.id("planned_id"))


ROUTES: tuple[Route, ...] = (
    Route("GET", TALK, Role.STAFF, list_planned, answer=Page[PlannedView]),
    Route("POST", TALK, Role.STAFF, add_planned, body=PlannedBody, answer=PlannedAdded),
    Route("DELETE", TALK + "/{planned_id}", Role.STAFF, drop_planned, answer=Changed),
)
