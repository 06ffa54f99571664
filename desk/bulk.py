"""One thing done to many conversations, each in a transaction of its own, and taken back."""

from collections.abc import Awaitable, Callable, Sequence

from core.desk_ports import ConversationChange, ConversationState, Outgoing
from core.errors import AlreadyClaimed, AppError, Conflict
from core.nouns import AGENT, Actor, owning_staff
from core.views_inbox import Before, BulkResult, HandoffBefore
from desk.holding import Desk, await_outcomes, got_out, hold, let_go, tell

Step = Callable[[ConversationChange], Awaitable[bool]]
"""Changes one conversation; returns whether the workers have something to do after it."""


async def change_each(desk: Desk, ids: Sequence[str], *, actor: Actor, step: Step) -> list[BulkResult]:
    """Do it to each; what cannot be done to one leaves the others as they are asked to be."""
    return [await change_one(desk, one, actor=actor, step=step) for one in ids]


async def change_one(desk: Desk, conversation_id: str, *, actor: Actor, step: Step) -> BulkResult:
    """Do it to one, and say how it stood before and how it was left."""
    try:
        async with desk.conversations.change(actor.tenant_id, conversation_id, actor=actor.label) as change:
            state = change.state
            worked = await step(change)
            left_status, left_owner = change.standing
    except AppError as error:
        return BulkResult(id=conversation_id, ok=False, code=error.code, title=error.message)
    tell(desk, change, actor, worked=worked)
    before = Before(
        status=state.status,
        owner=state.owner,
        labels=list(state.labels),
        snoozed_until=state.snoozed_until,
        handoff=_handoff(state),
        team=state.team,
        left_status=left_status,
        left_owner=left_owner,
    )
    return BulkResult(id=conversation_id, ok=True, before=before, event_no=change.event_no)


async def take_each(desk: Desk, ids: Sequence[str], *, actor: Actor) -> list[BulkResult]:
    """Take what the agent or nobody holds; what a colleague holds is not taken away in passing.

    Answers once what was at the door has its outcome, for all of them together, and says what got out (ENGINE rule 24).
    """
    going: dict[str, list[Outgoing]] = {}

    async def step(change: ConversationChange) -> bool:
        if owning_staff(change.state.owner) not in (None, actor.staff_id):
            raise AlreadyClaimed("A colleague holds this conversation.")
        going[change.state.id] = await change.sends_in_flight()
        await hold(change, actor)
        return False

    results = await change_each(desk, ids, actor=actor, step=step)
    every = await await_outcomes(desk, actor.tenant_id, [request for some in going.values() for request in some])
    known = {request.id: request for request in every}
    return [
        result.model_copy(update={"on_its_way": got_out(known[each.id] for each in going[result.id])})
        if result.ok
        else result
        for result in results
    ]


def labelling(add: Sequence[str], remove: Sequence[str]) -> Step:
    """Add and remove labels."""

    async def step(change: ConversationChange) -> bool:
        labels = sorted({*change.state.labels, *add} - {*remove})
        if labels != list(change.state.labels):
            await change.set_labels(labels)
        return False

    return step


def taking_back(before: Before) -> Step:
    """Put it back to how it stood; raises Conflict where somebody has changed it since."""

    async def step(change: ConversationChange) -> bool:
        if change.standing != (before.left_status, before.left_owner):
            raise Conflict("Somebody has changed it since.", reason="moved_on")
        worked = False
        if before.owner == AGENT != before.left_owner:
            worked = await let_go(change, "returned", None)
        elif before.owner != before.left_owner:
            await change.give_to(before.owner, "undone")
        if before.owner != AGENT:
            await change.address(before.team)
        await change.set_status(before.status, before.snoozed_until)
        if before.handoff is not None:
            await change.restore_handoff(before.handoff.id, before.handoff.state)
        if before.labels != list(change.state.labels):
            await change.set_labels(before.labels)
        return worked

    return step


def _handoff(state: ConversationState) -> HandoffBefore | None:
    if state.handoff_id is None:
        return None
    return HandoffBefore(id=state.handoff_id, state="waiting" if state.handoff_state == "waiting" else "claimed")
