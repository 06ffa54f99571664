"""What channels report: typed events, one per thing that happened, each with its own account address.

A channel's ``parse`` is pure and total: whatever the provider sends becomes one of these, ``Ignored(reason)`` for what
is known to need nothing, or ``Quarantined(reason)`` for what nobody has understood yet (kept and shown).
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import Part
from core.context import Context, Referral


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(_Value):
    """A customer as the provider names them; every key is opaque text and may be missing (META_API §0.6)."""

    wa_id: str | None = None
    bsuid: str | None = None
    """WhatsApp's business-scoped user id."""
    parent_bsuid: str | None = None
    igsid: str | None = None
    psid: str | None = None
    visitor: str | None = None
    name: str | None = None
    username: str | None = None

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return (kind, value) of every key present, strongest first: a BSUID outranks a phone number."""
        named = (("bsuid", self.bsuid), ("wa_id", self.wa_id), ("igsid", self.igsid), ("psid", self.psid))
        return tuple((kind, value) for kind, value in (*named, ("visitor", self.visitor)) if value)


class Tap(_Value):
    """A press on something we offered: button, list row, quick reply, ice breaker, menu item."""

    payload: str
    title: str | None = None
    source: Literal["button", "list", "quick_reply", "postback", "template", "referral"] = "button"


class InboundEvent(_Value):
    """What all events share.

    ``channel`` and ``account`` address the tenant's account (WhatsApp: phone_number_id or, for events of the whole
    business account, the WABA id; Instagram and Messenger: entry id; widget: widget id). ``dedupe`` is the provider's
    own id, or text that names the event (account, sender, timestamp, kind, target); uniqueness is (account, kind of
    event, keyed hash of it). ``at`` is the provider's time; None when unusable, then arrival counts.
    """

    channel: ChannelType
    account: str
    dedupe: str
    at: datetime | None = None

    @property
    def at_ms(self) -> int | None:
        """Return the provider's time in epoch milliseconds."""
        return to_ms(self.at) if self.at else None


class MessageReceived(InboundEvent):
    """A customer wrote, tapped or shared something."""

    kind: Literal["message"] = "message"
    sender: Person
    provider_id: str
    parts: tuple[Part, ...] = ()
    tap: Tap | None = None
    reply_to: str | None = None
    """Provider id of the message that this one answers."""
    story_url: str | None = None
    """The business's story that this one answers (Instagram)."""
    story_id: str | None = None
    referral: Referral | None = None
    forwarded: bool = False
    group: str | None = None
    standby: bool = False
    """Another app or a person holds the thread: record, never answer (META_API §5)."""

    @property
    def context(self) -> Context | None:
        """Return what it came with besides its parts; None for what most messages are."""
        if not (self.reply_to or self.story_url or self.story_id or self.referral or self.forwarded):
            return None
        return Context(
            quotes=self.reply_to,
            story_url=self.story_url,
            story_id=self.story_id,
            referral=self.referral,
            forwarded=self.forwarded,
        )


class MessageEdited(InboundEvent):
    """A customer changed a message; it may come before the message itself."""

    kind: Literal["edit"] = "edit"
    sender: Person
    provider_id: str
    """Of the message that changed."""
    parts: tuple[Part, ...] = ()
    standby: bool = False


class MessageRevoked(InboundEvent):
    """A customer unsent a message: our copy goes too."""

    kind: Literal["revoke"] = "revoke"
    sender: Person
    provider_id: str
    standby: bool = False


class ReactionReceived(InboundEvent):
    """A customer reacted to a message; ``emoji`` None takes the reaction back. Never starts a turn."""

    kind: Literal["reaction"] = "reaction"
    sender: Person
    target: str
    emoji: str | None = None
    standby: bool = False


class ReferralReceived(InboundEvent):
    """A customer came back through a link or ad without writing."""

    kind: Literal["referral"] = "referral"
    sender: Person
    referral: Referral
    standby: bool = False


class CallReceived(InboundEvent):
    """A customer called: nothing to answer in words, and the window for words is open (META_API §3)."""

    kind: Literal["call"] = "call"
    sender: Person


class ReceiptReceived(InboundEvent):
    """What became of messages that we sent."""

    kind: Literal["receipt"] = "receipt"
    status: Literal["sent", "delivered", "read", "played", "failed", "deleted", "warning"]
    provider_ids: tuple[str, ...] = ()
    our_id: str | None = None
    """Our outbox id, where the provider gives it back (WhatsApp's ``biz_opaque_callback_data``)."""
    watermark: datetime | None = None
    """Everything sent to ``recipient`` up to here (Messenger)."""
    recipient: Person = Person()
    error_code: int | None = None
    error: str | None = None
    error_kind: str | None = None
    """Code of the ``SendError`` that the provider's error amounts to (``window_closed``, ``recipient_blocked``, …)."""
    fix: str | None = None
    """What a person can do about the error."""
    billing: str | None = None
    """Pricing category, where the provider names one."""
    billing_type: str | None = None
    """Whether it costs: ``regular``, ``free_customer_service``, ``free_entry_point``."""
    free_until: datetime | None = None
    """End of a free entry point; changes prices only, never what may be sent (META_API §2)."""


class EchoReceived(InboundEvent):
    """A message that went out from this account: ours, another app's, or typed by a person in the native app."""

    kind: Literal["echo"] = "echo"
    recipient: Person
    provider_id: str
    parts: tuple[Part, ...] = ()
    app_id: str | None = None
    metadata: str | None = None
    """Messenger: what we put into the request."""
    reply_to: str | None = None
    edited: bool = False
    """``provider_id`` is of the message that changed, ``parts`` its new content."""
    revoked: bool = False
    native: bool = False
    """The provider says itself that a person typed it in the native app (WhatsApp coexistence, inbox app ids)."""
    standby: bool = False


class ThreadControl(InboundEvent):
    """Who may answer the thread changed hands at the provider (conversation routing)."""

    kind: Literal["thread_control"] = "thread_control"
    sender: Person
    change: Literal["passed", "taken", "requested", "released"]
    to_app: str | None = None
    from_app: str | None = None
    note: str | None = None


class ConsentChanged(InboundEvent):
    """A customer stopped or resumed marketing in the provider's own settings, or opted in through a plug-in."""

    kind: Literal["consent"] = "consent"
    sender: Person
    topic: str
    granted: bool
    ref: str | None = None
    """What the plug-in or request passed along: payload, ref, token."""


class IdentityChanged(InboundEvent):
    """A customer's number or id changed: ``old`` and ``new`` are the same person, as the provider says."""

    kind: Literal["identity"] = "identity"
    old: Person
    new: Person
    change: str
    note: str | None = None
    """The provider's own words about it; never parsed, customers' names are in it."""


class CommentReceived(InboundEvent):
    """A public comment or mention; shown to staff, answered privately only where a flow says so."""

    kind: Literal["comment"] = "comment"
    sender: Person
    comment_id: str
    text: str = ""
    media_id: str | None = None
    parent_id: str | None = None
    ad_id: str | None = None
    mention: bool = False


class AccountEvent(InboundEvent):
    """Something about the account itself: template status, quality, limits, alerts, calls, groups or history."""

    kind: Literal["account"] = "account"
    topic: str
    """The provider's field name."""
    severity: Literal["info", "warning", "pause", "resume"] = "info"
    """``pause``: the provider took the account away, hold its messages."""
    data: dict[str, Any] = Field(default_factory=dict)


class Ignored(InboundEvent):
    """Known, and nothing is to be done: the reason says why. Counted, not stored."""

    kind: Literal["ignored"] = "ignored"
    reason: str


class Quarantined(InboundEvent):
    """Not understood: kept sealed, shown to staff, answered 200 (DESIGN invariant 1)."""

    kind: Literal["quarantined"] = "quarantined"
    reason: str
    data: Any = None


Inbound = Annotated[
    MessageReceived
    | MessageEdited
    | MessageRevoked
    | ReactionReceived
    | ReferralReceived
    | CallReceived
    | ReceiptReceived
    | EchoReceived
    | ThreadControl
    | ConsentChanged
    | IdentityChanged
    | CommentReceived
    | AccountEvent
    | Ignored
    | Quarantined,
    Field(discriminator="kind"),
]

INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound)
