"""Count conversations by status and owner, order lists by an index, and wake what was put aside."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_SCOPED = ("inbox_counts",)
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"
_WAITING = sa.text("status = 'open' AND owner = 'nobody'")


def upgrade() -> None:
    """Make the tables and fill them from what is there."""
    postgres = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "inbox_counts",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "status", "owner", name=op.f("pk_inbox_counts")),
    )
    op.create_table(
        "wakes",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_wakes")),
    )
    op.create_index("ix_wakes_due", "wakes", ["due_ms"], unique=False)
    op.drop_index("ix_conversations_owner", table_name="conversations")
    op.drop_index("ix_conversations_recent", table_name="conversations")
    op.add_column("conversations", sa.Column("recent_ms", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("conversations", sa.Column("snoozed_until_ms", sa.BigInteger(), nullable=True))
    if postgres:
        # The policy binds the owner of the table too, and this is about every tenant.
        op.execute("ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE conversations SET recent_ms = COALESCE(last_message_ms, created_ms)")
    op.execute(
        "INSERT INTO inbox_counts (tenant_id, status, owner, n) "
        "SELECT tenant_id, status, owner, count(*) FROM conversations GROUP BY tenant_id, status, owner"
    )
    if postgres:
        op.execute("ALTER TABLE conversations FORCE ROW LEVEL SECURITY")
        for name in _SCOPED:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            rule = f"tenant_id = ANY ({_TENANTS})"
            op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")
    op.create_index("ix_conversations_recent", "conversations", ["tenant_id", "recent_ms", "id"])
    op.create_index("ix_conversations_status", "conversations", ["tenant_id", "status", "recent_ms", "id"])
    op.create_index("ix_conversations_owner", "conversations", ["tenant_id", "status", "owner", "recent_ms", "id"])
    op.create_index(
        "ix_conversations_waiting",
        "conversations",
        ["tenant_id", "owner_since_ms", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    """Take them away again."""
    for name in ("waiting", "owner", "status", "recent"):
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("snoozed_until_ms")
        batch.drop_column("recent_ms")
    op.create_index("ix_conversations_recent", "conversations", ["tenant_id", "last_message_ms"], unique=False)
    op.create_index("ix_conversations_owner", "conversations", ["tenant_id", "owner", "last_message_ms"], unique=False)
    op.drop_index("ix_wakes_due", table_name="wakes")
    op.drop_table("wakes")
    op.drop_table("inbox_counts")
