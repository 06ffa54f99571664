"""Conversations that are one person's are joined: what intake noticed and never does itself (ENGINE rule 29).

A job holds both leases, so that no turn is under way for either, and does everything in one transaction: keys lead to
the conversation that goes on, what waits is passed on to it, and the other one is closed, with its messages in it.

Which goes on: where a person is, since a customer who is with a person stays with that person; else where the latest
live Run is; else where something happened last. What waits keeps its order, and nothing is said twice: words of the
agent that wait at the door of the one that is closed are let out first, for a minute at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.channel_types import ChannelType
from core.errors import Clash, LostLease
from core.ids import TenantId
from core.nouns import AGENT, APP, NOBODY, owning_staff
from core.store import Alias, Joined
from memory.counting import Standing, count_moves
from memory.crypto import Sealer
from memory.database import Tx
from memory.engine.commit_sql import VOID_TIMERS
from memory.engine.passing import HOLD, pass_on
from memory.happenings import record
from memory.numbering import Noted, number_events
from memory.repositories import joining_queries as sql
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.repositories.handing import end
from memory.repositories.merging import join_contacts
from memory.writing import Ledger

WHY = "joined"
LATER = timedelta(seconds=5)
"""How soon what could not be joined is tried again at first; a quarter of its age comes on top."""

PATIENCE = timedelta(minutes=1)
"""How long words of the agent are let out before their conversation is closed."""

ACTOR = "system"


class NotYet(Exception):
    """One of the two is not given back, or has something to say first."""


class Joining:
    """Implements ``core.store.JoinStore``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(self, *, limit: int) -> Sequence[Alias]:
        """Return what is to be joined; each is due again later, unless it was joined by then."""
        async with self._store.database.directory(write=False) as tx:
            if await tx.first(sql.ANY, now_ms=self._store.now_ms) is None:
                return []
        async with self._store.database.directory() as tx:
            rows = await tx.all(sql.DUE, now_ms=self._store.now_ms, later_ms=_ms(LATER), n=limit)
        return [
            Alias(TenantId(row["tenant_id"]), row["account_id"], row["one_id"], row["other_id"], row["noted_ms"])
            for row in rows
        ]

    async def join(self, alias: Alias) -> Joined | None:
        """Join two conversations; None where there is nothing to join, or not yet."""
        pair = await self._pair(alias)
        if pair is None:
            return None
        lease = self._store.ids.new()
        try:
            await self._take(alias, pair, lease)
            return await self._join(alias, pair, lease)
        except (Clash, LostLease, NotYet):
            return None
        finally:
            async with self._store.database.directory() as tx:
                await tx.run(sql.LET_GO, both=pair, lease=lease)

    async def _pair(self, alias: Alias) -> list[str] | None:
        """Return the conversations in which the two go on; None where they are one by now, or one is not stored yet."""
        both = [alias.one_id, alias.other_id]
        async with self._store.read(alias.tenant_id) as tx:
            rows = await tx.all(sql.ROOTS, both=both)
        pair = sorted({row["joined_into"] or row["id"] for row in rows})
        if len(rows) < len(both):
            return None
        if len(pair) == len(both):
            return pair
        async with self._store.database.directory() as tx:
            await tx.run(sql.DROP, one_id=alias.one_id, other_id=alias.other_id)
        return None

    async def _take(self, alias: Alias, pair: Sequence[str], lease: str) -> None:
        """Take both leases or none, in the order of ids; raises NotYet."""
        async with self._store.database.directory() as tx:
            for talk in pair:
                taken = await tx.first(
                    sql.TAKE,
                    conversation_id=talk,
                    tenant_id=alias.tenant_id,
                    account_id=alias.account_id,
                    lease_id=lease,
                    now_ms=self._store.now_ms,
                )
                if taken is None:
                    raise NotYet

    async def _join(self, alias: Alias, pair: Sequence[str], lease: str) -> Joined | None:
        sealer = await self._store.sealer(alias.tenant_id)
        async with self._store.write(alias.tenant_id) as tx:
            rows = {row["id"]: row for row in await tx.all(sql.LOCK, both=pair)}
            if any(talk not in rows or rows[talk]["joined_into"] for talk in pair):
                raise LostLease
            if await _are_two(tx, pair):
                await tx.run(sql.DROP, one_id=alias.one_id, other_id=alias.other_id)
                return None
            one = await _choose(tx, self._store, sealer, [rows[talk] for talk in pair])
            is_new = self._store.now_ms < alias.noted_ms + _ms(PATIENCE)
            if is_new and await tx.first(sql.ON_ITS_WAY, gone_id=one.gone["id"]) is not None:
                raise NotYet
            await one.put()
            # Last of the rows that others wait for, as in a turn's commit; the leases are what kept turns away.
            held = [row["lease_id"] for row in await tx.all(HOLD, both=pair)]
            if held != [lease] * len(pair):
                raise LostLease
            await tx.run(sql.LET_GO, both=pair, lease=lease)
            await tx.run(sql.REST, gone_id=one.gone["id"])
            await tx.run(sql.DROP, one_id=alias.one_id, other_id=alias.other_id)
            number = await one.close()
        return Joined(alias.tenant_id, one.kept["id"], one.gone["id"], number)


@dataclass(slots=True)
class OneJoin:
    """Two conversations as they are joined, in a transaction that has locked them."""

    tx: Tx
    store: Store
    sealer: Sealer
    kept: Any
    gone: Any
    handoff: str | None
    """The open handoff of the one that is closed."""
    here: Ledger = field(init=False)
    there: Ledger = field(init=False)
    _told: list[Noted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.here, self.there = self._ledger(self.gone), self._ledger(self.kept)

    async def put(self) -> None:
        """Write everything but the queue rows and the numbers. Keys come before contacts, as in intake's commits."""
        gone, kept = self.gone["id"], self.kept["id"]
        passed = await pass_on(self.tx, self.sealer, here=gone, there=kept)
        if passed.events:
            self.there.wake_worker(self.here.now_ms)
        await self.tx.run(sql.BUMP, both=sorted((gone, kept)))
        await self.tx.run(sql.KEEP_WORDS, kept_id=kept, epoch=self.kept["owner_epoch"])
        await self._end()
        for query in (sql.POINT, *sql.PLANS):
            await self.tx.run(query, gone_id=gone, kept_id=kept)
        inbound_ms = self.gone["last_inbound_ms"]
        await self.tx.run(sql.GO_ON, kept_id=kept, new_status=self._status, inbound_ms=inbound_ms)
        await self._tell(await self._join_people(passed.keys))

    async def close(self) -> int:
        """Count where both stand now and number what happened: the transaction's last statements."""
        was, is_now = _standing(self.gone), _standing(self.kept)
        await count_moves(
            self.tx,
            [
                (was, Standing("resolved", AGENT, was.team if was.owner == AGENT else "")),
                (is_now, is_now._replace(status=self._status)),
            ],
        )
        for ledger in (self.here, self.there):
            await ledger.flush_stream()
            self._told += await ledger.noted()
        return await number_events(self.tx, self._told, actor=ACTOR, now_ms=self.here.now_ms)

    @property
    def _status(self) -> str:
        return "open" if self.gone["status"] == "open" else str(self.kept["status"])

    async def _end(self) -> None:
        """End what is under way in the one that is closed: its Run and timers first, so that nobody is told of more."""
        talk, now = self.gone["id"], self.here.now_ms
        await self.tx.run(sql.END_RUN, gone_id=talk, now_ms=now)
        await self.tx.run(VOID_TIMERS, conversation_id=talk)
        await self.here.cancel_agent(WHY)
        if self.handoff is not None:
            await end(self.here, self.handoff)
        await self.here.set_owner(AGENT, self.gone["owner"], WHY)
        await self.tx.run(sql.CLOSE, gone_id=talk, kept_id=self.kept["id"])

    async def _join_people(self, keys: Sequence[Sequence[str]]) -> str | None:
        """Join the contacts, where they are two; returns the record by which staff can take them apart."""
        kept, gone = self.kept["contact_id"], self.gone["contact_id"]
        if kept == gone:
            return None
        talk = {"id": self.gone["id"], "account": self.gone["account_id"], "keys": keys}
        merge = await join_contacts(
            self.tx, self.store, self.sealer, kept_id=kept, gone_id=gone, actor=ACTOR, talk=talk
        )
        self._told += merge.events
        return merge.id

    async def _tell(self, merge_id: str | None) -> None:
        gone, kept = self.gone["id"], self.kept["id"]
        await record(self.here, self.store.ids.new(), kind=WHY, after=kept)
        await record(self.there, self.store.ids.new(), kind=WHY, before=gone, merge=merge_id)
        self.here.event("conversation.status_changed", gone)
        self.there.event("conversation.updated", kept)
        await note(
            self.tx, self.store, self.sealer, actor=ACTOR, action="conversation.joined", entity=kept, gone=gone,
            merge=merge_id,
        )  # fmt: skip

    def _ledger(self, row: Any) -> Ledger:
        return Ledger(
            tx=self.tx,
            sealer=self.sealer,
            conversation_id=row["id"],
            account_id=row["account_id"],
            now_ms=self.store.now_ms,
            actor=ACTOR,
            streamed=row["channel"] == ChannelType.WIDGET.value,
        )


async def _choose(tx: Tx, store: Store, sealer: Sealer, rows: Sequence[Any]) -> OneJoin:
    """Decide which of two goes on."""
    both = [row["id"] for row in rows]
    live = {row["conversation_id"]: row["updated_ms"] for row in await tx.all(sql.LIVE, both=both)}
    handoffs = {row["conversation_id"]: row["id"] for row in await tx.all(sql.HANDOFFS, both=both)}

    def rank(row: Any) -> tuple[int, int, int, str]:
        return _person(row, handoffs), live.get(row["id"], -1), row["recent_ms"], row["id"]

    gone, kept = sorted(rows, key=rank)
    return OneJoin(tx, store, sealer, kept, gone, handoffs.get(gone["id"]))


async def _are_two(tx: Tx, pair: Sequence[str]) -> bool:
    """Tell whether each has a key of the same kind by now, since or when it was noted.

    Two BSUIDs are two people; of two numbers nobody could say to which the answers go. Staff may join the contacts.
    """
    kinds = [row["kind"] for row in await tx.all(sql.KINDS, both=pair)]
    return len(kinds) != len(set(kinds))


def _person(row: Any, handoffs: dict[str, str]) -> int:
    """Tell how much of a person the customer has there: one who holds it, one who was asked for, none."""
    if row["owner"] == APP or owning_staff(row["owner"]) is not None:
        return 2
    return int(row["owner"] == NOBODY or row["id"] in handoffs)


def _standing(row: Any) -> Standing:
    return Standing(row["status"], row["owner"], row["team"])


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
