"""The contract of a tool: what it is told, what it may use, what it leaves behind.

A tool never sends and never touches the database: it returns a JSON result and emits, which the turn commits. Outside
writes go through ``context.effects``. Failures are ``ToolRetry`` (the model may correct its arguments) and
``ToolFailed`` (trying again does not help), never strings.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from core.channel_types import Capabilities, ChannelType
from core.errors import ToolFailed
from core.turns import (
    Effects,
    Emit,
    HttpCaller,
    Knowledge,
    Minter,
    PolicyFacts,
    TurnContext,
    WindowMessage,
)


class Arguments(BaseModel):
    """What a tool is called with. Fields marked ``BUILDER`` are set by the flow; a model neither sees nor sets them."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class ByBuilder:
    """Marks an argument that belongs to the builder."""


BUILDER = ByBuilder()
"""``connection: Annotated[str, BUILDER]``"""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Everything a tool may use."""

    tenant_id: str
    conversation_id: str
    node: str
    visit: str
    channel: ChannelType
    capabilities: Capabilities
    locale: str
    timezone: str
    country: str
    """ISO 3166 alpha-2, for phone numbers written without a country code."""
    now: datetime
    said: str
    """The customer's words in this turn."""
    source: str | None
    """Id of the inbound event those words came with."""
    window: tuple[WindowMessage, ...]
    tenant: Mapping[str, Any]
    contact: Mapping[str, Any]
    policy: PolicyFacts
    knowledge: Knowledge
    http: HttpCaller
    effects: Effects
    minter: Minter
    collected: Mapping[str, Any] = field(default_factory=dict)
    """What the flow has found out so far: slots by name."""
    writes_allowed: bool = True
    """False in previews: outside writes are mocked."""

    @classmethod
    def from_turn(cls, turn: TurnContext, *, node: str, visit: str, collected: Mapping[str, Any] | None = None) -> Self:
        """Build the context of a tool that ``node`` calls in its ``visit``."""
        spoken = [event for event in turn.events if event.kind in {"message", "tap"}]
        return cls(
            tenant_id=turn.tenant_id,
            conversation_id=turn.conversation_id,
            node=node,
            visit=visit,
            channel=turn.channel,
            capabilities=turn.capabilities,
            locale=turn.locale,
            timezone=turn.timezone,
            country=turn.country,
            now=turn.now,
            said="\n".join(event.text for event in spoken if event.text),
            source=spoken[-1].id if spoken else None,
            window=turn.window,
            tenant=turn.tenant,
            contact=turn.contact,
            policy=turn.policy,
            knowledge=turn.knowledge,
            http=turn.http,
            effects=turn.effects,
            minter=turn.minter,
            collected=collected or {},
            writes_allowed=turn.writes_allowed,
        )


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool did: ``result`` is JSON for the model or the flow, ``emits`` are committed with the turn."""

    result: Any
    emits: tuple[Emit, ...] = ()
    sources: tuple[str, ...] = ()
    """Titles of the knowledge the result rests on, for ``Say.sources``."""


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Tool(Generic[ArgumentsT]):
    """One thing a flow or a model may call."""

    name: str
    description: str
    """What a model reads to decide whether to call it."""
    Arguments: type[ArgumentsT]
    run: Callable[[ArgumentsT, ToolContext], Awaitable[ToolOutcome]]
    """Raises ToolRetry or ToolFailed."""
    write: bool = False
    """Leaves something behind: a lead, a fact, a handoff, a request that changes something elsewhere."""


def require_consent(context: ToolContext) -> None:
    """Refuse to keep personal data where the tenant asks for consent and the customer has not given it."""
    if context.policy.policy.require_consent and context.contact.get("consent") is not True:
        raise ToolFailed("The customer has not agreed to their data being kept.", code="consent_missing")
