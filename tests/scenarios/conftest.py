"""Fixtures of scenarios: a whole server on each store, beside a simulated Meta."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from memory.migrate import upgrade
from simulator import Customer, GraphApi
from tests.scenarios.box import APP_SECRET, INSTAGRAM, PHONE, WABA, Box, open_box, settings_of
from tests.scenarios.flows import clinic_flow
from tests.services.postgres import PostgresServer


@pytest.fixture
async def meta() -> AsyncIterator[GraphApi]:
    """A simulated Graph API that knows the business's accounts."""
    async with GraphApi(app_secret=APP_SECRET) as api:
        api.add_whatsapp(PHONE, WABA, "tok-wa")
        api.add_instagram(INSTAGRAM, "tok-ig")
        yield api


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, to be copied."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, meta: GraphApi) -> Settings:
    """Settings of a server over a migrated store of its own."""
    if request.param == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        template = postgres.template("migrated", lambda db: _upgrade(db.owner_url, db.app_role))
        database = postgres.create_database(template)
        return settings_of(database.app_url, database.owner_url, tmp_path, meta.url)
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "frontdesk.db")
    return settings_of(f"sqlite:///{tmp_path}/frontdesk.db", None, tmp_path, meta.url)


def _upgrade(url: str, role: str) -> None:
    upgrade(url, app_role=role)


@pytest.fixture
def flow() -> dict[str, Any]:
    """The business's flow."""
    return clinic_flow()


@pytest.fixture
async def box(settings: Settings, meta: GraphApi, flow: dict[str, Any]) -> AsyncIterator[Box]:
    """The running server."""
    async with open_box(settings, flow, meta) as opened:
        yield opened


@pytest.fixture
async def customer(meta: GraphApi) -> Customer:
    """Somebody on WhatsApp."""
    return meta.customer(PHONE, "905321112233", name="Ayşe")
