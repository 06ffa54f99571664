"""Find each tenant's first conversation that is due, however many wait."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WAITING = sa.text("due_ms IS NOT NULL")


def upgrade() -> None:
    """Make the indexes."""
    for queue in ("conversation_queue", "send_queue"):
        op.create_index(
            f"ix_{queue}_tenant",
            queue,
            ["tenant_id", "due_ms"],
            unique=False,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        )


def downgrade() -> None:
    """Drop them."""
    for queue in ("conversation_queue", "send_queue"):
        op.drop_index(f"ix_{queue}_tenant", table_name=queue)
