"""What a flow emitted, turned into what the turn commits. Pure, but for the channel's own rendering (pure too)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from agent.taking import HANDOFF_TIMER, Taken
from core.content import MediaPart, Part, TemplatePart, TextPart
from core.errors import SendError
from core.nouns import AGENT, NOBODY, Delivery
from core.policy import Author
from core.ports import Channel
from core.store import HandoffWrite, MessageWrite, RunWrite, SendWrite, TurnRecord, TurnWrite, Workload
from core.turns import (
    CaptureLead,
    Emit,
    FlagConversation,
    Minter,
    OptOut,
    RecordEvent,
    RequestHandoff,
    RunEnded,
    Say,
    SetContact,
    SetTimer,
    TurnResult,
)

Assets = Mapping[str, str]
"""Asset key → public address."""


@dataclass(slots=True)
class Composition:
    """A turn's write in the making."""

    work: Workload
    taken: Taken
    channel: Channel
    minter: Minter
    now: datetime
    assets: Assets
    initiated: bool
    shown: Mapping[str, str] = field(default_factory=dict)
    """Draft → what the customer has seen of it already."""
    messages: list[MessageWrite] = field(default_factory=list)
    sends: list[SendWrite] = field(default_factory=list)
    contact_fields: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, tuple[Any, str | None]] = field(default_factory=dict)
    consents: list[tuple[str, bool, str]] = field(default_factory=list)
    opted_out: bool | None = None
    leads: list[tuple[str, CaptureLead]] = field(default_factory=list)
    handoff: HandoffWrite | None = None
    timers: list[SetTimer] = field(default_factory=list)
    flags: list[FlagConversation] = field(default_factory=list)
    events: list[RecordEvent] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    ended: RunEnded | None = None

    def emit(self, result: TurnResult) -> None:
        """Take over every emit, in order."""
        for item in result.emits:
            if isinstance(item, Say):
                self.say(item)
            elif isinstance(item, RequestHandoff):
                self.request(item)
            else:
                self.note(item)

    def note(self, item: Emit) -> None:
        """Take over an emit that says nothing."""
        match item:
            case SetContact():
                self.contact_fields[item.name] = item.value
                self.facts[item.name] = (item.value, item.source)
                if item.name == "consent":
                    self.consents.append(("data_processing", bool(item.value), "flow"))
            case CaptureLead():
                self.leads.append((self.minter.mint("lead"), item))
            case SetTimer():
                self.timers.append(item)
            case OptOut():
                self.opted_out = not item.granted
                self.consents.append(("messages", item.granted, "flow"))
            case FlagConversation():
                self.flags.append(item)
            case RecordEvent():
                self.events.append(item)
            case RunEnded():
                self.ended = item
            case _:
                pass

    def say(self, item: Say) -> None:
        """Store a message and queue its requests."""
        author = Author.SYSTEM if item.system else Author.AGENT
        waits = item.prompt or any(isinstance(part, TemplatePart) for part in item.parts)
        self.write(
            item.parts,
            author,
            initiated=item.initiated or self.initiated,
            draft=item.draft,
            visit=item.visit if waits else None,
            reply_to=self._said_in(item.answers),
        )

    def write(
        self,
        parts: Sequence[Part],
        author: Author,
        *,
        initiated: bool = False,
        handoff_id: str | None = None,
        draft: str | None = None,
        visit: str | None = None,
        reply_to: str | None = None,
    ) -> None:
        """Render parts for the channel; what it cannot carry is kept as failed, with the reason.

        ``visit`` waits for it: it hears what becomes of the last request, which carries the question.
        """
        resolved = tuple(part for part in (self._locate(part) for part in parts) if part is not None)
        if not resolved:
            return
        message_id = self.minter.mint("message")
        delivery, reason = Delivery.QUEUED, None
        try:
            rendered = self.channel.render(resolved)
        except SendError as error:
            rendered, delivery, reason = [], Delivery.FAILED, error.code
            self.unsaid += [visit] if visit else []
        template = any(isinstance(part, TemplatePart) for part in resolved)
        self.messages.append(
            MessageWrite(
                id=message_id,
                author=author,
                parts=resolved,
                event_at=self.now,
                delivery=delivery,
                reason=reason,
                draft=draft,
                shown=self.shown.get(draft) if draft else None,
                reply_to=reply_to,
            )
        )
        self.sends += [
            SendWrite(
                id=self.minter.mint("send"),
                message_id=message_id,
                rendered=one,
                author=author,
                initiated=initiated,
                is_template=template,
                exempt=self.opted_out is True,
                handoff_id=handoff_id,
                visit=visit if one is rendered[-1] else None,
            )
            for one in rendered
        ]

    def request(self, item: RequestHandoff) -> None:
        """Open a handoff with its one notice, unless one is open already (DESIGN invariant 8)."""
        if self.handoff is not None:
            return
        if self.work.handoff is not None and self.taken.close_handoff is None:
            return
        sla = item.sla or self.work.policy.handoff_sla
        self.handoff = HandoffWrite(
            id=self.minter.mint("handoff"),
            queue=item.queue,
            reason=item.reason,
            priority=item.priority,
            brief=asdict(item.brief),
            node=item.node,
            visit=item.visit,
            due_at=self.now + sla,
        )
        self.write(item.notice, Author.SYSTEM, handoff_id=self.handoff.id, reply_to=self._said_in(item.answers))

    def mark_read(self) -> None:
        """Queue the read mark of what the turn answers, behind the answer."""
        target = self.taken.last_provider_id
        signal = self.channel.render_signal("read", message_id=target) if target else None
        if signal is not None:
            self.sends.append(SendWrite(self.minter.mint("send"), None, signal, Author.SYSTEM))

    def turn_write(self, *, run: RunWrite | None, turn: TurnRecord | None, locale: str | None) -> TurnWrite:
        """Return everything as one write. The conversation waits for a person where the flow stopped at a handoff."""
        owner, why = self.taken.owner, self.taken.owner_why
        waits = self.handoff is not None and (run is None or run.visit in (None, self.handoff.visit))
        timers = list(self.timers)
        if waits and self.handoff is not None and self.handoff.due_at is not None:
            owner, why = NOBODY, "handoff"
            timers.append(SetTimer(HANDOFF_TIMER, self.handoff.visit, self.handoff.node, self.handoff.due_at))
        base = plain_write(self.work, self.taken)
        return replace(
            base,
            messages=(*base.messages, *self.messages),
            sends=tuple(self.sends),
            contact_fields={**base.contact_fields, **self.contact_fields},
            facts=self.facts,
            consents=(*base.consents, *self.consents),
            opted_out=self.opted_out,
            locale=locale,
            leads=tuple(self.leads),
            handoff=self.handoff,
            timers=tuple(timers),
            run=run,
            owner=owner if owner != AGENT or self.work.owner != AGENT else None,
            owner_why=why,
            labels=tuple(flag.label for flag in self.flags),
            flags=tuple(self.flags),
            events=tuple(self.events),
            unsaid=tuple(self.unsaid),
            turn=turn,
            runs_turn=True,
        )

    def _said_in(self, event_id: str | None) -> str | None:
        """Return the message that came with an event."""
        return next((one.message_id for one in self.work.pending if one.event and one.id == event_id), None)

    def _locate(self, part: Part) -> Part | None:
        """Give an asset its address; without one its caption still goes out."""
        if not isinstance(part, MediaPart) or part.asset is None or part.url:
            return part
        url = self.assets.get(part.asset)
        if url:
            return part.model_copy(update={"url": url})
        return TextPart(text=part.caption) if part.caption else None


def stop_write(made: Composition, words: str) -> TurnWrite:
    """Return the plain write with the one confirmation of an opt-out, whoever holds the conversation (rule 23)."""
    made.opted_out = True
    made.write((TextPart(text=words),), Author.SYSTEM)
    base = plain_write(made.work, made.taken)
    return replace(
        base,
        messages=(*base.messages, *made.messages),
        sends=tuple(made.sends),
        consents=(*base.consents, ("messages", False, "customer")),
        opted_out=True,
    )


def plain_write(work: Workload, taken: Taken) -> TurnWrite:
    """Return the write of events that no flow answers: a person holds the conversation, or there is nothing to say."""
    return TurnWrite(
        consumed=tuple(taken.consumed),
        fired=tuple(taken.fired),
        messages=tuple(taken.messages),
        changes=tuple(taken.changes),
        reactions=tuple(taken.reactions),
        referrals=tuple(taken.referrals),
        contact_fields={k: v for k, v in taken.contact_fields.items() if work.contact_fields.get(k) != v},
        consents=tuple(taken.consents),
        owner=taken.owner,
        owner_why=taken.owner_why,
        close_handoff=taken.close_handoff,
        keep_timers=True,
        reopen=bool(taken.messages) and work.status != "open",
        last_inbound_at=taken.last_inbound_at,
    )


def used_assets(result: TurnResult) -> frozenset[str]:
    """Return the asset keys that a result's messages refer to."""
    found = set()
    for item in result.emits:
        parts = item.parts if isinstance(item, Say) else item.notice if isinstance(item, RequestHandoff) else ()
        found |= {part.asset for part in parts if isinstance(part, MediaPart) and part.asset}
    return frozenset(found)
