"""Find what the provider has taken of a conversation, and has told nothing of, without reading the tenant's outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_accepted",
        "outbox",
        ["tenant_id", "conversation_id", "attempted_ms"],
        unique=False,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_accepted", table_name="outbox")
