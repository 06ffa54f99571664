"""Find what was told of an account by its time."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_account_events_at", "account_events", ["tenant_id", "at_ms", "id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_account_events_at", table_name="account_events")
