"""Trying a draft out: a conversation of the compiled graph that is kept for a while; nothing goes out."""

from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.channel_types import ChannelType
from core.desk_ports import Previews
from core.errors import Conflict
from core.ids import ReleaseId, TenantId
from core.nouns import Release
from desk.publishing import FlowStore, gather


class TrialStep(BaseModel):
    """What the customer does: words, or a tap on an option by its id."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(default=None, max_length=4000)
    payload: str | None = Field(default=None, max_length=1000)


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
    locale: str | None = Field(default=None, description="Counts where a session begins.")

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


async def try_draft(flows: FlowStore, previews: Previews, *, tenant_id: TenantId, flow: str, trial: Trial) -> Tried:
    """Play steps on a draft.

    Raises:
        InvalidFlow: The draft cannot run.
        NotFound: There is no such session of this flow, or no such turn in it (any more).
        Conflict: The draft no longer has the node where the session waits.
    """
    from graphs.gate import StaleCursor
    from graphs.trying import Said, Talk

    draft = await gather(flows, tenant_id, await flows.get(tenant_id, flow))
    release = Release(ReleaseId("draft"), draft.flow_id, "draft", draft.entry, draft.documents)
    kept = await previews.open(tenant_id, trial.session)
    talk = Talk(release, channel=trial.channel, locale=trial.locale, saver=kept.saver, session=kept.session)
    if trial.session:
        await talk.go_back(trial.after)
    try:
        return Tried(kept.session, [await talk.turn(Said(step.text, step.payload)) for step in trial.steps])
    except StaleCursor as error:
        gone = "The flow no longer has the node where this preview waits. Go back to an earlier turn, or begin anew."
        raise Conflict(gone) from error
