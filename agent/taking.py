"""What pending events mean before any flow runs: messages to keep, changes, who holds it, what to answer.

Pure: a ``Workload`` goes in, a ``Taken`` comes out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.knowing import brought_by, known_of
from core.content import Part, TextPart, plain_text
from core.context import Context, Referral
from core.inbound import (
    CallReceived,
    ConsentChanged,
    EchoReceived,
    Inbound,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReactionReceived,
    ReferralReceived,
    ThreadControl,
)
from core.nouns import AGENT, APP, NOBODY, Delivery
from core.policy import Author
from core.store import MessageChange, MessageWrite, PendingEvent, ReactionWrite, Workload
from core.turns import FlowEvent
from graphs.builtins import is_opt_out, wants_human

HANDOFF_TIMER = "handoff_sla"
QUICK = timedelta(seconds=2)
"""When to look again at an echo that could be ours."""

Change = MessageEdited | MessageRevoked
Changed = Mapping[str, Change]
"""What customers changed before it was read, by the provider's id of the message."""


@dataclass(slots=True)
class Taken:
    """The meaning of what is pending."""

    consumed: list[str] = field(default_factory=list)
    fired: list[str] = field(default_factory=list)
    messages: list[MessageWrite] = field(default_factory=list)
    changes: list[MessageChange] = field(default_factory=list)
    reactions: list[ReactionWrite] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    contact_fields: dict[str, Any] = field(default_factory=dict)
    consents: list[tuple[str, bool, str]] = field(default_factory=list)
    owner: str | None = None
    owner_why: str = ""
    close_handoff: str | None = None
    events: list[FlowEvent] = field(default_factory=list)
    """For the flow, in order; empty where there is nothing to answer."""
    last_inbound_at: datetime | None = None
    last_provider_id: str | None = None
    typed: bool = False
    """The newest event is typed text: more may follow at once."""
    undecided: bool = False
    """An echo waits for a request of ours to resolve; look again soon."""
    silent: bool = False
    """Standby: another app holds the thread at the provider; nothing may be answered."""
    stopped: bool = False
    """The customer opted out while a person holds the conversation: the one confirmation is due all the same."""


def take(work: Workload, now: datetime) -> Taken:
    """Read everything pending, in order."""
    taken = Taken()
    changed = {
        pending.event.provider_id: pending.event
        for pending in work.pending
        if isinstance(pending.event, MessageEdited | MessageRevoked)
    }
    for pending in work.pending:
        _one(work, taken, pending, changed)
    _answered(work, taken)
    holder = taken.owner or work.owner
    if holder == APP and _idle(work, taken, now):
        taken.owner, taken.owner_why, holder = AGENT, "idle_return", AGENT
    _handback(work, taken, holder)
    _timers(work, taken, holder)
    if (taken.owner or work.owner) != AGENT or taken.silent:
        taken.stopped = not taken.silent and not work.opt_out_told and stops(work, taken)
        taken.events = []
    else:
        _told(work, taken)
        _fates(work, taken)
    return taken


def stops(work: Workload, taken: Taken) -> bool:
    """Tell whether the customer asks not to be written to."""
    words = work.policy.opt_out_words
    return any(event.kind == "message" and is_opt_out(event.text, words) for event in taken.events)


def _one(work: Workload, taken: Taken, pending: PendingEvent, changed: Changed) -> None:
    event = pending.event
    if pending.known:
        taken.consumed.append(pending.id)
        return
    at = (event.at if event else None) or pending.received_at
    if isinstance(event, EchoReceived) and not _echo(work, taken, pending, event, at):
        return
    if isinstance(event, MessageReceived):
        _message(taken, pending, event, at, change=changed.get(event.provider_id))
    elif isinstance(event, ThreadControl):
        if event.change in ("taken", "passed") and work.owner == AGENT:
            taken.owner, taken.owner_why = APP, "thread_control"
    else:
        _change(taken, event, at)
    if pending.kind not in ("handback", "delivery", "event"):
        taken.consumed.append(pending.id)


def _change(taken: Taken, event: Inbound | None, at: datetime) -> None:
    match event:
        case MessageEdited():
            taken.changes.append(MessageChange(event.provider_id, event.parts, at))
        case MessageRevoked():
            taken.changes.append(MessageChange(event.provider_id, None, at))
        case ReactionReceived():
            taken.reactions.append(ReactionWrite(event.target, event.emoji, at))
        case ReferralReceived() | CallReceived():
            taken.last_inbound_at = at
            taken.contact_fields |= known_of(event.sender)
            if isinstance(event, ReferralReceived):
                taken.contact_fields |= brought_by(event.referral)
                taken.referrals.append(event.referral)
        case ConsentChanged():
            taken.consents.append((event.topic, event.granted, "provider"))
        case _:
            pass


def _message(
    taken: Taken, pending: PendingEvent, event: MessageReceived, at: datetime, *, change: Change | None
) -> None:
    """Keep a message; what is answered is what became of it by now."""
    taken.messages.append(
        MessageWrite(
            id=pending.message_id,
            author=Author.CONTACT,
            parts=event.parts,
            event_at=at,
            delivery=Delivery.RECEIVED,
            provider_id=event.provider_id,
            received_at=pending.received_at,
            context=event.context,
        )
    )
    taken.contact_fields |= known_of(event.sender) | brought_by(event.referral)
    taken.last_inbound_at = max(at, taken.last_inbound_at or at)
    if isinstance(change, MessageRevoked):
        return
    parts = change.parts if change is not None else event.parts
    taken.last_provider_id = event.provider_id
    taken.typed = event.tap is None
    if event.standby:
        taken.silent = True
        return
    taken.silent = False
    taken.events.append(
        FlowEvent(
            kind="tap" if event.tap else "message",
            id=pending.id,
            at=at,
            text=_words(parts),
            parts=parts,
            payload=event.tap.payload if event.tap else None,
        )
    )


def _echo(work: Workload, taken: Taken, pending: PendingEvent, event: EchoReceived, at: datetime) -> bool:
    """Take in what went out from elsewhere; False leaves it pending (ENGINE rule 26)."""
    if pending.echo == "ours":
        return True
    if pending.echo == "undecided":
        taken.undecided = True
        return False
    if event.revoked:
        taken.changes.append(MessageChange(event.provider_id, None, at))
        return True
    taken.messages.append(
        MessageWrite(
            id=pending.message_id,
            author=Author.APP,
            parts=event.parts,
            event_at=at,
            delivery=Delivery.SENT,
            provider_id=event.provider_id,
            received_at=pending.received_at,
            context=Context(quotes=event.reply_to) if event.reply_to else None,
        )
    )
    if (event.native or event.app_id is None) and work.owner != APP:
        taken.owner, taken.owner_why = APP, "native_app"
        taken.close_handoff = "done"
        taken.events = []
    return True


def _idle(work: Workload, taken: Taken, now: datetime) -> bool:
    """Tell whether a native takeover has lapsed: nobody wrote from the app for the tenant's idle time."""
    if taken.owner == APP or work.owner != APP or not taken.events:
        return False
    human = [message.at for message in work.window if message.author == Author.APP]
    since = max([*human, work.owner_since or now])
    return now - since >= work.policy.idle_return


def _handback(work: Workload, taken: Taken, holder: str) -> None:
    """Feed a hand-back, with what the customer wrote that no person answered; else it is silent (ENGINE rule 27).

    Words that ask for a person are not among it: a person had them, and decided.
    """
    rows = [pending for pending in work.pending if pending.kind == "handback"]
    if not rows or holder != AGENT:
        return
    newest = rows[-1]
    taken.consumed += [row.id for row in rows]
    left = "\n".join(words for words in newest.words if not wants_human(words))
    if work.run is not None:
        port = str(newest.internal.get("port", "returned"))
        taken.events.insert(0, FlowEvent("handback", newest.id, newest.received_at, text=left, port=port))
    elif left:
        taken.events.insert(0, FlowEvent("message", newest.id, newest.received_at, text=left))


def _answered(work: Workload, taken: Taken) -> None:
    """Leave out what a person has answered before any turn read it; an opt-out counts all the same."""
    ids = {one for pending in work.pending for one in pending.internal.get("answered", ())}
    words = work.policy.opt_out_words
    taken.events = [event for event in taken.events if event.id not in ids or is_opt_out(event.text, words)]


def _fates(work: Workload, taken: Taken) -> None:
    """Feed what became of words that the flow waits for, before what the customer says; kept while a person holds it.

    Of a visit that was left nobody wants to know any more.
    """
    rows = [pending for pending in work.pending if pending.kind == "delivery"]
    taken.consumed += [row.id for row in rows]
    here = work.run.visit if work.run is not None else None
    taken.events[:0] = [
        FlowEvent(
            "delivery",
            row.id,
            row.received_at,
            port=str(row.internal["port"]),
            visit=here,
            ref=str(row.internal["ref"]),
        )
        for row in rows
        if here is not None and row.internal["visit"] == here
    ]


def _told(work: Workload, taken: Taken) -> None:
    """Feed what other programs told, before what the customer says; kept while a person holds it (ENGINE rule 47)."""
    rows = [pending for pending in work.pending if pending.kind == "event"]
    taken.consumed += [row.id for row in rows]
    if work.run is not None:
        taken.events[:0] = [
            FlowEvent("event", row.id, row.received_at, port=str(row.internal["name"]), data=row.internal["data"])
            for row in rows
        ]


def _timers(work: Workload, taken: Taken, holder: str) -> None:
    """Fire what came due: words of the customer win, and a visit that was left is void (ENGINE rule 28)."""
    for timer in work.timers:
        waiting = work.handoff is not None and work.handoff.state == "waiting"
        if timer.name == HANDOFF_TIMER:
            taken.fired.append(timer.id)
            if waiting and holder == NOBODY and not taken.events:
                taken.owner, taken.owner_why, taken.close_handoff = AGENT, "handoff_timeout", "expired"
                taken.events.append(FlowEvent("handback", timer.id, timer.due_at, port="timeout", visit=timer.visit))
            continue
        if holder != AGENT:
            continue
        if taken.events and all(event.kind == "handback" and not event.text for event in taken.events):
            continue  # the cursor stays where it is: the timer has its turn next
        taken.fired.append(timer.id)
        if not taken.events and work.run is not None and work.run.visit == timer.visit:
            taken.events.append(FlowEvent("timer", timer.id, timer.due_at, visit=timer.visit, timer=timer.name))


def _words(parts: Iterable[Part]) -> str:
    parts = tuple(parts)
    return "\n".join(part.text for part in parts if isinstance(part, TextPart)) or _captions(parts)


def _captions(parts: tuple[Part, ...]) -> str:
    return plain_text(tuple(part for part in parts if getattr(part, "caption", None)))
