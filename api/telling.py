"""Other programs tell a conversation that something happened: paid, shipped, confirmed."""

from collections.abc import Iterable

import orjson
from pydantic import Field, JsonValue, field_validator

from api.calling import Call, Reply, Route
from api.inbox import Request, desk_of
from core.nouns import Role
from core.views import Changed
from desk.telling import Happened, tell_event

LONGEST_DATA = 8_000
"""Of an event's data, as JSON: it is for a few values, not for documents."""

DEEPEST = 20
"""Of lists and objects within each other: what a flow keeps is written into more around it, which has its limit."""


class EventBody(Request):
    """Something happened; ``name`` is what the flow's step waits for."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,48}$")
    data: dict[str, JsonValue] = Field(default_factory=dict, max_length=50)
    idempotency_key: str | None = Field(default=None, min_length=1, max_length=200)

    @field_validator("data")
    @classmethod
    def _is_short(cls, data: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if _is_deeper(data, DEEPEST):
            raise ValueError(f"data may hold lists and objects {DEEPEST} deep")
        if len(orjson.dumps(data)) > LONGEST_DATA:
            raise ValueError(f"data may have {LONGEST_DATA} bytes as JSON")
        return data


def _is_deeper(value: JsonValue, most: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    within: Iterable[JsonValue] = value.values() if isinstance(value, dict) else value
    return most == 0 or any(_is_deeper(each, most - 1) for each in within)


async def add_event(call: Call) -> Reply:
    """Tell the conversation's flow that something happened."""
    body = call.body(EventBody)
    event = Happened(body.name, body.data, body.idempotency_key)
    return Reply(await tell_event(desk_of(call), call.id(), actor=call.actor, event=event), status=202)


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/v1/conversations/{id}/events", Role.STAFF, add_event, body=EventBody, answer=Changed),
)
