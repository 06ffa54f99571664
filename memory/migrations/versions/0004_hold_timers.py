"""Let timers be held while a person has the conversation; find what is past its time."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timers", sa.Column("held_ms", sa.BigInteger(), nullable=True))
    op.create_index("ix_stream_events_at", "stream_events", ["tenant_id", "at_ms"], unique=False)
    op.create_index("ix_idempotency_created", "idempotency", ["tenant_id", "created_ms"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_idempotency_created", table_name="idempotency")
    op.drop_index("ix_stream_events_at", table_name="stream_events")
    with op.batch_alter_table("timers") as batch:
        batch.drop_column("held_ms")
