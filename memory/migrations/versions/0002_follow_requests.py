"""Follow a request to its end: who waits for it, whether it was repeated, what needs a person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DEAD = sa.text("state IN ('failed', 'parked')")
_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Add columns and indexes; nothing that exists changes."""
    with op.batch_alter_table("outbox", schema=None) as batch:
        batch.add_column(sa.Column("visit", sa.Text(), nullable=True))
        batch.add_column(sa.Column("repeated", sa.BigInteger(), server_default="0", nullable=False))
        batch.create_index(
            "ix_outbox_dead",
            ["tenant_id", "settled_ms"],
            unique=False,
            sqlite_where=_DEAD,
            postgresql_where=_DEAD,
        )
    with op.batch_alter_table("timers", schema=None) as batch:
        batch.create_index(
            "ix_timers_pending",
            ["tenant_id", "conversation_id"],
            unique=False,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        )
    with op.batch_alter_table("receipts", schema=None) as batch:
        batch.create_index("ix_receipts_received", ["tenant_id", "received_ms"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("receipts", schema=None) as batch:
        batch.drop_index("ix_receipts_received")
    with op.batch_alter_table("timers", schema=None) as batch:
        batch.drop_index("ix_timers_pending", sqlite_where=_PENDING, postgresql_where=_PENDING)
    with op.batch_alter_table("outbox", schema=None) as batch:
        batch.drop_index("ix_outbox_dead", sqlite_where=_DEAD, postgresql_where=_DEAD)
        batch.drop_column("repeated")
        batch.drop_column("visit")
