"""A business with a past: so many conversations and messages, sealed as the product seals them, written in bulk."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.ports import Ports
from bench.large_words import NAMES, SURNAMES, Speech
from core.clock import to_ms
from core.content import TextPart
from core.ids import ChannelAccountId, StaffId, TenantId
from core.nouns import Delivery
from core.policy import Author
from memory import writing_sql
from memory.counting import Standing, count_moves
from memory.crypto import Sealer
from memory.query import Query, insert_into
from memory.tables import contacts, conversations, identities, identity_keys
from memory.writing import NewMessage, message_row

AT_ONCE = 500
"""Conversations of one transaction."""

STEP_MS, GAP_MS = 60_000, 90_000
"""Between two conversations' newest messages, and between two messages of one."""

_CONTACT = Query(insert_into(contacts), columns=("tenant_id", "id", "name", "fields", "created_ms"))
_IDENTITY = Query(insert_into(identities), columns=("tenant_id", "id", "account_id", "contact_id", "created_ms"))
_KEY = Query(
    insert_into(identity_keys),
    columns=("tenant_id", "account_id", "kind", "key_hash", "conversation_id", "value", "created_ms"),
)
_TALK = Query(
    insert_into(conversations),
    columns=(
        "tenant_id", "id", "account_id", "identity_id", "contact_id", "channel", "status", "owner", "owner_since_ms",
        "last_inbound_ms", "last_message_ms", "last_message", "message_no", "unread", "labels", "created_ms",
        "recent_ms",
    ),
)  # fmt: skip

Tell = Callable[[int, int], None]
"""Hears how many conversations and messages are there by now."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much past; ``longest`` messages stand in one conversation."""

    conversations: int
    messages: int
    longest: int

    def counts(self) -> Iterator[int]:
        """Yield how many messages each conversation has: one very many, the others around the mean."""
        yield self.longest
        mean = max(1, round((self.messages - self.longest) / max(1, self.conversations - 1)))
        for number in range(self.conversations - 1):
            yield 1 + number * 7 % (2 * mean - 1)


@dataclass(frozen=True, slots=True)
class Large:
    """What was made."""

    longest: str
    """The conversation with most messages."""
    messages: int
    seconds: float


class _Past:
    """Makes the rows."""

    def __init__(self, ports: Ports, seal: Sealer, *, account: ChannelAccountId, staff: StaffId | None) -> None:
        self._new, self._seal, self._account = ports.ids.new, seal, account
        self._now_ms = to_ms(ports.clock.now())
        self._dice, self._speech = random.Random(7), Speech(random.Random(11))
        self._holders = ["agent", "agent", "nobody", f"staff:{staff}" if staff else "agent"]

    def rows(self, numbers: Sequence[int], counts: Sequence[int], *, total: int) -> dict[Query, list[dict[str, Any]]]:
        """Return the rows of conversations, in the order they are to be written."""
        rows: dict[Query, list[dict[str, Any]]] = {
            query: [] for query in (_CONTACT, _IDENTITY, _TALK, _KEY, writing_sql.ADD_MESSAGE)
        }
        for number, count in zip(numbers, counts, strict=True):
            # The long one is the newest: it is the first that staff see.
            newest = self._now_ms - (total - number if number else 0) * STEP_MS - 1000
            self._talk(rows, number, count, newest=newest)
        return rows

    def _talk(self, rows: dict[Query, list[dict[str, Any]]], number: int, count: int, *, newest: int) -> None:
        contact, identity, talk, seal, dice = self._new(), self._new(), self._new(), self._seal, self._dice
        began = newest - count * GAP_MS
        name = f"{dice.choice(NAMES)} {dice.choice(SURNAMES)}"
        phone = f"9053{number:08d}"
        digest = seal.hash("identity.wa_id", phone)
        rows[_CONTACT].append({
            "id": contact, "name": seal.seal_text("contacts.name", contact, name),
            "fields": seal.seal_json("contacts.fields", contact, {"name": name}), "created_ms": began,
        })  # fmt: skip
        rows[_IDENTITY].append(
            {"id": identity, "account_id": self._account, "contact_id": contact, "created_ms": began}
        )
        rows[_KEY].append({
            "account_id": self._account, "kind": "wa_id", "key_hash": digest, "conversation_id": talk,
            "value": seal.seal("identity_keys.value", f"{self._account}|wa_id|{digest}", phone.encode()),
            "created_ms": began,
        })  # fmt: skip
        last: NewMessage | None = None
        for no in range(1, count + 1):
            last = self._message(no, newest - (count - no) * GAP_MS)
            rows[writing_sql.ADD_MESSAGE].append(message_row(seal, talk, last, no=no))
        status = dice.choices(("open", "resolved", "snoozed"), (25, 70, 5))[0] if number else "open"
        shown = {"author": last.author.value, "text": last.parts[0].words()[:160]} if last else None
        rows[_TALK].append({
            "id": talk, "account_id": self._account, "identity_id": identity, "contact_id": contact,
            "channel": "whatsapp", "status": status,
            "owner": dice.choice(self._holders) if status == "open" else "agent",
            "owner_since_ms": newest, "last_inbound_ms": newest, "last_message_ms": newest,
            "last_message": seal.seal_json("conversations.last_message", talk, shown), "message_no": count,
            "unread": number % 3, "labels": '["vip"]' if number % 20 == 0 else "[]", "created_ms": began,
            "recent_ms": newest,
        })  # fmt: skip

    def _message(self, no: int, at_ms: int) -> NewMessage:
        theirs = no % 2 == 1
        message_id = self._new()
        return NewMessage(
            id=message_id, author=Author.CONTACT if theirs else Author.AGENT,
            parts=(TextPart(text=self._speech.sentence()),), created_ms=at_ms, event_ms=at_ms,
            delivery=Delivery.RECEIVED if theirs else Delivery.READ, provider_id=f"wamid.{message_id}",
        )  # fmt: skip


async def seed_large(
    ports: Ports, tenant_id: TenantId, size: Size, *, account: ChannelAccountId, staff: StaffId | None, tell: Tell
) -> Large:
    """Give a tenant its past; the index is not part of it: ``Search.fill`` makes it from what is there."""
    started = time.perf_counter()
    past = _Past(ports, await ports.vault.sealer(tenant_id), account=account, staff=staff)
    counts, longest, messages = list(size.counts()), "", 0
    for start in range(0, size.conversations, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, size.conversations))
        rows = past.rows(numbers, counts[numbers.start : numbers.stop], total=size.conversations)
        longest = longest or rows[_TALK][0]["id"]
        async with ports.database.tenant(tenant_id) as tx:
            for query, some in rows.items():
                await tx.many(query, some)
            await count_moves(tx, [(None, Standing(row["status"], row["owner"])) for row in rows[_TALK]])
        messages += len(rows[writing_sql.ADD_MESSAGE])
        tell(numbers.stop, messages)
    return Large(longest, messages, time.perf_counter() - started)
