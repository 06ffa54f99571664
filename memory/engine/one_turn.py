"""What one turn writes, within the transaction that it shares with others (ENGINE rule 13)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from core.clock import from_ms, to_ms
from core.content import Part, TextPart
from core.context import Context
from core.errors import LostLease, TamperedCiphertext, Unsealed
from core.nouns import AGENT, EVERYBODY, NOBODY, Delivery, owning_staff
from core.policy import Author
from core.store import Leaving, MessageChange, MessageWrite, Parting, TurnWrite, Workload
from memory.counting import Move, Standing
from memory.crypto import Sealer
from memory.database import Tx
from memory.engine import commit_sql as sql
from memory.engine.leads import capture_lead
from memory.engine.people import remember_person
from memory.happenings import record
from memory.writing import ANSWERED, Ledger, NewMessage, NewSend, open_body, provider_hash, seal_body

TAKEOVER = "takeover"
CANCELLED = "cancelled"
WIDGET = "widget"
TOLD_BY_THE_HANDOFF = ("handoff", "handoff_timeout")
"""Why it changed hands, where the handoff's own line in the thread says so."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn to be committed. ``unsealed``: more may have arrived, or somebody may have taken it (rule 11)."""

    seal: Sealer
    work: Workload
    write: TurnWrite
    unsealed: bool = False
    parting: Parting | None = None
    leaving: list[Leaving] = field(default_factory=list)
    """What leaves if the commit holds: known before its answer, which may be lost."""


class OneTurn:
    """One turn as it is written."""

    def __init__(self, tx: Tx, turn: Turn, now_ms: int) -> None:
        work = turn.work
        self.unsealed, self.parting = turn.unsealed, turn.parting
        self.tx, self.seal, self.work, self.write, self.now_ms = tx, turn.seal, work, turn.write, now_ms
        self.id = work.claim.conversation_id
        self.key = {"tenant_id": work.claim.tenant_id, "conversation_id": self.id}
        self.ledger = Ledger(
            tx=tx,
            sealer=turn.seal,
            conversation_id=self.id,
            account_id=work.claim.account_id,
            now_ms=now_ms,
            actor="agent",
            streamed=work.channel.value == WIDGET,
        )
        self.owner, self.epoch = work.owner, work.owner_epoch
        self.team = ""
        self.took_over = False
        self.contact: str = work.contact_id
        self.notice_lost = False
        """A person's words are on their way already: they are the handoff's notice (rule 25)."""
        self.happened = 0
        self.before: Any = None
        self.has_sends = False

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the guard asks."""
        loaded = [pending.id for pending in self.work.pending]
        return {**self.key, "lease": self.work.claim.lease_id, "loaded": loaded}

    @property
    def consumes(self) -> dict[str, Any]:
        """Return which events the turn takes in."""
        return {**self.key, "ids": sorted(set(self.write.consumed)), "turn": self._turn_id}

    def judge(self, row: Any) -> Exception | None:
        """Tell what forbids the turn; ``row`` is the conversation's, None where another worker has the lease."""
        if row is None or row["turn_no"] != self.work.turn_no:
            return LostLease()
        changed_hands = (row["owner"], row["owner_epoch"]) != (self.work.owner, self.work.owner_epoch)
        if self.unsealed and (row["unseen"] or changed_hands):
            return Unsealed()
        self.before = row
        # Whoever it is about may have been joined with somebody while the turn ran (rule 29).
        self.contact = row["contact_id"]
        self.ledger.numbers = {name: int(row[name]) for name in ("message_no", "stream_no", "version")}
        self.owner, self.epoch, self.team = row["owner"], row["owner_epoch"], row["team"]
        self.took_over = self.write.runs_turn and changed_hands
        return None

    async def put(self, contact: Any) -> None:
        """Write the turn; ``contact`` is the contact's row where it changes."""
        await self._update()
        await self._handoff()
        await self._owner()
        remember_person(self.ledger, self.contact, row=contact, write=self.write, source=self._source)
        self._run_and_turn()
        await self._leads()
        self._timers()
        if any(message.author is Author.APP for message in self.write.messages):
            await self.ledger.cancel_notice()
        sends = self._sends()
        self.has_sends = bool(sends)
        if self.write.messages or sends:
            await self.ledger.add(self._messages(), sends)
        await self._tell(sends)
        # After the messages: one may be changed in the very turn that takes it in.
        await self._changes()

    async def _happened(self, kind: str, **details: Any) -> None:
        self.happened += 1
        seed = self._turn_id or f"{self.work.claim.lease_id}|{self.work.turn_no}|{','.join(self.write.consumed)}"
        row_id = self.seal.derive_id("happening", f"{self.id}|{seed}|{self.happened}")
        await record(self.ledger, row_id, kind=kind, **details)

    @property
    def move(self) -> Move:
        """Return where the conversation stood and stands, for the inbox's counts."""
        before = Standing(self.before["status"], self.before["owner"], self.before["team"])
        now = Standing("open" if self.write.reopen else before.status, self.owner, self.team)
        return None if self.work.is_new else before, now

    @property
    def asks_when_due(self) -> bool:
        """Tell whether timers run that this turn did not arm itself."""
        return self.work.next_timer is not None or self.ledger.rearmed

    def next_due(self, due_ms: int | None) -> datetime | None:
        """Return when its earliest timer is due; ``due_ms`` is what was found, where it asked."""
        if not self.asks_when_due:
            running = (to_ms(timer.due) for timer in self.write.timers if timer.visit not in self._asked)
            due_ms = min(running, default=None)
        return from_ms(due_ms) if due_ms else None

    @property
    def _asked(self) -> frozenset[str]:
        """Visits whose question is queued: their time-outs run once the provider has taken it (rule 22)."""
        if self.took_over:
            return frozenset()
        return frozenset(send.visit for send in self.write.sends if send.visit and not send.cancelled)

    async def _tell(self, sends: list[NewSend]) -> None:
        """Tell the flow of words that are lost already."""
        for send in sends:
            if send.cancelled and send.visit:
                await self.ledger.tell(send.visit, send.id, "cancelled")
        for visit in self.write.unsaid:
            if await self.ledger.tell(visit, visit, "blocked"):
                self.ledger.wake_worker(self.now_ms)

    @property
    def _turn_id(self) -> str | None:
        return self.write.turn.id if self.write.turn else None

    def create(self) -> None:
        """Give a conversation its rows that has none."""
        contact, account = self.work.contact_id, self.work.claim.account_id
        identity = self.seal.derive_id("identity", self.id)
        fields = self.seal.seal_json("contacts.fields", contact, {})
        self.tx.later(sql.ADD_CONTACT, id=contact, fields=fields, created_ms=self.now_ms, opted_out=0)
        self.tx.later(sql.ADD_IDENTITY, id=identity, account_id=account, contact_id=contact, created_ms=self.now_ms)
        self.tx.later(
            sql.ADD_CONVERSATION,
            id=self.id,
            account_id=account,
            identity_id=identity,
            contact_id=contact,
            channel=self.work.channel.value,
            created_ms=self.now_ms,
            recent_ms=self.now_ms,
        )
        self.ledger.event("conversation.created", self.id)

    async def _update(self) -> None:
        write = self.write
        self.tx.later(
            sql.UPDATE,
            conversation_id=self.id,
            turns=int(write.runs_turn),
            new_run=write.run.id if write.run else None,
            new_locale=write.locale,
            new_status="open" if write.reopen else None,
            new_labels=self._labels(),
            inbound_ms=to_ms(write.last_inbound_at) if write.last_inbound_at else None,
        )
        for flag in write.flags:
            await self._happened("flagged", label=flag.label, note=flag.note, node=flag.node)
        for event in write.events:
            await self._happened("event", name=event.name, data=dict(event.data), node=event.node)
        for referral in write.referrals:
            await self._happened("referral", **referral.model_dump(exclude_defaults=True))
        if write.labels or (write.reopen and self.before["status"] != "open"):
            self.ledger.event("conversation.updated", self.id)

    def _labels(self) -> str | None:
        if not self.write.labels:
            return None
        known: list[str] = orjson.loads(self.before["labels"])
        return orjson.dumps([*dict.fromkeys([*known, *self.write.labels])]).decode()

    async def _handoff(self) -> None:
        new = self.write.handoff
        if self.write.close_handoff and not self.took_over:
            rows = await self.tx.all(
                sql.END_HANDOFF, conversation_id=self.id, to_state=self.write.close_handoff, now_ms=self.now_ms
            )
            for row in rows:
                self.ledger.event("handoff.ended", row["id"], row["version"])
                await self._happened("handoff_ended", after=self.write.close_handoff)
        if new is None:
            return
        if await self.tx.first(sql.PERSON_QUEUED, conversation_id=self.id) is not None:
            self.notice_lost = True
        # Whoever took the conversation meanwhile has the handoff with it: what it is about must not be lost.
        claimed = self.took_over and self.owner not in (AGENT, NOBODY)
        row = await self.tx.first(
            sql.ADD_HANDOFF,
            id=new.id,
            conversation_id=self.id,
            state="claimed" if claimed else "waiting",
            claimed_by=owning_staff(self.owner) if claimed else None,
            claimed_ms=self.now_ms if claimed else None,
            queue=new.queue,
            reason=new.reason,
            priority=new.priority,
            brief=self.seal.seal_json("handoffs.brief", new.id, new.brief),
            node=new.node,
            visit=new.visit,
            created_ms=self.now_ms,
            due_ms=to_ms(new.due_at) if new.due_at else None,
            version=1,
        )
        if row is None:
            self.notice_lost = True
        else:
            self.ledger.event("handoff.requested", new.id, 1)
            await self._happened("handoff", reason=new.reason, queue=new.queue)
            await self._address("" if new.queue == EVERYBODY else new.queue)

    async def _address(self, team: str) -> None:
        if team != self.team:
            self.team = team
            await self.ledger.address(team)

    @property
    def _waits(self) -> bool:
        """Tell whether a handoff is asked for of a conversation that was taken and given back meanwhile: it waits."""
        return self.write.handoff is not None and self.owner == AGENT

    async def _owner(self) -> None:
        wanted = self.write.owner
        if wanted is None or wanted == self.owner or (self.took_over and not self._waits):
            return
        why = self.write.owner_why or TAKEOVER
        await self.ledger.set_owner(wanted, self.owner, why)
        if why not in TOLD_BY_THE_HANDOFF:
            await self._happened("owner", before=self.owner, after=wanted, why=why)
        self.epoch += int(AGENT in (wanted, self.owner))
        self.owner, self.team = wanted, "" if wanted == AGENT else self.team

    async def _changes(self) -> None:
        for change in self.write.changes:
            await self._change(change)
        for reaction in self.write.reactions:
            target = provider_hash(self.seal, reaction.target) or ""
            self.tx.later(
                sql.REACT,
                target_hash=target,
                author="contact",
                conversation_id=self.id,
                emoji=self.seal.seal_text("reactions.emoji", f"{target}|contact", reaction.emoji),
                at_ms=to_ms(reaction.at),
            )
            self.ledger.event("message.reacted", self.id)

    async def _change(self, change: MessageChange) -> None:
        digest = provider_hash(self.seal, change.provider_id)
        rows = await self.tx.all(sql.EDIT, conversation_id=self.id, digest=digest, at_ms=to_ms(change.at))
        for row in rows:
            parts = change.parts or ()
            # What it answers stays as it was; of one that was unsent nothing stays.
            context = self._context_of(row) if change.parts is not None else None
            body = seal_body(self.seal, row["id"], parts, context=context)
            why = None if change.parts is not None else "unsent"
            self.tx.later(sql.SET_BODY, message_id=row["id"], new_body=body, why=why)
            newest = await self.tx.first(sql.NEWEST, conversation_id=self.id)
            if newest is not None and newest["id"] == row["id"]:
                preview = self.ledger.preview(newest["author"], parts)
                self.tx.later(sql.PREVIEW, conversation_id=self.id, preview=preview)
            self.ledger.event("message.updated", row["id"], row["version"])

    def _context_of(self, row: Any) -> Context | None:
        """Return what a stored message came with; an altered row keeps no turn from being written."""
        try:
            return open_body(self.seal, row["id"], row["body"]).context if row["body"] else None
        except TamperedCiphertext:
            return None

    def _run_and_turn(self) -> None:
        if self.work.idle_run is not None:
            self.tx.later(sql.END_IDLE_RUN, run=self.work.idle_run, now_ms=self.now_ms)
        run, live, turn, claim = self.write.run, self.work.run, self.write.turn, self.work.claim
        if run is not None:
            if run.is_new:
                self.tx.later(
                    sql.PUT_RUN,
                    id=run.id,
                    conversation_id=self.id,
                    flow_id=run.flow_id,
                    release_id=run.release_id,
                    status="live",
                    started_ms=self.now_ms,
                    updated_ms=self.now_ms,
                )
            sealed = None if run.checkpoint is None else self.seal.seal("runs.checkpoint", run.id, run.checkpoint)
            self.tx.later(
                sql.SET_RUN,
                run=run.id,
                new_status=run.status,
                new_outcome=run.outcome,
                new_cursor=run.cursor,
                new_visit=run.visit,
                new_checkpoint=sealed,
                now_ms=self.now_ms,
                ended=self.now_ms if run.status == "ended" else None,
            )
        if turn is not None:
            self.tx.later(
                sql.ADD_TURN,
                id=turn.id,
                conversation_id=claim.conversation_id,
                run_id=run.id if run else live.id if live else None,
                release_id=run.release_id if run else live.release_id if live else None,
                no=self.work.turn_no + 1,
                outcome=CANCELLED if self.took_over else turn.outcome,
                error=turn.error,
                node=turn.node,
                trail=self.seal.seal_packed("turns.trail", turn.id, turn.trail),
                tokens_in=turn.tokens_in,
                tokens_out=turn.tokens_out,
                micro_usd=turn.micro_usd,
                started_ms=to_ms(turn.started_at),
                ms=turn.ms,
            )
            self.ledger.event("turn.committed", turn.id, 1)

    async def _leads(self) -> None:
        for _, lead in self.write.leads:
            await capture_lead(self.ledger, lead, contact_id=self.contact, source_message_id=self._source(lead.source))

    def _source(self, inbound_id: str | None) -> str | None:
        known = {event.id: event.message_id for event in self.work.pending}
        return known.get(inbound_id) if inbound_id else None

    def _timers(self) -> None:
        write = self.write
        if write.fired:
            self.tx.later(sql.FIRE, ids=list(write.fired))
        if not write.keep_timers and self.work.next_timer is not None and write.runs_turn:
            self.tx.later(sql.VOID_TIMERS, conversation_id=self.id)
        elif write.timers:
            visits = sorted({timer.visit for timer in write.timers})
            self.tx.later(sql.VOID_VISITS, conversation_id=self.id, visits=visits)
        # A handoff's timer runs even where no Run does: nothing may be published yet.
        run = write.run.id if write.run else (self.work.run.id if self.work.run else self.id)
        # While a person holds it they are held (rule 28), but for the handoff's own.
        held = self.owner not in (AGENT, NOBODY)
        sla = [timer for timer in write.timers if write.handoff and timer.visit == write.handoff.visit]
        for timer in write.timers:
            if held and timer in sla:
                continue
            self.tx.later(
                sql.ARM,
                id=self.seal.derive_id("timer", f"{run}|{timer.visit}|{timer.name}"),
                conversation_id=self.id,
                run_id=run,
                name=timer.name,
                node=timer.node,
                visit=timer.visit,
                state="held" if held else "pending" if timer.visit in self._asked else "armed",
                due_ms=to_ms(timer.due),
                held_ms=self.now_ms if held else None,
            )

    def _messages(self) -> list[NewMessage]:
        return [
            NewMessage(
                id=message.id,
                author=message.author,
                parts=self._cut(message),
                created_ms=to_ms(message.received_at) if message.received_at else self.now_ms,
                event_ms=to_ms(message.event_at),
                delivery=self._delivery(message),
                reason=self._lost(message.author, message.id) or message.reason,
                author_id=message.author_id,
                provider_id=message.provider_id,
                reply_to=message.reply_to,
                turn_id=self._turn_id,
                draft=message.draft,
                context=message.context,
            )
            for message in self.write.messages
        ]

    def _sends(self) -> list[NewSend]:
        return [
            NewSend(
                id=send.id,
                message_id=send.message_id,
                rendered=send.rendered,
                author=send.author,
                owner_epoch=self.epoch,
                due_ms=self.now_ms,
                initiated=send.initiated,
                is_template=send.is_template,
                exempt=send.exempt,
                handoff_id=send.handoff_id,
                cancelled=self._lost(send.author, send.message_id) or send.cancelled,
                visit=send.visit,
            )
            for send in self.write.sends
        ]

    def _lost(self, author: Author, message_id: str | None) -> str | None:
        """Say why a message does not go out; a notice does although the agent holds nothing any more (rule 25)."""
        if self.took_over and (author is Author.AGENT or (author is Author.SYSTEM and message_id is None)):
            return TAKEOVER
        notices = {send.message_id for send in self.write.sends if send.handoff_id}
        return ANSWERED if self.notice_lost and message_id in notices else None

    def _delivery(self, message: MessageWrite) -> Delivery:
        if self._lost(message.author, message.id) is None:
            return message.delivery
        return Delivery.SENT if message.shown else Delivery.CANCELLED

    def _cut(self, message: MessageWrite) -> tuple[Part, ...]:
        """Return what a message says: of one that a takeover broke off, what the customer saw of it (rule 37)."""
        if message.shown and self._lost(message.author, message.id) is not None:
            return (TextPart(text=message.shown),)
        return message.parts
