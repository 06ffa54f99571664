"""A website visitor's conversation, found by the visitor's id alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.ids import TenantId
from core.inbound import INBOUND, MessageReceived
from memory.query import Query, bool_eq, mine
from memory.repositories.base import Store, from_text
from memory.tables import channel_accounts, identity_keys, inbound, tenants

_CONVERSATION = Query(
    sa.select(identity_keys.c.conversation_id).where(
        mine(identity_keys),
        bool_eq(identity_keys.c.account_id, sa.bindparam("account_id")),
        bool_eq(identity_keys.c.kind, sa.bindparam("kind")),
        bool_eq(identity_keys.c.key_hash, sa.bindparam("key_hash")),
    )
)
_SITE = Query(
    sa.select(channel_accounts.c.name, channel_accounts.c.status, channel_accounts.c.settings, tenants.c.locale)
    .add_columns(tenants.c.name.label("tenant_name"))
    .join(tenants, bool_eq(tenants.c.tenant_id, channel_accounts.c.tenant_id))
    .where(mine(channel_accounts), bool_eq(channel_accounts.c.id, sa.bindparam("account_id")))
)
_BODY = Query(sa.select(inbound.c.body).where(mine(inbound), bool_eq(inbound.c.id, sa.bindparam("inbound_id"))))
KIND = "visitor"


@dataclass(frozen=True, slots=True)
class Site:
    """A website's widget as its owner set it up."""

    name: str
    locale: str
    active: bool
    origins: tuple[str, ...]
    theme: Mapping[str, Any]


class Visitors:
    """Reads what the widget needs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def site(self, tenant_id: TenantId, account_id: str) -> Site:
        """Return a widget's settings; raises NotFound."""
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_SITE, account_id=account_id)
        if row is None:
            raise NotFound
        settings = from_text(row["settings"]) or {}
        return Site(
            name=row["tenant_name"],
            locale=row["locale"],
            active=row["status"] == "active",
            origins=tuple(settings.get("origins") or ()),
            theme=settings.get("theme") or {},
        )

    async def conversation_of(self, tenant_id: TenantId, account_id: str, visitor: str) -> tuple[str, bool]:
        """Return the id that the visitor's conversation has or will have, and whether anything came from them yet."""
        sealer = await self._store.sealer(tenant_id)
        digest = sealer.hash(f"identity.{KIND}", visitor)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_CONVERSATION, account_id=account_id, kind=KIND, key_hash=digest)
        if row is not None:
            return str(row["conversation_id"]), True
        return sealer.derive_id("conversation", f"{account_id}|{KIND}|{digest}"), False

    async def message_id(self, tenant_id: TenantId, inbound_id: str) -> str:
        """Return the id that the message of an inbound event has or will have."""
        return (await self._store.sealer(tenant_id)).derive_id("message", inbound_id)

    async def same_as_stored(self, tenant_id: TenantId, inbound_id: str, event: MessageReceived) -> bool:
        """Tell whether a repeated message says what the first one said; True where the first is no longer kept."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_BODY, inbound_id=inbound_id)
        if row is None or row["body"] is None:
            return True
        first = INBOUND.validate_json(sealer.open("inbound.body", inbound_id, row["body"]))
        return isinstance(first, MessageReceived) and (first.parts, first.tap) == (event.parts, event.tap)

    async def sign(self, tenant_id: TenantId, text: str) -> str:
        """Return the keyed hash that makes a visitor's session token ours."""
        return (await self._store.sealer(tenant_id)).hash("visitor_session", text)
