"""What other programs tell a conversation's flow: that something happened, which a step may wait for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from core.desk_ports import Idempotency
from core.nouns import Actor
from core.views import Changed
from desk.holding import Desk, tell


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened; the same key and content again is the same event, told once."""

    name: str
    data: Mapping[str, Any]
    idempotency_key: str | None = None


async def tell_event(desk: Desk, conversation_id: str, *, actor: Actor, event: Happened) -> Changed:
    """Leave the flow an event; it stays until the agent holds the conversation (ENGINE rule 47).

    Raises:
        NotFound: There is no such conversation.
        Conflict: Too many events wait in it already.
        IdempotencyReused: The key was used for something else.
    """
    once = _once(conversation_id, event)
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label, once=once) as change:
        if change.replayed is not None:
            return Changed.model_validate(change.replayed)
        await change.tell_flow(event.name, event.data)
        await change.remember({})
    return tell(desk, change, actor, worked=True)


def _once(conversation_id: str, event: Happened) -> Idempotency | None:
    if event.idempotency_key is None:
        return None
    asked = orjson.dumps([conversation_id, event.name, event.data], option=orjson.OPT_SORT_KEYS).decode()
    return Idempotency("conversation.event", event.idempotency_key, asked)
