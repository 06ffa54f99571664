"""What is wrong with the role that serves customers: it has to be bound by row-level security (ENGINE rule 32)."""

import asyncpg

from core.errors import StoreUnavailable

_ASK = """
SELECT r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT 1 FROM pg_tables t WHERE t.schemaname = 'public' AND t.tableowner = current_user) AS owns
FROM pg_roles r WHERE r.rolname = current_user
"""


async def role_faults(url: str) -> list[str]:
    """Return what the application's role may do and must not, in words; raises StoreUnavailable."""
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error
    try:
        row = await connection.fetchrow(_ASK)
    finally:
        await connection.close()
    if row is None:
        return ["the role is unknown"]
    said = {
        "rolsuper": "it is a superuser: row security does not bind it",
        "rolbypassrls": "it has BYPASSRLS: row security does not bind it",
        "owns": "it owns tables: give it a role of its own, and the owner's address as FRONTDESK_MIGRATION_URL",
    }
    return [words for column, words in said.items() if row[column]]
