"""What was said in a conversation and why: messages, notes, turns, and the widget's own stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.content import load_parts, plain_text
from core.context import Context
from core.errors import NotFound
from core.ids import TenantId
from core.views import Named, NoteView, Page
from core.views_thread import MessageView, QuoteView, StoryView
from core.views_why import TurnView
from memory.crypto import Sealer
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store, from_text
from memory.repositories.conversations import Conversations, open_name
from memory.repositories.events import read_number
from memory.repositories.quoting import find_quoted
from memory.repositories.thread_pages import BY_IDS, NO_END, PAGE, number_of, read_page
from memory.tables import contacts, conversations, messages, notes, stream_events, turns
from memory.writing import Body, open_body

m = messages
_of = sa.bindparam("conversation_id", type_=conversations.c.id.type)
_CONTACT = Query(
    sa.select(contacts.c.id, contacts.c.name, conversations.c.stream_no, conversations.c.owner)
    .join(
        conversations,
        sa.and_(
            bool_eq(conversations.c.tenant_id, contacts.c.tenant_id),
            bool_eq(conversations.c.contact_id, contacts.c.id),
        ),
    )
    .where(mine(contacts), bool_eq(conversations.c.id, _of))
)
_NOTES = Query(
    sa.select(notes)
    .where(mine(notes), bool_eq(notes.c.conversation_id, _of))
    .order_by(notes.c.created_ms.desc(), notes.c.id.desc())
    .limit(500)
)
_TURNS = Query(
    sa.select(turns)
    .where(mine(turns), bool_eq(turns.c.conversation_id, _of), turns.c.no < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(turns.c.no.desc(), turns.c.started_ms.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_STREAM = Query(
    sa.select(stream_events)
    .where(
        mine(stream_events),
        bool_eq(stream_events.c.conversation_id, _of),
        stream_events.c.no > sa.bindparam("after", type_=sa.BigInteger),
    )
    .order_by(stream_events.c.no)
    .limit(200)
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a visitor sees first, oldest first, from one snapshot with the number that the stream goes on from."""

    number: int
    owner: str
    messages: list[MessageView]


class Threads:
    """Reads what was said."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._conversations = Conversations(store)

    async def messages(
        self, tenant_id: TenantId, conversation_id: str, *, cursor: str | None, limit: int = 50
    ) -> Page[MessageView]:
        """Return messages, newest first; raises NotFound.

        A cursor that begins with ``>`` asks for what is newer than a message, ``@`` for what surrounds one, or a note.
        """
        names, sealer = await self._conversations.names(tenant_id), await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            who = await tx.first(_CONTACT, conversation_id=conversation_id)
            if who is None:
                raise NotFound
            newer, older = await read_page(tx, conversation_id, cursor or "", limit=limit)
            event_no = await read_number(tx)
            rows = [*reversed(newer.rows), *older.rows]
            opened = [(row, _open(row, sealer)) for row in rows]
            contexts = [body.context if body else None for _, body in opened]
            quoted = await find_quoted(tx, sealer, conversation_id, contexts=contexts)
        contact = open_name(sealer, who["id"], who["name"])
        shown = [_message(row, body, names, contact=contact) for row, body in opened]
        return Page[MessageView](
            items=[_with_context(message, context, quoted) for message, context in zip(shown, contexts, strict=True)],
            next_cursor=str(rows[-1]["no"]) if rows and older.more else None,
            newer_cursor=f">{rows[0]['no']}" if rows and newer.more else None,
            event_no=event_no,
        )

    async def opening(self, tenant_id: TenantId, conversation_id: str, *, limit: int) -> Opening | None:
        """Return the newest messages with the number of the conversation's own stream; None where nothing is kept."""
        names, sealer = await self._conversations.names(tenant_id), await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            who = await tx.first(_CONTACT, conversation_id=conversation_id)
            if who is None:
                return None
            rows = await tx.all(PAGE, conversation_id=conversation_id, before=NO_END, n=limit)
        contact = open_name(sealer, who["id"], who["name"])
        messages = [_message(row, _open(row, sealer), names, contact=contact) for row in reversed(rows)]
        return Opening(who["stream_no"], who["owner"], messages)

    async def pick(self, tenant_id: TenantId, conversation_id: str, ids: Sequence[str]) -> dict[str, MessageView]:
        """Return these messages of a conversation by their ids."""
        names, sealer = await self._conversations.names(tenant_id), await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(BY_IDS, conversation_id=conversation_id, ids=list(ids))
        return {row["id"]: _message(row, _open(row, sealer), names, contact=None) for row in rows}

    async def drafts(self, tenant_id: TenantId, conversation_id: str, ids: Sequence[str]) -> dict[str, str | None]:
        """Return under which draft each of these messages was streamed."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(BY_IDS, conversation_id=conversation_id, ids=list(ids))
        opened = {row["id"]: _open(row, sealer) for row in rows}
        return {message_id: body.draft if body else None for message_id, body in opened.items()}

    async def notes(self, tenant_id: TenantId, conversation_id: str) -> Page[NoteView]:
        """Return the newest notes of staff, oldest first; raises NotFound."""
        names, sealer = await self._conversations.names(tenant_id), await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_CONTACT, conversation_id=conversation_id) is None:
                raise NotFound
            rows = await tx.all(_NOTES, conversation_id=conversation_id)
        return Page[NoteView](
            items=[
                NoteView(
                    id=row["id"],
                    staff_id=row["staff_id"],
                    author_name=names.get(row["staff_id"] or ""),
                    text=sealer.open_text("notes.body", row["id"], row["body"]) or "",
                    mentions=[Named(id=one, name=names.get(one)) for one in from_text(row["mentions"])],
                    created_at=from_ms(row["created_ms"]),
                )
                for row in reversed(rows)
            ]
        )

    async def turns(
        self, tenant_id: TenantId, conversation_id: str, *, cursor: str | None, limit: int = 30
    ) -> Page[TurnView]:
        """Return turns with their trails, newest first; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_CONTACT, conversation_id=conversation_id) is None:
                raise NotFound
            rows = await tx.all(_TURNS, conversation_id=conversation_id, before=number_of(cursor), n=limit + 1)
        items = [show_turn(row, sealer) for row in rows[:limit]]
        return Page[TurnView](items=items, next_cursor=str(rows[limit - 1]["no"]) if len(rows) > limit else None)

    async def stream(
        self, tenant_id: TenantId, conversation_id: str, *, after: int
    ) -> list[tuple[int, str, str | None]]:
        """Return the conversation's own events after a number: (number, kind, id)."""
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_STREAM, conversation_id=conversation_id, after=after)
        return [(row["no"], row["kind"], row["entity_id"]) for row in rows]

    async def stream_head(self, tenant_id: TenantId, conversation_id: str) -> tuple[int, str] | None:
        """Return the number of the newest event of the conversation's own stream, and who holds it."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_CONTACT, conversation_id=conversation_id)
        return (row["stream_no"], row["owner"]) if row else None


def _open(row: Any, sealer: Sealer) -> Body | None:
    return open_body(sealer, row["id"], row["body"]) if row["body"] else None


def _message(row: Any, body: Body | None, names: Mapping[str, str], *, contact: str | None) -> MessageView:
    parts = load_parts(body.parts) if body else ()
    author: str = row["author"]
    return MessageView(
        id=row["id"],
        no=row["no"],
        author=author,
        author_name=contact if author == "contact" else names.get(row["author_id"] or ""),
        parts=list(parts),
        text=plain_text(parts),
        delivery=row["delivery"],
        reason=row["reason"],
        created_at=from_ms(row["created_ms"]),
        event_at=from_ms(row["event_ms"]),
        reply_to=row["reply_to"],
        turn_id=row["turn_id"],
        version=row["version"],
    )


def _with_context(message: MessageView, context: Context | None, quoted: Mapping[str, QuoteView]) -> MessageView:
    if context is None:
        return message
    story = StoryView(id=context.story_id, url=context.story_url) if context.story_id or context.story_url else None
    return message.model_copy(
        update={
            "quotes": quoted.get(context.quotes or ""),
            "referral": context.referral,
            "story": story,
            "forwarded": context.forwarded,
        }
    )


def show_turn(row: Any, sealer: Sealer) -> TurnView:
    """Return a turn as its row says."""
    return TurnView(
        id=row["id"],
        no=row["no"],
        outcome=row["outcome"],
        error=row["error"],
        node=row["node"],
        trail=sealer.open_packed("turns.trail", row["id"], row["trail"]),
        tokens_in=row["tokens_in"],
        tokens_out=row["tokens_out"],
        usd=row["micro_usd"] / 1_000_000,
        started_at=from_ms(row["started_ms"]),
        ms=row["ms"],
    )
