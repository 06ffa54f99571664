"""Which message of a conversation another one answers, by the provider's id that it names.

A customer quotes what they see: their own message, or one request of ours; a long answer goes out as several.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from core.content import load_parts, plain_text
from core.context import Context
from core.views_thread import QuoteView
from memory.crypto import Sealer
from memory.database import Tx
from memory.query import Query, among, bool_eq, mine
from memory.tables import messages, outbox
from memory.writing import open_body, provider_hash

LONGEST = 200
"""Characters of a quoted message that are shown."""

_of = sa.bindparam("conversation_id", type_=messages.c.conversation_id.type)
_SHOWN = (messages.c.id, messages.c.author, messages.c.body)
_SAID = Query(
    sa.select(messages.c.provider_hash, *_SHOWN).where(
        mine(messages), bool_eq(messages.c.conversation_id, _of), among(messages.c.provider_hash, "hashes")
    )
)
_SENT = Query(
    sa.select(outbox.c.provider_hash, *_SHOWN)
    .join(messages, sa.and_(mine(messages), bool_eq(messages.c.id, outbox.c.message_id)))
    .where(mine(outbox), bool_eq(outbox.c.conversation_id, _of), among(outbox.c.provider_hash, "hashes"))
)


async def find_quoted(
    tx: Tx, sealer: Sealer, conversation_id: str, *, contexts: Iterable[Context | None]
) -> Mapping[str, QuoteView]:
    """Return what messages quote, by the provider's ids; what is not kept here is one without words."""
    named = {one.quotes: provider_hash(sealer, one.quotes) for one in contexts if one is not None and one.quotes}
    if not named:
        return {}
    hashes = sorted({digest for digest in named.values() if digest})
    rows = [
        *await tx.all(_SENT, conversation_id=conversation_id, hashes=hashes),
        *await tx.all(_SAID, conversation_id=conversation_id, hashes=hashes),
    ]
    found = {row["provider_hash"]: _show(row, sealer) for row in rows}
    return {quoted: found.get(digest or "", QuoteView()) for quoted, digest in named.items()}


def _show(row: Any, sealer: Sealer) -> QuoteView:
    parts = load_parts(open_body(sealer, row["id"], row["body"]).parts) if row["body"] else ()
    return QuoteView(message_id=row["id"], author=row["author"], text=plain_text(parts)[:LONGEST])
