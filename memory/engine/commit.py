"""The turn's commit: one transaction, guarded, everything or nothing (ENGINE rule 13)."""

from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from core.clock import from_ms, to_ms
from core.content import dump_parts
from core.errors import LostLease
from core.nouns import AGENT, Delivery
from core.policy import Author
from core.store import MessageChange, TurnCommitted, TurnWrite, Workload
from core.turns import CaptureLead
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, among, bool_eq, greatest, insert_into, mine
from memory.tables import (
    consents,
    contacts,
    conversation_queue,
    conversations,
    facts,
    handoffs,
    identities,
    inbound,
    leads,
    messages,
    reactions,
    runs,
    timers,
    turns,
)
from memory.writing import Ledger, NewMessage, NewSend, provider_hash

TAKEOVER = "takeover"
WIDGET = "widget"

_this = bool_eq(conversations.c.id, sa.bindparam("conversation_id"))
_GUARD = Query(
    sa.select(conversation_queue.c.lease_id).where(
        bool_eq(conversation_queue.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(conversation_queue.c.lease_id, sa.bindparam("lease")),
    ),
    scope="directory",
)
_LOCK = Query(
    sa.select(conversations.c.owner, conversations.c.owner_epoch, conversations.c.turn_no)
    .where(mine(conversations), _this)
    .with_for_update(key_share=True)
)
_ADD_CONTACT = Query(
    insert_into(contacts).on_conflict_do_nothing(), columns=("tenant_id", "id", "fields", "created_ms", "opted_out")
)
_ADD_IDENTITY = Query(
    insert_into(identities).on_conflict_do_nothing(),
    columns=("tenant_id", "id", "account_id", "contact_id", "created_ms"),
)
_ADD_CONVERSATION = Query(
    insert_into(conversations).on_conflict_do_nothing(),
    columns=("tenant_id", "id", "account_id", "identity_id", "contact_id", "channel", "created_ms"),
)
_UPDATE = Query(
    conversations.update()
    .where(mine(conversations), _this)
    .values(
        turn_no=conversations.c.turn_no + sa.bindparam("turns"),
        run_id=sa.func.coalesce(sa.bindparam("new_run", type_=conversations.c.run_id.type), conversations.c.run_id),
        locale=sa.func.coalesce(sa.bindparam("new_locale", type_=sa.Text), conversations.c.locale),
        status=sa.func.coalesce(sa.bindparam("new_status", type_=sa.Text), conversations.c.status),
        last_inbound_ms=greatest(conversations.c.last_inbound_ms, sa.bindparam("inbound_ms", type_=sa.BigInteger)),
    )
)
_CONSUME = Query(
    inbound.update()
    .where(mine(inbound), among(inbound.c.id, "ids"), bool_eq(inbound.c.state, "pending"))
    .values(state="done", turn_id=sa.bindparam("turn"), body=None)
)
_CONTACT = Query(
    sa.select(contacts.c.fields, contacts.c.opted_out)
    .where(mine(contacts), bool_eq(contacts.c.id, sa.bindparam("contact")))
    .with_for_update(key_share=True)
)
_SET_CONTACT = Query(
    contacts.update()
    .where(mine(contacts), bool_eq(contacts.c.id, sa.bindparam("contact")))
    .values(
        fields=sa.bindparam("new_fields"),
        name=sa.bindparam("new_name"),
        opted_out=sa.bindparam("new_opted_out"),
        version=contacts.c.version + 1,
    )
)
_ADD_CONSENT = Query(insert_into(consents))
_PUT_FACT = Query(
    (_fact := insert_into(facts)).on_conflict_do_update(
        index_elements=[facts.c.tenant_id, facts.c.contact_id, facts.c.name],
        set_={c: _fact.excluded[c] for c in ("value", "source_id", "updated_ms")},
    )
)
_EDIT = Query(
    messages.update()
    .where(mine(messages), bool_eq(messages.c.provider_hash, sa.bindparam("digest")))
    .values(edited_ms=sa.bindparam("at_ms"), version=messages.c.version + 1)
    .returning(messages.c.id)
)
_SET_BODY = Query(
    messages.update()
    .where(mine(messages), bool_eq(messages.c.id, sa.bindparam("message_id")))
    .values(body=sa.bindparam("new_body"), reason=sa.bindparam("why"))
)
_REACT = Query(
    (_reaction := insert_into(reactions)).on_conflict_do_update(
        index_elements=[reactions.c.tenant_id, reactions.c.target_hash, reactions.c.author],
        set_={c: _reaction.excluded[c] for c in ("emoji", "at_ms")},
    )
)
_PUT_RUN = Query(
    insert_into(runs).on_conflict_do_nothing(),
    columns=("tenant_id", "id", "conversation_id", "flow_id", "release_id", "status", "started_ms", "updated_ms"),
)
_SET_RUN = Query(
    runs.update()
    .where(mine(runs), bool_eq(runs.c.id, sa.bindparam("run")))
    .values(
        status=sa.bindparam("new_status"),
        outcome=sa.bindparam("new_outcome"),
        cursor=sa.bindparam("new_cursor"),
        visit=sa.bindparam("new_visit"),
        checkpoint=sa.func.coalesce(sa.bindparam("new_checkpoint", type_=sa.LargeBinary), runs.c.checkpoint),
        checkpoint_format=1,
        updated_ms=sa.bindparam("now_ms"),
        ended_ms=sa.bindparam("ended"),
    )
)
_ADD_TURN = Query(insert_into(turns))
_ADD_LEAD = Query(
    (_lead := insert_into(leads).values(version=1)).on_conflict_do_update(
        index_elements=[leads.c.tenant_id, leads.c.pipeline, leads.c.dedupe_hash],
        set_={
            **{c: _lead.excluded[c] for c in ("name", "phone", "email", "fields", "tags", "updated_ms")},
            "version": leads.c.version + 1,
        },
    ),
    columns=(
        "tenant_id", "id", "contact_id", "conversation_id", "pipeline", "stage", "name", "phone", "email", "fields",
        "dedupe_hash", "tags", "source_message_id", "created_ms", "updated_ms", "version",
    ),
)  # fmt: skip
_OLD_LEAD = Query(
    sa.select(leads.c.id, leads.c.name, leads.c.phone, leads.c.email, leads.c.fields, leads.c.tags).where(
        mine(leads),
        bool_eq(leads.c.pipeline, sa.bindparam("pipeline")),
        bool_eq(leads.c.dedupe_hash, sa.bindparam("digest")),
    )
)
_ADD_HANDOFF = Query(
    insert_into(handoffs).values(state="waiting").on_conflict_do_nothing().returning(handoffs.c.id),
    columns=(
        "tenant_id", "id", "conversation_id", "queue", "state", "reason", "priority", "brief", "node", "visit",
        "created_ms", "due_ms",
    ),
)  # fmt: skip
_END_HANDOFF = Query(
    handoffs.update()
    .where(
        mine(handoffs),
        bool_eq(handoffs.c.conversation_id, sa.bindparam("conversation_id")),
        handoffs.c.state.in_(("waiting", "claimed")),
    )
    .values(state=sa.bindparam("to_state"), ended_ms=sa.bindparam("now_ms"), version=handoffs.c.version + 1)
    .returning(handoffs.c.id)
)
_VOID_TIMERS = Query(
    timers.update()
    .where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(timers.c.state, "armed"),
    )
    .values(state="void")
)
_FIRE = Query(timers.update().where(mine(timers), among(timers.c.id, "ids")).values(state="fired"))
_ARM = Query(insert_into(timers))
_NEXT_DUE = Query(
    sa.select(sa.func.min(timers.c.due_ms).label("due_ms")).where(
        mine(timers),
        bool_eq(timers.c.conversation_id, sa.bindparam("conversation_id")),
        bool_eq(timers.c.state, "armed"),
    )
)


async def commit_turn(tx: Tx, seal: Sealer, work: Workload, write: TurnWrite, *, now: datetime) -> TurnCommitted:
    """Write everything a turn decided; raises LostLease where another worker holds the conversation."""
    return await _Commit(tx, seal, work, write, to_ms(now)).run()


class _Commit:
    def __init__(self, tx: Tx, seal: Sealer, work: Workload, write: TurnWrite, now_ms: int) -> None:
        self.tx, self.seal, self.work, self.write, self.now_ms = tx, seal, work, write, now_ms
        self.id = work.claim.conversation_id
        self.ledger = Ledger(
            tx=tx,
            sealer=seal,
            conversation_id=self.id,
            account_id=work.claim.account_id,
            now_ms=now_ms,
            actor="agent",
            streamed=work.channel.value == WIDGET,
        )
        self.owner, self.epoch = work.owner, work.owner_epoch
        self.took_over = False

    async def run(self) -> TurnCommitted:
        await self._guard()
        await self.tx.run(_CONSUME, ids=list(self.write.consumed), turn=self._turn_id)
        await self._update()
        await self._handoff()
        await self._owner()
        await self._contact()
        await self._changes()
        await self._run_and_turn()
        await self._leads()
        await self._timers()
        sends = self._sends()
        if self.write.messages or sends:
            await self.ledger.add(self._messages(), sends)
        await self.ledger.flush_stream()
        due = await self.tx.first(_NEXT_DUE, conversation_id=self.id)
        event_no = await self.ledger.close()
        next_ms = due["due_ms"] if due is not None else None
        return TurnCommitted(event_no, self.took_over, bool(sends), from_ms(next_ms) if next_ms else None)

    @property
    def _turn_id(self) -> str | None:
        return self.write.turn.id if self.write.turn else None

    async def _guard(self) -> None:
        held = await self.tx.first(_GUARD, conversation_id=self.id, lease=self.work.claim.lease_id)
        if held is None:
            raise LostLease
        if self.work.is_new:
            await self._create()
        row = await self.tx.first(_LOCK, conversation_id=self.id)
        if row is None or row["turn_no"] != self.work.turn_no:
            raise LostLease
        self.owner, self.epoch = row["owner"], row["owner_epoch"]
        self.took_over = self.write.runs_turn and self.epoch != self.work.owner_epoch

    async def _create(self) -> None:
        contact, account = self.work.contact_id, self.work.claim.account_id
        identity = self.seal.derive_id("identity", self.id)
        fields = self.seal.seal_json("contacts.fields", contact, {})
        await self.tx.run(_ADD_CONTACT, id=contact, fields=fields, created_ms=self.now_ms, opted_out=0)
        await self.tx.run(_ADD_IDENTITY, id=identity, account_id=account, contact_id=contact, created_ms=self.now_ms)
        await self.tx.run(
            _ADD_CONVERSATION,
            id=self.id,
            account_id=account,
            identity_id=identity,
            contact_id=contact,
            channel=self.work.channel.value,
            created_ms=self.now_ms,
        )
        self.ledger.event("conversation.created", self.id)

    async def _update(self) -> None:
        write = self.write
        await self.tx.run(
            _UPDATE,
            conversation_id=self.id,
            turns=int(write.runs_turn),
            new_run=write.run.id if write.run else None,
            new_locale=write.locale,
            new_status="open" if write.reopen else None,
            inbound_ms=to_ms(write.last_inbound_at) if write.last_inbound_at else None,
        )

    async def _handoff(self) -> None:
        new = self.write.handoff
        if self.write.close_handoff:
            rows = await self.tx.all(
                _END_HANDOFF, conversation_id=self.id, to_state=self.write.close_handoff, now_ms=self.now_ms
            )
            for row in rows:
                self.ledger.event("handoff.ended", row["id"])
        if new is None or self.took_over:
            return
        row = await self.tx.first(
            _ADD_HANDOFF,
            id=new.id,
            conversation_id=self.id,
            queue=new.queue,
            reason=new.reason,
            priority=new.priority,
            brief=self.seal.seal_json("handoffs.brief", new.id, new.brief),
            node=new.node,
            visit=new.visit,
            created_ms=self.now_ms,
            due_ms=to_ms(new.due_at) if new.due_at else None,
        )
        if row is not None:
            self.ledger.event("handoff.requested", new.id)

    async def _owner(self) -> None:
        wanted = self.write.owner
        if wanted is None or wanted == self.owner or self.took_over:
            return
        await self.ledger.set_owner(wanted, self.owner, self.write.owner_why or TAKEOVER)
        self.epoch += int(AGENT in (wanted, self.owner))
        self.owner = wanted

    async def _contact(self) -> None:
        write = self.write
        if not write.contact_fields and write.opted_out is None:
            return
        contact = self.work.contact_id
        row = await self.tx.first(_CONTACT, contact=contact)
        if row is None:
            return
        fields: dict[str, Any] = self.seal.open_json("contacts.fields", contact, row["fields"]) or {}
        fields |= write.contact_fields
        fields = {name: value for name, value in fields.items() if value is not None}
        await self.tx.run(
            _SET_CONTACT,
            contact=contact,
            new_fields=self.seal.seal_json("contacts.fields", contact, fields),
            new_name=self.seal.seal_text("contacts.name", contact, fields.get("name")),
            new_opted_out=int(row["opted_out"] if write.opted_out is None else write.opted_out),
        )
        self.ledger.event("contact.updated", contact)
        await self._facts()

    async def _facts(self) -> None:
        contact = self.work.contact_id
        for name, (value, source) in self.write.facts.items():
            sealed = self.seal.seal_json("facts.value", f"{contact}|{name}", value)
            await self.tx.run(
                _PUT_FACT, contact_id=contact, name=name, value=sealed, source_id=source, updated_ms=self.now_ms
            )
        for topic, granted, source in self.write.consents:
            await self.tx.run(
                _ADD_CONSENT,
                id=self.seal.derive_id("consent", f"{self._turn_id}|{topic}"),
                contact_id=contact,
                topic=topic,
                granted=int(granted),
                source=source,
                at_ms=self.now_ms,
            )

    async def _changes(self) -> None:
        for change in self.write.changes:
            await self._change(change)
        for reaction in self.write.reactions:
            target = provider_hash(self.seal, reaction.target) or ""
            await self.tx.run(
                _REACT,
                target_hash=target,
                author="contact",
                conversation_id=self.id,
                emoji=self.seal.seal_text("reactions.emoji", f"{target}|contact", reaction.emoji),
                at_ms=to_ms(reaction.at),
            )
            self.ledger.event("message.reacted", self.id)

    async def _change(self, change: MessageChange) -> None:
        digest = provider_hash(self.seal, change.provider_id)
        rows = await self.tx.all(_EDIT, digest=digest, at_ms=to_ms(change.at))
        for row in rows:
            parts = change.parts or ()
            body = self.seal.seal("messages.body", row["id"], dump_parts(parts) + b"\n")
            why = None if change.parts is not None else "unsent"
            await self.tx.run(_SET_BODY, message_id=row["id"], new_body=body, why=why)
            self.ledger.event("message.updated", row["id"])

    async def _run_and_turn(self) -> None:
        run, turn, claim = self.write.run, self.write.turn, self.work.claim
        if run is not None:
            if run.is_new:
                await self.tx.run(
                    _PUT_RUN,
                    id=run.id,
                    conversation_id=self.id,
                    flow_id=run.flow_id,
                    release_id=run.release_id,
                    status="live",
                    started_ms=self.now_ms,
                    updated_ms=self.now_ms,
                )
            sealed = None if run.checkpoint is None else self.seal.seal("runs.checkpoint", run.id, run.checkpoint)
            await self.tx.run(
                _SET_RUN,
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
            await self.tx.run(
                _ADD_TURN,
                id=turn.id,
                conversation_id=claim.conversation_id,
                run_id=run.id if run else None,
                release_id=run.release_id if run else None,
                no=self.work.turn_no + 1,
                outcome="cancelled" if self.took_over else turn.outcome,
                error=turn.error,
                node=turn.node,
                trail=self.seal.seal("turns.trail", turn.id, orjson.dumps(turn.trail, default=str)),
                tokens_in=turn.tokens_in,
                tokens_out=turn.tokens_out,
                micro_usd=turn.micro_usd,
                started_ms=to_ms(turn.started_at),
                ms=turn.ms,
            )
            self.ledger.event("turn.committed", turn.id)

    async def _leads(self) -> None:
        for lead_id, lead in self.write.leads:
            await self._lead(lead_id, lead)

    async def _lead(self, new_id: str, lead: CaptureLead) -> None:
        known = "|".join(f"{k}={v}" for k, v in sorted(lead.dedupe)) or f"contact={self.work.contact_id}"
        digest = self.seal.hash("lead", known)
        old = await self.tx.first(_OLD_LEAD, pipeline=lead.pipeline, digest=digest)
        lead_id = old["id"] if old is not None else new_id
        fields, tags = dict(lead.fields), list(lead.tags)
        name, phone, email = lead.name, lead.phone, lead.email
        if old is not None:
            fields = {**self.seal.open_json("leads.fields", lead_id, old["fields"]), **fields}
            tags = [*dict.fromkeys([*orjson.loads(old["tags"]), *tags])]
            name = name or self.seal.open_text("leads.name", lead_id, old["name"])
            phone = phone or self.seal.open_text("leads.phone", lead_id, old["phone"])
            email = email or self.seal.open_text("leads.email", lead_id, old["email"])
        await self.tx.run(
            _ADD_LEAD,
            id=lead_id,
            contact_id=self.work.contact_id,
            conversation_id=self.id,
            pipeline=lead.pipeline,
            stage=lead.stage,
            name=self.seal.seal_text("leads.name", lead_id, name),
            phone=self.seal.seal_text("leads.phone", lead_id, phone),
            email=self.seal.seal_text("leads.email", lead_id, email),
            fields=self.seal.seal_json("leads.fields", lead_id, fields),
            dedupe_hash=digest,
            tags=orjson.dumps(tags).decode(),
            source_message_id=self._source(lead.source),
            created_ms=self.now_ms,
            updated_ms=self.now_ms,
        )
        self.ledger.event("lead.captured", lead_id)

    def _source(self, inbound_id: str | None) -> str | None:
        known = {event.id: event.message_id for event in self.work.pending}
        return known.get(inbound_id) if inbound_id else None

    async def _timers(self) -> None:
        write = self.write
        if write.fired:
            await self.tx.run(_FIRE, ids=list(write.fired))
        if not write.keep_timers and not self.work.is_new and write.runs_turn:
            await self.tx.run(_VOID_TIMERS, conversation_id=self.id)
        run = write.run.id if write.run else (self.work.run.id if self.work.run else None)
        if run is None:
            return
        for timer in write.timers:
            await self.tx.run(
                _ARM,
                id=self.seal.derive_id("timer", f"{run}|{timer.visit}|{timer.name}|{self.work.turn_no}"),
                conversation_id=self.id,
                run_id=run,
                name=timer.name,
                node=timer.node,
                visit=timer.visit,
                state="armed",
                due_ms=to_ms(timer.due),
            )

    def _messages(self) -> list[NewMessage]:
        return [
            NewMessage(
                id=message.id,
                author=message.author,
                parts=message.parts,
                created_ms=self.now_ms,
                event_ms=to_ms(message.event_at),
                delivery=Delivery.CANCELLED if self._lost(message.author) else message.delivery,
                reason=TAKEOVER if self._lost(message.author) else message.reason,
                author_id=message.author_id,
                provider_id=message.provider_id,
                turn_id=self._turn_id,
                draft=message.draft,
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
                cancelled=TAKEOVER if self._lost(send.author) else send.cancelled,
            )
            for send in self.write.sends
        ]

    def _lost(self, author: Author) -> bool:
        return self.took_over and author in (Author.AGENT, Author.SYSTEM)
