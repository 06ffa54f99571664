"""Keep files for what is to be said later."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("files", sa.Column("planned_id", ID, nullable=True))


def downgrade() -> None:
    """Take it away: files that were planned are forgotten like others that nobody sent."""
    op.drop_column("files", "planned_id")
