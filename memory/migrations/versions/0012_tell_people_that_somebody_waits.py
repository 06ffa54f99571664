"""Tell people that somebody waits, and say later what staff plan: browsers, wishes, cursors, planned words."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"
_SCOPED = ("planned_messages",)
ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    """Add tables; nothing that exists changes."""
    op.create_table(
        "push_keys",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_keys")),
    )
    op.create_table(
        "push_devices",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("sign_in_id", ID, nullable=False),
        sa.Column("endpoint_hash", sa.String(length=22), nullable=False),
        sa.Column("subscription", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_devices")),
        sa.UniqueConstraint("tenant_id", "endpoint_hash", name=op.f("uq_push_devices_tenant_id")),
    )
    op.create_index("ix_push_devices_sign_in", "push_devices", ["sign_in_id"], unique=False)
    op.create_table(
        "notice_cursors",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("event_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_notice_cursors")),
    )
    op.create_table(
        "notice_settings",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("mail_after_minutes", sa.BigInteger(), nullable=True),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_to", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("mailed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", name=op.f("pk_notice_settings")),
    )
    op.create_table(
        "planned_messages",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_planned_messages")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("fk_planned_messages_tenant_id_conversation_id"),
        ),
    )
    op.create_index("ix_planned_messages_conversation", "planned_messages", ["tenant_id", "conversation_id"])
    op.create_table(
        "planned_dues",
        sa.Column("planned_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("planned_id", name=op.f("pk_planned_dues")),
    )
    op.create_index("ix_planned_dues_due", "planned_dues", ["due_ms"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for name in _SCOPED:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            rule = f"tenant_id = ANY ({_TENANTS})"
            op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_planned_dues_due", table_name="planned_dues")
    op.drop_table("planned_dues")
    op.drop_index("ix_planned_messages_conversation", table_name="planned_messages")
    op.drop_table("planned_messages")
    for name in ("notice_settings", "notice_cursors"):
        op.drop_table(name)
    op.drop_index("ix_push_devices_sign_in", table_name="push_devices")
    op.drop_table("push_devices")
    op.drop_table("push_keys")
