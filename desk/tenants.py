"""Tenants: made, set up and exported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import InvalidInput
from core.ids import TenantId
from core.nouns import Tenant
from core.views import ContactItem, Page

CONSTANT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,47}")
KEY = re.compile(r"[A-Za-z0-9_-]{1,48}")
RESERVED = frozenset({"name", "guards"})
LONGEST = 2000
LOCALES = ("tr", "en", "ru", "kk", "ar")


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What making a tenant takes."""

    name: str
    locale: str
    timezone: str
    country: str


class TenantStore(Protocol):
    """Where tenants are kept."""

    async def create(self, name: str, *, locale: str, timezone: str, country: str) -> TenantId:
        """Make one."""
        ...

    async def get(self, tenant_id: TenantId) -> Tenant:
        """Return one; raises NotFound."""
        ...


class SettingStore(Protocol):
    """Where a tenant's own settings are kept."""

    async def change_constants(self, tenant_id: TenantId, changes: Mapping[str, Any], *, actor: str) -> dict[str, Any]:
        """Set constants, remove those whose value is None; returns all."""
        ...

    async def change_models(self, tenant_id: TenantId, part: str, changes: Mapping[str, Any], *, actor: str) -> None:
        """Set aliases or guards, remove those whose value is None."""
        ...


class ContactStore(Protocol):
    """Where contacts are read."""

    async def page(self, tenant_id: TenantId, *, cursor: str | None, limit: int = 50) -> Page[ContactItem]:
        """Return some."""
        ...

    async def export(self, tenant_id: TenantId, contact_id: str) -> dict[str, Any]:
        """Return all about one."""
        ...


async def create_tenant(tenants: TenantStore, new: NewTenant) -> TenantId:
    """Make a tenant; raises InvalidInput with every fault."""
    faults = []
    if not new.name.strip():
        faults.append("name: must not be empty")
    if new.locale not in LOCALES:
        faults.append(f"locale: one of {', '.join(LOCALES)}")
    if len(new.country) != 2 or not new.country.isalpha():
        faults.append("country: two letters (ISO 3166), such as TR")
    try:
        ZoneInfo(new.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(f"timezone: {new.timezone!r} is not one, such as Europe/Istanbul")
    if faults:
        raise InvalidInput("The tenant was not made.", errors=faults)
    return await tenants.create(new.name.strip(), locale=new.locale, timezone=new.timezone, country=new.country.upper())


async def set_constants(
    tenants: SettingStore, tenant_id: TenantId, changes: Mapping[str, str | float | bool | None], *, actor: str
) -> dict[str, Any]:
    """Set what flows know as ``tenant.*``; None removes one. Returns all; raises InvalidInput with every fault."""
    faults = [
        f"{name}: letters, digits and underscores, 48 at most" for name in changes if not CONSTANT.fullmatch(name)
    ]
    faults += [f"{name}: is set by Frontdesk itself" for name in sorted(RESERVED & changes.keys())]
    faults += [f"{name}: longer than {LONGEST} letters" for name, value in changes.items() if len(str(value)) > LONGEST]
    if faults:
        raise InvalidInput("The constants were not changed.", errors=faults)
    return await tenants.change_constants(tenant_id, changes, actor=actor)


async def set_model(tenants: SettingStore, tenant_id: TenantId, alias: str, *, model: str | None, actor: str) -> None:
    """Say which model of the provider an alias means; None removes the alias."""
    await _set(tenants, tenant_id, "aliases", alias, value=model, actor=actor)


async def set_guard(tenants: SettingStore, tenant_id: TenantId, key: str, *, words: str | None, actor: str) -> None:
    """Say in a sentence what a guard forbids the model; None removes it."""
    await _set(tenants, tenant_id, "guards", key, value=words, actor=actor)


async def _set(
    tenants: SettingStore, tenant_id: TenantId, part: str, name: str, *, value: str | None, actor: str
) -> None:
    if not KEY.fullmatch(name):
        raise InvalidInput(f"{name!r} is not a key: letters, digits, - and _, 48 at most.")
    if value is not None and not 0 < len(value.strip()) <= LONGEST:
        raise InvalidInput(f"The value has to have 1 to {LONGEST} letters.")
    await tenants.change_models(tenant_id, part, {name: value}, actor=actor)


async def export_tenant(tenants: TenantStore, contacts: ContactStore, tenant_id: TenantId) -> dict[str, Any]:
    """Return a tenant with everybody who ever wrote to it, as JSON."""
    tenant, people, cursor = await tenants.get(tenant_id), [], None
    while True:
        page = await contacts.page(tenant_id, cursor=cursor, limit=200)
        people += [await contacts.export(tenant_id, contact.id) for contact in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return {"tenant": {"id": tenant.id, "name": tenant.name}, "contacts": people}
