"""Conversations that wait for a person: given out, escalated, their customers told (ENGINE rule 46)."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.attending import Rules, Told
from core.clock import from_ms, to_ms
from core.desk_ports import ConversationState
from core.errors import NotFound
from core.ids import TenantId
from core.nouns import NOBODY, staff_owner
from core.policy import Author, Policy
from core.store import Woken
from core.working_time import open_between
from memory.happenings import record
from memory.query import Query, bool_eq, mine
from memory.repositories.attendance import Wanted, choose
from memory.repositories.base import Store
from memory.repositories.changing import Change, open_change
from memory.repositories.tenants import Tenants
from memory.tables import conversations, handoffs, waits

AT_ONCE = 100
"""Most conversations that one look works on, of a tenant."""

c, h = conversations, handoffs
_TENANTS = Query(sa.select(waits.c.tenant_id).distinct().order_by(waits.c.tenant_id), scope="directory")
_waiting = sa.text("conversations.status = 'open' AND conversations.owner = 'nobody'")
_OLDEST = Query(
    sa.select(c.c.id, c.c.team, h.c.escalated_ms)
    .outerjoin(
        h,
        sa.and_(
            bool_eq(h.c.tenant_id, c.c.tenant_id), bool_eq(h.c.conversation_id, c.c.id), bool_eq(h.c.state, "waiting")
        ),
    )
    .where(mine(c), _waiting)
    .order_by(c.c.owner_since_ms, c.c.id)
    .limit(sa.bindparam("n", type_=sa.Integer))
)
_this = sa.and_(mine(h), bool_eq(h.c.id, sa.bindparam("handoff_id")), bool_eq(h.c.state, "waiting"))
_ESCALATED = Query(sa.select(h.c.escalated_ms).where(_this))


def _unmarked(mark: Any) -> Query:
    """Return handoffs that wait and have no such mark, the oldest first."""
    before = sa.bindparam("before_ms", type_=sa.BigInteger)
    return Query(
        sa.select(h.c.id, h.c.conversation_id, h.c.created_ms)
        .where(mine(h), bool_eq(h.c.state, "waiting"), h.c.created_ms <= before, mark.is_(None))
        .order_by(h.c.created_ms)
        .limit(sa.bindparam("n", type_=sa.Integer))
    )


def _marking(mark: Any) -> Query:
    values = {mark.name: sa.bindparam("now_ms"), "version": h.c.version + 1}
    return Query(h.update().where(_this, mark.is_(None)).values(**values).returning(h.c.version))


_LATE, _UNTOLD = _unmarked(h.c.escalated_ms), _unmarked(h.c.fell_back_ms)
_ESCALATE, _TELL = _marking(h.c.escalated_ms), _marking(h.c.fell_back_ms)


class Attending:
    """Implements ``core.attending.AttendStore``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tenants = Tenants(store)

    async def waiting(self) -> Sequence[TenantId]:
        """Return the tenants in which a conversation waits."""
        async with self._store.database.directory(write=False) as tx:
            return [TenantId(row["tenant_id"]) for row in await tx.all(_TENANTS)]

    async def rules(self, tenant_id: TenantId) -> Rules:
        """Return a tenant's rules; raises NotFound."""
        settings = await self._tenants.settings(tenant_id)
        return Rules(settings.policy, settings.tenant.locale)

    async def give_out(self, tenant_id: TenantId, policy: Policy) -> Sequence[Woken]:
        """Give what waits to who is there and has room, the longest first; returns what was given."""
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_OLDEST, n=AT_ONCE)
        given, full = [], set[tuple[str, bool]]()
        for row in rows:
            asked = (row["team"], row["escalated_ms"] is not None)
            if asked in full:
                continue
            done = await self.give(tenant_id, row["id"], policy)
            if isinstance(done, Woken):
                given.append(done)
            elif not done:
                full.add(asked)
        return given

    async def give(self, tenant_id: TenantId, conversation_id: str, policy: Policy) -> Woken | bool:
        """Give one away; True: it waits no more, False: nobody who is asked is there and has room."""
        try:
            async with self._change(tenant_id, conversation_id) as change:
                if (change.state.status, change.state.owner) != ("open", NOBODY):
                    return True
                whom = await self._choose(change, policy)
                if whom is None:
                    return False
                if change.state.handoff_id is not None and change.state.handoff_state == "waiting":
                    await change.claim_handoff(change.state.handoff_id, whom)
                await change.give_to(staff_owner(whom), "round_robin")
        except NotFound:
            return True
        return Woken(tenant_id, conversation_id, change.event_no)

    async def escalate(self, tenant_id: TenantId, policy: Policy) -> Sequence[Woken]:
        """Note which handoffs nobody took in time; returns the new ones."""
        minutes, done = policy.assignment.escalate_minutes, []
        for row in await self._late(tenant_id, policy, _LATE, minutes):
            async with self._change(tenant_id, row["conversation_id"]) as change:
                marked = await change.tx.first(_ESCALATE, handoff_id=row["id"], now_ms=self._store.now_ms)
                if marked is None:
                    continue
                change.ledger.event("handoff.escalated", row["id"], marked["version"])
                to = policy.assignment.escalate_to
                await record(change.ledger, self._store.ids.new(), kind="escalated", minutes=minutes, to=to)
            done.append(Woken(tenant_id, row["conversation_id"], change.event_no))
        return done

    async def fall_back(
        self, tenant_id: TenantId, policy: Policy, *, tell: Callable[[ConversationState], Told]
    ) -> Sequence[Woken]:
        """Tell customers once that it takes longer."""
        minutes, done = policy.assignment.fallback_minutes, []
        for row in await self._late(tenant_id, policy, _UNTOLD, minutes):
            async with self._change(tenant_id, row["conversation_id"]) as change:
                marked = await change.tx.first(_TELL, handoff_id=row["id"], now_ms=self._store.now_ms)
                if marked is None:
                    continue
                told = tell(change.state)
                if told.refused is None:
                    await change.say(Author.SYSTEM, told.parts, told.rendered, author_id=None)
                change.ledger.event("handoff.told", row["id"], marked["version"])
                ids = self._store.ids
                await record(change.ledger, ids.new(), kind="fallback", minutes=minutes, refused=told.refused)
            done.append(Woken(tenant_id, row["conversation_id"], change.event_no))
        return done

    def _change(self, tenant_id: TenantId, conversation_id: str) -> Any:
        return open_change(self._store, tenant_id, conversation_id=conversation_id, actor="system", once=None)

    async def _late(self, tenant_id: TenantId, policy: Policy, query: Query, minutes: int | None) -> list[Any]:
        """Return handoffs that have waited so many minutes of opening hours."""
        if minutes is None:
            return []
        now, wait = from_ms(self._store.now_ms), timedelta(minutes=minutes)
        async with self._store.read(tenant_id) as tx:
            # By the wall clock none waits shorter than by opening hours, and no younger one longer than an older.
            rows = await tx.all(query, before_ms=to_ms(now - wait), n=AT_ONCE)
        return [row for row in rows if open_between(policy, from_ms(row["created_ms"]), now) >= wait]

    async def _choose(self, change: Change, policy: Policy) -> str | None:
        state, late = change.state, None
        if state.handoff_id is not None:
            late = await change.tx.first(_ESCALATED, handoff_id=state.handoff_id)
        # Where nobody asked for a person, who had it last has let it go.
        last = state.last_staff if late is not None else None
        wanted = Wanted(state.team, late is not None and late["escalated_ms"] is not None, last)
        return await choose(change.tx, policy.assignment, wanted, now_ms=self._store.now_ms)
