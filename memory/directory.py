"""Every read and write that happens before a tenant is known, each by name (ENGINE rule 32).

Sign-ins and mailed tickets have repositories of their own (``SignIns``, ``Tickets``), under the same rules.

The tables behind it hold no content of customers. Tokens and e-mail addresses are found by their hash under the index
key of ``SYSTEM_TENANT``; addresses and names of staff are sealed under its data key.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Conflict, NotFound
from core.ids import SYSTEM_TENANT, StaffId, TenantId
from core.nouns import Role
from memory import directory_queries as q
from memory.crypto import Sealer
from memory.database import Tx
from memory.repositories.base import Store

KEY_PREFIX = "fd_"


@dataclass(frozen=True, slots=True)
class Route:
    """Which account a provider's id leads to; ``role`` is primary, alias or group."""

    tenant_id: TenantId
    account_id: str
    channel: str
    provider_key: str
    role: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key without its secret."""

    id: str
    tenant_id: TenantId
    name: str
    role: Role
    created_ms: int = 0


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who signs in; ``password_hash`` None until they have set one."""

    id: StaffId
    email: str
    name: str | None
    password_hash: str | None = None
    role: Role | None = None
    locale: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's role in one tenant."""

    tenant_id: TenantId
    role: Role


class Directory:
    """What is looked up without a tenant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- accounts ---------------------------------------------------------------------------------------------------

    async def find_routes(self, keys: Sequence[str]) -> list[Route]:
        """Return the active routes of any of these provider ids."""
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(q.ROUTES, keys=list(keys))
        return [Route(r["tenant_id"], r["account_id"], r["channel"], r["provider_key"], r["role"]) for r in rows]

    async def find_widget(self, widget_id: str) -> Route | None:
        """Return the account of a widget's public id."""
        found = await self.find_routes([widget_id])
        return next((route for route in found if route.role == "primary"), None)

    # --- API keys ---------------------------------------------------------------------------------------------------

    async def add_api_key(self, tenant_id: TenantId, name: str, role: Role) -> tuple[str, str]:
        """Make a key; returns its id and the token, which is not kept."""
        token, key_id = KEY_PREFIX + secrets.token_urlsafe(32), self._store.ids.new()
        sealer = await self._sealer()
        async with self._store.database.directory() as tx:
            await tx.run(
                q.ADD_API_KEY,
                id=key_id,
                tenant_id=tenant_id,
                name=name,
                role=role.value,
                token_hash=sealer.hash("api_key", token),
                created_ms=self._store.now_ms,
            )
        return key_id, token

    async def find_api_key(self, token: str) -> ApiKey | None:
        """Return the key that this token is."""
        if not token.startswith(KEY_PREFIX):
            return None
        sealer = await self._sealer()
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(q.API_KEY, token_hash=sealer.hash("api_key", token))
        return ApiKey(row["id"], row["tenant_id"], row["name"], Role(row["role"])) if row else None

    async def list_api_keys(self, tenant_id: TenantId) -> list[ApiKey]:
        """Return a tenant's keys that work."""
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(q.API_KEYS, tenant_id=tenant_id)
        return [ApiKey(r["id"], tenant_id, r["name"], Role(r["role"]), r["created_ms"]) for r in rows]

    async def revoke_api_key(self, tenant_id: TenantId, key_id: str) -> None:
        """End a key; raises NotFound."""
        async with self._store.database.directory() as tx:
            changed = await tx.run(q.REVOKE_API_KEY, tenant_id=tenant_id, id=key_id, now_ms=self._store.now_ms)
        if not changed:
            raise NotFound

    # --- people -----------------------------------------------------------------------------------------------------

    async def find_staff_by_email(self, email: str) -> StaffMember | None:
        """Return whoever signs in with this address."""
        sealer = await self._sealer()
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(q.STAFF_BY_EMAIL, email_hash=sealer.hash("email", folded_email(email)))
        return _staff(row, sealer) if row else None

    async def get_staff(self, staff_id: str) -> StaffMember:
        """Return a person; raises NotFound."""
        sealer = await self._sealer()
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(q.STAFF_BY_ID, id=staff_id)
        if row is None:
            raise NotFound
        return _staff(row, sealer)

    async def add_staff(self, email: str, *, name: str | None, password_hash: str | None) -> StaffId:
        """Add a person; raises Conflict where the address is known."""
        sealer, staff_id = await self._sealer(), self._store.ids.new()
        async with self._store.database.directory() as tx:
            added = await tx.run(
                q.ADD_STAFF,
                id=staff_id,
                email_hash=sealer.hash("email", folded_email(email)),
                email=sealer.seal_text("staff.email", staff_id, email.strip()),
                name=sealer.seal_text("staff.name", staff_id, name),
                password_hash=password_hash,
                locale=None,
                created_ms=self._store.now_ms,
            )
        if not added:
            raise Conflict("this e-mail address is in use", reason="email_in_use")
        return StaffId(staff_id)

    async def set_password(self, staff_id: StaffId, password_hash: str, *, sign_out: bool = True) -> None:
        """Replace a password; ends every sign-in of that person unless it is the same password, hashed anew."""
        async with self._store.database.directory() as tx:
            await tx.run(q.SET_PASSWORD, id=staff_id, new_hash=password_hash)
            if sign_out:
                await tx.run(q.REVOKE_SIGN_INS, staff_id=staff_id, now_ms=self._store.now_ms)

    async def set_profile(self, staff_id: StaffId, *, name: str, locale: str) -> None:
        """Say how a person is called, and in which language they are written to."""
        sealer = await self._sealer()
        sealed = sealer.seal_text("staff.name", staff_id, name)
        async with self._store.database.directory() as tx:
            await tx.run(q.SET_PROFILE, id=staff_id, new_name=sealed, new_locale=locale)

    async def add_member(self, tenant_id: TenantId, staff_id: StaffId, role: Role) -> None:
        """Give a person a role in a tenant, or change it."""
        async with self._store.database.directory() as tx:
            await tx.run(
                q.ADD_MEMBER, tenant_id=tenant_id, staff_id=staff_id, role=role.value, created_ms=self._store.now_ms
            )

    async def list_memberships(self, staff_id: StaffId) -> list[Membership]:
        """Return the tenants a person works for now, oldest first."""
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(q.MEMBERSHIPS, staff_id=staff_id)
        return [Membership(row["tenant_id"], Role(row["role"])) for row in rows]

    async def list_members(self, tenant_id: TenantId) -> list[StaffMember]:
        """Return the people of a tenant, also those who left."""
        sealer = await self._sealer()
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(q.MEMBERS, tenant_id=tenant_id)
        return [_staff(row, sealer, role=Role(row["role"])) for row in rows]

    async def names_of(self, tenant_id: TenantId, ids: Iterable[str | None]) -> dict[str, str]:
        """Return what these people of a tenant are called, by their ids; of None nothing is asked."""
        wanted = sorted({one for one in ids if one is not None})
        if not wanted:
            return {}
        async with self._store.database.directory(write=False) as tx:
            rows = await tx.all(q.NAMES, tenant_id=tenant_id, ids=wanted)
        if not rows:
            return {}
        sealer = await self._sealer()

        def name_of(row: Any) -> str:
            own = sealer.open_text("staff.name", row["id"], row["name"])
            return own or sealer.open_text("staff.email", row["id"], bytes(row["email"])) or ""

        return {row["id"]: name_of(row) for row in rows}

    # --- the rest ---------------------------------------------------------------------------------------------------

    async def list_tenant_ids(self) -> list[TenantId]:
        """Return every tenant, oldest first; for the command line and the doctor."""
        async with self._store.database.directory(write=False) as tx:
            return [TenantId(row["tenant_id"]) for row in await tx.all(q.TENANT_IDS)]

    async def add_data_deletion(self, code: str, state: str) -> None:
        """Note a provider's request to delete a person's data, without saying whose."""
        async with self._store.database.directory() as tx:
            await tx.run(q.ADD_DELETION, code=code, state=state, created_ms=self._store.now_ms)

    async def find_data_deletion(self, code: str) -> str | None:
        """Return how such a request stands."""
        async with self._store.database.directory(write=False) as tx:
            row = await tx.first(q.DELETION, code=code)
        return str(row["state"]) if row else None

    async def backlog(self) -> dict[str, tuple[int, int | None]]:
        """Return how many conversations wait for a turn or a sender, and since when (epoch milliseconds).

        What is to happen later (a timer, quiet hours) does not wait.
        """
        now = self._store.now_ms
        async with self._store.database.directory(write=False) as tx:
            rows = {"turns": await tx.first(q.BACKLOG, now_ms=now), "sends": await tx.first(q.UNSENT, now_ms=now)}
        return {name: (row["n"], row["oldest"]) for name, row in rows.items() if row is not None}

    async def list_unattributed(self) -> list[tuple[str, str, int]]:
        """Return accounts that events came for and nobody has connected: channel, provider id, count."""
        async with self._store.database.directory(write=False) as tx:
            return [(r["channel"], r["provider_key"], r["count"]) for r in await tx.all(q.UNATTRIBUTED)]

    async def ping(self) -> None:
        """Ask the store for nothing; raises StoreUnavailable where it does not answer."""
        async with self._store.database.directory(write=False) as tx:
            await tx.first(q.PING)

    async def _sealer(self) -> Sealer:
        return await self._store.sealer(SYSTEM_TENANT)


async def forget_tenant(tx: Tx) -> None:
    """Delete what the content-free tables hold of the transaction's tenant."""
    for query in q.FORGET_TENANT:
        await tx.run(query)


def _staff(row: Any, sealer: Sealer, *, role: Role | None = None) -> StaffMember:
    get = row.__getitem__
    staff_id = get("id")
    return StaffMember(
        StaffId(staff_id),
        sealer.open_text("staff.email", staff_id, bytes(get("email"))) or "",
        sealer.open_text("staff.name", staff_id, get("name")),
        None if role else get("password_hash"),
        role,
        None if role else get("locale"),
        get("ended_ms") is None if role else True,
    )


def folded_email(email: str) -> str:
    """Return an address as it is looked up."""
    return email.strip().casefold()
