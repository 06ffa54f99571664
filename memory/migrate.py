"""Schema changes: ``upgrade`` brings a store to the newest schema, ``check`` tells what is missing.

Migrations run in the owner's role; on PostgreSQL the application's role is another, which may not alter anything and is
bound by row-level security.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from core.errors import StoreUnavailable

T = TypeVar("T")
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str, *, app_role: str | None = None) -> str:
    """Run outstanding migrations and return the revision reached; blocks, so call it outside the loop.

    ``app_role`` (PostgreSQL) is granted what the application needs: rows, never the schema.
    """

    def work(connection: sa.Connection) -> str:
        config = _config(connection)
        command.upgrade(config, "head")
        if app_role and connection.dialect.name == "postgresql":
            _grant(connection, app_role)
        return _current(connection) or ""

    return _with_connection(url, work)


def current_and_head(url: str) -> tuple[str | None, str]:
    """Return the store's revision and the newest one known."""
    return _with_connection(url, lambda connection: (_current(connection), head()))


def head() -> str:
    """Return the newest revision known."""
    return ScriptDirectory(str(_SCRIPTS)).get_current_head() or ""


def differences(url: str) -> list[Any]:
    """Return how the store differs from the tables as declared; empty when migrations are complete."""
    from alembic.autogenerate import compare_metadata

    from memory.tables import METADATA

    def work(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    return _with_connection(url, work)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _grant(connection: sa.Connection, role: str) -> None:
    name = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
    ):
        connection.execute(sa.text(statement))


def _with_connection(url: str, work: Callable[[sa.Connection], T]) -> T:
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    try:
        if parsed.get_backend_name() == "sqlite":
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(parsed, poolclass=sa.pool.NullPool)
            with engine.begin() as connection:
                return work(connection)
        return asyncio.run(_on_postgres(parsed.set(drivername="postgresql+asyncpg"), work))
    except (OSError, sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        raise StoreUnavailable(f"the store cannot be reached: {error}") from error


async def _on_postgres(url: sa.URL, work: Callable[[sa.Connection], T]) -> T:
    engine = create_async_engine(url, poolclass=sa.pool.NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
