"""Note which conversations are one person's, and where one goes on that was joined into another."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_JOINED = sa.text("joined_into IS NOT NULL")


def upgrade() -> None:
    """Make the table and add the column, both empty."""
    op.add_column("conversations", sa.Column("joined_into", ID, nullable=True))
    op.create_index(
        "ix_conversations_joined",
        "conversations",
        ["tenant_id", "joined_into"],
        unique=False,
        sqlite_where=_JOINED,
        postgresql_where=_JOINED,
    )
    op.create_table(
        "aliases",
        sa.Column("one_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("noted_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_aliases")),
    )
    op.create_index("ix_aliases_due", "aliases", ["due_ms"], unique=False)


def downgrade() -> None:
    """Take them away again: what was joined stays closed, and its keys lead where they led."""
    op.drop_table("aliases")
    op.drop_index("ix_conversations_joined", table_name="conversations")
    op.drop_column("conversations", "joined_into")
