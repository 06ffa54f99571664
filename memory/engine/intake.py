"""Intake: what arrives, made durable in group commits (ENGINE §1).

Keys are resolved and bodies sealed before a row joins a batch, so that a bad one fails alone. The batch is what arrived
while the last commit ran; there is no timer.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.clock import Clock, to_ms
from core.errors import AppError, StoreUnavailable
from core.ids import ConversationId, TenantId, is_id
from core.inbound import (
    INBOUND,
    AccountEvent,
    CommentReceived,
    IdentityChanged,
    Ignored,
    MessageReceived,
    Quarantined,
    ReceiptReceived,
    person_of,
)
from core.store import Recorded, RecordStatus, Route, Slice
from memory.bulk import BulkInsert
from memory.crypto import Sealer
from memory.database import Database, Tx
from memory.query import Query, among, bool_eq
from memory.tables import (
    account_events,
    account_routes,
    channel_accounts,
    contacts,
    conversation_queue,
    conversations,
    identity_keys,
    inbound,
    receipts,
    unattributed,
)
from memory.vault import Vault
from memory.writing import provider_hash

ROUTES_KEPT_MS = 2000
KEYS_KEPT = 50_000
BATCH = 512

_ROUTES = Query(
    sa.select(
        account_routes.c.provider_key,
        account_routes.c.tenant_id,
        account_routes.c.account_id,
        account_routes.c.channel,
        account_routes.c.role,
    ).where(bool_eq(account_routes.c.active, 1), among(account_routes.c.provider_key, "keys")),
    scope="directory",
)
_KNOWN_KEYS = Query(
    sa.select(identity_keys.c.account_id, identity_keys.c.key_hash, identity_keys.c.conversation_id).where(
        among(identity_keys.c.key_hash, "hashes")
    ),
    scope="mixed",
)
_OPT_OUT = Query(
    contacts.update()
    .where(
        bool_eq(contacts.c.tenant_id, sa.bindparam("tenant")),
        contacts.c.id.in_(
            sa.select(conversations.c.contact_id).where(
                bool_eq(conversations.c.tenant_id, sa.bindparam("tenant")),
                bool_eq(conversations.c.id, sa.bindparam("conversation")),
            )
        ),
    )
    .values(opted_out=1),
    scope="mixed",
)
_ACCOUNT_STATUS = Query(
    channel_accounts.update()
    .where(
        bool_eq(channel_accounts.c.tenant_id, sa.bindparam("tenant")),
        bool_eq(channel_accounts.c.id, sa.bindparam("account")),
        bool_eq(channel_accounts.c.status, sa.bindparam("before")),
    )
    .values(status=sa.bindparam("after"), reason=sa.bindparam("why"), version=channel_accounts.c.version + 1),
    scope="mixed",
)
_ADD_INBOUND = BulkInsert(
    inbound,
    ("tenant_id", "id", "account_id", "kind", "dedupe_hash", "conversation_id", "lane", "state", "reason", "body",
     "event_ms", "received_ms"),
    conflict="(account_id, kind, dedupe_hash) DO NOTHING",
    returning="id",
)  # fmt: skip
_ADD_KEYS = BulkInsert(
    identity_keys, ("tenant_id", "account_id", "kind", "key_hash", "conversation_id", "value", "created_ms")
)
_WAKE = BulkInsert(
    conversation_queue,
    ("conversation_id", "tenant_id", "account_id", "pending_no", "due_ms"),
    conflict="(conversation_id) DO UPDATE SET pending_no = conversation_queue.pending_no + excluded.pending_no, "
    "due_ms = CASE WHEN conversation_queue.due_ms < excluded.due_ms "
    "THEN conversation_queue.due_ms ELSE excluded.due_ms END",
)
_ADD_RECEIPTS = BulkInsert(
    receipts,
    ("tenant_id", "id", "account_id", "provider_hash", "outbox_id", "conversation_id", "status", "error_code",
     "watermark_ms", "event_ms", "received_ms"),
)  # fmt: skip
_ADD_ACCOUNT_EVENTS = BulkInsert(
    account_events, ("tenant_id", "id", "account_id", "topic", "severity", "data", "at_ms"), returning="id"
)
_COUNT_UNKNOWN = BulkInsert(
    unattributed,
    ("day", "channel", "provider_key", "count", "last_ms"),
    conflict="(day, channel, provider_key) DO UPDATE SET count = unattributed.count + excluded.count, "
    "last_ms = excluded.last_ms",
)


@dataclass(slots=True)
class _Prepared:
    """A slice made ready: sealed, hashed, waiting for its conversation's id."""

    source: Slice
    row: dict[str, Any]
    lane: str
    keys: list[dict[str, Any]]
    """Rows of ``identity_keys``, strongest first; ``conversation_id`` still missing."""
    fallback: ConversationId | None
    """The conversation that these keys would start."""
    extra: list[dict[str, Any]]
    """Rows of ``receipts`` or ``account_events``."""
    status: RecordStatus = RecordStatus.NEW


class EngineIntake:
    """Implements ``core.store.IntakeStore``."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._routes: dict[str, tuple[float, list[Route]]] = {}
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._waiting: list[tuple[_Prepared, asyncio.Future[Recorded]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def routes(self, provider_keys: Sequence[str]) -> Mapping[str, Sequence[Route]]:
        """Return where each provider's account id leads; kept for two seconds, misses are never kept."""
        now = to_ms(self._clock.now())
        missing = [k for k in set(provider_keys) if self._routes.get(k, (0.0, []))[0] < now]
        if missing:
            async with self._database.directory(write=False) as tx:
                rows = await tx.all(_ROUTES, keys=missing)
            for key in missing:
                self._routes.pop(key, None)
            for row in rows:
                route = Route(row["tenant_id"], row["account_id"], row["channel"], row["role"] != "group")
                self._routes.setdefault(row["provider_key"], (now + ROUTES_KEPT_MS, []))[1].append(route)
        return {key: self._routes[key][1] for key in provider_keys if key in self._routes}

    async def count_unattributed(self, keys: Sequence[tuple[str, str]], at: datetime) -> None:
        """Count events of unknown accounts."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for key in keys:
            counts[key] += 1
        rows = [
            {"day": at.date().isoformat(), "channel": c, "provider_key": k[:200], "count": n, "last_ms": to_ms(at)}
            for (c, k), n in sorted(counts.items())
        ]
        async with self._database.directory() as tx:
            await _COUNT_UNKNOWN.run(tx, rows)

    async def record(self, slices: Sequence[Slice]) -> list[Recorded]:
        """Store slices in the next group commit; raises StoreUnavailable where nothing could be committed."""
        prepared = [await self._prepare(item) for item in slices]
        loop = asyncio.get_running_loop()
        waiting = [(item, loop.create_future()) for item in prepared if item is not None]
        self._waiting.extend(waiting)
        if waiting and (self._flushing is None or self._flushing.done()):
            self._flushing = loop.create_task(self._flush())
        results = iter(await asyncio.gather(*(future for _, future in waiting)))
        return [Recorded(RecordStatus.IGNORED) if item is None else next(results) for item in prepared]

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                outcomes = await self._commit([item for item, _ in batch])
            except Exception as error:
                await self._one_by_one(batch, error)
                continue
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)

    async def _one_by_one(self, batch: list[tuple[_Prepared, asyncio.Future[Recorded]]], error: Exception) -> None:
        """Find the bad row: each alone; one that fails again is quarantined without its body."""
        for item, future in batch:
            outcome: Recorded | Exception
            try:
                if len(batch) == 1:
                    raise error
                outcome = (await self._commit([item]))[0]
            except Exception as again:
                outcome = await self._quarantine(item, again)
            if future.done():
                continue
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    async def _quarantine(self, item: _Prepared, error: Exception) -> Recorded | Exception:
        bare = {**item.row, "state": "quarantined", "lane": "account", "reason": type(error).__name__, "body": None}
        try:
            async with self._database.mixed([item.source.route.tenant_id]) as tx:
                await _ADD_INBOUND.run(tx, [{**bare, "conversation_id": None}])
        except Exception as again:
            return again if isinstance(again, AppError) else StoreUnavailable(str(again))
        return Recorded(RecordStatus.QUARANTINED, bare["id"], None, item.source.route.tenant_id)

    async def _commit(self, batch: list[_Prepared]) -> list[Recorded]:
        tenants: list[TenantId] = sorted({item.source.route.tenant_id for item in batch})
        async with self._database.mixed(tenants) as tx:
            await self._resolve(tx, batch)
            fresh = await _ADD_INBOUND.run(tx, [i.row for i in batch if i.lane in ("turn", "account")])
            new = [item for item in batch if item.row["id"] in fresh]
            keys = {(k["account_id"], k["kind"], k["key_hash"]): k for item in new for k in item.keys}
            await _ADD_KEYS.run(tx, [keys[name] for name in sorted(keys)])
            await self._wake(tx, new)
            await _ADD_RECEIPTS.run(tx, [row for i in batch if i.lane == "receipt" for row in i.extra])
            await self._account_changes(tx, batch)
            for item in new:
                if item.source.opts_out:
                    await tx.run(_OPT_OUT, tenant=item.row["tenant_id"], conversation=item.row["conversation_id"])
        for item in batch:
            for key in item.keys:
                self._remember(key)
        return [self._outcome(item, fresh) for item in batch]

    def _outcome(self, item: _Prepared, fresh: set[Any]) -> Recorded:
        known = item.lane == "receipt" or item.row["id"] in fresh
        status = item.status if known else RecordStatus.DUPLICATE
        return Recorded(status, item.row["id"], item.row["conversation_id"], item.source.route.tenant_id, item.lane)

    async def _resolve(self, tx: Tx, batch: list[_Prepared]) -> None:
        """Give each slice its conversation: the one its strongest known key leads to, else the one it starts."""
        wanted = {(k["account_id"], k["key_hash"]) for item in batch for k in item.keys} - self._known.keys()
        if wanted:
            for row in await tx.all(_KNOWN_KEYS, hashes=sorted({h for _, h in wanted})):
                self._remember(row)
        started: dict[tuple[str, str], str] = {}
        for item in batch:
            if not item.keys:
                continue
            names = [(key["account_id"], key["key_hash"]) for key in item.keys]
            found = [self._known.get(name) or started.get(name) for name in names]
            conversation = _choose(item.keys, found) or str(item.fallback)
            item.row["conversation_id"] = conversation
            for name, key in zip(names, item.keys, strict=True):
                key["conversation_id"] = started.setdefault(name, conversation)
            for row in item.extra:
                if "conversation_id" in row:
                    row["conversation_id"] = conversation

    def _remember(self, row: Any) -> None:
        name = (row["account_id"], row["key_hash"])
        self._known[name] = row["conversation_id"]
        self._known.move_to_end(name)
        while len(self._known) > KEYS_KEPT:
            self._known.popitem(last=False)

    async def _wake(self, tx: Tx, new: list[_Prepared]) -> None:
        wakes: dict[str, dict[str, Any]] = {}
        for item in new:
            if item.lane == "turn":
                conversation = item.row["conversation_id"]
                row = wakes.setdefault(
                    conversation,
                    {"conversation_id": conversation, "tenant_id": item.row["tenant_id"], "pending_no": 0,
                     "account_id": item.row["account_id"], "due_ms": item.row["received_ms"]},
                )  # fmt: skip
                row["pending_no"] += 1
        await _WAKE.run(tx, [wakes[key] for key in sorted(wakes)])

    async def _account_changes(self, tx: Tx, batch: list[_Prepared]) -> None:
        told = [item for item in batch if item.lane == "told"]
        fresh = await _ADD_ACCOUNT_EVENTS.run(tx, [row for item in told for row in item.extra])
        for item in told:
            event = item.source.event
            if isinstance(event, AccountEvent) and event.severity in ("pause", "resume") and item.row["id"] in fresh:
                before, after = ("active", "paused") if event.severity == "pause" else ("paused", "active")
                await tx.run(
                    _ACCOUNT_STATUS,
                    tenant=item.row["tenant_id"],
                    account=item.row["account_id"],
                    before=before,
                    after=after,
                    why=event.topic if event.severity == "pause" else None,
                )

    async def _prepare(self, item: Slice) -> _Prepared | None:
        if isinstance(item.event, Ignored):
            return None
        event, route = item.event, item.route
        received = to_ms(item.received_at)
        row: dict[str, Any] = {
            "tenant_id": route.tenant_id, "account_id": route.account_id, "kind": event.kind, "conversation_id": None,
            "lane": "account", "state": "done", "reason": None, "received_ms": received,
            "event_ms": to_ms(event.at) if event.at else None,
        }  # fmt: skip
        seal = await self._vault.sealer(route.tenant_id)
        name = f"{route.account_id}|{event.kind}|{event.dedupe}"
        row["id"] = seal.derive_id("inbound", name)
        row["dedupe_hash"] = seal.hash("dedupe", name)
        if isinstance(event, ReceiptReceived):
            return _Prepared(item, row, "receipt", *self._keys(seal, item), _receipt_rows(seal, item, row))
        if isinstance(event, AccountEvent):
            data = seal.seal_json("account_events.data", row["id"], event.data)
            told = {"tenant_id": route.tenant_id, "id": row["id"], "account_id": route.account_id,
                    "topic": event.topic, "severity": event.severity, "data": data, "at_ms": received}  # fmt: skip
            return _Prepared(item, row, "told", [], None, [told])
        row["body"] = seal.seal("inbound.body", row["id"], INBOUND.dump_json(event, exclude_none=True))
        keys, fallback = self._keys(seal, item)
        group = isinstance(event, MessageReceived) and event.group
        if isinstance(event, Quarantined) or (not keys and not isinstance(event, CommentReceived)):
            row |= {"state": "quarantined", "reason": getattr(event, "reason", "no sender")}
            return _Prepared(item, row, "account", [], None, [], RecordStatus.QUARANTINED)
        if isinstance(event, CommentReceived) or group:
            return _Prepared(item, row, "account", [], None, [])
        row |= {"lane": "turn", "state": "pending"}
        return _Prepared(item, row, "turn", keys, fallback, [])

    def _keys(self, seal: Sealer, item: Slice) -> tuple[list[dict[str, Any]], ConversationId | None]:
        person = person_of(item.event)
        if person is None:
            return [], None
        named = list(person.keys())
        if isinstance(item.event, IdentityChanged):
            named += [key for key in item.event.new.keys() if key not in named]  # noqa: SIM118 - a method of ours
        rows = []
        for kind, value in named:
            digest = seal.hash(f"identity.{kind}", value)
            about = f"{item.route.account_id}|{kind}|{digest}"
            rows.append({
                "tenant_id": item.route.tenant_id, "account_id": item.route.account_id, "kind": kind,
                "key_hash": digest, "value": seal.seal("identity_keys.value", about, value.encode("utf-8", "replace")),
                "created_ms": to_ms(item.received_at),
            })  # fmt: skip
        if not rows:
            return [], None
        first = f"{item.route.account_id}|{rows[0]['kind']}|{rows[0]['key_hash']}"
        return rows, ConversationId(seal.derive_id("conversation", first))


def _choose(keys: list[dict[str, Any]], found: list[str | None]) -> str | None:
    """Return the conversation that known keys lead to.

    A BSUID outranks a phone (rule 29): a known phone with a *new* BSUID leads to the phone's conversation only while
    that one has no BSUID of its own, which intake cannot see; the turn sorts that out by the recorded alias.
    """
    return next((conversation for conversation in found if conversation), None)


def _receipt_rows(seal: Sealer, item: Slice, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    event = item.event
    if not isinstance(event, ReceiptReceived):
        return []
    ours = event.our_id if event.our_id and is_id(event.our_id) else None
    base = {
        "tenant_id": row["tenant_id"], "account_id": row["account_id"], "outbox_id": ours, "conversation_id": None,
        "status": event.status, "error_code": event.error_code,
        "watermark_ms": to_ms(event.watermark) if event.watermark else None,
        "event_ms": row["event_ms"] or row["received_ms"], "received_ms": row["received_ms"],
    }  # fmt: skip
    return [
        {**base, "id": seal.derive_id("receipt", f"{row['id']}|{mid}"), "provider_hash": provider_hash(seal, mid)}
        for mid in event.provider_ids or (None,)
    ]
