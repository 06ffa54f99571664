"""A store with everything that works on it, and short ways to put rows in and look at them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.channel_types import Capabilities, ChannelType, Rate, TextLimit
from core.clock import MovableClock, from_ms, to_ms
from core.content import TextPart
from core.ids import SYSTEM_TENANT, ChannelAccountId, TenantId
from core.inbound import Inbound, MessageReceived, Person
from core.nouns import Delivery
from core.policy import Author
from core.ports import Rendered
from core.store import (
    MessageWrite,
    Outcome,
    Recorded,
    Route,
    RunWrite,
    SendWrite,
    Slice,
    TurnRecord,
    TurnWrite,
    Wait,
    Workload,
)
from memory.crypto import MasterKey, Sealer
from memory.database import Database
from memory.engine.door import EngineDoor
from memory.engine.intake import EngineIntake
from memory.engine.receipts import EngineReceipts
from memory.engine.work import EngineWork
from memory.query import Query, insert_into, mine
from memory.tables import (
    METADATA,
    UNSCOPED,
    account_routes,
    channel_accounts,
    flows,
    queues,
    releases,
    tenant_counters,
    tenants,
)
from memory.vault import Vault

MASTER = bytes(range(32))
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PHONE = "905551112233"
CAPABILITIES = {
    ChannelType.WHATSAPP: Capabilities(
        TextLimit(4096, "characters"),
        templates=True,
        reply_window=timedelta(hours=24),
        pair_rate=Rate(45, timedelta(seconds=6)),
        account_rate=Rate(80, timedelta(milliseconds=12.5)),
    ),
    ChannelType.MESSENGER: Capabilities(
        TextLimit(2000, "characters"),
        reply_window=timedelta(hours=24),
        human_agent_window=timedelta(days=7),
        reconcile=timedelta(seconds=5),
        reads_back=True,
    ),
    ChannelType.INSTAGRAM: Capabilities(
        TextLimit(1000, "bytes"),
        reply_window=timedelta(hours=24),
        reconcile=timedelta(seconds=5),
        reads_back=True,
    ),
    ChannelType.WIDGET: Capabilities(TextLimit(4000, "characters"), exact_by_id=True, needs_opening=False),
}


class CountingIds:
    """Ids that tell their order."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"01900000-0000-7000-8000-{next(self._numbers):012x}"


@dataclass(frozen=True)
class Business:
    """A tenant with one connected account."""

    id: TenantId
    account: ChannelAccountId
    channel: ChannelType
    provider_key: str

    @property
    def route(self) -> Route:
        return Route(self.id, self.account, self.channel, primary=True)


@dataclass
class House:
    """One store and what works on it."""

    database: Database
    vault: Vault
    clock: MovableClock
    ids: CountingIds
    place: str
    """The database file, or the owner's URL."""
    superuser_url: str | None = None
    intake: EngineIntake = field(init=False)
    work: EngineWork = field(init=False)
    door: EngineDoor = field(init=False)
    receipts: EngineReceipts = field(init=False)

    def __post_init__(self) -> None:
        self.intake = EngineIntake(self.database, self.vault)
        self.door = self.another_sender()
        self.work = self.another_worker()
        self.receipts = EngineReceipts(self.database, self.vault, self.clock)
        self._numbers = itertools.count(1)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def now_ms(self) -> int:
        return to_ms(self.clock.now())

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def another_worker(self) -> EngineWork:
        return EngineWork(self.database, self.vault, clock=self.clock, ids=self.ids, door=self.door)

    def another_sender(self) -> EngineDoor:
        return EngineDoor(self.database, self.vault, clock=self.clock, ids=self.ids, capabilities=CAPABILITIES)

    def fresh_vault(self, master: MasterKey | None = None) -> Vault:
        return Vault(self.database, master or MasterKey(MASTER), self.clock)

    async def sealer(self, tenant: Business) -> Sealer:
        return await self.vault.sealer(tenant.id)

    # --- rows

    async def put(self, table: sa.Table, tenant: str | None, /, **values: Any) -> None:
        """Insert one row."""
        if table.name in UNSCOPED:
            async with self.database.directory() as tx:
                await tx.run(Query(insert_into(table), scope="directory", columns=tuple(values)), **values)
            return
        async with self.database.tenant(TenantId(str(tenant))) as tx:
            await tx.run(Query(insert_into(table), columns=("tenant_id", *values)), **values)

    async def rows(self, table: sa.Table, tenant: Business | None = None, **equal: Any) -> list[dict[str, Any]]:
        """Return a table's rows, those of one tenant where it has tenants; bytes as bytes."""
        if table.name in UNSCOPED:
            async with self.database.directory(write=False) as tx:
                found = await tx.all(Query(sa.select(table), scope="directory"))
        else:
            assert tenant is not None
            async with self.database.tenant(tenant.id, write=False) as tx:
                found = await tx.all(Query(sa.select(table).where(mine(table))))
        rows = [{name: row[name] for name in row.keys()} for row in found]  # noqa: SIM118 - not a dict
        return [row for row in rows if all(row[name] == value for name, value in equal.items())]

    async def change(self, table: sa.Table, tenant: Business, values: dict[str, Any], **where: Any) -> None:
        """Update rows behind the engine's back."""
        changes = {f"to_{name}": value for name, value in values.items()}
        by = {f"is_{name}": value for name, value in where.items()}
        clause = table.update().values({name: sa.bindparam(f"to_{name}") for name in values})
        for name in where:
            clause = clause.where(table.c[name] == sa.bindparam(f"is_{name}"))
        scoped = table.name not in UNSCOPED
        query = Query(clause.where(mine(table)) if scoped else clause, scope="tenant" if scoped else "directory")
        async with self.database.tenant(tenant.id) as tx:
            assert await tx.run(query, **changes, **by)

    # --- the world

    async def business(
        self, channel: ChannelType = ChannelType.WHATSAPP, *, keys: bool = True, policy: str = "{}"
    ) -> Business:
        """Make a tenant with keys, counter, a connected account and a published flow."""
        tenant = TenantId(self.ids.new())
        account, flow, release = ChannelAccountId(self.ids.new()), self.ids.new(), self.ids.new()
        provider_key = f"{channel}-{next(self._numbers)}"
        made = {"created_ms": self.now_ms}
        await self.put(tenants, tenant, name="Shop", locale="tr", timezone="Europe/Istanbul", country="TR",
                       default_flow_id=flow, policy=policy, **made)  # fmt: skip
        await self.put(tenant_counters, tenant, event_no=0)
        if keys:
            async with self.database.tenant(tenant) as tx:
                await self.vault.make_keys(tx, tenant)
        await self.put(flows, tenant, id=flow, key="main", name="Main", draft="{}", draft_hash="x",
                       release_id=release, updated_ms=self.now_ms, **made)  # fmt: skip
        await self.put(releases, tenant, id=release, flow_id=flow, hash="h", spec='{"entry": "main", "flows": {}}',
                       **made)  # fmt: skip
        await self.put(queues, tenant, key="default", name="Everyone")
        token = None
        if keys:
            token = (await self.vault.sealer(tenant)).seal_text("channel_accounts.token", account, "token-of-account")
        await self.put(channel_accounts, tenant, id=account, channel=channel.value, provider_id=provider_key,
                       name="", status="active", token=token, **made)  # fmt: skip
        await self.put(account_routes, None, account_id=account, provider_key=provider_key, tenant_id=tenant,
                       channel=channel.value, role="primary", active=1)  # fmt: skip
        return Business(tenant, account, channel, provider_key)

    def message(self, tenant: Business, text: str = "Merhaba", **more: Any) -> MessageReceived:
        """Return an event: a customer wrote."""
        mid = more.pop("provider_id", None) or f"wamid.{next(self._numbers)}"
        sender = more.pop("sender", None) or self.person(tenant)
        return MessageReceived(
            channel=tenant.channel, account=tenant.provider_key, dedupe=mid, at=more.pop("at", self.now),
            sender=sender, provider_id=mid, parts=(TextPart(text=text),), **more,
        )  # fmt: skip

    def person(self, tenant: Business) -> Person:
        match tenant.channel:
            case ChannelType.WHATSAPP:
                return Person(wa_id=PHONE, name="Ayşe")
            case ChannelType.WIDGET:
                return Person(visitor="visitor-1")
            case ChannelType.INSTAGRAM:
                return Person(igsid="igsid-1")
            case ChannelType.MESSENGER:
                return Person(psid="psid-1")

    def slice(self, tenant: Business, event: Inbound, *, opts_out: bool = False) -> Slice:
        return Slice(tenant.route, event, to_ms(self.now), opts_out)

    async def arrive(self, tenant: Business, *events: Inbound, opts_out: bool = False) -> list[Recorded]:
        """Record events as one webhook."""
        return await self.intake.record([self.slice(tenant, event, opts_out=opts_out) for event in events])

    async def claim(self, **limits: Any) -> list[Any]:
        return await self.work.claim(**{"limit": 10, "busy": {}, "cap": 10, **limits})

    async def load(self, tenant: Business, *texts: str, sender: Person | None = None) -> Workload:
        """Let a customer write, claim and load the conversation."""
        for text in texts or ("Merhaba",):
            await self.arrive(tenant, self.message(tenant, text, sender=sender))
        (claim,) = await self.claim()
        return await self.work.load(claim)

    async def talk(self, tenant: Business, *texts: str, sender: Person | None = None, **more: Any) -> Workload:
        """Let a customer write and commit a turn; returns the conversation as loaded before it."""
        work = await self.load(tenant, *texts, sender=sender)
        committed = await self.work.commit(work, self.write(work, **more))
        assert await self.work.release(work.claim, next_due=committed.next_due)
        return work

    def write(self, work: Workload, **more: Any) -> TurnWrite:
        """Return a turn that takes everything pending, with what ``more`` says."""
        taken = [
            MessageWrite(p.message_id, Author.CONTACT, p.event.parts, p.event.at or p.received_at, Delivery.RECEIVED,
                         provider_id=p.event.provider_id, context=p.event.context)
            for p in work.pending
            if isinstance(p.event, MessageReceived)
        ]  # fmt: skip
        turn = TurnRecord(self.ids.new(), "answered", self.now, 5, [{"node": "n1"}])
        base = TurnWrite(
            consumed=tuple(p.id for p in work.pending),
            messages=tuple(taken),
            last_inbound_at=max((p.event.at for p in work.pending if p.event and p.event.at), default=None),
            turn=turn,
            runs_turn=True,
        )
        extra = more.pop("messages", ())
        return replace(base, messages=(*base.messages, *extra), **more)

    def run(self, work: Workload, **more: Any) -> RunWrite:
        base = RunWrite(
            self.ids.new(), self.ids.new(), self.ids.new(), is_new=True, status="live", cursor="ask", visit="v1",
            outcome=None, checkpoint=b"checkpoint",
        )  # fmt: skip
        return replace(base, **more)

    def says(self, text: str, author: Author = Author.AGENT, **more: Any) -> tuple[MessageWrite, SendWrite]:
        """Return a message of ours and its request."""
        message = MessageWrite(self.ids.new(), author, (TextPart(text=text),), self.now, Delivery.QUEUED)
        send = SendWrite(self.ids.new(), message.id, Rendered("message", {"text": text}, text), author, **more)
        return message, send

    async def answer(self, tenant: Business, *said: tuple[MessageWrite, SendWrite], **more: Any) -> Workload:
        """Let a customer write and commit an answer to it."""
        return await self.talk(tenant, messages=tuple(m for m, _ in said), sends=tuple(s for _, s in said), **more)

    async def send_claim(self) -> Any:
        (claim,) = await self.door.claim(limit=10, busy={}, cap=10)
        return claim

    async def next(self, claim: Any) -> Any:
        """Return what the door lets out next, of a conversation without read marks."""
        found = await self.door.next(claim)
        if not isinstance(found, tuple):
            return found
        (attempt,) = found
        return attempt

    async def leave(self, claim: Any) -> bool:
        """Give a conversation back that has nothing to send now."""
        found = await self.door.next(claim, leave=True)
        return isinstance(found, Wait) and found.left

    def outcome(self, attempt: Any, provider_id: str | None) -> Outcome:
        return Outcome(attempt, "accepted", provider_id)

    async def accepted(self, claim: Any, attempt: Any, provider_id: str | None) -> None:
        await self.door.record(claim, [self.outcome(attempt, provider_id)])

    async def failed(self, claim: Any, attempt: Any, **why: Any) -> None:
        await self.door.record(claim, [Outcome(attempt, "failed", **why)])

    async def retry(self, claim: Any, attempt: Any, **when: Any) -> None:
        await self.door.record(claim, [Outcome(attempt, "queued", **when)])

    async def unknown(self, claim: Any, attempt: Any, *, until: datetime, **why: Any) -> None:
        await self.door.record(claim, [Outcome(attempt, "unknown", at=until, **why)])


def texts(rows: Sequence[dict[str, Any]], seal: Sealer) -> list[str]:
    """Return the words of message rows, in order."""
    from core.content import load_parts, plain_text
    from memory.writing import open_body

    ordered = sorted(rows, key=lambda row: row["no"])
    return [plain_text(load_parts(open_body(seal, row["id"], row["body"]).parts)) for row in ordered]


def scoped_tables() -> list[sa.Table]:
    return [table for table in METADATA.sorted_tables if table.name not in UNSCOPED]


__all__ = ["MASTER", "NOON", "PHONE", "SYSTEM_TENANT", "Business", "House", "from_ms", "scoped_tables", "texts"]
