"""A store with one business in it, opened the way the product opens it."""

import atexit
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import server
from api.ports import Ports
from bench.flow import measured_flow
from core.channel_types import ChannelType
from core.ids import ReleaseId, TenantId
from core.secret import Secret
from core.settings import Settings
from desk.publishing import publish_flow
from desk.tenants import NewTenant, create_tenant
from memory.migrate import upgrade
from memory.repositories.accounts import NewAccount
from tests.services.janitor import start_janitor
from tests.services.postgres import APPLICATION, PostgresServer
from tests.services.run import TestRun

SECRET, VERIFY = "bench-secret", "bench-verify"
PHONE = "PN1"
ACTOR = "bench"


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured."""

    settings: Settings
    ports: Ports
    tenant_id: TenantId
    release_id: ReleaseId


def settings_for(
    store: str, folder: Path, postgres: PostgresServer | None, *, graph_url: str = "http://127.0.0.1:9"
) -> Settings:
    """Return the settings of a fresh, migrated store."""
    data = folder / store
    data.mkdir(parents=True, exist_ok=True)
    url, migration = f"sqlite:///{data}/bench.db", None
    if store == "postgresql":
        assert postgres is not None
        database = postgres.create_database()
        url, migration = database.app_url, database.owner_url
    upgrade(migration or url, app_role=APPLICATION)
    return Settings(
        database_url=url,
        migration_url=migration,
        data_dir=data,
        master_key=SecretStr(base64.b64encode(b"k" * 32).decode()),
        meta_app_secret=SecretStr(SECRET),
        meta_verify_token=SecretStr(VERIFY),
        graph_url=graph_url,
    )


@asynccontextmanager
async def open_stage(settings: Settings, flow: dict[str, Any] | None = None) -> AsyncIterator[Stage]:
    """Open the store and give it a business with a number and a published flow."""
    async with server.open_ports(settings) as ports:
        tenant, release = await add_business(ports, flow or measured_flow(), name="Bench", phones=[PHONE])
        yield Stage(settings, ports, tenant, release)


async def add_business(
    ports: Ports, flow: dict[str, Any], *, name: str, phones: Sequence[str]
) -> tuple[TenantId, ReleaseId]:
    """Give the store a business with WhatsApp numbers and a published flow."""
    kept = ports.repositories
    tenant = await create_tenant(kept.tenants, NewTenant(name, locale="en", timezone="UTC", country="GB"))
    for phone in phones:
        account = NewAccount(ChannelType.WHATSAPP, phone, name, token=Secret("tok"), settings={"waba_id": f"W-{phone}"})
        await kept.accounts.connect(tenant, account, actor=ACTOR)
    saved = await kept.flows.save(tenant, flow, actor=ACTOR)
    done = await publish_flow(kept.flows, kept.catalog, tenant_id=tenant, flow=saved, actor=ACTOR)
    return tenant, done.release_id


@cache
def open_postgres() -> PostgresServer:
    """Start this run's private PostgreSQL, which ends with it; raises PostgresNotFound."""
    run = TestRun.create()
    janitor = start_janitor(run.folder)
    assert janitor.stdin is not None
    atexit.register(janitor.stdin.close)
    return PostgresServer.open(run)
