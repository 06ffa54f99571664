"""What rows mean that a turn was loaded from: events, the Run, earlier messages."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import orjson

from core.clock import from_ms, to_ms
from core.content import load_parts, plain_text
from core.inbound import INBOUND, Inbound
from core.store import Claim, LiveRun, OpenHandoff, PendingEvent
from core.turns import WindowMessage
from memory.crypto import Sealer
from memory.database import Tx
from memory.engine import work_sql as sql
from memory.writing import open_body

_NONE_AFTER = 2**62


async def mark_known(tx: Tx, events: list[PendingEvent], before_ms: int) -> list[PendingEvent]:
    """Mark old events whose messages are stored already; storing them again would fail every turn from now on."""
    old = [event.message_id for event in events if event.event and _told_ms(event.event) < before_ms]
    if not old:
        return events
    stored = {row["id"] for row in await tx.all(sql.KNOWN, ids=old)}
    return [replace(event, known=event.message_id in stored) for event in events]


async def with_words(tx: Tx, seal: Sealer, claim: Claim, event: PendingEvent) -> PendingEvent:
    """Bring a hand-back what nobody answered, as it reads by now.

    What was under way while a person held the conversation may be committed after the hand-back: words were taken in
    and answered by nobody.
    """
    if event.kind != "handback":
        return event
    ids = list(event.internal.get("unanswered", ()))
    answered = {seal.derive_id("message", one) for one in event.internal.get("answered", ())}
    late = await tx.all(
        sql.LATE_WORDS, conversation_id=claim.conversation_id, after_no=event.internal.get("no", _NONE_AFTER)
    )
    ids += [row["id"] for row in late if row["id"] not in answered]
    rows = await tx.all(sql.WORDS, ids=ids) if ids else ()
    return replace(event, words=tuple(plain_text(load_parts(open_body(seal, r["id"], r["body"]).parts)) for r in rows))


def _told_ms(event: Inbound) -> int:
    return to_ms(event.at) if event.at is not None else 0


def read_pending(seal: Sealer, row: Any) -> PendingEvent:
    """Return an event that waits."""
    raw = seal.open("inbound.body", row["id"], row["body"])
    internal = row["kind"] in ("handback", "start", "delivery", "event")
    return PendingEvent(
        id=row["id"],
        message_id=seal.derive_id("message", row["id"]),
        kind=row["kind"],
        received_at=from_ms(row["received_ms"]),
        event=None if internal else INBOUND.validate_json(raw),
        internal=orjson.loads(raw) if internal else {},
    )


def read_run(seal: Sealer, row: Any) -> LiveRun | None:
    """Return the Run that the conversation is in."""
    if row["live_run"] is None:
        return None
    run = row["live_run"]
    checkpoint = None if row["checkpoint"] is None else seal.open("runs.checkpoint", run, row["checkpoint"])
    return LiveRun(
        run, row["flow_id"], row["run_release"], row["cursor"], row["visit"], checkpoint, row["checkpoint_format"]
    )


def read_handoff(row: Any) -> OpenHandoff | None:
    """Return the handoff that is open."""
    if row["handoff_id"] is None:
        return None
    return OpenHandoff(row["handoff_id"], row["handoff_state"], row["handoff_node"], row["handoff_visit"])


class EarlierMessage(WindowMessage):
    """An earlier message of the store; its words are opened when they are asked for, which most flows never do."""

    def __init__(self, seal: Sealer, row: Any) -> None:
        self.__dict__.update(author=row["author"], at=from_ms(row["event_ms"]), _sealed=(seal, row["id"], row["body"]))

    @cached_property
    def text(self) -> str:
        """Return the words; raises TamperedCiphertext."""
        return plain_text(load_parts(open_body(*self.__dict__.pop("_sealed")).parts))
