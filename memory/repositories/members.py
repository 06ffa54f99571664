"""Members: who works for a business, as what, and who did once. The last owner stays (ENGINE rule 31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.ids import SYSTEM_TENANT, StaffId, TenantId
from core.nouns import Role, staff_owner
from memory.database import Tx
from memory.query import Query, bool_eq, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.tables import conversations, members, sign_ins, staff

m = members
_mine = bool_eq(m.c.tenant_id, sa.bindparam("tenant_id", type_=m.c.tenant_id.type))
_whom = bool_eq(m.c.staff_id, sa.bindparam("staff_id", type_=m.c.staff_id.type))
_seen = sa.select(sa.func.max(sign_ins.c.seen_ms)).where(bool_eq(sign_ins.c.staff_id, staff.c.id)).scalar_subquery()
_LIST = Query(
    sa.select(m.c.role, m.c.created_ms, m.c.ended_ms, staff.c.id, staff.c.email, staff.c.name, _seen.label("seen_ms"))
    .join(staff, bool_eq(staff.c.id, m.c.staff_id))
    .where(_mine)
    .order_by(m.c.created_ms, staff.c.id),
    scope="directory",
)
_LOCK = Query(
    sa.select(m.c.staff_id, m.c.role, m.c.ended_ms).where(_mine).order_by(m.c.staff_id).with_for_update(),
    scope="directory",
)
_SET = Query(
    m.update().where(_mine, _whom).values(role=sa.bindparam("new_role"), ended_ms=sa.bindparam("new_ended_ms")),
    scope="directory",
)
_HELD = Query(
    sa.select(conversations.c.id).where(
        mine(conversations),
        bool_eq(conversations.c.owner, sa.bindparam("the_owner", type_=sa.Text)),
        conversations.c.status != "resolved",
    )
)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a business; ``ended_ms`` since when no more."""

    id: StaffId
    email: str
    name: str | None
    role: Role
    created_ms: int
    ended_ms: int | None
    seen_ms: int | None


class Members:
    """Keeps members."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, tenant_id: TenantId) -> list[Member]:
        """Return everybody who works for a tenant or did, who came first first."""
        sealer = await self._store.sealer(SYSTEM_TENANT)
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_LIST)
        return [
            Member(
                id=StaffId(row["id"]),
                email=sealer.open_text("staff.email", row["id"], bytes(row["email"])) or "",
                name=sealer.open_text("staff.name", row["id"], row["name"]),
                role=Role(row["role"]),
                created_ms=row["created_ms"],
                ended_ms=row["ended_ms"],
                seen_ms=row["seen_ms"],
            )
            for row in rows
        ]

    async def get(self, tenant_id: TenantId, staff_id: str) -> Member:
        """Return one; raises NotFound."""
        found = next((each for each in await self.list(tenant_id) if each.id == staff_id), None)
        if found is None:
            raise NotFound
        return found

    async def held_by(self, tenant_id: TenantId, staff_id: str) -> Sequence[str]:
        """Return the conversations that somebody holds and has not settled."""
        async with self._store.read(tenant_id) as tx:
            return [row["id"] for row in await tx.all(_HELD, the_owner=staff_owner(staff_id))]

    async def set_role(self, tenant_id: TenantId, staff_id: str, role: Role, *, actor: str) -> None:
        """Give a member another role; raises NotFound, Conflict for the last owner."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            before = await _lock(tx, staff_id, leaves=role is not Role.OWNER)
            await self._write(tx, before, role=role, ended_ms=before["ended_ms"])
            await note(
                tx, self._store, sealer, actor=actor, action="member.role_changed", entity=staff_id, role=role.value
            )

    async def end(self, tenant_id: TenantId, staff_id: str, *, actor: str) -> None:
        """Let somebody in no more; what they did keeps their name; raises NotFound, Conflict for the last owner."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            before = await _lock(tx, staff_id, leaves=True)
            await self._write(tx, before, role=Role(before["role"]), ended_ms=self._store.now_ms)
            await note(tx, self._store, sealer, actor=actor, action="member.deactivated", entity=staff_id)

    async def resume(self, tenant_id: TenantId, staff_id: str, *, actor: str) -> None:
        """Let somebody in again, in the role that they had; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            before = await _lock(tx, staff_id, leaves=False)
            await self._write(tx, before, role=Role(before["role"]), ended_ms=None)
            await note(tx, self._store, sealer, actor=actor, action="member.reactivated", entity=staff_id)

    async def _write(self, tx: Tx, before: Any, *, role: Role, ended_ms: int | None) -> None:
        await tx.run(_SET, staff_id=before["staff_id"], new_role=role.value, new_ended_ms=ended_ms)


async def _lock(tx: Tx, staff_id: str, *, leaves: bool) -> Any:
    """Lock every member, so that of two owners who end each other one stays; returns the one that is meant."""
    rows = await tx.all(_LOCK)
    found = next((row for row in rows if row["staff_id"] == staff_id), None)
    if found is None:
        raise NotFound
    owners = [row["staff_id"] for row in rows if row["role"] == Role.OWNER and row["ended_ms"] is None]
    if leaves and owners == [staff_id]:
        raise Conflict("The last owner stays: make somebody else an owner first.", reason="last_owner")
    return found
