"""Migrations make exactly the declared tables, and PostgreSQL's rows show themselves to their tenant alone."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic import command

from core.errors import StoreUnavailable
from core.ids import TenantId
from memory import migrate
from memory.migrate import _config, _with_connection, current_and_head, differences, upgrade
from memory.query import Query
from memory.tables import METADATA, UNSCOPED, contacts, facts
from tests.conformance.memory.house import House, scoped_tables
from tests.services.postgres import APPLICATION, PostgresServer


def downgrade(url: str) -> list[str]:
    def work(connection: sa.Connection) -> list[str]:
        command.downgrade(_config(connection), "base")
        return [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]

    return _with_connection(url, work)


def test_that_sqlite_migrates_from_nothing_to_the_declared_tables_and_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'store.db'}"
    reached = upgrade(url)
    assert current_and_head(url) == (reached, reached)
    assert differences(url) == []
    assert downgrade(url) == []


def test_that_postgres_migrates_from_nothing_to_the_declared_tables_and_back(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as made:
        reached = upgrade(made.owner_url, app_role=made.app_role)
        assert current_and_head(made.owner_url) == (reached, reached)
        assert differences(made.owner_url) == []
        assert downgrade(made.owner_url) == []


def test_that_an_unreachable_store_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        upgrade("postgresql://nobody@127.0.0.1:1/nothing")


def test_that_a_missing_column_is_a_difference(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    _with_connection(url, lambda connection: connection.execute(sa.text("ALTER TABLE staff DROP COLUMN name")))
    assert differences(url) != []


def test_that_the_migration_secures_every_table_with_tenants() -> None:
    folder = Path(migrate.__file__).parent / "migrations" / "versions"
    modules = [importlib.import_module(f"memory.migrations.versions.{path.stem}") for path in folder.glob("0*.py")]
    secured = [name for module in modules for name in getattr(module, "_SCOPED", ())]
    assert sorted(secured) == sorted(table.name for table in scoped_tables())
    assert {table.name for table in METADATA.sorted_tables} == set(secured) | UNSCOPED


async def owner(store: House, statement: str, *args: Any) -> Any:
    connection = await asyncpg.connect(store.place)
    try:
        return await connection.fetch(statement, *args)
    finally:
        await connection.close()


async def as_application(store: House, statement: str, *, tenants: str | None) -> Any:
    """Run a statement on a pooled connection, past ``Query`` and its checks."""
    async with store.database._pool.acquire() as connection, connection.transaction():  # type: ignore[attr-defined]
        if tenants is not None:
            await connection.execute("SELECT set_config('app.tenants', $1, true)", tenants)
        return await connection.fetch(statement)


async def test_that_every_table_with_tenants_forces_its_policy(postgres_store: House) -> None:
    rows = await owner(
        postgres_store,
        "SELECT c.relname AS name, c.relforcerowsecurity AND c.relrowsecurity AS forced, count(p.polname) AS policies "
        "FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1, 2",
    )
    forced = {row["name"] for row in rows if row["forced"] and row["policies"] == 1}
    assert forced == {table.name for table in scoped_tables()}
    assert {row["name"] for row in rows if not row["forced"]} == UNSCOPED | {"alembic_version"}


async def test_that_the_application_owns_nothing_and_is_above_nothing(postgres_store: House) -> None:
    (role,) = await as_application(
        postgres_store,
        "SELECT current_user AS name, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user",
        tenants=None,
    )
    assert dict(role) == {"name": APPLICATION, "rolsuper": False, "rolbypassrls": False, "rolcreaterole": False}
    owned = await owner(postgres_store, "SELECT 1 FROM pg_tables WHERE tableowner = $1", APPLICATION)
    assert owned == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_application(postgres_store, "ALTER TABLE contacts DISABLE ROW LEVEL SECURITY", tenants=None)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_application(postgres_store, "UPDATE alembic_version SET version_num = 'x'", tenants=None)


async def test_that_rows_show_themselves_to_their_tenant_alone(postgres_store: House) -> None:
    store = postgres_store
    ours, theirs = await store.business(), await store.business()
    await fill_every_table(store, ours.id)
    await fill_every_table(store, theirs.id)
    for table in scoped_tables():
        everything = f"SELECT tenant_id FROM {table.name}"
        assert await as_application(store, everything, tenants=None) == [], table.name
        # A transaction before on the same pooled connection leaves '' behind, not NULL (rule 32).
        assert await as_application(store, everything, tenants="") == [], table.name
        seen = {row["tenant_id"] for row in await as_application(store, everything, tenants=ours.id)}
        assert seen == {ours.id}, table.name
        both = await as_application(store, everything, tenants=f"{ours.id},{theirs.id}")
        assert {row["tenant_id"] for row in both} == {ours.id, theirs.id}, table.name


async def fill_every_table(store: House, tenant: str) -> None:
    """Put at least one row into every table with tenants; ids do not matter, what shows them does."""
    async with postgres_replica(store) as connection:
        for table in scoped_tables():
            columns = [c for c in table.columns if not c.nullable or c.name == "tenant_id"]
            names = ", ".join(c.name for c in columns)
            values = ", ".join("$1" if c.name == "tenant_id" else sample(c) for c in columns)
            await connection.execute(
                f"INSERT INTO {table.name} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING", tenant
            )


def sample(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.Uuid):
        return "gen_random_uuid()"
    if isinstance(column.type, sa.LargeBinary):
        return "'\\x00'"
    return "1" if isinstance(column.type, sa.Integer) else "left(gen_random_uuid()::text, 20)"


class postgres_replica:
    """A superuser's connection that ignores foreign keys, so that any row can stand by itself."""

    def __init__(self, store: House) -> None:
        self._store = store

    async def __aenter__(self) -> Any:
        url = self._store.superuser_url
        assert url is not None
        self._connection = await asyncpg.connect(url)
        await self._connection.execute("SET session_replication_role = replica")
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


async def test_that_no_row_is_written_for_another_tenant(postgres_store: House) -> None:
    ours, theirs = await postgres_store.business(), await postgres_store.business()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_application(
            postgres_store,
            f"INSERT INTO queues (tenant_id, key, name) VALUES ('{theirs.id}', 'x', 'x')",
            tenants=ours.id,
        )
    await as_application(
        postgres_store,
        f"UPDATE queues SET name = 'stolen' WHERE tenant_id = '{theirs.id}'",
        tenants=ours.id,
    )
    from memory.tables import queues

    assert [row["name"] for row in await postgres_store.rows(queues, theirs)] == ["Everyone"]


async def test_that_a_row_points_into_its_own_tenant_alone(store: House) -> None:
    ours, theirs = await store.business(), await store.business()
    contact = store.ids.new()
    await store.put(contacts, theirs.id, id=contact, created_ms=1)
    from memory.tables import identities

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await store.put(
            identities, ours.id, id=store.ids.new(), account_id=ours.account, contact_id=contact, created_ms=1
        )


async def test_that_a_transaction_of_one_tenant_does_not_touch_anothers_rows(store: House) -> None:
    ours, theirs = await store.business(), await store.business()
    for shop in (ours, theirs):
        await store.put(facts, shop.id, contact_id=store.ids.new(), name="n", updated_ms=1)
    from memory.query import mine

    async with store.database.tenant(ours.id) as tx:
        assert await tx.run(Query(facts.delete().where(mine(facts)))) == 1
    assert len(await store.rows(facts, theirs)) == 1


async def test_that_a_tenant_id_that_is_no_id_opens_nothing(postgres_store: House) -> None:
    with pytest.raises(ValueError, match="UUID"):
        async with postgres_store.database.tenant(TenantId("x', false); --")):
            raise AssertionError("opened")


async def test_that_a_dead_connection_is_an_outage_and_a_bad_value_is_not(postgres_store: House) -> None:
    from memory.query import mine

    shop = await postgres_store.business()
    by_id = Query(sa.select(contacts.c.id).where(mine(contacts), contacts.c.id == sa.bindparam("id")))

    async def look(value: str, *, dead: bool) -> None:
        async with postgres_store.database.tenant(shop.id) as tx:
            if dead:
                await end_connections(postgres_store)
            await tx.all(by_id, id=value)

    with pytest.raises(asyncpg.DataError):
        await look("not a uuid", dead=False)
    with pytest.raises(StoreUnavailable):
        await look(shop.account, dead=True)


async def end_connections(store: House) -> None:
    async with postgres_replica(store) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await asyncio.sleep(0.05)
