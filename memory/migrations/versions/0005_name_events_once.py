"""An inbound event's id is the keyed hash of its name already: a second hash and its index told nothing more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_inbound_dedupe", table_name="inbound")
    op.drop_column("inbound", "dedupe_hash")


def downgrade() -> None:
    """Bring the column back; events that are kept get their ids for hashes: what repeats them has the same."""
    op.add_column("inbound", sa.Column("dedupe_hash", sa.String(length=36), nullable=False, server_default=""))
    op.execute("UPDATE inbound SET dedupe_hash = CAST(id AS TEXT)")
    op.create_index("uq_inbound_dedupe", "inbound", ["account_id", "kind", "dedupe_hash"], unique=True)
