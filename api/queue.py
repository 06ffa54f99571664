"""The inbox's queue: how many wait where, until when one may put aside, and one thing done to many."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from api.calling import Call, Route
from api.inbox import Request, check_assignee, check_colleague, desk_of
from core.desk_ports import ConversationChange
from core.nouns import AGENT, APP, NOBODY, Role, owning_staff
from core.views_inbox import Before, BulkDone, BulkResult, InboxCounts, SnoozeChoice, SnoozeChoices
from desk import bulk, holding
from desk.snoozing import check_moment, usual_moments

MOST = 100
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Changing = Literal["hand_back", "resolve", "reopen", "snooze", "assign", "label"]


class BulkBody(Request):
    """One thing for many conversations."""

    ids: list[Id] = Field(min_length=1, max_length=MOST)
    action: Literal["take"] | Changing
    until: AwareDatetime | None = None
    """Of ``snooze``: when they come back; left out: when the customer writes."""
    staff_id: str | None = None
    """Of ``assign``: to whom; null: to nobody."""
    team: str | None = Field(default=None, max_length=60)
    """Of ``assign``: from which team somebody is wanted; empty: from anybody, null: as before."""
    add: list[Label] = Field(default_factory=list, max_length=20)
    remove: list[Label] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _once_each(self) -> "BulkBody":
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("the same conversation twice")
        return self


class Restored(Request):
    """How one conversation stood before."""

    id: Id
    before: Before


class RestoreBody(Request):
    """What is taken back."""

    items: list[Restored] = Field(min_length=1, max_length=MOST)


async def count(call: Call) -> InboxCounts:
    """Count what each view of the inbox shows, for whoever asks."""
    return await call.kept.counts.read(call.tenant, holding.owner_of(call.actor))


async def snooze_choices(call: Call) -> SnoozeChoices:
    """Return the usual moments to put a conversation aside until, by the business's hours."""
    policy = (await call.kept.tenants.settings(call.tenant)).policy
    moments = usual_moments(policy, call.ports.clock.now())
    return SnoozeChoices(items=[SnoozeChoice(key=key, at=at) for key, at in moments.items()], timezone=policy.timezone)


async def change_many(call: Call) -> BulkDone:
    """Do one thing to many conversations, each in a transaction of its own, and say what became of each."""
    body = call.body(BulkBody)
    if body.action == "assign":
        await check_assignee(call, holding.Assignee(body.staff_id, body.team))
    if body.action == "snooze":
        check_moment(body.until, call.ports.clock.now())
    if body.action == "take":
        return BulkDone(results=await bulk.take_each(desk_of(call), body.ids, actor=call.actor))
    step = _step(body.action, body)
    return BulkDone(results=await bulk.change_each(desk_of(call), body.ids, actor=call.actor, step=step))


async def restore_many(call: Call) -> BulkDone:
    """Put conversations back to how they stood before, where nobody has changed them since."""
    body = call.body(RestoreBody)
    for owner in {item.before.owner for item in body.items} - {AGENT, NOBODY, APP}:
        await check_colleague(call, owning_staff(owner) or owner)
    for team in {item.before.team for item in body.items} - {""}:
        await call.kept.teams.require(call.tenant, team)
    results: list[BulkResult] = []
    for item in body.items:
        step = bulk.taking_back(item.before)
        results.append(await bulk.change_one(desk_of(call), item.id, actor=call.actor, step=step))
    return BulkDone(results=results)


def _step(action: Changing, body: BulkBody) -> bulk.Step:
    async def reopen(change: ConversationChange) -> bool:
        await change.set_status("open")
        return False

    async def snooze(change: ConversationChange) -> bool:
        await change.set_status("snoozed", body.until)
        return False

    async def assign(change: ConversationChange) -> bool:
        await holding.assign(change, holding.Assignee(body.staff_id, body.team))
        return False

    async def hand_back(change: ConversationChange) -> bool:
        return await holding.let_go(change, "returned", None)

    steps: dict[Changing, bulk.Step] = {
        "hand_back": hand_back,
        "resolve": holding.settle,
        "reopen": reopen,
        "snooze": snooze,
        "assign": assign,
        "label": bulk.labelling(body.add, body.remove),
    }
    return steps[action]


_TALKS = "/api/v1/conversations"
ROUTES: tuple[Route, ...] = (
    Route("GET", _TALKS + "/counts", Role.STAFF, count, answer=InboxCounts),
    Route("GET", "/api/v1/snooze-choices", Role.STAFF, snooze_choices, answer=SnoozeChoices),
    Route("POST", _TALKS + "/bulk", Role.STAFF, change_many, body=BulkBody, answer=BulkDone),
    Route("POST", _TALKS + "/restore", Role.STAFF, restore_many, body=RestoreBody, answer=BulkDone),
)
