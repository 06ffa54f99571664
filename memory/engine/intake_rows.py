"""What intake stores of an event: sealed and hashed before it joins a batch, so that a bad one fails alone.

Pure but for the clock-free sealing; which conversation an event belongs to is decided in ``intake`` itself.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from core.arriving import PlainText, keys_of
from core.clock import to_ms
from core.ids import is_id
from core.inbound import ReceiptReceived
from core.store import RecordStatus, Slice
from memory.crypto import MasterKey, Sealer
from memory.writing import provider_hash


class Prepared(Struct):
    """A slice made ready: sealed, hashed, waiting for its conversation's id."""

    seal: Sealer
    source: Slice
    row: dict[str, Any]
    lane: str
    keys: list[dict[str, Any]] = field(default_factory=list)
    """Rows of ``identity_keys``, strongest first, each with its ``name``.

    ``conversation_id`` is missing, ``value`` is not sealed yet.
    """
    extra: list[dict[str, Any]] = field(default_factory=list)
    """Rows of ``receipts`` or ``account_events``."""
    status: RecordStatus = RecordStatus.NEW
    others: frozenset[str] = frozenset()
    """Further conversations that its keys lead to: they are the same person's."""

    def new_conversation(self) -> str:
        """Name the conversation that these keys would start."""
        strongest = self.keys[0]
        return self.seal.derive_id(
            "conversation", f"{self.row['account_id']}|{strongest['kind']}|{strongest['key_hash']}"
        )

    def sealed_key(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of ``identity_keys`` as it is stored."""
        about = "|".join(key["name"])
        value = self.seal.seal("identity_keys.value", about, key["value"].encode("utf-8", "replace"))
        return {**key, "value": value}


def prepare(seal: Sealer, item: Slice) -> Prepared:
    """Return what is to be stored of a slice."""
    event, row = item.event, _row(seal, item)
    if isinstance(event, PlainText):
        row |= {"lane": "turn", "state": "pending", "body": seal.seal("inbound.body", row["id"], event.encode())}
        return Prepared(seal, item, row, "turn", _keys(seal, item, row))
    if event.kind == "receipt":
        return Prepared(seal, item, row, "receipt", _keys(seal, item, row), _receipt_rows(seal, event, row))
    if event.kind == "account":
        told = {"tenant_id": row["tenant_id"], "id": row["id"], "account_id": row["account_id"],
                "topic": event.topic, "severity": event.severity, "at_ms": row["received_ms"],
                "data": seal.seal_json("account_events.data", row["id"], event.data)}  # fmt: skip
        return Prepared(seal, item, row, "told", extra=[told])
    # Values equal to their defaults stay in: ``kind`` is one, and what a default means may change.
    row["body"] = seal.seal("inbound.body", row["id"], event.model_dump_json(exclude_none=True).encode())
    keys = _keys(seal, item, row)
    if event.kind == "quarantined" or (not keys and event.kind != "comment"):
        row |= {"state": "quarantined", "reason": getattr(event, "reason", "no sender")}
        return Prepared(seal, item, row, "account", status=RecordStatus.QUARANTINED)
    if event.kind == "comment" or (event.kind == "message" and event.group):
        return Prepared(seal, item, row, "account")
    row |= {"lane": "turn", "state": "pending"}
    return Prepared(seal, item, row, "turn", keys)


def without_body(item: Slice, process_key: Sealer, error: BaseException) -> Prepared:
    """Return a slice that cannot be sealed: that it came is kept, nothing of what it said.

    Its hash is made under a key of this process alone: told apart while that runs, and meaningless to anyone else.
    """
    row = _row(process_key, item) | {"state": "quarantined", "reason": type(error).__name__}
    return Prepared(process_key, item, row, "account", status=RecordStatus.QUARANTINED)


def process_key() -> Sealer:
    """Return a sealer that nobody else has."""
    master = MasterKey(secrets.token_bytes(32))
    return Sealer("process", [master.new_keys("process")], master)


def _row(seal: Sealer, item: Slice) -> dict[str, Any]:
    event, route = item.event, item.route
    name = f"{route.account_id}|{event.kind}|{event.dedupe}"
    return {
        "tenant_id": route.tenant_id, "id": seal.derive_id("inbound", name), "account_id": route.account_id,
        "kind": event.kind, "conversation_id": None, "lane": "account",
        "state": "done", "reason": None, "body": None, "event_ms": event.at_ms,
        "received_ms": item.received_ms,
    }  # fmt: skip


def _keys(seal: Sealer, item: Slice, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    tenant, account = row["tenant_id"], row["account_id"]
    rows = []
    for kind, value in keys_of(item.event):
        digest = seal.hash(f"identity.{kind}", value)
        rows.append({
            "tenant_id": tenant, "account_id": account, "kind": kind, "key_hash": digest, "value": value,
            "created_ms": row["received_ms"], "name": (account, kind, digest),
        })  # fmt: skip
    return rows


def _receipt_rows(seal: Sealer, event: ReceiptReceived, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    ours = event.our_id if event.our_id and is_id(event.our_id) else None
    base = {
        "tenant_id": row["tenant_id"], "account_id": row["account_id"], "outbox_id": ours, "conversation_id": None,
        "status": event.status, "error_code": event.error_code, "error": event.error_kind,
        "watermark_ms": to_ms(event.watermark) if event.watermark else None,
        "event_ms": row["event_ms"] or row["received_ms"], "received_ms": row["received_ms"],
    }  # fmt: skip
    return [
        {**base, "id": seal.derive_id("receipt", f"{row['id']}|{mid}"), "provider_hash": provider_hash(seal, mid)}
        for mid in event.provider_ids or (None,)
    ]
