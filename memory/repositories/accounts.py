"""Connected accounts, and the routes by which their webhooks are recognised (ENGINE rule 30)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core.channel_types import ChannelType
from core.clock import from_ms
from core.errors import Conflict, NotFound
from core.ids import ChannelAccountId, FlowId, TenantId
from core.nouns import AccountStatus, ChannelAccount
from core.secret import Secret
from core.views import Named
from core.views_setup import ChannelView
from memory import directory_queries as q
from memory.crypto import Sealer
from memory.database import Tx
from memory.numbering import Noted, number_events
from memory.query import Query, bool_eq, insert_into, mine
from memory.repositories.auditing import note
from memory.repositories.base import Store, from_text, to_text
from memory.tables import channel_accounts, flows
from memory.writing import wake_senders_of

_this = bool_eq(channel_accounts.c.id, sa.bindparam("account_id"))
_GET = Query(sa.select(channel_accounts).where(mine(channel_accounts), _this))
_SAME = Query(
    sa.select(channel_accounts.c.id).where(
        mine(channel_accounts),
        bool_eq(channel_accounts.c.channel, sa.bindparam("channel")),
        bool_eq(channel_accounts.c.provider_id, sa.bindparam("provider_id")),
    )
)
_LIST = Query(
    sa.select(channel_accounts, flows.c.name.label("flow_name"))
    .outerjoin(
        flows,
        sa.and_(
            bool_eq(flows.c.tenant_id, channel_accounts.c.tenant_id), bool_eq(flows.c.id, channel_accounts.c.flow_id)
        ),
    )
    .where(mine(channel_accounts))
    .order_by(channel_accounts.c.created_ms, channel_accounts.c.id)
)
_ADD = Query(
    insert_into(channel_accounts),
    columns=("tenant_id", "id", "channel", "provider_id", "name", "status", "settings", "token", "created_ms"),
)
_RECONNECT = Query(
    channel_accounts.update()
    .where(mine(channel_accounts), _this)
    .values(
        name=sa.bindparam("new_name"),
        status=AccountStatus.ACTIVE.value,
        reason=sa.null(),
        settings=sa.bindparam("new_settings"),
        token=sa.bindparam("new_token"),
        version=channel_accounts.c.version + 1,
    )
)
_SET_STATUS = Query(
    channel_accounts.update()
    .where(mine(channel_accounts), _this)
    .values(
        status=sa.bindparam("new_status"), reason=sa.bindparam("new_reason"), version=channel_accounts.c.version + 1
    )
)
_USE_FLOW = Query(
    channel_accounts.update()
    .where(mine(channel_accounts), _this)
    .values(flow_id=sa.bindparam("new_flow"), version=channel_accounts.c.version + 1)
)
_RENAME = Query(
    channel_accounts.update()
    .where(mine(channel_accounts), _this)
    .values(name=sa.bindparam("new_name"), version=channel_accounts.c.version + 1)
)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What connecting an account takes; ``groups`` are ids shared by several accounts (a WhatsApp business account)."""

    channel: ChannelType
    provider_id: str
    name: str
    token: Secret | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    groups: Sequence[str] = ()
    spare_aliases: Sequence[str] = ()
    """Ids that lead here unless another account already answers to them: a Page's Messenger, for its Instagram."""


class Accounts:
    """Keeps connected accounts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def connect(self, tenant_id: TenantId, new: NewAccount, *, actor: str) -> ChannelAccountId:
        """Connect an account, or connect it again: what was held is looked at now.

        Raises Conflict where another tenant holds it.
        """
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            known = await tx.first(_SAME, channel=new.channel.value, provider_id=new.provider_id)
            account_id = str(known["id"]) if known else self._store.ids.new()
            if known:
                await tx.run(q.DROP_ROUTES, account_id=account_id)
            await self._write_account(tx, sealer, account_id, new=new, known=known is not None)
            await _write_routes(tx, account_id, new)
            if known:
                await wake_senders_of(tx, tenant_id, account_id, now_ms=self._store.now_ms)
            await self._noted(tx, sealer, account_id, actor=actor, action="channel.connected")
        return ChannelAccountId(account_id)

    async def _write_account(self, tx: Tx, sealer: Sealer, account_id: str, *, new: NewAccount, known: bool) -> None:
        token = sealer.seal_text(
            "channel_accounts.token", account_id, new.token.reveal() if new.token is not None else None
        )
        settings = to_text(dict(new.settings))
        if known:
            await tx.run(_RECONNECT, account_id=account_id, new_name=new.name, new_settings=settings, new_token=token)
            return
        await tx.run(
            _ADD,
            id=account_id,
            channel=new.channel.value,
            provider_id=new.provider_id,
            name=new.name,
            status=AccountStatus.ACTIVE.value,
            settings=settings,
            token=token,
            created_ms=self._store.now_ms,
        )

    async def list(self, tenant_id: TenantId) -> list[ChannelView]:
        """Return the tenant's accounts, oldest first."""
        async with self._store.read(tenant_id) as tx:
            return [_view(row) for row in await tx.all(_LIST)]

    async def get(self, tenant_id: TenantId, account_id: str) -> ChannelAccount:
        """Return an account with its token; raises NotFound."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.read(tenant_id) as tx:
            row = await tx.first(_GET, account_id=account_id)
        if row is None:
            raise NotFound
        token = sealer.open_text("channel_accounts.token", account_id, row["token"])
        return ChannelAccount(
            id=ChannelAccountId(account_id),
            tenant_id=tenant_id,
            channel=ChannelType(row["channel"]),
            provider_id=row["provider_id"],
            name=row["name"],
            status=AccountStatus(row["status"]),
            flow_id=FlowId(row["flow_id"]) if row["flow_id"] else None,
            settings=from_text(row["settings"]) or {},
            token=Secret(token) if token is not None else None,
            reason=row["reason"],
        )

    async def disconnect(self, tenant_id: TenantId, account_id: str, *, actor: str) -> int:
        """End an account: its webhooks are no longer ours, nothing more is sent from it. Returns the event number."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            status = AccountStatus.DISCONNECTED.value
            if not await tx.run(_SET_STATUS, account_id=account_id, new_status=status, new_reason=None):
                raise NotFound
            await tx.run(q.DROP_ROUTES, account_id=account_id)
            return await self._noted(tx, sealer, account_id, actor=actor, action="channel.disconnected")

    async def set_status(
        self, tenant_id: TenantId, account_id: str, status: AccountStatus, *, reason: str | None, actor: str
    ) -> int:
        """Note how the provider says that the account stands; where it works, what was held is looked at again."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            if not await tx.run(_SET_STATUS, account_id=account_id, new_status=status.value, new_reason=reason):
                raise NotFound
            if status is AccountStatus.ACTIVE:
                await wake_senders_of(tx, tenant_id, account_id, now_ms=self._store.now_ms)
            return await self._noted(tx, sealer, account_id, actor=actor, action="channel.checked")

    async def use_flow(self, tenant_id: TenantId, account_id: str, flow_id: str | None, *, actor: str) -> int:
        """Say which flow answers here; None: the tenant's default."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            if not await tx.run(_USE_FLOW, account_id=account_id, new_flow=flow_id):
                raise NotFound
            return await self._noted(tx, sealer, account_id, actor=actor, action="channel.flow_chosen")

    async def rename(self, tenant_id: TenantId, account_id: str, name: str, *, actor: str) -> int:
        """Give an account another name."""
        sealer = await self._store.sealer(tenant_id)
        async with self._store.write(tenant_id) as tx:
            if not await tx.run(_RENAME, account_id=account_id, new_name=name):
                raise NotFound
            return await self._noted(tx, sealer, account_id, actor=actor, action="channel.renamed")

    async def _noted(self, tx: Tx, sealer: Sealer, account_id: str, *, actor: str, action: str) -> int:
        await note(tx, self._store, sealer, actor=actor, action=action, entity=account_id)
        return await number_events(tx, [Noted(action, None, account_id)], actor=actor, now_ms=self._store.now_ms)


async def _write_routes(tx: Tx, account_id: str, new: NewAccount) -> None:
    await tx.run(q.DROP_ALIAS, provider_key=new.provider_id)
    routes = {key: "group" for key in new.groups} | {key: "alias" for key in new.aliases}
    for key, role in (routes | {new.provider_id: "primary"}).items():
        added = await tx.run(
            q.ADD_ROUTE, account_id=account_id, provider_key=key, channel=new.channel.value, role=role, active=1
        )
        if not added:
            raise Conflict("this account is already connected, here or to another tenant", reason="account_in_use")
    for key in new.spare_aliases:
        await tx.run(
            q.ADD_ROUTE, account_id=account_id, provider_key=key, channel=new.channel.value, role="alias", active=1
        )


def _view(row: Any) -> ChannelView:
    return ChannelView(
        id=row["id"],
        channel=row["channel"],
        name=row["name"],
        provider_id=row["provider_id"],
        status=row["status"],
        reason=row["reason"],
        flow=Named(id=row["flow_id"], name=row["flow_name"]) if row["flow_id"] else None,
        created_at=from_ms(row["created_ms"]),
    )
