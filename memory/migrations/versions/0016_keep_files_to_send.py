"""Keep files that the business sends: what they are, and their sealed pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_SCOPED = ("files", "file_pieces")
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"
_UNSENT = sa.text("sent_ms IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "files",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pieces", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("kept_ms", sa.BigInteger(), nullable=True),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_files")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_files_tenant_id_conversation_id"),
        ),
    )
    op.create_index("ix_files_conversation", "files", ["tenant_id", "conversation_id"], unique=False)
    op.create_index(
        "ix_files_unsent",
        "files",
        ["tenant_id", "created_ms"],
        unique=False,
        sqlite_where=_UNSENT,
        postgresql_where=_UNSENT,
    )
    op.create_table(
        "file_pieces",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "file_id", "no", name=op.f("pk_file_pieces")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"], ["files.tenant_id", "files.id"], name=op.f("fk_file_pieces_tenant_id_file_id")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in _SCOPED:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            rule = f"tenant_id = ANY ({_TENANTS})"
            op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    """Take them away again."""
    for name in reversed(_SCOPED):
        op.drop_table(name)
