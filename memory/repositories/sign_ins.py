"""Sign-ins: one per browser, found by its token's hash, ended one by one or together (ENGINE rule 31)."""

import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from core.devices import Device
from core.errors import NotFound
from core.ids import SYSTEM_TENANT, StaffId
from memory.crypto import Sealer
from memory.query import Query, bool_eq, insert_into
from memory.repositories.base import Store
from memory.tables import sign_ins

SEEN_EVERY_MS = 300_000
"""How far behind “last seen” may be: reading a page is not worth a write."""

s = sign_ins
_staff, _now = sa.bindparam("staff_id", type_=s.c.staff_id.type), sa.bindparam("now_ms", type_=sa.BigInteger)
_live = sa.and_(s.c.revoked_ms.is_(None), s.c.expires_ms > _now)
_hash, _id = bool_eq(s.c.token_hash, sa.bindparam("token_hash")), bool_eq(s.c.id, sa.bindparam("id", type_=s.c.id.type))
_of = bool_eq(s.c.staff_id, _staff)
_ADD = Query(
    insert_into(s),
    scope="directory",
    columns=("id", "token_hash", "staff_id", "created_ms", "expires_ms", "browser", "system", "seen_ms"),
)
_FIND = Query(sa.select(s.c.id, s.c.staff_id, s.c.seen_ms).where(_hash, _live), scope="directory")
_SEE = Query(s.update().where(_id).values(seen_ms=sa.bindparam("new_seen_ms")), scope="directory")
_LIST = Query(
    sa.select(s).where(_of, _live).order_by(sa.func.coalesce(s.c.seen_ms, s.c.created_ms).desc()), scope="directory"
)
_END = Query(s.update().where(_hash).values(revoked_ms=_now), scope="directory")
_END_ONE = Query(s.update().where(_of, _id, _live).values(revoked_ms=_now), scope="directory")
_END_OTHERS = Query(
    s.update().where(_of, s.c.id != sa.bindparam("kept", type_=s.c.id.type), _live).values(revoked_ms=_now),
    scope="directory",
)
_DROP_PAST = Query(s.delete().where(s.c.expires_ms < _now), scope="directory")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser that somebody is signed in with."""

    id: str
    staff_id: StaffId
    device: Device
    created_ms: int
    seen_ms: int


class SignIns:
    """Keeps sign-ins."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, staff_id: StaffId, *, lasts_ms: int, device: Device) -> str:
        """Sign a person in; returns the session token, which is not kept."""
        token, sealer, now = secrets.token_urlsafe(32), await self._sealer(), self._store.now_ms
        async with self._store.database.directory() as tx:
            await tx.run(_DROP_PAST, now_ms=now)
            await tx.run(
                _ADD,
                id=self._store.ids.new(),
                token_hash=sealer.hash("session", token),
                staff_id=staff_id,
                created_ms=now,
                expires_ms=now + lasts_ms,
                browser=device.browser,
                system=device.system,
                seen_ms=now,
            )
        return token

    async def find(self, token: str) -> tuple[str, StaffId] | None:
        """Return the sign-in that a token is, and whose; notes now and then that it was seen."""
        sealer, now = await self._sealer(), self._store.now_ms
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(_FIND, token_hash=sealer.hash("session", token), now_ms=now)
        if row is None:
            return None
        if now - (row["seen_ms"] or 0) >= SEEN_EVERY_MS:
            async with self._store.database.directory() as tx:
                await tx.run(_SEE, id=row["id"], new_seen_ms=now)
        return row["id"], StaffId(row["staff_id"])

    async def list(self, staff_id: StaffId) -> list[SignIn]:
        """Return the browsers a person is signed in with, the one last seen first."""
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(_LIST, staff_id=staff_id, now_ms=self._store.now_ms)
        return [
            SignIn(
                id=row["id"],
                staff_id=StaffId(row["staff_id"]),
                device=Device(row["browser"], row["system"]),
                created_ms=row["created_ms"],
                seen_ms=row["seen_ms"] or row["created_ms"],
            )
            for row in rows
        ]

    async def end(self, token: str) -> None:
        """Sign out."""
        sealer = await self._sealer()
        async with self._store.database.directory() as tx:
            await tx.run(_END, token_hash=sealer.hash("session", token), now_ms=self._store.now_ms)

    async def end_one(self, staff_id: StaffId, sign_in_id: str) -> None:
        """Sign a person's browser out; raises NotFound where it is not theirs or signed out already."""
        async with self._store.database.directory() as tx:
            if not await tx.run(_END_ONE, staff_id=staff_id, id=sign_in_id, now_ms=self._store.now_ms):
                raise NotFound

    async def end_others(self, staff_id: StaffId, *, kept: str) -> int:
        """Sign out every browser of a person but one; returns how many."""
        async with self._store.database.directory() as tx:
            return await tx.run(_END_OTHERS, staff_id=staff_id, kept=kept, now_ms=self._store.now_ms)

    async def csrf_token(self, session_token: str) -> str:
        """Return what a browser must send in ``X-CSRF-Token`` beside this session's cookie."""
        return (await self._sealer()).hash("csrf", session_token)

    async def _sealer(self) -> Sealer:
        return await self._store.sealer(SYSTEM_TENANT)
