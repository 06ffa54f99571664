"""Intake: what arrives, made durable in group commits (ENGINE §1).

Keys are resolved and bodies sealed before a row joins a batch, so that a bad one fails alone. The batch is what arrived
while the last commit ran; there is no timer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import orjson
from msgspec import Struct

from core import faults
from core.channel_types import ChannelType
from core.clock import to_ms
from core.errors import AppError, Clash, StoreUnavailable
from core.ids import TenantId
from core.inbound import AccountEvent
from core.store import Recorded, RecordStatus, Route, Slice
from memory.database import Database, Tx
from memory.engine import intake_sql as sql
from memory.engine.identities import Identities, Raced
from memory.engine.intake_rows import Prepared, prepare, process_key, without_body
from memory.vault import Vault
from memory.writing import wake_senders_of

ROUTES_KEPT_MS, WORDS_KEPT_MS = 2_000, 5_000
ROUTES_AT_ONCE = 256
BATCH = 512
RACES = 3
"""Times that a batch is decided again because another process recorded one of its keys first."""

PATIENCE = timedelta(seconds=3)
"""How long a commit may take before whoever waits is sent away; a provider gives up a little later itself (rule 5)."""


class Waiting(Struct, frozen=True):
    """A row on its way into a batch, and who waits for it."""

    item: Prepared
    future: asyncio.Future[Recorded]
    since: float
    """Seconds of the loop's clock."""


class EngineIntake:
    """Implements ``core.store.IntakeStore``."""

    def __init__(self, database: Database, vault: Vault, *, patience: timedelta = PATIENCE) -> None:
        self._patience = patience.total_seconds()
        self._database = database
        self._vault = vault
        self._process_key = process_key()
        self._arrival = 0
        self._routes: dict[str, tuple[int, list[Route]]] = {}
        self._asked: set[str] = set()
        self._words: dict[TenantId, tuple[int, frozenset[str]]] = {}
        self._waiting: list[Waiting] = []
        self._under_way: list[Waiting] = []
        self._watch: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Task[None] | None = None

    async def routes(self, provider_keys: Sequence[str], now_ms: int) -> Mapping[str, Sequence[Route]]:
        """Return where each provider's account id leads; kept for two seconds, misses are never kept."""
        if len(provider_keys) == 1 and (known := self._routes.get(provider_keys[0])) and known[0] >= now_ms:
            self._asked.add(provider_keys[0])
            return {provider_keys[0]: known[1]}
        if any((kept := self._routes.get(key)) is None or kept[0] < now_ms for key in provider_keys):
            # All that were asked for lately in one look, or each of a hundred numbers would look every two seconds.
            wanted = {*provider_keys, *islice(self._asked, ROUTES_AT_ONCE)}
            self._asked.clear()
            async with self._database.directory(write=False) as tx:
                rows = await tx.all(sql.ROUTES, keys=sorted(wanted))
            for key in wanted:
                self._routes.pop(key, None)
            for row in rows:
                channel, primary = ChannelType(row["channel"]), row["role"] != "group"
                route = Route(row["tenant_id"], row["account_id"], channel, primary)
                self._routes.setdefault(row["provider_key"], (now_ms + ROUTES_KEPT_MS, []))[1].append(route)
        return {key: self._routes[key][1] for key in provider_keys if key in self._routes}

    async def opt_out_words(self, tenant_id: TenantId, now_ms: int) -> frozenset[str]:
        """Return a tenant's own opt-out words; kept for five seconds."""
        kept = self._words.get(tenant_id)
        if kept is None or kept[0] < now_ms:
            async with self._database.tenant(tenant_id, write=False) as tx:
                row = await tx.first(sql.OPT_OUT_WORDS)
            words = frozenset(orjson.loads(row["policy"]).get("opt_out_words", ())) if row is not None else frozenset()
            kept = self._words[tenant_id] = (now_ms + WORDS_KEPT_MS, words)
        return kept[1]

    async def count_unattributed(self, keys: Sequence[tuple[str, str]], at: datetime) -> None:
        """Count events of unknown accounts."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for channel, key in keys:
            counts[channel, key[:200].replace("\0", "")] += 1
        rows = [
            {"day": at.date().isoformat(), "channel": c, "provider_key": k, "count": n, "last_ms": to_ms(at)}
            for (c, k), n in sorted(counts.items())
        ]
        async with self._database.directory() as tx:
            await sql.COUNT_UNKNOWN.run(tx, rows)

    async def record(self, slices: Sequence[Slice]) -> list[Recorded]:
        """Store slices in the next group commit; raises StoreUnavailable where nothing could be committed in time.

        They may be stored all the same then, and a repetition finds them.
        """
        prepared = [await self._prepare(item) for item in slices]
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting = [Waiting(item, loop.create_future(), now) for item in prepared if item is not None]
        self._waiting.extend(waiting)
        if waiting:
            if self._flushing is None or self._flushing.done():
                self._flushing = loop.create_task(self._flush())
            if self._watch is None:
                self._watch = loop.call_later(self._patience, self._send_away)
        if len(waiting) == 1:
            results = iter([await waiting[0].future])
        else:
            results = iter(await asyncio.gather(*(one.future for one in waiting)))
        return [Recorded(RecordStatus.IGNORED) if item is None else next(results) for item in prepared]

    def _send_away(self) -> None:
        """Refuse those who have waited too long: one timer watches over everybody."""
        loop = asyncio.get_running_loop()
        waiting = [one for one in (*self._under_way, *self._waiting) if not one.future.done()]
        late = [one for one in waiting if one.since + self._patience <= loop.time()]
        for one in late:
            one.future.set_exception(StoreUnavailable("The store did not commit in time."))
        left = min((one.since for one in waiting if not one.future.done()), default=None)
        self._watch = None if left is None else loop.call_at(left + self._patience, self._send_away)

    async def _prepare(self, item: Slice) -> Prepared | None:
        if item.event.kind == "ignored":
            return None
        arrival = self._arrival = max(self._arrival + 1, item.received_ms * 1000)
        try:
            prepared = prepare(await self._vault.sealer(item.route.tenant_id), item)
        except StoreUnavailable:
            raise
        except Exception as error:
            prepared = without_body(item, self._process_key, error)
        prepared.row["arrival"] = arrival
        return prepared

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._under_way = batch
            try:
                outcomes = await self._commit([one.item for one in batch])
            except StoreUnavailable as error:
                # Nobody's row is to blame: asking again for each would only make everybody wait.
                for one in batch:
                    _answer(one.future, error)
            except Exception as error:
                await self._one_by_one(batch, error)
            else:
                for one, outcome in zip(batch, outcomes, strict=True):
                    _answer(one.future, outcome)

    async def _one_by_one(self, batch: list[Waiting], error: Exception) -> None:
        """Find the bad row: each alone; one that fails again is quarantined without its body."""
        for one in batch:
            item, future = one.item, one.future
            outcome: Recorded | Exception
            try:
                if len(batch) == 1:
                    raise error
                outcome = (await self._commit([item]))[0]
            except StoreUnavailable as down:
                outcome = down
            except Exception as again:
                outcome = await self._quarantine(item, again)
            _answer(future, outcome)

    async def _quarantine(self, item: Prepared, error: Exception) -> Recorded | Exception:
        bare = without_body(item.source, self._process_key, error).row
        bare |= {name: item.row[name] for name in ("id", "arrival")}
        try:
            async with self._database.mixed([item.source.route.tenant_id]) as tx:
                await sql.ADD_INBOUND.run(tx, [bare])
        except Exception as again:
            return again if isinstance(again, AppError) else StoreUnavailable(str(again))
        return Recorded(RecordStatus.QUARANTINED, bare["id"], None, item.source.route.tenant_id)

    async def _commit(self, batch: list[Prepared]) -> list[Recorded]:
        for _ in range(RACES):
            try:
                return await self._commit_once(batch)
            except (Raced, Clash):
                continue
        raise StoreUnavailable("another process keeps recording the same keys")

    async def _commit_once(self, batch: list[Prepared]) -> list[Recorded]:
        async with self._database.mixed(sorted({item.source.route.tenant_id for item in batch})) as tx:
            identities = Identities(tx, batch)
            await identities.place()
            # One order of unique keys in every process, or two that store the same events lock each other out.
            # Of several that are the same event the first counts, as it does from one batch to the next.
            rows = {item.row["id"]: item.row for item in reversed(batch) if item.lane in ("turn", "account")}
            fresh = await sql.ADD_INBOUND.run(tx, [rows[key] for key in sorted(rows)])
            new = _first_of_each(batch, fresh)
            await identities.store(new)
            others = [item for item in batch if item.lane in ("receipt", "told")]
            more = await self._receipts(tx, others) | await self._account_changes(tx, others)
            stopped = [item for item in new if item.source.opts_out]
            for item in sorted(stopped, key=lambda item: str(item.row["conversation_id"])):
                await tx.run(sql.OPT_OUT, tenant=item.row["tenant_id"], conversation=item.row["conversation_id"])
            # Last: a turn's commit locks the contact first, too, and then the conversation's row in the queue.
            await self._wake(tx, new)
            faults.reach("intake.before_commit")
        faults.reach("intake.after_commit")
        first = {id(item) for item in (*new, *_first_of_each(others, more))}
        return [_outcome(item, is_new=id(item) in first) for item in batch]

    async def _wake(self, tx: Tx, new: list[Prepared]) -> None:
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
        await sql.WAKE.run(tx, [wakes[key] for key in sorted(wakes)])

    async def _receipts(self, tx: Tx, batch: list[Prepared]) -> set[Any]:
        """Store receipts; returns the ids of events of which anything is new."""
        of = {row["id"]: item.row["id"] for item in batch if item.lane == "receipt" for row in item.extra}
        rows = {row["id"]: row for item in batch if item.lane == "receipt" for row in item.extra}
        return {of[key] for key in await sql.ADD_RECEIPTS.run(tx, [rows[key] for key in sorted(rows)])}

    async def _account_changes(self, tx: Tx, batch: list[Prepared]) -> set[Any]:
        told = {item.row["id"]: item for item in batch if item.lane == "told"}
        fresh = await sql.ADD_ACCOUNT_EVENTS.run(tx, [row for key in sorted(told) for row in told[key].extra])
        for item in (told[key] for key in sorted(fresh)):
            if isinstance(item.source.event, AccountEvent) and item.source.event.severity in ("pause", "resume"):
                await self._set_status(tx, item, item.source.event)
        return fresh

    async def _set_status(self, tx: Tx, item: Prepared, event: AccountEvent) -> None:
        paused = event.severity == "pause"
        before, after = ("active", "paused") if paused else ("paused", "active")
        tenant, account = item.row["tenant_id"], item.row["account_id"]
        changed = await tx.run(
            sql.ACCOUNT_STATUS, tenant=tenant, account=account, before=before, after=after,
            why=event.topic if paused else None,
        )  # fmt: skip
        if changed and not paused:
            await wake_senders_of(tx, tenant, account, now_ms=item.row["received_ms"])


def _first_of_each(batch: list[Prepared], fresh: set[Any]) -> list[Prepared]:
    """Return the items whose rows are new: of several that are the same event, the first."""
    firsts: dict[str, Prepared] = {}
    for item in batch:
        if item.row["id"] in fresh:
            firsts.setdefault(item.row["id"], item)
    return list(firsts.values())


def _outcome(item: Prepared, *, is_new: bool) -> Recorded:
    row = item.row
    status = item.status if is_new else RecordStatus.DUPLICATE
    return Recorded(status, row["id"], row["conversation_id"], row["tenant_id"], item.lane)


def _answer(future: asyncio.Future[Recorded], outcome: Recorded | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
