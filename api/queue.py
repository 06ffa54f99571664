"""The inbox's queue: how many wait where, until when one may put aside, and one thing done to many."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from api.calling import Call, Route
from api.inbox import Request, check_colleague, desk_of
from core.desk_ports import ConversationChange
from core.nouns import AGENT, APP, NOBODY, Role, owning_staff
from core.views import Named, Page
from core.views_inbox import Before, BulkDone, BulkResult, InboxCounts, SnoozeChoice, SnoozeChoices
from desk import bulk, holding
from desk.snoozing import check_moment, usual_moments

MOST = 100
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Action = Literal["take", "hand_back", "resolve", "reopen", "snooze", "assign", "label"]


class BulkBody(Request):
    """One thing for many conversations."""

    ids: list[Id] = Field(min_length=1, max_length=MOST)
    action: Action
    until: AwareDatetime | None = None
    """Of ``snooze``: when they come back; left out: when the customer writes."""
    staff_id: str | None = None
    """Of ``assign``: to whom; null: to nobody."""
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


async def list_colleagues(call: Call) -> Page[Named]:
    """List who a conversation can be given to: whoever works here."""
    here = [member for member in await call.kept.members.list(call.tenant) if member.ended_ms is None]
    named = [Named(id=member.id, name=member.name or member.email) for member in here]
    return Page[Named](items=sorted(named, key=lambda each: ((each.name or "").casefold(), each.id)))


async def snooze_choices(call: Call) -> SnoozeChoices:
    """Return the usual moments to put a conversation aside until, by the business's hours."""
    policy = (await call.kept.tenants.settings(call.tenant)).policy
    moments = usual_moments(policy, call.ports.clock.now())
    return SnoozeChoices(items=[SnoozeChoice(key=key, at=at) for key, at in moments.items()], timezone=policy.timezone)


async def change_many(call: Call) -> BulkDone:
    """Do one thing to many conversations, each in a transaction of its own, and say what became of each."""
    body = call.body(BulkBody)
    if body.action == "assign" and body.staff_id is not None:
        await check_colleague(call, body.staff_id)
    if body.action == "snooze":
        check_moment(body.until, call.ports.clock.now())
    step = _step(call, body)
    return BulkDone(results=await bulk.change_each(desk_of(call), body.ids, actor=call.actor, step=step))


async def restore_many(call: Call) -> BulkDone:
    """Put conversations back to how they stood before, where nobody has changed them since."""
    body = call.body(RestoreBody)
    for owner in {item.before.owner for item in body.items} - {AGENT, NOBODY, APP}:
        await check_colleague(call, owning_staff(owner) or owner)
    results: list[BulkResult] = []
    for item in body.items:
        step = bulk.taking_back(item.before)
        results.append(await bulk.change_one(desk_of(call), item.id, actor=call.actor, step=step))
    return BulkDone(results=results)


def _step(call: Call, body: BulkBody) -> bulk.Step:
    async def reopen(change: ConversationChange) -> bool:
        await change.set_status("open")
        return False

    async def snooze(change: ConversationChange) -> bool:
        await change.set_status("snoozed", body.until)
        return False

    async def assign(change: ConversationChange) -> bool:
        await holding.assign(change, body.staff_id)
        return False

    async def hand_back(change: ConversationChange) -> bool:
        return await holding.let_go(change, "returned", None)

    steps: dict[Action, bulk.Step] = {
        "take": bulk.taking(call.actor),
        "hand_back": hand_back,
        "resolve": holding.settle,
        "reopen": reopen,
        "snooze": snooze,
        "assign": assign,
        "label": bulk.labelling(body.add, body.remove),
    }
    return steps[body.action]


_TALKS = "/api/v1/conversations"
ROUTES: tuple[Route, ...] = (
    Route("GET", _TALKS + "/counts", Role.STAFF, count, answer=InboxCounts),
    Route("GET", "/api/v1/colleagues", Role.STAFF, list_colleagues, answer=Page[Named]),
    Route("GET", "/api/v1/snooze-choices", Role.STAFF, snooze_choices, answer=SnoozeChoices),
    Route("POST", _TALKS + "/bulk", Role.STAFF, change_many, body=BulkBody, answer=BulkDone),
    Route("POST", _TALKS + "/restore", Role.STAFF, restore_many, body=RestoreBody, answer=BulkDone),
)
