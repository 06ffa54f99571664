"""Let people in and out: devices, mailed tickets, members who left."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    """Add columns and a table; who is signed in stays so."""
    op.create_table(
        "tickets",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=22), nullable=False),
        sa.Column("email_hash", sa.String(length=22), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", ID, nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tickets_token_hash")),
    )
    op.create_index("ix_tickets_email", "tickets", ["email_hash"], unique=False)
    op.create_index("ix_tickets_tenant", "tickets", ["tenant_id"], unique=False)
    op.add_column("staff", sa.Column("locale", sa.Text(), nullable=True))
    op.add_column("members", sa.Column("ended_ms", sa.BigInteger(), nullable=True))
    op.add_column("sign_ins", sa.Column("browser", sa.Text(), nullable=True))
    op.add_column("sign_ins", sa.Column("system", sa.Text(), nullable=True))
    op.add_column("sign_ins", sa.Column("seen_ms", sa.BigInteger(), nullable=True))
    op.create_index("ix_sign_ins_staff", "sign_ins", ["staff_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_sign_ins_staff", table_name="sign_ins")
    with op.batch_alter_table("sign_ins") as batch:
        batch.drop_column("seen_ms")
        batch.drop_column("system")
        batch.drop_column("browser")
    with op.batch_alter_table("members") as batch:
        batch.drop_column("ended_ms")
    with op.batch_alter_table("staff") as batch:
        batch.drop_column("locale")
    op.drop_index("ix_tickets_tenant", table_name="tickets")
    op.drop_index("ix_tickets_email", table_name="tickets")
    op.drop_table("tickets")
