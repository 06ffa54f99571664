"""Trying a draft out: a conversation of the compiled graph with nothing stored and nothing sent."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.channel_types import ChannelType
from core.ids import ReleaseId, TenantId
from core.nouns import Release
from desk.publishing import FlowStore, gather


class TrialStep(BaseModel):
    """What the customer does: words, or a tap on an option by its id."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(default=None, max_length=4000)
    payload: str | None = Field(default=None, max_length=1000)


class Trial(BaseModel):
    """A conversation from its start; it is played anew each time."""

    model_config = ConfigDict(extra="forbid")
    steps: list[TrialStep] = Field(min_length=1, max_length=60)
    channel: ChannelType = ChannelType.WHATSAPP
    locale: str | None = None


async def try_draft(flows: FlowStore, tenant_id: TenantId, flow: str, *, trial: Trial) -> list[dict[str, Any]]:
    """Play a trial on a draft; raises InvalidFlow where the draft cannot run."""
    from graphs.trying import Said, try_flow

    draft = await gather(flows, tenant_id, await flows.get(tenant_id, flow))
    release = Release(ReleaseId("draft"), draft.flow_id, "draft", draft.entry, draft.documents)
    said = [Said(step.text, step.payload) for step in trial.steps]
    return await try_flow(release, said, channel=trial.channel.value, locale=trial.locale)
