"""Work on leads and contacts: an owner and a value, tags, notes, and who was joined with whom."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"
_SCOPED = ("contact_notes", "merges")


def upgrade() -> None:
    """Add columns and tables; nothing that exists changes."""
    op.create_table(
        "contact_notes",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_notes")),
    )
    op.create_index("ix_contact_notes_contact", "contact_notes", ["tenant_id", "contact_id"], unique=False)
    op.create_table(
        "merges",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("gone_id", ID, nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("undone_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_kept", "merges", ["tenant_id", "kept_id"], unique=False)
    op.add_column("contacts", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))
    op.add_column("contacts", sa.Column("merged_into", ID, nullable=True))
    op.add_column("leads", sa.Column("owner_id", ID, nullable=True))
    op.add_column("leads", sa.Column("value_cents", sa.BigInteger(), nullable=True))
    op.add_column("leads", sa.Column("currency", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for name in _SCOPED:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            rule = f"tenant_id = ANY ({_TENANTS})"
            op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("leads") as batch:
        batch.drop_column("currency")
        batch.drop_column("value_cents")
        batch.drop_column("owner_id")
    with op.batch_alter_table("contacts") as batch:
        batch.drop_column("merged_into")
        batch.drop_column("tags")
    op.drop_index("ix_merges_kept", table_name="merges")
    op.drop_table("merges")
    op.drop_index("ix_contact_notes_contact", table_name="contact_notes")
    op.drop_table("contact_notes")
