"""Tenants: made and exported."""

from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import InvalidInput
from core.ids import TenantId
from core.nouns import Tenant
from core.views import ContactItem, Page

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


async def export_tenant(tenants: TenantStore, contacts: ContactStore, tenant_id: TenantId) -> dict[str, Any]:
    """Return a tenant with everybody who ever wrote to it, as JSON."""
    tenant, people, cursor = await tenants.get(tenant_id), [], None
    while True:
        page = await contacts.page(tenant_id, cursor=cursor, limit=200)
        people += [await contacts.export(tenant_id, contact.id) for contact in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return {"tenant": {"id": tenant.id, "name": tenant.name}, "contacts": people}
