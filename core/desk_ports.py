"""What the desk asks of the outside: a change of one conversation as one transaction, and who is woken after it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from core.channel_types import ChannelType
from core.content import Part
from core.files import Attachments
from core.ids import FlowId, TenantId
from core.inbound import Inbound
from core.policy import Author
from core.ports import RawRequest, Rendered
from core.scheduling import Planned
from core.store import Recorded


@dataclass(frozen=True, slots=True)
class ConversationState:
    """A conversation as the transaction found it, locked until the transaction ends."""

    id: str
    tenant_id: TenantId
    account_id: str
    channel: ChannelType
    status: str
    owner: str
    version: int
    last_inbound_at: datetime | None
    opted_out: bool
    account_active: bool
    handoff_id: str | None
    handoff_state: str | None
    handoff_owner: str | None
    snoozed_until: datetime | None = None
    labels: tuple[str, ...] = ()
    team: str = ""
    locale: str | None = None
    last_staff: str | None = None
    """Who of the staff had it last."""
    goes_on: str | None = None
    """The conversation in which it goes on (ENGINE rule 29): only there it is taken, opened, written in."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request of the agent's for one of its messages, and where it stands."""

    id: str
    message_id: str
    state: str

    @property
    def in_flight(self) -> bool:
        """Tell whether its attempt has no outcome yet."""
        return self.state == "sending"

    @property
    def may_be_out(self) -> bool:
        """Tell whether the customer has it, or may have."""
        return self.state not in ("queued", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How a message of ours stands, to judge whether it may be sent again."""

    may_be_sent_again: bool
    """Some of it failed, or nobody knows what became of it."""
    was_sent_again: bool
    initiated: bool
    is_template: bool


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """What is about to be published: a flow's document and every document it leads to, by key."""

    flow_id: FlowId
    entry: str
    documents: Mapping[str, Mapping[str, Any]]
    hashes: Mapping[str, str]
    """Flow key → hash of its logic."""
    node_types: tuple[str, ...]
    """``type@version`` of every node: what a worker must know to run it (ENGINE rule 9)."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of an imported document."""

    title: str
    body: str
    url: str | None = None
    locale: str | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class FlowSetting:
    """What a tenant's own settings let its flows refer to."""

    variables: frozenset[str]
    """Names of ``tenant.*`` constants."""
    models: frozenset[str]
    guards: frozenset[str]
    require_consent: bool


class ConversationChange(Protocol):
    """One transaction on one conversation; it commits, and numbers its events, when its block ends.

    Nothing but these methods may be awaited inside the block.
    """

    state: ConversationState
    actor: str
    event_no: int
    """Set when the block has ended."""
    planned: Planned
    """What is to be said later."""
    replayed: Mapping[str, Any] | None
    """The answer that was given to this idempotency key before; then nothing may be changed."""

    @property
    def files(self) -> Attachments:
        """Return the files that may be said along."""
        ...

    @property
    def standing(self) -> tuple[str, str]:
        """Return status and owner as the change leaves them."""
        ...

    async def give_to(self, owner: str, why: str) -> None:
        """Hand the conversation over; what the agent has not sent is cancelled (ENGINE rule 24)."""
        ...

    async def address(self, team: str) -> None:
        """Want a person of a team; of the empty one: anybody. An open handoff goes along."""
        ...

    async def say(
        self,
        author: Author,
        parts: Sequence[Part],
        rendered: Sequence[Rendered],
        *,
        author_id: str | None,
        initiated: bool = False,
    ) -> str:
        """Store a message with its provider requests; ``initiated``: nobody waits for it. Returns its id."""
        ...

    async def find_undelivered(self, message_id: str) -> Undelivered:
        """Return how a message of ours stands; raises NotFound."""
        ...

    async def send_again(self, message_id: str, author: Author) -> None:
        """Queue once more what of a message did not arrive; raises Conflict."""
        ...

    async def dismiss(self, message_id: str) -> None:
        """Be done with a message that did not arrive; raises NotFound."""
        ...

    async def withdraw(self, message_id: str) -> None:
        """Cancel a message of staff of which nothing has left; raises NotFound, Conflict."""
        ...

    async def set_status(self, status: str, until: datetime | None = None) -> None:
        """Open, snooze (until then, or until the customer writes) or resolve."""
        ...

    async def claim_handoff(self, handoff_id: str, staff_id: str | None) -> None:
        """Take a waiting handoff; raises AlreadyClaimed."""
        ...

    async def end_handoff(self) -> None:
        """The open handoff, if there is one, is done."""
        ...

    async def restore_handoff(self, handoff_id: str, state: str) -> None:
        """Open a handoff of this conversation again as it stood, unless another one is open."""
        ...

    async def return_to_flow(self, port: str, note: str | None) -> None:
        """Mark what staff answered, and leave the flow an event on ``port`` (ENGINE rule 27).

        ``note`` is what the agent is told for as long as it holds the conversation.
        """
        ...

    async def tell_flow(self, name: str, data: Mapping[str, Any]) -> None:
        """Leave the flow word that something happened outside (ENGINE rule 47); raises Conflict at too many unread."""
        ...

    async def sends_in_flight(self) -> list[Outgoing]:
        """Return the agent's requests that are at the door just now: they may still get out."""
        ...

    async def add_note(self, text: str, staff_id: str | None, *, mentions: Sequence[str] = ()) -> str:
        """Store a note of staff, which calls colleagues by their ids; returns its id."""
        ...

    async def set_labels(self, labels: Sequence[str]) -> None:
        """Replace the labels."""
        ...

    async def mark_read(self) -> None:
        """Nothing is unread any more."""
        ...

    async def remember(self, answer: Mapping[str, Any]) -> None:
        """Keep the answer for the idempotency key that this change was opened with."""
        ...


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's key for one operation, and what it asked."""

    scope: str
    key: str
    request: str


class ConversationStore(Protocol):
    """Opens changes."""

    def change(
        self, tenant_id: TenantId, conversation_id: str, *, actor: str, once: Idempotency | None = None
    ) -> AbstractAsyncContextManager[ConversationChange]:
        """Lock a conversation for a change; raises NotFound, IdempotencyReused."""
        ...

    async def outcomes(self, tenant_id: TenantId, requests: Sequence[Outgoing]) -> list[Outgoing]:
        """Return where requests stand by now."""
        ...


class Doorbells(Protocol):
    """Who is woken after a commit; the store is the truth, a lost ring costs only latency."""

    def changed(self, tenant_id: TenantId, conversation_id: str | None, event_no: int) -> None:
        """Live streams of the tenant and of the conversation have something to read."""
        ...

    def send(self, conversation_id: str) -> None:
        """The sender has something to send."""
        ...

    def work(self, conversation_id: str) -> None:
        """The workers have something to do."""
        ...

    def present(self, tenant_id: TenantId, conversation_id: str, staff_id: str, state: str) -> None:
        """Live streams of the tenant show what a member of staff does in a conversation."""
        ...


class Intake(Protocol):
    """Takes in what customers send; durable when it returns."""

    async def accept(self, source: str, raw: RawRequest) -> None:
        """Verify and store a webhook; raises WebhookError, Overloaded, StoreUnavailable."""
        ...

    async def record(self, events: Sequence[Inbound]) -> list[Recorded]:
        """Store events that need no verification: the widget's own."""
        ...


@dataclass(frozen=True, slots=True)
class Preview:
    """A session of the editor's preview, kept turn by turn."""

    session: str
    saver: Any
    """LangGraph's checkpoint saver, every checkpoint kept; whoever runs the graph knows its type."""


class Previews(Protocol):
    """Keeps previews for a while, so that they can be wound back."""

    async def open(self, tenant_id: TenantId, session: str | None) -> Preview:
        """Begin a session, or go on with one; what is past its time makes room."""
        ...


@runtime_checkable
class SignedRequests(Protocol):
    """A webhook source that also signs callbacks about people: data deletion, permissions taken away."""

    def read_signed_request(self, signed_request: str) -> str:
        """Return the provider's id of the person; raises InvalidSignature."""
        ...
