"""Teams: queues with members; and who of the staff is there, with how much on their hands (ENGINE rule 46)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.ids import TenantId
from core.nouns import EVERYBODY, NOBODY, staff_owner
from core.views import Named, Page
from core.views_teams import Colleague, TeamCount, TeamView
from memory.database import Tx
from memory.directory import Directory
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.attendance import THERE_FOR_MS
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.repositories.events import read_number
from memory.tables import attendance, inbox_counts, queue_members, queues, team_counts

a, qm = attendance, queue_members
_key = bool_eq(queues.c.key, sa.bindparam("team"))
_TEAMS = Query(sa.select(queues).where(mine(queues), queues.c.key != EVERYBODY).order_by(queues.c.name, queues.c.key))
_ONE = Query(sa.select(queues.c.name).where(mine(queues), _key, queues.c.key != EVERYBODY))
_PUT = Query(
    (_new := insert_into(queues)).on_conflict_do_update(
        index_elements=[queues.c.tenant_id, queues.c.key], set_={"name": _new.excluded.name}
    )
)
_DROP = Query(queues.delete().where(mine(queues), _key, queues.c.key != EVERYBODY))
_MEMBERS = Query(sa.select(qm.c.queue, qm.c.staff_id).where(mine(qm)).order_by(qm.c.queue, qm.c.staff_id))
_ADD_MEMBER = Query(insert_into(qm).on_conflict_do_nothing(), columns=("tenant_id", "queue", "staff_id", "created_ms"))
_DROP_MEMBERS = Query(qm.delete().where(mine(qm), bool_eq(qm.c.queue, sa.bindparam("team"))))
_COUNTS = Query(sa.select(team_counts.c.team, team_counts.c.owner, team_counts.c.n).where(mine(team_counts)))
_HELD = Query(
    sa.select(inbox_counts.c.owner, inbox_counts.c.n).where(mine(inbox_counts), bool_eq(inbox_counts.c.status, "open"))
)
_ATTENDANCE = Query(sa.select(a).where(mine(a)))


def _setting(column: str) -> Query:
    row = insert_into(a)
    return Query(
        row.on_conflict_do_update(index_elements=[a.c.tenant_id, a.c.staff_id], set_={column: row.excluded[column]}),
        columns=("tenant_id", "staff_id", column),
    )


_SEEN, _AWAY, _CAPACITY = _setting("seen_ms"), _setting("away"), _setting("capacity")


class Teams:
    """Keeps teams and attendance."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._directory = Directory(store)

    async def page(self, tenant_id: TenantId) -> Page[TeamView]:
        """Return every team, by name."""
        async with self._store.read(tenant_id) as tx:
            counts = await count_teams(tx)
            members = await tx.all(_MEMBERS)
            event_no = await read_number(tx)
        names = await self._directory.names_of(tenant_id, (row["staff_id"] for row in members))
        people = defaultdict[str, list[Named]](list)
        for row in members:
            people[row["queue"]].append(Named(id=row["staff_id"], name=names.get(row["staff_id"])))
        items = [TeamView(**count.model_dump(), members=people[count.key]) for count in counts]
        return Page[TeamView](items=items, event_no=event_no)

    async def require(self, tenant_id: TenantId, key: str) -> None:
        """Make sure that there is such a team; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            if await tx.first(_ONE, team=key) is None:
                raise NotFound("There is no such team.")

    async def put(self, tenant_id: TenantId, key: str, *, name: str, members: Sequence[str], actor: str) -> int:
        """Make a team, or change its name and who is in it; returns the event number."""
        sealer, now = await self._store.sealer(tenant_id), self._store.now_ms
        async with self._store.write(tenant_id) as tx:
            await tx.run(_PUT, key=key, name=name)
            await tx.run(_DROP_MEMBERS, team=key)
            await tx.many(_ADD_MEMBER, [{"queue": key, "staff_id": one, "created_ms": now} for one in sorted(members)])
            await note(tx, self._store, sealer, actor=actor, action="team.changed", entity=None, team=key)
            return await self._told(tx, actor)

    async def drop(self, tenant_id: TenantId, key: str, *, actor: str) -> int:
        """Delete a team of which nothing is open; returns the event number; raises NotFound, Conflict."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            if any(count.key == key and count.open for count in await count_teams(tx)):
                raise Conflict("Conversations of this team are open.", reason="in_use")
            if not await tx.run(_DROP, team=key):
                raise NotFound
            await tx.run(_DROP_MEMBERS, team=key)
            await note(tx, self._store, sealer, actor=actor, action="team.deleted", entity=None, team=key)
            return await self._told(tx, actor)

    async def colleagues(self, tenant_id: TenantId, *, names: Mapping[str, str], capacity: int) -> list[Colleague]:
        """Return these people with whether they are there and what they hold."""
        async with self._store.read(tenant_id) as tx:
            seen = {row["staff_id"]: row for row in await tx.all(_ATTENDANCE)}
            held = {row["owner"]: row["n"] for row in await tx.all(_HELD)}
            teams = defaultdict[str, list[str]](list)
            for row in await tx.all(_MEMBERS):
                teams[row["staff_id"]].append(row["queue"])
        since = self._store.now_ms - THERE_FOR_MS

        def show(staff_id: str) -> Colleague:
            row: Any = seen.get(staff_id)
            own = row["capacity"] if row else None
            return Colleague(
                id=staff_id,
                name=names[staff_id],
                online=row is not None and (row["seen_ms"] or 0) > since,
                away=bool(row and row["away"]),
                open=held.get(staff_owner(staff_id), 0),
                capacity=own or capacity,
                own_capacity=own,
                teams=teams[staff_id],
            )

        return [show(one) for one in names]

    async def see(self, tenant_id: TenantId, staff_id: str) -> None:
        """Note that somebody is there."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_SEEN, staff_id=staff_id, seen_ms=self._store.now_ms)

    async def set_away(self, tenant_id: TenantId, staff_id: str, *, away: bool) -> None:
        """Note that somebody takes nothing now, or does again."""
        async with self._store.write(tenant_id) as tx:
            await tx.run(_AWAY, staff_id=staff_id, away=int(away))

    async def set_capacity(self, tenant_id: TenantId, staff_id: str, capacity: int | None, *, actor: str) -> None:
        """Say how many conversations somebody is given at most; None: as many as everybody."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            await tx.run(_CAPACITY, staff_id=staff_id, capacity=capacity)
            action = "member.capacity_changed"
            await note(tx, self._store, sealer, actor=actor, action=action, entity=staff_id, capacity=capacity)

    async def _told(self, tx: Tx, actor: str) -> int:
        return await number_events(tx, [Noted("team.changed", None, None)], actor=actor, now_ms=self._store.now_ms)


async def count_teams(tx: Tx) -> list[TeamCount]:
    """Return what is open of each team, by name."""
    open_, waiting = defaultdict[str, int](int), defaultdict[str, int](int)
    for row in await tx.all(_COUNTS):
        open_[row["team"]] += row["n"]
        waiting[row["team"]] += row["n"] if row["owner"] == NOBODY else 0
    return [
        TeamCount(key=row["key"], name=row["name"], open=open_[row["key"]], waiting=waiting[row["key"]])
        for row in await tx.all(_TEAMS)
    ]
