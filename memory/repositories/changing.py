"""A change that people make to one conversation: locked, written through the ``Ledger``, in one commit."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import Part
from core.desk_ports import ConversationState, Idempotency, Outgoing, Undelivered
from core.errors import IdempotencyReused, NotFound
from core.ids import TenantId
from core.nouns import AGENT, EVERYBODY, Delivery
from core.policy import Author
from core.ports import Rendered
from core.scheduling import Planned
from memory.counting import Standing, count_move
from memory.crypto import Sealer
from memory.database import Tx
from memory.happenings import record
from memory.repositories import changing_queries as q
from memory.repositories.answers import judge_answers
from memory.repositories.auditing import note
from memory.repositories.base import Store, to_text
from memory.repositories.feeding import leave_flow, leave_told
from memory.repositories.files import SentFiles
from memory.repositories.handing import claim, end, move, restore
from memory.repositories.planned import PlannedWords
from memory.repositories.resending import dismiss, find_undelivered, send_again
from memory.repositories.states import require_here, show_outgoing, state_of
from memory.repositories.withdrawing import withdraw
from memory.writing import Ledger, NewMessage, NewSend


@dataclass(slots=True)
class Change:
    """Implements ``core.desk_ports.ConversationChange``."""

    store: Store
    tx: Tx
    sealer: Sealer
    ledger: Ledger
    state: ConversationState
    owner_epoch: int
    actor: str
    once: Idempotency | None = None
    replayed: Mapping[str, Any] | None = None
    event_no: int = 0
    _answer: Mapping[str, Any] | None = field(default=None)
    planned: Planned = field(init=False)
    files: SentFiles = field(init=False)
    _now: Standing = field(init=False)

    def __post_init__(self) -> None:
        self._now = self._before
        self.planned, self.files = PlannedWords(self.ledger, self.store.ids, self.state), SentFiles(self.ledger)

    @property
    def standing(self) -> tuple[str, str]:
        """Return status and owner as the change leaves them."""
        return self._now.status, self._now.owner

    @property
    def _before(self) -> Standing:
        return Standing(self.state.status, self.state.owner, self.state.team)

    async def give_to(self, owner: str, why: str) -> None:
        """Hand the conversation over; what the agent has not sent is cancelled. Raises Conflict where it goes on."""
        if owner != AGENT:
            require_here(self.state)
        before = self._now.owner
        if owner == before:
            return
        await self.ledger.set_owner(owner, before, why)
        self._now = self._now._replace(owner=owner, team="" if owner == AGENT else self._now.team)
        if owner != AGENT and why != "addressed":  # that it went back, or to a team, is told with that
            await self._happened("owner", before=before, after=owner, why=why)
        await self._audit("conversation.owner_changed", before=before, after=owner, why=why)
        self.owner_epoch += int(AGENT in (owner, before))

    async def address(self, team: str) -> None:
        """Want a person of a team; of the empty one: anybody. An open handoff goes along."""
        if team == self._now.team:
            return
        await self.ledger.address(team)
        if self.state.handoff_id is not None:
            await move(self.ledger, self.state.handoff_id, team or EVERYBODY)
        before, self._now = self._now.team, self._now._replace(team=team)
        self.ledger.event("conversation.updated", self.state.id)
        await self._happened("team", before=before, after=team)
        await self._audit("conversation.addressed", before=before, after=team)

    async def say(
        self, author: Author, parts: Sequence[Part], rendered: Sequence[Rendered], *, author_id: str | None,
        initiated: bool = False,
    ) -> str:  # fmt: skip
        """Store a message with its provider requests; returns its id. Raises Conflict."""
        require_here(self.state)
        now, message_id = self.ledger.now_ms, self.store.ids.new()
        message = NewMessage(
            id=message_id,
            author=author,
            parts=tuple(parts),
            created_ms=now,
            event_ms=now,
            delivery=Delivery.QUEUED,
            author_id=author_id,
        )
        sends = [
            NewSend(
                id=self.store.ids.new(),
                message_id=message_id,
                rendered=each,
                author=author,
                owner_epoch=self.owner_epoch,
                due_ms=now,
                initiated=initiated,
            )
            for each in rendered
        ]
        await self.ledger.cancel_notice()
        await self.ledger.add([message], sends)
        return message_id

    async def find_undelivered(self, message_id: str) -> Undelivered:
        """Return how a message of ours stands; raises NotFound."""
        return await find_undelivered(self.ledger, message_id)

    async def send_again(self, message_id: str, author: Author) -> None:
        """Queue once more what of a message did not arrive; raises Conflict."""
        await send_again(
            self.ledger, self.store.ids, message_id=message_id, author=author, owner_epoch=self.owner_epoch
        )
        await self._audit("message.sent_again", message=message_id)

    async def dismiss(self, message_id: str) -> None:
        """Be done with a message that did not arrive; raises NotFound."""
        await dismiss(self.ledger, message_id)
        await self._audit("message.dismissed", message=message_id)

    async def withdraw(self, message_id: str) -> None:
        """Cancel a message of staff of which nothing has left; raises NotFound, Conflict."""
        await withdraw(self.ledger, message_id)
        await self._audit("message.withdrawn", message=message_id)

    async def set_status(self, status: str, until: datetime | None = None) -> None:
        """Open, snooze (until then, or until the customer writes) or resolve. Raises Conflict."""
        if status != "resolved":
            require_here(self.state)
        if (status, until) == (self.state.status, self.state.snoozed_until):
            return
        until_ms = None if until is None else to_ms(until)
        await self.tx.run(q.STATUS, conversation_id=self.state.id, new_status=status, until_ms=until_ms)
        if until_ms is not None:
            await self.tx.run(q.WAKE, conversation_id=self.state.id, due_ms=until_ms)
        self._now = self._now._replace(status=status)
        self.ledger.event("conversation.status_changed", self.state.id)
        await self._happened("status", before=self.state.status, after=status)
        await self._audit("conversation.status_changed", after=status)

    async def claim_handoff(self, handoff_id: str, staff_id: str | None) -> None:
        """Take a waiting handoff; raises AlreadyClaimed."""
        await claim(self.ledger, handoff_id, staff_id)
        await self._audit("handoff.claimed", handoff=handoff_id)

    async def end_handoff(self) -> None:
        """The open handoff, if there is one, is done."""
        if self.state.handoff_id is not None:
            await end(self.ledger, self.state.handoff_id)

    async def restore_handoff(self, handoff_id: str, state: str) -> None:
        """Open a handoff of this conversation again as it stood, unless another one is open."""
        if self.state.handoff_id in (None, handoff_id):
            await restore(self.ledger, handoff_id, state)

    async def return_to_flow(self, port: str, note: str | None) -> None:
        """Leave the flow an event on ``port`` that names what was answered and what was not (ENGINE rule 27)."""
        if note:
            sealed = self.sealer.seal_text("conversations.instruction", self.state.id, note)
            await self.tx.run(q.INSTRUCT, conversation_id=self.state.id, instruction=sealed)
        if port != "resolved":
            await self._happened("returned", before=self.state.owner, after=AGENT, note=note)
        await leave_flow(self, "handback", {"port": port, **await judge_answers(self.tx, self.state.id)})

    async def tell_flow(self, name: str, data: Mapping[str, Any]) -> None:
        """Leave the flow word that something happened outside (ENGINE rule 47); raises Conflict."""
        await leave_told(self, {"name": name, "data": data})
        await self._happened("told", name=name, data=data)
        await self._audit("conversation.told", name=name)
        self.ledger.event("conversation.updated", self.state.id)

    async def sends_in_flight(self) -> list[Outgoing]:
        """Return the agent's requests that are at the door just now."""
        return show_outgoing(await self.tx.all(q.AT_THE_DOOR, conversation_id=self.state.id))

    async def add_note(self, text: str, staff_id: str | None, *, mentions: Sequence[str] = ()) -> str:
        """Store a note of staff, which calls colleagues by their ids; returns its id."""
        note_id = self.store.ids.new()
        await self.tx.run(
            q.ADD_NOTE,
            id=note_id,
            conversation_id=self.state.id,
            staff_id=staff_id,
            body=self.sealer.seal_text("notes.body", note_id, text),
            mentions=to_text(list(mentions)),
            created_ms=self.ledger.now_ms,
        )
        self.ledger.event("note.created", note_id, 1)
        for staff in mentions:
            self.ledger.event("note.mentioned", staff)
        return note_id

    async def set_labels(self, labels: Sequence[str]) -> None:
        """Replace the labels."""
        await self.tx.run(q.LABELS, conversation_id=self.state.id, new_labels=to_text(list(labels)))
        self.ledger.event("conversation.labelled", self.state.id)

    async def mark_read(self) -> None:
        """Nothing is unread any more."""
        await self.tx.run(q.READ, conversation_id=self.state.id)
        self.ledger.event("conversation.read", self.state.id)

    async def remember(self, answer: Mapping[str, Any]) -> None:
        """Keep the answer for the idempotency key, with the event number that the commit gives it."""
        self._answer = answer

    async def close(self) -> None:
        """Number the events and keep the answer: the last statements of the transaction."""
        await self.ledger.flush_stream()
        await count_move(self.tx, self._before, self._now)
        self.event_no = await self.ledger.close()
        if self.once is None or self._answer is None:
            return
        place = f"{self.once.scope}|{self._key(self.once)}"
        kept = await self.tx.run(
            q.REMEMBER,
            scope=self.once.scope,
            key_hash=self._key(self.once),
            request_hash=_request_hash(self.sealer, self.once),
            response=self.sealer.seal_json("idempotency.response", place, {**self._answer, "event_no": self.event_no}),
            created_ms=self.ledger.now_ms,
        )
        if not kept:
            raise IdempotencyReused

    async def recall(self) -> None:
        """Look whether this idempotency key was used; raises IdempotencyReused for another request."""
        if self.once is None:
            return
        row = await self.tx.first(q.KNOWN, scope=self.once.scope, key_hash=self._key(self.once))
        if row is None:
            return
        if row["request_hash"] != _request_hash(self.sealer, self.once):
            raise IdempotencyReused
        place = f"{self.once.scope}|{self._key(self.once)}"
        self.replayed = self.sealer.open_json("idempotency.response", place, row["response"])

    def _key(self, once: Idempotency) -> str:
        return self.sealer.hash(f"idempotency.{once.scope}", once.key)

    async def _happened(self, kind: str, **details: Any) -> None:
        await record(self.ledger, self.store.ids.new(), kind=kind, **details)

    async def _audit(self, action: str, **details: Any) -> None:
        await note(self.tx, self.store, self.sealer, actor=self.actor, action=action, entity=self.state.id, **details)


@asynccontextmanager
async def open_change(
    store: Store, tenant_id: TenantId, *, conversation_id: str, actor: str, once: Idempotency | None
) -> AsyncIterator[Change]:
    """Lock a conversation, lend its change, commit it when the block ends."""
    sealer = await store.sealer(tenant_id)
    async with store.write(tenant_id) as tx:
        row = await tx.first(q.LOCK, conversation_id=conversation_id)
        if row is None:
            raise NotFound
        handoff = await tx.first(q.HANDOFF, conversation_id=conversation_id)
        ledger = Ledger(
            tx=tx,
            sealer=sealer,
            conversation_id=conversation_id,
            account_id=row["account_id"],
            now_ms=store.now_ms,
            actor=actor,
            streamed=row["channel"] == ChannelType.WIDGET.value,
        )
        state = state_of({**dict(row), **(dict(handoff) if handoff else {})}, tenant_id)
        change = Change(store, tx, sealer, ledger, state, row["owner_epoch"], actor, once)
        await change.recall()
        yield change
        await change.close()


def _request_hash(sealer: Sealer, once: Idempotency) -> str:
    return sealer.hash("idempotency.request", hashlib.sha256(once.request.encode()).hexdigest())
