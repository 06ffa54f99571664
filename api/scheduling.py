"""What staff plan to say later in a conversation."""

from pydantic import AwareDatetime

from api.calling import Call, Reply, Route
from api.inbox import Request, desk_of
from api.sending import WordsBody
from core.nouns import Role
from core.views import Changed, Page
from core.views_composing import PlannedAdded, PlannedView
from desk.reply import Reply as Words
from desk.scheduling import plan_reply, unplan_reply

TALK = "/api/v1/conversations/{id}/planned"


class PlannedBody(WordsBody):
    """What is to be said, and when."""

    at: AwareDatetime


class TakingBack(Request):
    """What becomes of the file of words that are taken back."""

    keep_file: bool = False
    """It may go with another message; else it is deleted."""


async def list_planned(call: Call) -> Page[PlannedView]:
    """List what is to be said later, what comes first first."""
    return await call.kept.plans.page(call.tenant, call.id())


async def add_planned(call: Call) -> Reply:
    """Say something later; 409 where it could not be said then, as things stand."""
    body = call.body(PlannedBody)
    reply = Words(body.text or "", file=body.file)
    added = await plan_reply(desk_of(call), call.id(), actor=call.actor, reply=reply, at=body.at)
    return Reply(added, status=201)


async def drop_planned(call: Call) -> Changed:
    """Take planned words back."""
    keep, planned_id = call.query(TakingBack).keep_file, call.id("planned_id")
    return await unplan_reply(desk_of(call), call.id(), actor=call.actor, planned_id=planned_id, keep_file=keep)


ROUTES: tuple[Route, ...] = (
    Route("GET", TALK, Role.STAFF, list_planned, answer=Page[PlannedView]),
    Route("POST", TALK, Role.STAFF, add_planned, body=PlannedBody, answer=PlannedAdded),
    Route("DELETE", TALK + "/{planned_id}", Role.STAFF, drop_planned, query=TakingBack, answer=Changed),
)
