"""Tickets: what a mailed link carries. Each opens once, in its time, for the address that it was mailed to.

Only the token's keyed hash is kept. It is compared by the store's index: what its timing tells of a hash tells nothing
of a token, without the key.
"""

import secrets
from typing import Any

import sqlalchemy as sa

from core.entering import Guest, Ticket, TicketKind
from core.errors import NotFound
from core.ids import SYSTEM_TENANT, StaffId, TenantId
from core.nouns import Role
from memory.crypto import Sealer
from memory.database import Tx
from memory.directory import folded_email
from memory.directory_queries import ADD_MEMBER, ADD_STAFF, REVOKE_SIGN_INS, SET_PASSWORD, STAFF_BY_EMAIL
from memory.query import Query, bool_eq, insert_into
from memory.repositories.auditing import note
from memory.repositories.base import Store
from memory.tables import tickets

INVITATION, PASSWORD = TicketKind.INVITATION, TicketKind.PASSWORD

t = tickets
_now = sa.bindparam("now_ms", type_=sa.BigInteger)
_open = sa.and_(t.c.used_ms.is_(None), t.c.expires_ms > _now)
_tenant = bool_eq(t.c.tenant_id, sa.bindparam("tenant_id", type_=t.c.tenant_id.type))
_hash = bool_eq(t.c.token_hash, sa.bindparam("token_hash"))
_kind = bool_eq(t.c.kind, sa.bindparam("the_kind", type_=sa.Text))
_email = bool_eq(t.c.email_hash, sa.bindparam("email_hash"))
_ADD = Query(
    insert_into(t),
    scope="directory",
    columns=(
        "id", "kind", "token_hash", "email_hash", "email", "tenant_id", "role", "locale", "created_by", "created_ms",
        "expires_ms",
    ),
)  # fmt: skip
_FIND = Query(sa.select(t).where(_hash, _open), scope="directory")
_USE = Query(t.update().where(_hash, _kind, _open).values(used_ms=_now).returning(*t.c), scope="directory")
_USE_PASSWORDS = Query(t.update().where(_email, _kind, _open).values(used_ms=_now), scope="directory")
_USE_INVITATIONS = Query(t.update().where(_tenant, _email, _kind, _open).values(used_ms=_now), scope="directory")
_LIST = Query(sa.select(t).where(_tenant, _kind, _open).order_by(t.c.created_ms.desc()), scope="directory")
_CANCEL = Query(
    t.update()
    .where(_tenant, _kind, bool_eq(t.c.id, sa.bindparam("id", type_=t.c.id.type)), _open)
    .values(used_ms=_now)
    .returning(*t.c),
    scope="directory",
)
_DROP_PAST = Query(t.delete().where(t.c.expires_ms < _now), scope="directory")


class Tickets:
    """Keeps tickets, and what happens as they are used: in one transaction, or not at all."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_password(self, email: str, *, locale: str, lasts_ms: int) -> str:
        """Make a ticket to set a password; returns the token. Earlier ones open too, until one is used."""
        sealer = await self._sealer()
        async with self._store.database.directory() as tx:
            _, token = await self._add(tx, sealer, PASSWORD, email=email, locale=locale, lasts_ms=lasts_ms)
        return token

    async def add_invitation(self, tenant_id: TenantId, guest: Guest, *, lasts_ms: int, actor: str) -> tuple[str, str]:
        """Ask somebody in; an earlier invitation of that address ends. Returns its id and the token."""
        sealer, own = await self._sealer(), await self._store.sealer(tenant_id)
        digest = sealer.hash("email", folded_email(guest.email))
        async with self._store.write(tenant_id) as tx:
            await tx.run(_USE_INVITATIONS, email_hash=digest, the_kind=INVITATION, now_ms=self._store.now_ms)
            made = await self._add(
                tx,
                sealer,
                INVITATION,
                email=guest.email,
                locale=guest.locale,
                lasts_ms=lasts_ms,
                role=guest.role.value,
                created_by=actor,
                tenant_id=tenant_id,
            )
            await note(
                tx, self._store, own, actor=actor, action="member.invited", entity=made[0], role=guest.role.value
            )
        return made

    async def find(self, token: str) -> Ticket | None:
        """Return the ticket that a token is, where it still opens."""
        sealer = await self._sealer()
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(_FIND, token_hash=sealer.hash("ticket", token), now_ms=self._store.now_ms)
        return _ticket(row, sealer) if row else None

    async def list_invitations(self, tenant_id: TenantId) -> list[Ticket]:
        """Return who was asked in and has not come yet, newest first."""
        sealer = await self._sealer()
        async with self._store.read(tenant_id) as tx:
            rows = await tx.all(_LIST, the_kind=INVITATION, now_ms=self._store.now_ms)
        return [_ticket(row, sealer) for row in rows]

    async def cancel(self, tenant_id: TenantId, ticket_id: str, *, actor: str) -> Ticket:
        """End an invitation; returns it; raises NotFound."""
        sealer, own = await self._sealer(), await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            row = await tx.first(_CANCEL, id=ticket_id, the_kind=INVITATION, now_ms=self._store.now_ms)
            if row is None:
                raise NotFound
            await note(tx, self._store, own, actor=actor, action="member.invitation_ended", entity=ticket_id)
        return _ticket(row, sealer)

    async def set_password(self, token: str, password_hash: str) -> str:
        """Use a ticket to set a password and sign its person out everywhere; returns their address; raises NotFound."""
        sealer, now = await self._sealer(), self._store.now_ms
        async with self._store.database.directory() as tx:
            row = await self._use(tx, sealer, token, PASSWORD)
            person = await tx.first(STAFF_BY_EMAIL, email_hash=row["email_hash"])
            if person is None:
                raise NotFound
            await tx.run(SET_PASSWORD, id=person["id"], new_hash=password_hash)
            await tx.run(REVOKE_SIGN_INS, staff_id=person["id"], now_ms=now)
            await tx.run(_USE_PASSWORDS, email_hash=row["email_hash"], the_kind=PASSWORD, now_ms=now)
        return _ticket(row, sealer).email

    async def accept(self, token: str, *, name: str | None, password_hash: str | None) -> Ticket:
        """Use an invitation: its address becomes a member. Who has a password keeps it; raises NotFound."""
        sealer, now = await self._sealer(), self._store.now_ms
        ticket = await self.find(token)
        if ticket is None or ticket.tenant_id is None:
            raise NotFound
        own = await self._store.sealer(ticket.tenant_id)
        async with self._store.write(ticket.tenant_id) as tx:
            row = await self._use(tx, sealer, token, INVITATION)
            staff_id = await self._person(tx, sealer, row, name=name, password_hash=password_hash)
            await tx.run(ADD_MEMBER, staff_id=staff_id, role=row["role"], created_ms=now)
            await note(
                tx, self._store, own, actor=f"staff:{staff_id}", action="member.joined", entity=staff_id,
                role=row["role"],
            )  # fmt: skip
        return ticket

    async def _person(
        self, tx: Tx, sealer: Sealer, row: Any, *, name: str | None, password_hash: str | None
    ) -> StaffId:
        known = await tx.first(STAFF_BY_EMAIL, email_hash=row["email_hash"])
        if known is None:
            staff_id = self._store.ids.new()
            await tx.run(
                ADD_STAFF,
                id=staff_id,
                email_hash=row["email_hash"],
                email=sealer.seal_text("staff.email", staff_id, _ticket(row, sealer).email),
                name=sealer.seal_text("staff.name", staff_id, name),
                password_hash=password_hash,
                locale=row["locale"],
                created_ms=self._store.now_ms,
            )
            return StaffId(staff_id)
        if known["password_hash"] is None and password_hash is not None:
            await tx.run(SET_PASSWORD, id=known["id"], new_hash=password_hash)
        return StaffId(known["id"])

    async def _use(self, tx: Tx, sealer: Sealer, token: str, kind: TicketKind) -> Any:
        row = await tx.first(_USE, token_hash=sealer.hash("ticket", token), the_kind=kind, now_ms=self._store.now_ms)
        if row is None:
            raise NotFound("This link was used already, or its time is over.")
        return row

    async def _add(
        self, tx: Tx, sealer: Sealer, kind: TicketKind, *, email: str, locale: str, lasts_ms: int, **more: Any
    ) -> tuple[str, str]:
        ticket_id, token, now = self._store.ids.new(), secrets.token_urlsafe(32), self._store.now_ms
        await tx.run(_DROP_PAST, now_ms=now)
        await tx.run(
            _ADD,
            id=ticket_id,
            kind=kind,
            token_hash=sealer.hash("ticket", token),
            email_hash=sealer.hash("email", folded_email(email)),
            email=sealer.seal_text("tickets.email", ticket_id, email.strip()),
            locale=locale,
            created_ms=now,
            expires_ms=now + lasts_ms,
            **{"tenant_id": None, "role": None, "created_by": None, **more},
        )
        return ticket_id, token

    async def _sealer(self) -> Sealer:
        return await self._store.sealer(SYSTEM_TENANT)


def _ticket(row: Any, sealer: Sealer) -> Ticket:
    return Ticket(
        id=row["id"],
        kind=TicketKind(row["kind"]),
        email=sealer.open_text("tickets.email", row["id"], bytes(row["email"])) or "",
        locale=row["locale"],
        created_ms=row["created_ms"],
        expires_ms=row["expires_ms"],
        tenant_id=TenantId(row["tenant_id"]) if row["tenant_id"] else None,
        role=Role(row["role"]) if row["role"] else None,
    )
