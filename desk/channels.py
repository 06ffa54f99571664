"""Accounts: what connecting each kind takes, and how one stands at its provider."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from core.channel_types import ChannelType
from core.errors import Conflict, InvalidInput
from core.ids import TenantId
from core.nouns import AccountStatus, ChannelAccount
from core.ports import AccountAccess, AccountHealth, Channel
from core.secret import Secret
from core.views_setup import FlowDetail

NO_TOKEN = Secret("")


class AccountStore(Protocol):
    """Where accounts are kept."""

    async def get(self, tenant_id: TenantId, account_id: str) -> ChannelAccount:
        """Return an account; raises NotFound."""
        ...

    async def set_status(
        self, tenant_id: TenantId, account_id: str, status: AccountStatus, *, reason: str | None, actor: str
    ) -> int:
        """Note how it stands."""
        ...


class ChosenStore(Protocol):
    """Where it is kept which flow answers where."""

    async def use_flow(self, tenant_id: TenantId, account_id: str, flow_id: str | None, *, actor: str) -> int:
        """Say which flow answers here; None: the tenant's default."""
        ...


class DefaultStore(Protocol):
    """Where it is kept which flow answers by default."""

    async def use_by_default(self, tenant_id: TenantId, flow_id: str, *, actor: str) -> int:
        """Let a flow answer wherever no other is chosen."""
        ...


class FlowStore(Protocol):
    """Where flows are kept."""

    async def get(self, tenant_id: TenantId, flow: str) -> FlowDetail:
        """Return a flow by its id or key; raises NotFound."""
        ...


async def choose_flow(
    accounts: ChosenStore, flows: FlowStore, *, tenant_id: TenantId, account_id: str, flow: str | None, actor: str
) -> int:
    """Say which flow answers on an account, None being the tenant's default; returns the event number.

    Raises:
        NotFound: There is no such account, or no such flow.
        Conflict: Nobody would answer: the flow is not published, or is only part of others.
    """
    chosen = await _get_answering(flows, tenant_id, flow) if flow is not None else None
    return await accounts.use_flow(tenant_id, account_id, chosen, actor=actor)


async def choose_default(tenants: DefaultStore, flows: FlowStore, *, tenant_id: TenantId, flow: str, actor: str) -> int:
    """Let a flow answer wherever no other is chosen; returns the event number.

    Raises:
        NotFound: There is no such flow.
        Conflict: Nobody would answer: the flow is not published, or is only part of others.
    """
    chosen = await _get_answering(flows, tenant_id, flow)
    return await tenants.use_by_default(tenant_id, chosen, actor=actor)


async def _get_answering(flows: FlowStore, tenant_id: TenantId, flow: str) -> str:
    found = await flows.get(tenant_id, flow)
    if not found.published:
        raise Conflict("publish the flow first", reason="not_published")
    if found.kind != "main":
        raise Conflict("this flow is called by others and does not answer by itself", reason="not_main")
    return found.id


async def check_account(
    accounts: AccountStore,
    channels: Mapping[ChannelType, Channel],
    *,
    tenant_id: TenantId,
    account_id: str,
    actor: str,
) -> AccountHealth:
    """Ask the provider how an account stands, and note it.

    Only a definite refusal holds what is to be sent; a token that works again ends ``reconnect``. Where the provider
    gave no answer, nothing is noted: the door finds out by itself.
    """
    account = await accounts.get(tenant_id, account_id)
    health = await channels[account.channel].check(access_of(account))
    if account.status is AccountStatus.DISCONNECTED or health.unasked:
        return health
    status = AccountStatus.RECONNECT if health.refused else AccountStatus.ACTIVE
    if not health.refused and account.status is AccountStatus.PAUSED:
        status = AccountStatus.PAUSED
    reason = None if health.ok else health.problem
    if status is AccountStatus.PAUSED and reason is None:
        reason = account.reason
    if (status, reason) != (account.status, account.reason):
        await accounts.set_status(tenant_id, account_id, status, reason=reason, actor=actor)
    return health


async def subscribe_account(
    accounts: AccountStore, channels: Mapping[ChannelType, Channel], *, tenant_id: TenantId, account_id: str
) -> list[str]:
    """Ask the provider for an account's events; returns what went wrong and what to do. The account stays connected."""
    account = await accounts.get(tenant_id, account_id)
    health = await channels[account.channel].subscribe(access_of(account))
    return [] if health.ok else [" ".join(said for said in (health.problem, health.fix) if said)]


def access_of(account: ChannelAccount) -> AccountAccess:
    """Return what a channel needs of an account."""
    return AccountAccess(account.provider_id, account.token or NO_TOKEN, account.settings)


def read_origins(origins: Sequence[str]) -> list[str]:
    """Return origins in their one form (``https://shop.example``); raises InvalidInput."""
    return [_read_origin(origin) for origin in origins]


def _read_origin(origin: str) -> str:
    parts = urlsplit(origin.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidInput(f"{origin!r} is not an origin such as https://www.example.com")
    port = f":{parts.port}" if parts.port and parts.port != {"http": 80, "https": 443}[parts.scheme] else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def new_widget_id() -> str:
    """Return the public id of a new widget: in every page that shows it, so it is no secret, only unguessable."""
    return "wgt_" + secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")
