"""Tell people that somebody waits: their browsers, their wishes, up to which event they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

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


def downgrade() -> None:
    """Take them away again."""
    for name in ("notice_settings", "notice_cursors"):
        op.drop_table(name)
    op.drop_index("ix_push_devices_sign_in", table_name="push_devices")
    op.drop_table("push_devices")
    op.drop_table("push_keys")
