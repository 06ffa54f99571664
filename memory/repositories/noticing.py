"""What is to be told to whom, taken once by whichever process looks first (ENGINE rule 44)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from core.clock import from_ms
from core.errors import NotFound
from core.ids import SYSTEM_TENANT, StaffId, TenantId
from core.noticing import News, Notice, NoticeKind, NoticeSettings, Overdue, PushDevice, PushKeys
from core.nouns import Role, owning_staff
from core.policy import Policy
from memory.crypto import Sealer
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.base import Store, show_listed
from memory.tables import (
    conversations,
    events,
    handoffs,
    members,
    messages,
    notice_cursors,
    notice_settings,
    push_devices,
    push_keys,
    sign_ins,
    staff,
    tenants,
)

AT_ONCE = 500
"""Events that one look reads of a business; what is more waits for the next."""

d, s, e, n = push_devices, sign_ins, events, notice_settings
_now = sa.bindparam("now_ms", type_=sa.BigInteger)
_tenant = sa.bindparam("tenant_id", type_=d.c.tenant_id.type)
_signed_in = sa.and_(bool_eq(s.c.id, d.c.sign_in_id), s.c.revoked_ms.is_(None), s.c.expires_ms > _now)
_works = sa.and_(
    bool_eq(members.c.tenant_id, d.c.tenant_id), bool_eq(members.c.staff_id, d.c.staff_id), members.c.ended_ms.is_(None)
)
_WISH: Sequence[sa.ColumnElement[Any]] = (n.c.mail_after_minutes, n.c.quiet_from, n.c.quiet_to, n.c.timezone)
_CURSORS = Query(
    sa.select(notice_cursors).where(
        sa.exists().where(bool_eq(d.c.tenant_id, notice_cursors.c.tenant_id), _signed_in, _works)
    ),
    scope="directory",
)
_DEVICES = Query(
    sa.select(d.c.id, d.c.staff_id, d.c.subscription, members.c.role, staff.c.locale, *_WISH)
    .join(s, _signed_in)
    .join(members, _works)
    .join(staff, bool_eq(staff.c.id, d.c.staff_id))
    .outerjoin(n, sa.and_(bool_eq(n.c.tenant_id, d.c.tenant_id), bool_eq(n.c.staff_id, d.c.staff_id)))
    .where(bool_eq(d.c.tenant_id, _tenant)),
    scope="directory",
)
_TAKE = Query(
    notice_cursors.update()
    .where(
        bool_eq(notice_cursors.c.tenant_id, _tenant),
        bool_eq(notice_cursors.c.event_no, sa.bindparam("seen", type_=sa.BigInteger)),
    )
    .values(event_no=sa.bindparam("new_event_no")),
    scope="directory",
)
_DROP = Query(d.delete().where(bool_eq(d.c.id, sa.bindparam("id", type_=d.c.id.type))), scope="directory")
_HAPPENED = Query(
    sa.select(
        e.c.no,
        e.c.kind,
        e.c.conversation_id,
        e.c.entity_id,
        e.c.actor,
        messages.c.author,
        handoffs.c.state,
        conversations.c.owner,
    )
    .outerjoin(messages, sa.and_(bool_eq(messages.c.tenant_id, e.c.tenant_id), bool_eq(messages.c.id, e.c.entity_id)))
    .outerjoin(handoffs, sa.and_(bool_eq(handoffs.c.tenant_id, e.c.tenant_id), bool_eq(handoffs.c.id, e.c.entity_id)))
    .outerjoin(
        conversations,
        sa.and_(bool_eq(conversations.c.tenant_id, e.c.tenant_id), bool_eq(conversations.c.id, e.c.conversation_id)),
    )
    .where(mine(e), e.c.no > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(e.c.no)
    .limit(AT_ONCE)
)
_BUSINESS = Query(sa.select(tenants.c.name, tenants.c.locale, tenants.c.policy).where(mine(tenants)))
_WISHES = Query(
    sa.select(n, staff.c.email, staff.c.locale)
    .join(staff, bool_eq(staff.c.id, n.c.staff_id))
    .join(
        members,
        sa.and_(
            bool_eq(members.c.tenant_id, n.c.tenant_id),
            bool_eq(members.c.staff_id, n.c.staff_id),
            members.c.ended_ms.is_(None),
        ),
    )
    .where(n.c.mail_after_minutes.is_not(None)),
    scope="directory",
)
_WAITING = Query(
    sa.select(handoffs.c.created_ms)
    .where(mine(handoffs), bool_eq(handoffs.c.state, "waiting"))
    .order_by(handoffs.c.created_ms)
)
_MAILED = Query(
    n.update()
    .where(
        bool_eq(n.c.tenant_id, _tenant),
        bool_eq(n.c.staff_id, sa.bindparam("staff_id", type_=n.c.staff_id.type)),
        bool_eq(n.c.mailed_ms, sa.bindparam("seen", type_=sa.BigInteger)),
    )
    .values(mailed_ms=sa.bindparam("new_mailed_ms")),
    scope="directory",
)
_KEY = Query(sa.select(push_keys.c.private), scope="directory")
_ADD_KEY = Query(insert_into(push_keys).on_conflict_do_nothing(), scope="directory")


class Noticing:
    """Implements ``core.noticing.NoticeStore``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take_news(self) -> Sequence[News]:
        """Take what happened where somebody wants to hear of it."""
        async with self._store.database.directory(write=False) as tx:
            cursors = await tx.all(_CURSORS, now_ms=self._store.now_ms)
        found = [await self._take(TenantId(row["tenant_id"]), row["event_no"]) for row in cursors]
        return [news for news in found if news is not None]

    async def _take(self, tenant_id: TenantId, seen: int) -> News | None:
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_HAPPENED, after=seen)
            business = await tx.first(_BUSINESS)
        if not rows or business is None:
            return None
        async with self._store.database.directory() as tx:
            taken = await tx.run(_TAKE, tenant_id=tenant_id, seen=seen, new_event_no=rows[-1]["no"])
        escalates_to = Policy.model_validate_json(business["policy"]).assignment.escalate_to
        late = Notice(NoticeKind.LATE, "", role=Role.ADMIN if escalates_to == "admins" else None)
        notices = [notice for row in rows if (notice := read_notice(row, late)) is not None]
        if not taken or not notices:
            return None
        devices = await self._devices(tenant_id)
        return News(tenant_id, business["name"], business["locale"], notices, devices)

    async def _devices(self, tenant_id: TenantId) -> list[PushDevice]:
        sealer = await self._store.sealer(SYSTEM_TENANT)
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(_DEVICES, tenant_id=tenant_id, now_ms=self._store.now_ms)
        shown = [show_listed(lambda row: _device(row, sealer), row, "subscription") for row in rows]
        return [device for device in shown if device is not None]

    async def take_overdue(self) -> Sequence[Overdue]:
        """Take the letters that are due; who wants quiet gets theirs afterwards, if somebody waits still."""
        async with self._store.database.directory(write=False) as tx:
            wishes = await tx.all(_WISHES)
        found: list[Overdue] = []
        for tenant_id in {row["tenant_id"] for row in wishes}:
            async with self._store.read(TenantId(tenant_id)) as tx:
                waiting = [row["created_ms"] for row in await tx.all(_WAITING)]
                business = await tx.first(_BUSINESS)
            for wish in wishes if waiting and business else ():
                if wish["tenant_id"] == tenant_id and (due := await self._overdue(wish, waiting, business)):
                    found.append(due)
        return found

    async def _overdue(self, wish: Any, waiting: Sequence[int], business: Any) -> Overdue | None:
        now = self._store.now_ms
        late = [at for at in waiting if at > wish["mailed_ms"] and at <= now - wish["mail_after_minutes"] * 60_000]
        if not late or read_settings(wish).is_quiet(from_ms(now)):
            return None
        who = {"tenant_id": wish["tenant_id"], "staff_id": wish["staff_id"]}
        async with self._store.database.directory() as tx:
            if not await tx.run(_MAILED, seen=wish["mailed_ms"], new_mailed_ms=late[-1], **who):
                return None
        sealer = await self._store.sealer(SYSTEM_TENANT)
        email = sealer.open_text("staff.email", wish["staff_id"], bytes(wish["email"])) or ""
        locale = wish["locale"] or business["locale"]
        return Overdue(business["name"], email, locale, count=len(late), minutes=(now - late[0]) // 60_000)

    async def drop_device(self, device_id: str) -> None:
        """Forget a browser that its push service knows no more."""
        async with self._store.database.directory() as tx:
            await tx.run(_DROP, id=device_id)

    async def push_key(self) -> bytes:
        """Return the private key that this installation's pushes are signed with, made once."""
        sealer = await self._store.sealer(SYSTEM_TENANT)
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(_KEY)
        if row is None:
            fresh = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
            async with self._store.database.directory() as tx:
                sealed = sealer.seal("push_keys.private", "1", fresh)
                await tx.run(_ADD_KEY, id=1, private=sealed, created_ms=self._store.now_ms)
                row = await tx.first(_KEY)
        if row is None:
            raise NotFound
        return sealer.open("push_keys.private", "1", bytes(row["private"]))


def read_notice(row: Any, late: Notice) -> Notice | None:
    """Return what somebody is told of an event, by how things stand now; None where it concerns nobody.

    ``late`` says who is told of handoffs that nobody takes.
    """
    talk, holder = row["conversation_id"], owning_staff(row["owner"] or "")
    match row["kind"]:
        case "handoff.requested" if row["state"] == "waiting":
            return Notice(NoticeKind.WAITING, talk)
        case "handoff.escalated" if row["state"] == "waiting":
            return replace(late, conversation_id=talk)
        case "message.created" if row["author"] == "contact" and holder:
            return Notice(NoticeKind.REPLY, talk, StaffId(holder))
        case "conversation.owner_changed" if holder and row["actor"] != row["owner"]:
            return Notice(NoticeKind.ASSIGNED, talk, StaffId(holder))
        case "note.mentioned":
            return Notice(NoticeKind.MENTIONED, talk, StaffId(row["entity_id"]))
        case _:
            return None


def read_settings(row: Any) -> NoticeSettings:
    """Return how a person wants to be told; a row without settings is one of somebody who said nothing."""
    start, end = row["quiet_from"], row["quiet_to"]
    quiet = (time.fromisoformat(start), time.fromisoformat(end)) if start and end else None
    return NoticeSettings(row["mail_after_minutes"], quiet, row["timezone"] or "UTC")


def _device(row: Any, sealer: Sealer) -> PushDevice | None:
    if row["subscription"] is None:
        return None
    kept = sealer.open_json("push_devices.subscription", row["id"], bytes(row["subscription"]))
    keys = PushKeys(kept["endpoint"], bytes.fromhex(kept["p256dh"]), bytes.fromhex(kept["auth"]))
    return PushDevice(row["id"], StaffId(row["staff_id"]), Role(row["role"]), row["locale"], keys, read_settings(row))
