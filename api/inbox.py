"""The inbox: conversations, what was said in them, and what staff do with them."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.calling import Call, Reply
from core.channel_types import ChannelType
from core.desk_ports import ConversationState
from core.errors import Conflict, NotFound
from core.nouns import AGENT, NOBODY
from core.policy import Author
from core.views import (
    Changed,
    ConversationDetail,
    ConversationItem,
    HandoffItem,
    HappeningView,
    NoteView,
    Page,
    Taken,
    VerdictView,
)
from core.views_thread import MessageView
from core.views_why import TurnDetail, TurnView
from desk import holding
from desk.attaching import show_limits
from desk.holding import Desk
from desk.judging import judge, show_verdict
from desk.waiting import is_waiting, with_wait
from memory.repositories.conversations import Wanted

C = TypeVar("C", bound=ConversationItem)
View = Literal["waiting", "mine", "agent", "all", "snoozed", "resolved"]
VIEWS: Mapping[str, tuple[str, str | None]] = {
    "waiting": ("open", NOBODY),
    "mine": ("open", "me"),
    "agent": ("open", AGENT),
    "all": ("open", None),
    "snoozed": ("snoozed", None),
    "resolved": ("resolved", None),
}
"""What the inbox's views show: status and owner."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16_000)]


class Request(BaseModel):
    """A request's body; unknown fields are faults, so that a misspelt one does not go unnoticed."""

    model_config = ConfigDict(extra="forbid")


class Listed(BaseModel):
    """What every list understands."""

    model_config = ConfigDict(extra="ignore")
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ConversationQuery(Listed):
    """Which conversations."""

    status: Literal["open", "snoozed", "resolved"] | None = None
    owner: str | None = None
    """``agent``, ``app``, ``nobody``, ``me``, ``staff:<id>``."""
    view: View | None = None
    """One of the inbox's own, in its own order; instead of status and owner."""
    team: str | None = Field(default=None, max_length=60)
    """A team's open ones; instead of all of these."""
    q: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=30, ge=1, le=100)


class HandBackBody(Request):
    """Giving a conversation back."""

    note: str | None = Field(default=None, max_length=2000)


class AssignBody(Request):
    """Giving a conversation to a colleague; null: to nobody."""

    staff_id: str | None
    team: str | None = Field(default=None, max_length=60)
    """From which team somebody is wanted; empty: from anybody, null: as before."""


class SnoozeBody(Request):
    """Putting a conversation aside."""

    until: AwareDatetime | None = None
    """When it comes back by itself; left out: when the customer writes."""


class NoteBody(Request):
    """A note for colleagues."""

    text: Text
    mentions: list[str] = Field(default_factory=list, max_length=20)
    """Ids of colleagues who are to read it."""


class LabelsBody(Request):
    """All labels of a conversation."""

    labels: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]] = Field(
        max_length=50
    )


class HandoffQuery(Listed):
    """Which handoffs."""

    state: Literal["waiting", "claimed", "done", "expired"] | None = None


class NoteAdded(Changed):
    """A note was stored."""

    note_id: str


def desk_of(call: Call) -> Desk:
    """Return what people's use-cases work with."""
    ports = call.ports
    return Desk(ports.repositories.conversations, ports.channels, call.engine.doorbells, ports.clock)


async def list_conversations(call: Call) -> Page[ConversationItem]:
    """List conversations, newest message first."""
    query = call.query(ConversationQuery)
    status, owner = VIEWS[query.view] if query.view else (query.status, query.owner)
    owner = holding.owner_of(call.actor) if owner == "me" else owner
    # A search looks through what is newest.
    waited = query.view == "waiting" and not query.q
    wanted = Wanted(status, owner, query.q, query.cursor, query.limit, waited)
    if query.team is not None:
        wanted = Wanted("open", None, query.q, query.cursor, query.limit, team=query.team)
    page = await call.kept.conversations.page(call.tenant, wanted)
    return page.model_copy(update={"items": await _with_waits(call, page.items)})


async def get_conversation(call: Call) -> ConversationDetail:
    """Return a conversation, and whether one may write there now."""
    detail = await call.kept.conversations.get(call.tenant, call.id(), judge=lambda state: verdict_of(call, state))
    able = call.ports.channels[ChannelType(detail.channel)].capabilities
    detail = detail.model_copy(update={"attachable": show_limits(able)})
    (shown,) = await _with_waits(call, [detail])
    return shown


async def list_messages(call: Call) -> Page[MessageView]:
    """Return messages, newest first."""
    query = call.query(Listed)
    return await call.kept.threads.messages(call.tenant, call.id(), cursor=query.cursor, limit=query.limit)


async def list_turns(call: Call) -> Page[TurnView]:
    """Return why the agent said what it said, newest turn first."""
    query = call.query(Listed)
    return await call.kept.threads.turns(call.tenant, call.id(), cursor=query.cursor, limit=query.limit)


async def get_turn(call: Call) -> TurnDetail:
    """Return one turn with its steps, its model calls and the part of the flow that it passed."""
    return await call.kept.why.turn(call.tenant, call.id(), call.id("turn_id"))


async def take(call: Call) -> Taken:
    """Take a conversation from the agent or a colleague."""
    return await holding.take_conversation(desk_of(call), call.id(), actor=call.actor)


async def hand_back(call: Call) -> Changed:
    """Give a conversation back to the agent."""
    note = call.body(HandBackBody).note
    return await holding.hand_back(desk_of(call), call.id(), actor=call.actor, note=note)


async def assign(call: Call) -> Changed:
    """Give a conversation to a colleague, a team or nobody."""
    body = call.body(AssignBody)
    to = holding.Assignee(body.staff_id, body.team)
    await check_assignee(call, to)
    return await holding.assign_conversation(desk_of(call), call.id(), actor=call.actor, to=to)


async def resolve(call: Call) -> Changed:
    """Settle a conversation."""
    return await holding.resolve_conversation(desk_of(call), call.id(), actor=call.actor)


async def reopen(call: Call) -> Changed:
    """Open a settled or snoozed conversation."""
    return await holding.reopen_conversation(desk_of(call), call.id(), actor=call.actor)


async def snooze(call: Call) -> Changed:
    """Put a conversation aside until a moment, or until the customer writes."""
    until = call.body(SnoozeBody).until
    return await holding.snooze_conversation(desk_of(call), call.id(), actor=call.actor, until=until)


async def mark_read(call: Call) -> Changed:
    """Note that everything was read."""
    return await holding.mark_read(desk_of(call), call.id(), actor=call.actor)


async def list_notes(call: Call) -> Page[NoteView]:
    """Return the notes on a conversation."""
    return await call.kept.threads.notes(call.tenant, call.id())


async def list_happenings(call: Call) -> Page[HappeningView]:
    """Return what happened to a conversation besides its messages, oldest first."""
    return await call.kept.timeline.page(call.tenant, call.id())


async def add_note(call: Call) -> Reply:
    """Leave a note for colleagues."""
    body = call.body(NoteBody)
    await _must_be_colleagues(call, body.mentions)
    note_id, changed = await holding.add_note(
        desk_of(call), call.id(), actor=call.actor, text=body.text, mentions=body.mentions
    )
    return Reply(NoteAdded(note_id=note_id, event_no=changed.event_no), status=201)


async def set_labels(call: Call) -> Changed:
    """Replace a conversation's labels."""
    return await holding.set_labels(desk_of(call), call.id(), actor=call.actor, labels=call.body(LabelsBody).labels)


async def check_assignee(call: Call, to: holding.Assignee) -> None:
    """Raise NotFound for a person or a team that is none here, Conflict for who works here no more."""
    if to.staff_id is not None:
        await check_colleague(call, to.staff_id)
    if to.team:
        await call.kept.teams.require(call.tenant, to.team)


async def check_colleague(call: Call, staff_id: str) -> None:
    """Raise NotFound for who is nobody here, Conflict for who works here no more."""
    if (await call.kept.members.get(call.tenant, staff_id)).ended_ms is not None:
        raise Conflict("This colleague works here no more.", reason="deactivated")


async def list_handoffs(call: Call) -> Page[HandoffItem]:
    """List handoffs, the one that has waited longest first."""
    query = call.query(HandoffQuery)
    return await call.kept.handoffs.page(call.tenant, state=query.state, cursor=query.cursor, limit=query.limit)


async def claim_handoff(call: Call) -> Taken:
    """Claim a handoff; all but one are told that it is taken."""
    handoff_id = call.id()
    conversation_id = await call.kept.handoffs.conversation_of(call.tenant, handoff_id)
    return await holding.claim_handoff(desk_of(call), conversation_id, actor=call.actor, handoff_id=handoff_id)


async def _with_waits(call: Call, items: list[C]) -> list[C]:
    """Say of those that nobody holds how long they have waited; where there are none the rules are not read."""
    if not any(is_waiting(item) for item in items):
        return items
    policy = (await call.kept.tenants.settings(call.tenant)).policy
    return [with_wait(item, policy, call.ports.clock.now()) for item in items]


async def _must_be_colleagues(call: Call, ids: list[str]) -> None:
    if ids and not set(ids) <= set(await call.kept.conversations.names(call.tenant)):
        raise NotFound("There is no such colleague.")


def verdict_of(call: Call, state: ConversationState) -> VerdictView:
    """Say whether who asks may write here now."""
    author = Author.STAFF if call.actor.staff_id else Author.API
    able = call.ports.channels[state.channel].capabilities
    return show_verdict(judge(state, able, author=author, now=call.ports.clock.now()))
