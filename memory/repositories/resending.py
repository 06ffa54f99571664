"""Messages that did not reach the customer: the list of them, and sending one again (ENGINE rules 19 and 20)."""

from typing import Any

import sqlalchemy as sa

from core.clock import from_ms
from core.content import load_parts, plain_text
from core.desk_ports import Undelivered
from core.errors import Conflict, NotFound
from core.ids import Ids, TenantId, is_id
from core.policy import Author
from core.ports import Rendered
from core.views import Named, Page
from core.views_inbox import UndeliveredView
from memory.crypto import Sealer
from memory.engine.delivery import show
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store, show_listed
from memory.repositories.events import read_number
from memory.tables import contacts, conversations, messages, outbox
from memory.writing import Ledger, NewSend, open_body

DEAD = ("failed", "parked")
AGAIN = (*DEAD, "unknown")
REMEDIES = {
    "outcome_unknown": "Look into the conversation at the provider; send it again if it is not there.",
    "window_closed": "Send a template, or wait until the customer writes.",
    "never_wrote": "Send a template, or wait until the customer writes.",
    "opted_out": "The customer asked for no messages; they have to write first.",
    "account_down": "Connect the account again.",
    "throttled": "Send it again later.",
}
"""What a person can do where the provider's answer said nothing better."""

o, m, c, p = outbox, messages, conversations, contacts
_before = sa.bindparam("before_ms", type_=sa.BigInteger)
_PAGE = Query(
    sa.select(
        o.c.id, o.c.message_id, o.c.conversation_id, o.c.account_id, o.c.author, o.c.state, o.c.error, o.c.error_code,
        o.c.fix, o.c.settled_ms, o.c.is_template, m.c.body, c.c.channel, p.c.id.label("contact_id"),
        p.c.name.label("contact_name"),
    )
    .join(m, sa.and_(bool_eq(m.c.tenant_id, o.c.tenant_id), bool_eq(m.c.id, o.c.message_id)))
    .join(c, sa.and_(bool_eq(c.c.tenant_id, o.c.tenant_id), bool_eq(c.c.id, o.c.conversation_id)))
    .join(p, sa.and_(bool_eq(p.c.tenant_id, c.c.tenant_id), bool_eq(p.c.id, c.c.contact_id)))
    .where(
        mine(o),
        # Literally, as the index that answers it says.
        sa.text("outbox.state IN ('failed', 'parked') AND outbox.dismissed_ms IS NULL"),
        sa.or_(
            o.c.settled_ms < _before,
            sa.and_(bool_eq(o.c.settled_ms, _before), o.c.id < sa.bindparam("before_id", type_=o.c.id.type)),
        ),
    )
    .order_by(o.c.settled_ms.desc(), o.c.id.desc())
    .limit(sa.bindparam("n", type_=sa.Integer))
)  # fmt: skip
_MESSAGE = Query(
    sa.select(messages.c.delivery).where(
        mine(messages),
        bool_eq(messages.c.id, sa.bindparam("message_id")),
        bool_eq(messages.c.conversation_id, sa.bindparam("conversation_id")),
        messages.c.author != Author.CONTACT.value,
    )
)
_REQUESTS = Query(
    sa.select(o.c.id, o.c.state, o.c.body, o.c.initiated, o.c.is_template, o.c.exempt, o.c.visit, o.c.repeated)
    .where(mine(o), bool_eq(o.c.message_id, sa.bindparam("message_id")))
    .order_by(o.c.no)
)
_DISMISS = Query(
    o.update()
    .where(
        mine(o),
        bool_eq(o.c.message_id, sa.bindparam("message_id")),
        bool_eq(o.c.conversation_id, sa.bindparam("conversation_id")),
        o.c.state.in_(DEAD),
    )
    .values(dismissed_ms=sa.bindparam("now_ms"))
)
_REPLACE = Query(
    o.update()
    .where(mine(o), bool_eq(o.c.id, sa.bindparam("row")))
    .values(state="cancelled", error="sent_again", settled_ms=sa.bindparam("now_ms"))
)
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
NO_END = 1 << 62


class Resending:
    """Reads what did not arrive."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(self, tenant_id: TenantId, *, cursor: str | None, limit: int = 50) -> Page[UndeliveredView]:
        """Return requests that failed for good or whose outcome nobody knows, the newest first."""
        before_ms, before_id = _place(cursor)
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_PAGE, before_ms=before_ms, before_id=before_id, n=limit + 1)
            event_no = await read_number(tx)

        def show(row: Any) -> UndeliveredView:
            return _view(row, sealer)

        last = rows[limit - 1] if len(rows) > limit else None
        return Page[UndeliveredView](
            items=[show_listed(show, row, "body", "contact_name") for row in rows[:limit]],
            next_cursor=f"{last['settled_ms']}.{last['id']}" if last is not None else None,
            event_no=event_no,
        )


async def find_undelivered(ledger: Ledger, message_id: str) -> Undelivered:
    """Return how a message of ours stands, of this conversation; raises NotFound."""
    row = await ledger.tx.first(_MESSAGE, message_id=message_id, conversation_id=ledger.conversation_id)
    if row is None:
        raise NotFound
    rows = await ledger.tx.all(_REQUESTS, message_id=message_id)
    return Undelivered(
        may_be_sent_again=any(each["state"] in AGAIN for each in rows),
        was_sent_again=any(each["repeated"] for each in rows),
        initiated=any(each["initiated"] for each in rows),
        is_template=any(each["is_template"] for each in rows),
    )


async def dismiss(ledger: Ledger, message_id: str) -> None:
    """Be done with a message that did not arrive: it is listed no more; raises NotFound."""
    talk, now = ledger.conversation_id, ledger.now_ms
    if not await ledger.tx.run(_DISMISS, message_id=message_id, conversation_id=talk, now_ms=now):
        raise NotFound
    ledger.event("message.updated", message_id)


async def send_again(ledger: Ledger, ids: Ids, *, message_id: str, author: Author, owner_epoch: int) -> None:
    """Queue once more, at the end, what of a message did not arrive; raises Conflict where all of it did."""
    rows = [row for row in await ledger.tx.all(_REQUESTS, message_id=message_id) if row["state"] in AGAIN]
    if not rows:
        raise Conflict("There is nothing to send again.", reason="not_undelivered")
    for row in rows:
        await ledger.tx.run(_REPLACE, row=row["id"], now_ms=ledger.now_ms)
    await ledger.add([], [_again(ledger, row, ids, message_id, author, owner_epoch) for row in rows])
    await show(ledger, message_id)


def _again(ledger: Ledger, row: Any, ids: Ids, message_id: str, author: Author, owner_epoch: int) -> NewSend:
    stored = ledger.sealer.open_json("outbox.body", row["id"], row["body"])
    return NewSend(
        id=ids.new(),
        message_id=message_id,
        rendered=Rendered(stored["kind"], stored["body"], stored["says"], stored.get("file")),
        author=author,
        owner_epoch=owner_epoch,
        due_ms=ledger.now_ms,
        initiated=bool(row["initiated"]),
        is_template=bool(row["is_template"]),
        exempt=bool(row["exempt"]),
        visit=row["visit"],
        repeated=int(row["repeated"]) + 1,
    )


def _view(row: Any, sealer: Sealer) -> UndeliveredView:
    return UndeliveredView(
        id=row["id"],
        message_id=row["message_id"],
        conversation_id=row["conversation_id"],
        channel_account_id=row["account_id"],
        author=row["author"],
        state="unknown" if row["state"] == "parked" else "failed",
        reason=row["error"],
        code=row["error_code"],
        fix=row["fix"] or REMEDIES.get(row["error"] or ""),
        at=from_ms(row["settled_ms"]),
        channel=row["channel"],
        contact=Named(
            id=row["contact_id"], name=sealer.open_text("contacts.name", row["contact_id"], row["contact_name"])
        ),
        text=_words(row, sealer),
    )


def _words(row: Any, sealer: Sealer) -> str:
    if row["body"] is None:
        return ""
    return plain_text(load_parts(open_body(sealer, row["message_id"], row["body"]).parts))


def _place(cursor: str | None) -> tuple[int, str]:
    at, _, row_id = (cursor or "").partition(".")
    return (int(at), row_id) if at.isdigit() and len(at) < 19 and is_id(row_id) else (NO_END, LAST_ID)
