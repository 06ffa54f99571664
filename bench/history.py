"""What a long history costs: CPU and bytes of a turn after 10, 1,000 and 10,000 messages (DESIGN invariant 13)."""

import sqlite3
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from agent.attempt import Pace
from agent.resources import open_resources
from agent.runtime import EngineStores
from agent.turn import TurnEngine
from api.engine import build_stores
from bench.stage import PHONE, Stage
from core.channel_types import ChannelType
from core.clock import to_ms
from core.content import TextPart
from core.inbound import MessageReceived, Person
from core.nouns import Delivery
from core.policy import Author
from core.settings import Settings
from core.store import Claim, Slice
from memory.engine.catalog import EngineCatalog
from memory.engine.effects import EngineUsage
from memory.writing import Ledger, NewMessage

SIZES = (10, 1_000, 10_000)
ROUNDS = 60
AT_ONCE = 500
"""Messages written in one transaction while a history is made."""

Sizes = dict[str, int]
"""Bytes of each table with its indexes."""


@dataclass(frozen=True, slots=True)
class HistoryFigures:
    """A turn after so many messages."""

    store: str
    messages: int
    cpu_ms: float
    stored_bytes: float
    """Per turn, indexes included."""
    largest: str
    """The tables that grow most, with their bytes per turn."""


class _Talk:
    """One customer's conversation."""

    def __init__(self, stage: Stage, engine: "_Engine", number: int) -> None:
        self._stage = stage
        self._engine = engine
        self._number = number
        self._written = 0

    async def turn(self) -> tuple[Claim, float]:
        """Write once and have it answered; returns the claim and the CPU of the turn, load to commit."""
        self._written += 1
        now, name = self._stage.ports.clock.now(), f"h{self._number}.{self._written}"
        event = MessageReceived(
            channel=ChannelType.WHATSAPP, account=PHONE, dedupe=name, at=now, provider_id=name,
            sender=Person(wa_id=f"44770091{self._number:04d}"), parts=(TextPart(text="Could you tell me more?"),),
        )  # fmt: skip
        routes = await self._engine.stores.intake.routes([PHONE], to_ms(now))
        await self._engine.stores.intake.record([Slice(routes[PHONE][0], event, to_ms(now))])
        (claim,) = await self._engine.stores.work.claim(limit=10, busy={}, cap=10)
        started = time.process_time()
        seen, committed, again = await self._engine.turns.process(claim)
        spent = (time.process_time() - started) * 1000
        if committed is None or not committed.has_sends:
            raise RuntimeError("a turn answered nothing")
        await self._engine.stores.work.release(seen, next_due=again)
        return claim, spent

    async def grow(self, count: int) -> None:
        """Give the conversation a past."""
        claim, _ = await self.turn()
        ports = self._stage.ports
        seal = await ports.vault.sealer(claim.tenant_id)
        now_ms = to_ms(ports.clock.now())
        for start in range(0, count, AT_ONCE):
            async with ports.database.tenant(claim.tenant_id) as tx:
                ledger = Ledger(
                    tx=tx, sealer=seal, conversation_id=claim.conversation_id, account_id=claim.account_id,
                    now_ms=now_ms, actor="bench",
                )  # fmt: skip
                await ledger.add([_message(ports.ids.new(), i, now_ms) for i in range(min(AT_ONCE, count - start))], [])
                await ledger.close()


def _message(name: str, number: int, now_ms: int) -> NewMessage:
    author = Author.AGENT if number % 2 else Author.CONTACT
    words = (TextPart(text=f"This was said before, for the {number}th time, and it was about the price."),)
    delivery = Delivery.READ if number % 2 else Delivery.RECEIVED
    return NewMessage(
        id=name, author=author, parts=words, created_ms=now_ms - 10**7, event_ms=now_ms - 10**7, delivery=delivery
    )


@dataclass(frozen=True, slots=True)
class _Engine:
    stores: EngineStores
    turns: TurnEngine


async def measure_history(stage: Stage) -> list[HistoryFigures]:
    """Take turns in a short, a long and a very long conversation, interleaved."""
    ports = stage.ports
    stores = build_stores(ports)
    catalog = EngineCatalog(ports.database, ports.vault)
    usage = EngineUsage(ports.database, clock=ports.clock, ids=ports.ids)
    async with open_resources(
        ports.settings, catalog=catalog, usage=usage, clock=ports.clock, http=ports.http
    ) as resources:
        turns = TurnEngine(
            stores.work, stores.effects, saver=stores.saver, channels=ports.channels, resources=resources,
            live=ports.live, clock=ports.clock, pace=Pace(quiet=timedelta(0)), sends=lambda _: None,
        )  # fmt: skip
        talks = {size: _Talk(stage, _Engine(stores, turns), number) for number, size in enumerate(SIZES)}
        for size, talk in talks.items():
            await talk.grow(size)
        spent: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size, talk in talks.items():
                spent[size].append((await talk.turn())[1])
        return [await _figures(stage, size, talk, statistics.median(spent[size])) for size, talk in talks.items()]


async def _figures(stage: Stage, size: int, talk: _Talk, cpu_ms: float) -> HistoryFigures:
    before = await _stored(stage.settings)
    for _ in range(ROUNDS):
        await talk.turn()
    after = await _stored(stage.settings)
    grown = {name: (after[name] - before.get(name, 0)) / ROUNDS for name in after}
    largest = sorted(grown, key=lambda name: -grown[name])[:4]
    words = ", ".join(f"{name} {grown[name]:,.0f}" for name in largest)
    return HistoryFigures(stage.ports.database.store, size, cpu_ms, sum(grown.values()), words)


async def _stored(settings: Settings) -> Sizes:
    if settings.is_sqlite:
        with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as file:
            file.execute("PRAGMA wal_checkpoint(PASSIVE)")
            (pages,) = file.execute("PRAGMA page_count").fetchone()
            (free,) = file.execute("PRAGMA freelist_count").fetchone()
            (size,) = file.execute("PRAGMA page_size").fetchone()
        return {"the file": (pages - free) * size}
    connection = await asyncpg.connect(settings.migration_url)
    try:
        rows = await connection.fetch(
            "SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace"
        )
    finally:
        await connection.close()
    return {row["relname"]: row["bytes"] for row in rows}
