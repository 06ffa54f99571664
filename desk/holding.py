"""Who holds a conversation: taking it, giving it back, settling it (ENGINE §5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.channel_types import ChannelType
from core.clock import Clock
from core.desk_ports import ConversationChange, ConversationStore, Doorbells, Outgoing
from core.ids import TenantId
from core.nouns import AGENT, APP, NOBODY, Actor, staff_owner
from core.ports import Channel
from core.views import Changed, Taken
from desk.snoozing import check_moment

LONGEST = timedelta(seconds=5)
"""How long who takes a conversation waits for requests of the agent's that were at the door."""

LOOK = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Desk:
    """What people's use-cases work with."""

    conversations: ConversationStore
    channels: Mapping[ChannelType, Channel]
    doorbells: Doorbells
    clock: Clock


def owner_of(actor: Actor) -> str:
    """Return the owner that an actor becomes: the person, or for programs the same as the provider's own app."""
    return staff_owner(actor.staff_id) if actor.staff_id else APP


async def take_conversation(desk: Desk, conversation_id: str, *, actor: Actor) -> Taken:
    """Take a conversation; nothing of the agent's starts after this. A waiting handoff is claimed with it."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        going = await change.sends_in_flight()
        await hold(change, actor)
    return await _taken(desk, change, actor, going)


async def claim_handoff(desk: Desk, conversation_id: str, *, actor: Actor, handoff_id: str) -> Taken:
    """Claim a handoff, and its conversation with it; raises AlreadyClaimed for all but one."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        going = await change.sends_in_flight()
        await change.claim_handoff(handoff_id, actor.staff_id)
        await change.give_to(owner_of(actor), "claimed")
    return await _taken(desk, change, actor, going)


async def hand_back(desk: Desk, conversation_id: str, *, actor: Actor, note: str | None) -> Changed:
    """Give a conversation to the agent again; what nobody answered is answered now (ENGINE rule 27)."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        held = await let_go(change, "returned", note)
    return tell(desk, change, actor, worked=held)


async def resolve_conversation(desk: Desk, conversation_id: str, *, actor: Actor) -> Changed:
    """Settle a conversation; the agent answers what comes next."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        held = await settle(change)
    return tell(desk, change, actor, worked=held)


async def reopen_conversation(desk: Desk, conversation_id: str, *, actor: Actor) -> Changed:
    """Open a settled or snoozed conversation."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.set_status("open")
    return tell(desk, change, actor)


async def snooze_conversation(
    desk: Desk, conversation_id: str, *, actor: Actor, until: datetime | None = None
) -> Changed:
    """Put a conversation aside; it comes back then, or when the customer writes (ENGINE rule 43)."""
    check_moment(until, desk.clock.now())
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.set_status("snoozed", until)
    return tell(desk, change, actor)


@dataclass(frozen=True, slots=True)
class Assignee:
    """To whom it is given: a colleague, a team of which anybody may take it, or nobody."""

    staff_id: str | None = None
    team: str | None = None
    """None: the team that it is with already."""


async def assign_conversation(desk: Desk, conversation_id: str, *, actor: Actor, to: Assignee) -> Changed:
    """Give a conversation to a colleague (who has to be a member), a team, or nobody."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await assign(change, to)
    return tell(desk, change, actor)


async def add_note(
    desk: Desk, conversation_id: str, *, actor: Actor, text: str, mentions: Sequence[str] = ()
) -> tuple[str, Changed]:
    """Leave a note for colleagues; who is mentioned in it (and has to be a member) is told at once."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        note_id = await change.add_note(text, actor.staff_id, mentions=list(dict.fromkeys(mentions)))
    return note_id, tell(desk, change, actor)


async def set_labels(desk: Desk, conversation_id: str, *, actor: Actor, labels: list[str]) -> Changed:
    """Replace a conversation's labels."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.set_labels(sorted(set(labels)))
    return tell(desk, change, actor)


async def mark_read(desk: Desk, conversation_id: str, *, actor: Actor) -> Changed:
    """Note that somebody has read everything."""
    async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
        await change.mark_read()
    return tell(desk, change, actor)


async def hold(change: ConversationChange, actor: Actor) -> None:
    """Make the actor the owner; a handoff that waits is theirs."""
    if change.state.handoff_id is not None and change.state.handoff_state == "waiting":
        await change.claim_handoff(change.state.handoff_id, actor.staff_id)
    await change.give_to(owner_of(actor), "takeover")


async def _taken(desk: Desk, change: ConversationChange, actor: Actor, going: list[Outgoing]) -> Taken:
    """Answer once what was at the door has its outcome, and say what got out (ENGINE rule 24)."""
    desk.doorbells.changed(actor.tenant_id, change.state.id, change.event_no)
    out = got_out(await await_outcomes(desk, actor.tenant_id, going))
    return Taken(event_no=change.event_no, owner=owner_of(actor), on_its_way=out)


async def await_outcomes(desk: Desk, tenant_id: TenantId, going: list[Outgoing]) -> list[Outgoing]:
    """Return requests once those at the door have their outcome, after LONGEST at most."""
    until = desk.clock.now() + LONGEST
    while any(request.in_flight for request in going) and desk.clock.now() < until:
        await desk.clock.sleep(LOOK.total_seconds())
        going = await desk.conversations.outcomes(tenant_id, going)
    return going


def got_out(requests: Iterable[Outgoing]) -> list[str]:
    """Return the messages that the customer has of them, or may have."""
    return sorted({request.message_id for request in requests if request.may_be_out})


async def let_go(change: ConversationChange, port: str, note: str | None) -> bool:
    """Give it to the agent on ``port`` of the flow; returns whether anybody but the agent had it."""
    if change.state.owner == AGENT and change.state.handoff_id is None:
        return False
    await change.give_to(AGENT, port)
    await change.end_handoff()
    await change.return_to_flow(port, note)
    return True


async def settle(change: ConversationChange) -> bool:
    """Settle it, whoever holds it; returns whether the flow has something to do."""
    held = await let_go(change, "resolved", None)
    await change.set_status("resolved")
    return held


async def assign(change: ConversationChange, to: Assignee) -> None:
    """Give it to a colleague, a team or nobody; a handoff that waits is theirs."""
    waiting = change.state.handoff_id if change.state.handoff_state == "waiting" else None
    if to.staff_id is not None and waiting is not None:
        await change.claim_handoff(waiting, to.staff_id)
    moved = to.team is not None and to.team != change.state.team
    if to.team is not None:
        await change.address(to.team)
    # That it went to a team says, too, that nobody has it.
    why = "addressed" if moved and to.staff_id is None else "assigned"
    await change.give_to(staff_owner(to.staff_id) if to.staff_id else NOBODY, why)


def tell(desk: Desk, change: ConversationChange, actor: Actor, *, worked: bool = False) -> Changed:
    """Wake who watches, and the workers where the flow has something to do."""
    desk.doorbells.changed(actor.tenant_id, change.state.id, change.event_no)
    if worked:
        desk.doorbells.work(change.state.id)
    return Changed(event_no=change.event_no)
