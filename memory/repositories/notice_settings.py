"""How each person wants to be told that somebody waits, and on which of their browsers."""

import sqlalchemy as sa

from core.ids import SYSTEM_TENANT, StaffId, TenantId
from core.noticing import NoticeSettings, PushKeys
from memory.query import Query, bool_eq, insert_into
from memory.repositories.base import Store
from memory.repositories.events import read_number
from memory.repositories.noticing import read_settings
from memory.tables import notice_cursors, notice_settings, push_devices

n, d = notice_settings, push_devices
_of = sa.and_(
    bool_eq(n.c.tenant_id, sa.bindparam("tenant_id", type_=n.c.tenant_id.type)),
    bool_eq(n.c.staff_id, sa.bindparam("staff_id", type_=n.c.staff_id.type)),
)
_GET = Query(sa.select(n).where(_of), scope="directory")
_CHOSEN = ("mail_after_minutes", "quiet_from", "quiet_to", "timezone", "mailed_ms")
_ADD = insert_into(n)
_PUT = Query(
    _ADD.on_conflict_do_update(
        index_elements=["tenant_id", "staff_id"],
        set_={name: _ADD.excluded[name] for name in _CHOSEN},
    ),
    scope="directory",
)
_here = sa.and_(
    bool_eq(d.c.tenant_id, sa.bindparam("tenant_id", type_=d.c.tenant_id.type)),
    bool_eq(d.c.sign_in_id, sa.bindparam("sign_in_id", type_=d.c.sign_in_id.type)),
)
_IS_ON = Query(sa.select(d.c.id).where(_here), scope="directory")
_OFF = Query(d.delete().where(_here), scope="directory")
_TAKEN_OVER = Query(
    d.delete().where(
        bool_eq(d.c.endpoint_hash, sa.bindparam("endpoint_hash")),
        sa.or_(
            d.c.staff_id != sa.bindparam("staff_id", type_=d.c.staff_id.type),
            bool_eq(d.c.tenant_id, sa.bindparam("tenant_id", type_=d.c.tenant_id.type)),
        ),
    ),
    scope="directory",
)
_ON = Query(insert_into(d), scope="directory")
_FOLLOW = Query(insert_into(notice_cursors).on_conflict_do_nothing(), scope="directory")


class NoticeChoices:
    """Keeps what people chose."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, tenant_id: TenantId, staff_id: StaffId) -> NoticeSettings:
        """Return a person's settings; who said nothing gets no mail and is never quiet."""
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(_GET, tenant_id=tenant_id, staff_id=staff_id)
        return read_settings(row) if row is not None else NoticeSettings()

    async def put(self, tenant_id: TenantId, staff_id: StaffId, chosen: NoticeSettings) -> None:
        """Replace a person's settings; letters begin with who asks for a person from now on."""
        start, end = chosen.quiet or (None, None)
        async with self._store.database.directory() as tx:
            await tx.run(
                _PUT,
                tenant_id=tenant_id,
                staff_id=staff_id,
                mail_after_minutes=chosen.mail_after_minutes,
                quiet_from=f"{start:%H:%M}" if start else None,
                quiet_to=f"{end:%H:%M}" if end else None,
                timezone=chosen.timezone,
                mailed_ms=self._store.now_ms,
            )

    async def is_on(self, tenant_id: TenantId, sign_in_id: str) -> bool:
        """Tell whether a browser is told."""
        async with self._store.database.directory(write=False) as tx:
            return await tx.first(_IS_ON, tenant_id=tenant_id, sign_in_id=sign_in_id) is not None

    async def switch_on(self, tenant_id: TenantId, staff_id: StaffId, *, sign_in_id: str, keys: PushKeys) -> None:
        """Tell a browser from now on; whoever was told there before is not told there any more."""
        sealer, device_id = await self._store.sealer(SYSTEM_TENANT), self._store.ids.new()
        digest = sealer.hash("push", keys.endpoint)
        kept = {"endpoint": keys.endpoint, "p256dh": keys.p256dh.hex(), "auth": keys.auth.hex()}
        async with self._store.read(tenant_id) as tx:
            newest = await read_number(tx)
        async with self._store.database.directory() as tx:
            await tx.run(_TAKEN_OVER, endpoint_hash=digest, staff_id=staff_id, tenant_id=tenant_id)
            await tx.run(_OFF, tenant_id=tenant_id, sign_in_id=sign_in_id)
            await tx.run(
                _ON,
                id=device_id,
                tenant_id=tenant_id,
                staff_id=staff_id,
                sign_in_id=sign_in_id,
                endpoint_hash=digest,
                subscription=sealer.seal_json("push_devices.subscription", device_id, kept),
                created_ms=self._store.now_ms,
            )
            await tx.run(_FOLLOW, tenant_id=tenant_id, event_no=newest)

    async def switch_off(self, tenant_id: TenantId, sign_in_id: str) -> None:
        """Tell a browser no more."""
        async with self._store.database.directory() as tx:
            await tx.run(_OFF, tenant_id=tenant_id, sign_in_id=sign_in_id)
