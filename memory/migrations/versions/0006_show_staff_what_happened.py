"""Show staff what happened: happenings, since when a flow waits, instructions, mentions, canned replies."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_SCOPED = ("canned_replies", "happenings")
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"


def upgrade() -> None:
    op.create_table(
        "happenings",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_happenings_tenant_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_happenings")),
    )
    op.create_index("ix_happenings_conversation", "happenings", ["tenant_id", "conversation_id", "at_ms"], unique=False)
    op.create_table(
        "canned_replies",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("tenant_id", "shortcut", name=op.f("uq_canned_replies_tenant_id")),
    )
    op.add_column("runs", sa.Column("cursor_ms", sa.BigInteger(), nullable=True))
    op.add_column("conversations", sa.Column("instruction", sa.LargeBinary(), nullable=True))
    op.add_column("notes", sa.Column("mentions", sa.Text(), server_default="[]", nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        _secure_rows()


def downgrade() -> None:
    with op.batch_alter_table("notes") as batch:
        batch.drop_column("mentions")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("instruction")
    with op.batch_alter_table("runs") as batch:
        batch.drop_column("cursor_ms")
    op.drop_table("canned_replies")
    op.drop_table("happenings")


def _secure_rows() -> None:
    """Let a transaction see rows of the tenants that it names, and of no other (ENGINE rule 32)."""
    for name in _SCOPED:
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        rule = f"tenant_id = ANY ({_TENANTS})"
        op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")
