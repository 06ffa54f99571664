"""What passes between the runtime (``agent/``) and a compiled flow (``graphs/``): events in, emits out.

Nodes *emit*; they never send and never touch the database. The turn commits what they emitted (DESIGN §2).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from core.channel_types import Capabilities, ChannelType
from core.content import Part
from core.policy import Policy


@dataclass(frozen=True, slots=True)
class FlowEvent:
    """One thing the gate reads.

    ``start``: a new Run without words of the customer's. ``message``: words or media. ``tap``: ``payload`` of what was
    pressed. ``timer``: ``timer`` of a visit came due. ``handback``: staff gave the conversation back, ``port`` is the
    handoff node's port. ``delivery``: ``port`` says what became of the outbox row ``ref`` that a node waits for.
    ``event``: another program told that something happened, ``port`` names it and ``data`` came with it.
    """

    kind: Literal["start", "message", "tap", "timer", "handback", "delivery", "event"]
    id: str
    at: datetime
    text: str = ""
    parts: tuple[Part, ...] = ()
    payload: str | None = None
    visit: str | None = None
    timer: str | None = None
    port: str | None = None
    ref: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WindowMessage:
    """One earlier message as a model may see it; ``author`` as in ``core.policy.Author``."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Say:
    """Words for the customer. One Say may become several provider requests."""

    parts: tuple[Part, ...]
    node: str
    visit: str
    prompt: bool = False
    """The node now waits for the answer to this."""
    system: bool = False
    """A notice (handoff, opt-out): goes out although the agent no longer holds the conversation."""
    initiated: bool = False
    """The business starts: opt-out and quiet hours bind it."""
    draft: str | None = None
    """Draft id under which its words were already streamed."""
    sources: tuple[str, ...] = ()
    """Titles of the knowledge it cites."""
    answers: str | None = None
    """Id of the inbound event whose words it answers."""


@dataclass(frozen=True, slots=True)
class SetContact:
    """A lasting variable of the contact (``contact.*``) got a value; None forgets it."""

    name: str
    value: Any
    source: str | None = None
    """Id of the inbound event that said so."""


@dataclass(frozen=True, slots=True)
class CaptureLead:
    """A lead to be recorded; ``dedupe`` empty or incomplete never merges across contacts."""

    pipeline: str
    stage: str
    fields: Mapping[str, Any]
    name: str | None
    phone: str | None
    """E.164."""
    email: str | None
    dedupe: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    node: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class RequestHandoff:
    """A person is wanted. The notice travels with it, so that there is exactly one."""

    queue: str
    reason: str
    """Machine-readable: ``asked``, ``no_match``, ``error:<code>``, ``policy``, ``model``, ``flow``."""
    priority: int
    brief: "Brief"
    notice: tuple[Part, ...]
    node: str
    visit: str
    sla: timedelta | None = None
    answers: str | None = None
    """Id of the inbound event in which the customer asked for it: its notice is the answer to those words."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What staff read first: why, what was said, what is known, what to answer."""

    reason: str
    summary: str
    collected: Mapping[str, Any] = field(default_factory=dict)
    suggested_reply: str | None = None
    by_model: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this visit at ``due`` unless the conversation moved on."""

    name: str
    visit: str
    node: str
    due: datetime


@dataclass(frozen=True, slots=True)
class OptOut:
    """The customer asked not to be written to (or, with ``granted``, to be written to again)."""

    granted: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class FlagConversation:
    """Something staff should see on the conversation: a blocked word, an unknown outcome."""

    label: str
    note: str
    node: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The Run reached ``end``."""

    outcome: str
    node: str
    csat: bool = False


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """Something that the business counts happened: recorded with the turn, in the conversation's history."""

    name: str
    data: Mapping[str, Any]
    node: str


Emit = Say | SetContact | CaptureLead | RequestHandoff | SetTimer | OptOut | FlagConversation | RecordEvent | RunEnded


@dataclass(frozen=True, slots=True)
class Step:
    """One node's visit, for the why-trace and analytics."""

    node: str
    phase: str
    port: str | None
    ms: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Free of secrets: matched option, verdicts, passages, tool calls, error code."""
    changed: Mapping[str, Any] = field(default_factory=dict)
    """Variables that got a value here."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the flow waits."""

    node: str
    phase: str
    visit: str


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message to a model. ``tool_calls`` for the assistant's requests, ``tool_call_id`` for their answers."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    tool_calls: tuple["ToolCall", ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's request. ``arguments`` is None where its JSON could not be read (``raw`` keeps it)."""

    id: str
    name: str
    arguments: Mapping[str, Any] | None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told of a tool; ``parameters`` is a JSON Schema object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class ToolOffer(Protocol):
    """A tool as it is offered to a model, its arguments as JSON Schema. LangChain's ``StructuredTool`` is one."""

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def args_schema(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a call cost."""

    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float = 0.0
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to a model; ``schema`` asks for JSON of that shape, ``on_delta`` streams the words as they come."""

    alias: str
    """The tenant's name for a model: ``default``, ``fast``, …"""
    messages: tuple[ModelMessage, ...]
    tools: tuple[ToolOffer, ...] = ()
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 600
    temperature: float = 0.2
    timeout: timedelta = timedelta(seconds=20)
    purpose: str = "agent"
    """``agent``, ``understand``, ``route``, ``summary``, ``answer``: for usage and budgets."""
    on_delta: Callable[[str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class ModelReply:
    """A model's answer; ``parsed`` is set where a schema was asked and met."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    parsed: Any = None
    usage: ModelUsage = ModelUsage("none")


class Models(Protocol):
    """Language models of a tenant; raises ``ModelError``s. Usage is recorded by the implementation (ENGINE rule 15)."""

    def available(self, alias: str = "default") -> bool:
        """Tell whether a model is connected: offline mode is first-class."""
        ...

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask; raises ModelUnavailable, ModelRefused, ModelMisbehaved, BudgetSpent."""
        ...


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request through a tenant's connection; no free URLs exist."""

    connection: str
    method: str
    path: str
    json: Any = None
    timeout: timedelta = timedelta(seconds=10)
    retries: int = 0
    retry_on: frozenset[str] = frozenset()
    """Of ``timeout``, ``5xx``, ``429``."""
    write: bool = False
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back; ``body`` is parsed JSON, else text."""

    status: int
    body: Any


class HttpCaller(Protocol):
    """Calls a tenant's connected services; raises ToolFailed(code=…) on refusal, timeout or network trouble."""

    async def call(self, request: HttpCall) -> HttpReply:
        """Perform the request."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of knowledge that answers; ``score`` in 0…1, comparable with a node's ``min_score``."""

    source: str
    title: str
    text: str
    score: float
    url: str | None = None


class Knowledge(Protocol):
    """Search over a tenant's imported knowledge."""

    async def search(self, query: str, *, sources: Sequence[str], locale: str, limit: int = 4) -> list[Passage]:
        """Return the best passages, best first; ``sources`` are knowledge-base keys, empty means all."""
        ...


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """A tenant's rules and the state they are judged by, loaded with the turn."""

    policy: Policy = field(default_factory=Policy)
    opted_out: bool = False
    opt_out_told: bool = False
    """Opting out was confirmed already."""
    last_inbound_at: datetime | None = None
    queues_available: Mapping[str, bool] = field(default_factory=dict)
    """Queue key → whether somebody can take a handoff; a queue that is missing counts as available."""
    account_active: bool = True


UNKNOWN_OUTCOME = "unknown_outcome"
"""Code of a write that may have been done by a worker that died: staff are told (ENGINE rule 12)."""


class Effects(Protocol):
    """Outside writes, each done once (ENGINE rule 12)."""

    async def once(
        self,
        *,
        node: str,
        visit: str,
        tool: str,
        arguments: Any,
        call: Callable[[str], Awaitable[Any]],
        repeatable: bool = False,
    ) -> Any:
        """Run ``call(idempotency_key)`` unless its result is on record; return the JSON result. Raises ToolError.

        ``repeatable``: the service knows the key, so what may have been done is asked again; else that is a ToolFailed
        with the code ``unknown_outcome``.
        """
        ...


class TurnStream(Protocol):
    """What is shown while a turn runs; provisional (ENGINE rule 37)."""

    async def delta(self, draft: str, text: str) -> None:
        """Show more words of a draft."""
        ...

    async def node(self, name: str) -> None:
        """Tell that a node was entered (preview lights it)."""
        ...


class Minter(Protocol):
    """Ids that are the same when a turn is replayed: derived from the turn, not drawn at random."""

    def about(self, event: str) -> None:
        """Mint for this event from here on: what is read before it when the turn is replayed changes no id of it."""
        ...

    def mint(self, what: str) -> str:
        """Return the next id of this kind for this event of this turn."""
        ...


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Everything nodes may use; LangGraph's context for one run of the graph."""

    tenant_id: str
    conversation_id: str
    run_id: str
    turn_no: int
    channel: ChannelType
    capabilities: Capabilities
    locale: str
    """The customer's language; one of the flow's supported ones, else its default."""
    timezone: str
    country: str
    """ISO 3166 alpha-2, for phone numbers written without a country code."""
    now: datetime
    events: tuple[FlowEvent, ...]
    window: tuple[WindowMessage, ...]
    tenant: Mapping[str, Any]
    """``tenant.*`` constants."""
    contact: Mapping[str, Any]
    """``contact.*`` as stored: name, phone, email, consent, language and the flow's own."""
    policy: PolicyFacts
    models: Models
    http: HttpCaller
    knowledge: Knowledge
    effects: Effects
    stream: TurnStream
    minter: Minter
    instruction: str | None = None
    """What a colleague told the agent when they gave the conversation back; data, not a rule."""
    writes_allowed: bool = True
    """False in previews: write effects are mocked."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What one run of the graph came to. The checkpoint stays with the saver until the turn commits."""

    emits: tuple[Emit, ...]
    steps: tuple[Step, ...]
    cursor: Cursor | None
    """None after ``end``."""
    variables: Mapping[str, Any]
    """``slots.*`` and ``conv.*`` after the turn, for the why-trace."""
    locale: str
    unread: tuple[str, ...] = ()
    """Ids of events that came after ``end``: they are for the next Run."""
