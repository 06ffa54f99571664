"""How columns are declared: each says how it is protected at rest (ENGINE rule 33).

``sealed``: AES-256-GCM under the tenant's data key. ``hashed``: keyed hash under the tenant's index key.
``plain``: readable, with the reason. ``docs/encryption.md`` is this table in print; a test keeps them the same.
"""

from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
"""UUID on PostgreSQL, its text on SQLite; text in Python on both."""

UNSCOPED: set[str] = set()
"""Content-free tables without row-level security, read before a tenant is known; ``Directory`` lists every use."""


def table(name: str, *items: Any, scoped: bool = True) -> sa.Table:
    """Declare a table; scoped ones carry ``tenant_id`` as the first part of their key."""
    if not scoped:
        UNSCOPED.add(name)
        return sa.Table(name, METADATA, *items)
    tenant = sa.Column("tenant_id", ID, primary_key=True, info={"privacy": "plain", "why": "scope"})
    return sa.Table(name, METADATA, tenant, *items)


def key(name: str = "id") -> sa.Column[str]:
    """Declare the row's own immutable id, the second part of the key."""
    return sa.Column(name, ID, primary_key=True, info={"privacy": "plain", "why": "id"})


def ref(name: str, *, null: bool = True) -> sa.Column[str]:
    """Declare an id of another row."""
    return sa.Column(name, ID, nullable=null, info={"privacy": "plain", "why": "id"})


def sealed(name: str, *, null: bool = True) -> sa.Column[bytes]:
    """Declare a column that only its tenant's data key opens."""
    return sa.Column(name, sa.LargeBinary, nullable=null, info={"privacy": "sealed", "why": "content"})


def hashed(name: str, *, null: bool = True, primary: bool = False) -> sa.Column[str]:
    """Declare a keyed hash (22 characters, 128 bits) for look-up."""
    info = {"privacy": "hashed", "why": "look-up"}
    return sa.Column(name, sa.String(22), nullable=null and not primary, primary_key=primary, info=info)


def text(
    name: str, why: str, *, null: bool = True, default: str | None = None, primary: bool = False
) -> sa.Column[str]:
    """Declare readable text; ``why`` says why it may be."""
    return sa.Column(
        name,
        sa.Text,
        nullable=null and default is None and not primary,
        server_default=default,
        primary_key=primary,
        info={"privacy": "plain", "why": why},
    )


def number(
    name: str, why: str, *, null: bool = False, default: int | None = 0, primary: bool = False
) -> sa.Column[int]:
    """Declare a readable whole number."""
    return sa.Column(
        name,
        sa.BigInteger,
        nullable=null and not primary,
        server_default=None if default is None or null or primary else str(default),
        primary_key=primary,
        autoincrement=False,
        info={"privacy": "plain", "why": why},
    )


def moment(name: str, *, null: bool = False) -> sa.Column[int]:
    """Declare a time: epoch milliseconds, the same on both stores."""
    return sa.Column(name, sa.BigInteger, nullable=null, info={"privacy": "plain", "why": "time"})


def flag(name: str, why: str) -> sa.Column[int]:
    """Declare a yes or no, stored 1 or 0."""
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0", info={"privacy": "plain", "why": why})


def belongs(column: str, target: str) -> sa.ForeignKeyConstraint:
    """Declare a foreign key; every one is (tenant_id, id), so that a row can only point into its own tenant."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"])
