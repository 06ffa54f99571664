"""Say on a queue row what a worker must know to serve it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation_queue", sa.Column("needs", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conversation_queue") as batch:
        batch.drop_column("needs")
