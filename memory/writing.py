"""The rows that every change to a conversation is made of: messages, outbox, queue rows, ownership, live events.

Shared by the turn's commit and by what staff do, so that both leave exactly the same traces. Each function works inside
the caller's transaction; ``Ledger.close`` is the transaction's last statement (ENGINE rule 36).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from core.content import Part, dump_parts, plain_text
from core.context import Context, load_context
from core.nouns import AGENT, NOBODY, Delivery, owning_staff
from core.policy import Author
from core.ports import Rendered
from memory import fates
from memory import writing_sql as sql
from memory.crypto import Sealer
from memory.database import Tx
from memory.numbering import Noted, number_events
from memory.query import Query

PREVIEW = 160
ANSWERED = "answered_by_person"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be stored; times in epoch milliseconds."""

    id: str
    author: Author
    parts: tuple[Part, ...]
    created_ms: int
    event_ms: int
    delivery: Delivery
    reason: str | None = None
    author_id: str | None = None
    provider_id: str | None = None
    reply_to: str | None = None
    turn_id: str | None = None
    draft: str | None = None
    """Words of it were streamed under this id."""
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class NewSend:
    """One provider request to be queued."""

    id: str
    message_id: str | None
    rendered: Rendered
    author: Author
    owner_epoch: int
    due_ms: int
    initiated: bool = False
    is_template: bool = False
    exempt: bool = False
    handoff_id: str | None = None
    cancelled: str | None = None
    visit: str | None = None
    """The visit of the flow that waits for it."""
    repeated: int = 0
    """It went out before, or may have."""


@dataclass(slots=True)
class Ledger:
    """What one transaction does to one conversation, written in few statements and numbered at the end."""

    tx: Tx
    sealer: Sealer
    conversation_id: str
    account_id: str
    now_ms: int
    actor: str
    streamed: bool = False
    """The conversation is a widget's: its stream needs numbers too."""
    numbers: dict[str, int] | None = None
    """``message_no``, ``stream_no`` and ``version`` of the conversation, where it was locked before they were read."""
    _events: list[Noted] = field(default_factory=list)
    _version: int | None = None
    _stream: list[tuple[str, str]] = field(default_factory=list)
    event_no: int = 0
    sender: str | None = None
    """The lease of a sender that takes what is queued here, where no other has the conversation."""
    rearmed: bool = False
    """The agent has it again, and timers that were held run on (ENGINE rule 28)."""

    def event(self, kind: str, entity_id: str | None = None, version: int = 0) -> None:
        """Note something that happened, in the past tense (``message.created``), and the version it led to.

        The conversation's own is filled in when the transaction closes.
        """
        self._events.append(Noted(kind, self.conversation_id, entity_id, version))

    def stream(self, kind: str, entity_id: str) -> None:
        """Note something for the customer's own stream (widget)."""
        if self.streamed:
            self._stream.append((kind, entity_id))

    async def add(self, new: Sequence[NewMessage], sends: Sequence[NewSend]) -> None:
        """Store messages and queue requests, in their order, and bring the conversation's row up to date."""
        for message in new:
            self.event("message.created", message.id, 1)
            self.stream("message", message.id)
        count = len(new) + len(sends)
        row = await self._advance(count, new)
        if row is None:
            raise LookupError(self.conversation_id)
        first = row["message_no"] - count
        for no, message in enumerate(new, first + 1):
            self.tx.later(sql.ADD_MESSAGE, **message_row(self.sealer, self.conversation_id, message, no=no))
        for no, send in enumerate(sends, first + len(new) + 1):
            self.tx.later(sql.ADD_SEND, **self._send_row(send, no))
        if sends:
            self.wake_sender(min(send.due_ms for send in sends))
        self._write_stream(row["stream_no"])

    async def cancel_agent(self, why: str) -> None:
        """Cancel what the agent has not sent yet; what is on its way stays."""
        await self._cancel(sql.CANCEL, why)

    async def cancel_notice(self) -> None:
        """Cancel a handoff's notice that waits: the words of a person are the notice now (ENGINE rule 25)."""
        await self._cancel(sql.CANCEL_NOTICE, ANSWERED)

    async def _cancel(self, query: Query, why: str) -> None:
        rows = await self.tx.all(query, conversation_id=self.conversation_id, why=why, now_ms=self.now_ms)
        for message_id in {row["message_id"] for row in rows if row["message_id"]}:
            row = await self.tx.first(sql.MARK, message_id=message_id, to_state=Delivery.CANCELLED.value, why=why)
            if row is not None:
                self.event("message.updated", message_id, row["version"])
        for row in rows:
            await self.fate(row, "cancelled")

    async def fate(self, row: Any, port: str) -> None:
        """Tell the flow what became of a request that it waits for, and let its time-outs run (ENGINE rule 22)."""
        visit = row["visit"]
        if visit is None:
            return
        due: int | None = None
        if port not in fates.LOST:
            late_ms = self.now_ms - int(row["created_ms"])
            due = await fates.start_timers(self.tx, conversation_id=self.conversation_id, visit=visit, late_ms=late_ms)
        await self.told_of(row, port, due)

    async def told_of(self, row: Any, port: str, due: int | None) -> None:
        """Tell the flow, whose time-outs run and end first at ``due``."""
        if await fates.is_news(self.tx, row, port, conversation_id=self.conversation_id) and await self.tell(
            row["visit"], row["id"], port
        ):
            due = self.now_ms
        if due is not None:
            self.wake_worker(due)

    async def tell(self, visit: str, ref: str, port: str) -> bool:
        """Leave the flow a ``delivery`` event, if that visit still waits."""
        return await fates.tell(
            self.tx,
            self.sealer,
            conversation_id=self.conversation_id,
            account_id=self.account_id,
            visit=visit,
            ref=ref,
            port=port,
            now_ms=self.now_ms,
        )

    async def set_owner(self, owner: str, before: str, why: str) -> None:
        """Hand the conversation over; the epoch moves only to or from the agent (ENGINE rule 24)."""
        if owner == before:
            return
        step = int(AGENT in (owner, before))
        await self.tx.run(
            sql.SET_OWNER,
            conversation_id=self.conversation_id,
            new_owner=owner,
            new_staff=owning_staff(owner),
            step=step,
            now_ms=self.now_ms,
        )
        if owner == NOBODY:
            tenant = self.sealer.tenant_id
            self.tx.later(sql.WAIT, conversation_id=self.conversation_id, tenant_id=tenant, since_ms=self.now_ms)
        elif before == NOBODY:
            self.tx.later(sql.WAIT_NO_MORE, conversation_id=self.conversation_id)
        # Also at a hand-back: what is left is of an older epoch, and a hand-back judges what was said.
        await self.cancel_agent(why)
        if before == AGENT:
            await self.tx.run(sql.HOLD_TIMERS, conversation_id=self.conversation_id, now_ms=self.now_ms)
        elif owner == AGENT:
            # They count as answers: what turns out not to have left may still go, or the words would have none.
            await self.tx.run(sql.ADOPT, conversation_id=self.conversation_id)
            held = await self.tx.run(sql.REARM_TIMERS, conversation_id=self.conversation_id, now_ms=self.now_ms)
            self.rearmed = held > 0
        self.event("conversation.owner_changed", self.conversation_id)
        self.stream("owner", self.conversation_id)

    async def address(self, team: str) -> None:
        """Say from which team a person is wanted; the empty one: from anybody."""
        await self.tx.run(sql.ADDRESS, conversation_id=self.conversation_id, new_team=team)

    def wake_worker(self, due_ms: int) -> None:
        """Tell the workers that this conversation has something to do from ``due_ms`` on."""
        self.tx.later(
            sql.WAKE_WORKER,
            conversation_id=self.conversation_id,
            tenant_id=self.sealer.tenant_id,
            account_id=self.account_id,
            due_ms=due_ms,
        )

    async def close(self) -> int:
        """Number the events; the transaction's last statement. Returns the tenant's newest number."""
        self.event_no = await number_events(self.tx, await self.noted(), actor=self.actor, now_ms=self.now_ms)
        return self.event_no

    async def noted(self) -> list[Noted]:
        """Return the events to be numbered, each with the version that it led to."""
        if self._version is None and any(noted.entity == self.conversation_id for noted in self._events):
            await self._advance(0, ())
        return [
            one._replace(version=self._version or 0) if one.entity == self.conversation_id else one
            for one in self._events
        ]

    def wake_sender(self, due_ms: int) -> None:
        """Tell the senders that this conversation has something to send from ``due_ms`` on."""
        told = {
            "conversation_id": self.conversation_id,
            "tenant_id": self.sealer.tenant_id,
            "account_id": self.account_id,
            "due_ms": due_ms,
        }
        if self.sender is None:
            self.tx.later(sql.WAKE_SENDER, **told)
        else:
            self.tx.later(sql.TAKE_AS_SENDER, **told, lease_id=self.sender, now_ms=self.now_ms)

    def _write_stream(self, last: int) -> None:
        noted, self._stream = self._stream, []
        for no, (kind, entity) in enumerate(noted, last - len(noted) + 1):
            self.tx.later(
                sql.ADD_STREAM,
                conversation_id=self.conversation_id,
                no=no,
                kind=kind,
                entity_id=entity,
                at_ms=self.now_ms,
            )

    async def flush_stream(self) -> None:
        """Write stream events noted outside ``add``."""
        if self._stream:
            row = await self._advance(0, ())
            if row is not None:
                self._write_stream(row["stream_no"])

    async def _advance(self, count: int, new: Sequence[NewMessage]) -> Any:
        """Reserve numbers, and bring the line that lists show up to date, in one statement."""
        newest = new[-1] if new else None
        human = newest is not None and newest.author in (Author.STAFF, Author.APP)
        change = {
            "conversation_id": self.conversation_id,
            "new_messages": count,
            "new_events": len(self._stream),
            "preview": self.preview(newest.author.value, newest.parts) if newest else None,
            "at_ms": newest.event_ms if newest else None,
            "unread_step": -1 if human else sum(1 for message in new if message.author is Author.CONTACT),
        }
        row: Any = self.numbers
        if row is None:
            row = await self.tx.first(sql.NEXT, **change)
        else:
            self.tx.later(sql.NEXT_KNOWN, **change)
            row["message_no"] += count
            row["stream_no"] += len(self._stream)
            row["version"] += 1
        self._version = None if row is None else row["version"]
        return row

    def preview(self, author: str, parts: tuple[Part, ...]) -> bytes:
        """Return the sealed line that lists of conversations show."""
        shown = {"author": author, "text": plain_text(parts)[:PREVIEW]}
        return self.sealer.seal_json("conversations.last_message", self.conversation_id, shown)

    def _send_row(self, send: NewSend, no: int) -> dict[str, object]:
        said = send.rendered
        body = {"kind": said.kind, "body": said.body, "says": said.says} | ({"file": said.file} if said.file else {})
        return {
            "id": send.id,
            "conversation_id": self.conversation_id,
            "account_id": self.account_id,
            "message_id": send.message_id,
            "no": no,
            "author": send.author.value,
            "owner_epoch": send.owner_epoch,
            "kind": send.rendered.kind,
            "state": "cancelled" if send.cancelled else "queued",
            "initiated": int(send.initiated),
            "is_template": int(send.is_template),
            "exempt": int(send.exempt),
            "handoff_id": send.handoff_id,
            "due_ms": send.due_ms,
            "body": self.sealer.seal_json("outbox.body", send.id, body),
            "created_ms": self.now_ms,
            "error": send.cancelled,
            "settled_ms": self.now_ms if send.cancelled else None,
            "visit": send.visit,
            "repeated": send.repeated,
        }


def message_row(seal: Sealer, conversation_id: str, message: NewMessage, *, no: int) -> dict[str, object]:
    """Return the row of a message, sealed."""
    return {
        "id": message.id,
        "conversation_id": conversation_id,
        "no": no,
        "author": message.author.value,
        "author_id": message.author_id,
        "body": seal_body(seal, message.id, message.parts, draft=message.draft, context=message.context),
        "delivery": message.delivery.value,
        "reason": message.reason,
        "provider_hash": provider_hash(seal, message.provider_id),
        "provider_id": seal.seal_text("messages.provider_id", message.id, message.provider_id),
        "reply_to": message.reply_to,
        "turn_id": message.turn_id,
        "created_ms": message.created_ms,
        "event_ms": message.event_ms,
        "version": 1,
    }


async def close_all(ledgers: Sequence[Ledger]) -> None:
    """Close the ledgers of a transaction over several tenants: their counters are taken last, in one order."""
    noted = dict[str, list[tuple[Ledger, list[Noted]]]]()
    for ledger in ledgers:
        await ledger.flush_stream()
        noted.setdefault(ledger.sealer.tenant_id, []).append((ledger, await ledger.noted()))
    for tenant in sorted(noted):
        first, every = noted[tenant][0][0], [one for _, some in noted[tenant] for one in some]
        no = await number_events(first.tx, every, actor=first.actor, now_ms=first.now_ms) - len(every)
        for ledger, some in noted[tenant]:
            no += len(some)
            ledger.event_no = no if some else 0


async def wake_senders_of(tx: Tx, tenant_id: str, account_id: str, *, now_ms: int) -> None:
    """Make every held request of an account due: it can send again."""
    if tx.is_mixed:
        await tx.run(sql.WAKE_SENDERS_MIXED, tenant=tenant_id, account=account_id, now_ms=now_ms)
    else:
        await tx.run(sql.WAKE_SENDERS, account=account_id, now_ms=now_ms)


def provider_hash(sealer: Sealer, provider_id: str | None) -> str | None:
    """Return the look-up hash of a provider's message id."""
    return None if provider_id is None else sealer.hash("provider_id", provider_id)


class Body(NamedTuple):
    """A message's body, opened: its parts as JSON, and what stands behind them."""

    parts: bytes
    more: bytes
    """JSON of what few messages have; empty for the others. Parts are one line, so that it stands apart from them."""

    @property
    def draft(self) -> str | None:
        """Return the draft id its words were streamed under."""
        return self._more().get("draft")

    @property
    def context(self) -> Context | None:
        """Return what it came with besides its parts."""
        return load_context(self._more().get("context"))

    def _more(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = orjson.loads(self.more) if self.more else {}
        return found


def seal_body(
    sealer: Sealer,
    message_id: str,
    parts: tuple[Part, ...],
    *,
    draft: str | None = None,
    context: Context | None = None,
) -> bytes:
    """Seal what a message says and came with."""
    more: dict[str, Any] = {"draft": draft} if draft else {}
    if context is not None:
        more["context"] = context.dump()
    return sealer.seal("messages.body", message_id, dump_parts(parts) + b"\n" + (orjson.dumps(more) if more else b""))


def open_body(sealer: Sealer, message_id: str, body: bytes) -> Body:
    """Open a message's body; raises TamperedCiphertext."""
    parts, _, more = sealer.open("messages.body", message_id, body).rpartition(b"\n")
    return Body(parts, more)
