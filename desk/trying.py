"""Trying a draft out: a conversation of the compiled graph that is kept for a while; nothing goes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from core.channel_types import ChannelType
from core.desk_ports import Preview, Previews, ReleaseDraft
from core.errors import Conflict, InvalidInput
from core.ids import ReleaseId, TenantId
from core.nouns import Release
from desk.publishing import FlowStore, gather

if TYPE_CHECKING:
    from graphs.trying import Talk


class TrialStep(BaseModel):
    """What happens: words, a tap on an option by its id, time, staff giving back, an event; nothing: it begins."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(default=None, max_length=4000)
    payload: str | None = Field(default=None, max_length=1000)
    advance: timedelta | None = Field(
        default=None, gt=timedelta(0), le=timedelta(days=400), description="Due timers ring, in order: ``PT15M``."
    )
    handback: str | None = Field(default=None, max_length=60)
    event: str | None = Field(default=None, max_length=48, description="Another program tells that this happened.")
    data: dict[str, JsonValue] | None = Field(default=None, max_length=50, description="What came with the event.")


class TrialStart(BaseModel):
    """Where a session begins instead of the flow's entry, and with what."""

    model_config = ConfigDict(extra="forbid")
    node: str | None = Field(default=None, max_length=48)
    variables: dict[str, JsonValue] = Field(default_factory=dict, max_length=200)
    at: datetime | None = Field(default=None, description="What time it is.")


class Trial(BaseModel):
    """Steps of a conversation on the draft as it is now: from its start, or going on with one that was begun."""

    model_config = ConfigDict(extra="forbid")
    steps: list[TrialStep] = Field(min_length=1, max_length=60)
    session: str | None = Field(
        default=None, max_length=40, description="Goes on with this preview; without it a new one begins."
    )
    after: str | None = Field(
        default=None, max_length=40, description="Goes on after this turn of the session; without it after its newest."
    )
    channel: ChannelType = Field(default=ChannelType.WHATSAPP, description="Counts where a session begins.")
    locale: str | None = Field(default=None, max_length=12, description="Counts where a session begins.")
    start: TrialStart | None = Field(default=None, description="Counts where a session begins.")
    mock: dict[str, JsonValue] = Field(
        default_factory=dict,
        max_length=100,
        description="What stands in for services and models, as in tests; a write that lacks succeeds, a read fails.",
    )

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.after and not self.session:
            raise ValueError("after needs the session that the turn belongs to")
        return self


@dataclass(frozen=True, slots=True)
class Tried:
    """A session, and what each step led to."""

    session: str
    turns: list[dict[str, Any]]


async def try_draft(
    flows: FlowStore, previews: Previews, *, tenant_id: TenantId, facts: Mapping[str, Any], flow: str, trial: Trial
) -> Tried:
    """Play steps on a draft; ``facts`` is what flows know as ``tenant.*`` where the trial says nothing else.

    Raises:
        InvalidFlow: The draft cannot run.
        NotFound: There is no such session of this flow, or no such turn in it (any more).
        Conflict: The draft no longer has the node where the session waits.
        InvalidInput: It cannot start there, or with that.
    """
    from graphs.gate import StaleCursor
    from graphs.trying import Said

    draft = await gather(flows, tenant_id, await flows.get(tenant_id, flow))
    kept = await previews.open(tenant_id, trial.session)
    talk = await _open(draft, kept, trial, facts)
    try:
        said = [Said(**step.model_dump()) for step in trial.steps]
        return Tried(kept.session, [await talk.turn(each) for each in said])
    except StaleCursor as error:
        gone = "The flow no longer has the node where this preview waits. Go back to an earlier turn, or begin anew."
        raise Conflict(gone) from error


async def recall(
    flows: FlowStore, previews: Previews, *, tenant_id: TenantId, flow: str, session: str, name: str
) -> tuple[str, dict[str, Any]]:
    """Return the flow's key, and a preview as a test case; raises NotFound where it is not kept."""
    draft = await gather(flows, tenant_id, await flows.get(tenant_id, flow))
    trial = Trial(steps=[TrialStep()], session=session)
    talk = await _open(draft, await previews.open(tenant_id, session), trial)
    case = talk.case
    steps = []
    for did in talk.did:
        done = {key: value for key, value in did.items() if key not in ("at", "outcome")}
        if "wait" in done:
            done["wait"] = f"PT{int(done['wait'])}S"
        at = (did["at"] or "").rpartition("/")[2]
        expect = {"outcome": did["outcome"]} if did["outcome"] else {"at": at} if at else {}
        steps.append({**done, **({"expect": expect} if expect else {})})
    told = {"name": name, "channel": case.channel.value, **({"locale": case.locale} if case.locale else {})}
    return draft.entry, {**told, "at": case.at.isoformat(timespec="minutes"), "steps": steps}


async def _open(draft: ReleaseDraft, kept: Preview, trial: Trial, facts: Mapping[str, Any] | None = None) -> "Talk":
    """Return the session: gone on with, or begun where the trial says."""
    from graphs.trying import Setting, Talk

    start = trial.start or TrialStart()
    begins = trial.session is None
    documents = _beginning(draft, start) if begins else draft.documents
    release = Release(ReleaseId("draft"), draft.flow_id, "draft", draft.entry, documents)
    at = start.at if start.at is None or start.at.tzinfo else start.at.replace(tzinfo=UTC)
    setting = Setting(
        channel=trial.channel,
        locale=trial.locale,
        at=at,
        contact=_under("contact", start.variables),
        tenant={**(facts or {}), **_under("tenant", start.variables)},
        mock=trial.mock,
    )
    talk = Talk(release, setting, saver=kept.saver, session=kept.session)
    if not begins:
        await talk.go_back(trial.after)
    return talk


def _beginning(draft: ReleaseDraft, start: TrialStart) -> Mapping[str, Mapping[str, Any]]:
    """Return the documents as they are where the flow begins at another node, with variables that have values."""
    document = dict(draft.documents[draft.entry])
    if start.node is not None:
        if start.node not in document["nodes"]:
            raise InvalidInput(errors=[{"field": "start.node", "why": "is no node of this flow"}])
        document["entry"] = start.node
    declared = dict(document.get("variables") or {})
    for name, value in start.variables.items():
        if name.partition(".")[0] in ("contact", "tenant"):
            continue
        if name not in declared:
            raise InvalidInput(errors=[{"field": f"start.variables.{name}", "why": "is no variable of this flow"}])
        declared[name] = {**declared[name], "default": value}
    return {**draft.documents, draft.entry: {**document, "variables": declared}}


def _under(root: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name.partition(".")[2]: value for name, value in variables.items() if name.startswith(f"{root}.")}
