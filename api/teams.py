"""Teams: who is in them, who of the staff is there, and how much each takes."""

from typing import Annotated

from pydantic import Field, StringConstraints

from api.calling import Call, Route
from api.inbox import Request, check_colleague
from core.errors import Forbidden, InvalidInput
from core.nouns import EVERYBODY, Role
from core.views import Changed, Page
from core.views_teams import Colleague, TeamView

KEY = "^[a-z][a-z0-9_-]{0,39}$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Key = Annotated[str, StringConstraints(pattern=KEY)]


class TeamBody(Request):
    """A team; its key is what flows call it."""

    key: Key
    name: Name
    members: list[str] = Field(max_length=200)


class AvailabilityBody(Request):
    """Whether somebody takes conversations just now."""

    away: bool


class CapacityBody(Request):
    """How many conversations somebody is given at most; null: as many as everybody."""

    capacity: int | None = Field(ge=1, le=1000)


async def list_teams(call: Call) -> Page[TeamView]:
    """List teams with their members and what is open."""
    return await call.kept.teams.page(call.tenant)


async def put_team(call: Call) -> Changed:
    """Make a team, or change its name and who is in it."""
    body = call.body(TeamBody)
    if body.key == EVERYBODY:
        raise InvalidInput(errors=[{"field": "key", "why": "everybody's queue is no team"}])
    for one in set(body.members):
        await check_colleague(call, one)
    number = await call.kept.teams.put(
        call.tenant, body.key, name=body.name, members=sorted(set(body.members)), actor=call.actor.label
    )
    return told(call, number)


async def drop_team(call: Call) -> Changed:
    """Delete a team of which nothing is open."""
    return told(call, await call.kept.teams.drop(call.tenant, call.request.match_info["key"], actor=call.actor.label))


async def list_colleagues(call: Call) -> Page[Colleague]:
    """List who a conversation can be given to: whoever works here, whether they are there, what they hold."""
    here = [member for member in await call.kept.members.list(call.tenant) if member.ended_ms is None]
    here.sort(key=lambda member: ((member.name or member.email).casefold(), member.id))
    names: dict[str, str] = {member.id: member.name or member.email for member in here}
    capacity = (await call.kept.tenants.settings(call.tenant)).policy.assignment.capacity
    return Page[Colleague](items=await call.kept.teams.colleagues(call.tenant, names=names, capacity=capacity))


async def put_availability(call: Call) -> None:
    """Say whether one takes conversations just now."""
    if call.actor.staff_id is None:
        raise Forbidden("A program is never away.")
    await call.kept.teams.set_away(call.tenant, call.actor.staff_id, away=call.body(AvailabilityBody).away)


async def put_capacity(call: Call) -> None:
    """Say how many conversations a colleague is given at most."""
    await check_colleague(call, call.id())
    capacity = call.body(CapacityBody).capacity
    await call.kept.teams.set_capacity(call.tenant, call.id(), capacity, actor=call.actor.label)


def told(call: Call, number: int) -> Changed:
    """Wake who watches, and answer with the event."""
    call.engine.doorbells.changed(call.tenant, None, number)
    return Changed(event_no=number)


_V1 = "/api/v1"
ROUTES: tuple[Route, ...] = (
    Route("GET", _V1 + "/colleagues", Role.STAFF, list_colleagues, answer=Page[Colleague]),
    Route("GET", _V1 + "/teams", Role.STAFF, list_teams, answer=Page[TeamView]),
    Route("POST", _V1 + "/teams", Role.ADMIN, put_team, body=TeamBody, answer=Changed),
    Route("DELETE", _V1 + "/teams/{key}", Role.ADMIN, drop_team, answer=Changed),
    Route("PUT", _V1 + "/me/availability", Role.STAFF, put_availability, body=AvailabilityBody),
    Route("PUT", _V1 + "/members/{id}/capacity", Role.ADMIN, put_capacity, body=CapacityBody),
)
