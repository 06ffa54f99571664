"""Give conversations out: teams, who is there and takes how much, and what waits; failed messages one is done with."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_SCOPED = ("queue_members", "attendance", "team_counts")
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"
_ADDRESSED = sa.text("team <> ''")
_DEAD = "state IN ('failed', 'parked')"


def upgrade() -> None:
    """Make the tables, and note who waits."""
    postgres = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "queue_members",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "queue", "staff_id", name=op.f("pk_queue_members")),
    )
    op.create_table(
        "attendance",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("away", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("assigned_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "team_counts",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "team", "owner", name=op.f("pk_team_counts")),
    )
    op.create_table(
        "waits",
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_waits")),
    )
    op.create_index("ix_waits_tenant", "waits", ["tenant_id"], unique=False)
    op.add_column("conversations", sa.Column("team", sa.Text(), server_default="", nullable=False))
    op.add_column("conversations", sa.Column("last_staff", ID, nullable=True))
    op.add_column("handoffs", sa.Column("escalated_ms", sa.BigInteger(), nullable=True))
    op.add_column("handoffs", sa.Column("fell_back_ms", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("dismissed_ms", sa.BigInteger(), nullable=True))
    _index_dead(f"{_DEAD} AND dismissed_ms IS NULL")
    op.create_index(
        "ix_conversations_team",
        "conversations",
        ["tenant_id", "team", "status", "recent_ms", "id"],
        sqlite_where=_ADDRESSED,
        postgresql_where=_ADDRESSED,
    )
    if postgres:
        # The policy binds the owner of the table too, and this is about every tenant.
        op.execute("ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO waits (conversation_id, tenant_id, since_ms) "
        "SELECT id, tenant_id, COALESCE(owner_since_ms, created_ms) FROM conversations WHERE owner = 'nobody'"
    )
    if postgres:
        op.execute("ALTER TABLE conversations FORCE ROW LEVEL SECURITY")
        for name in _SCOPED:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            rule = f"tenant_id = ANY ({_TENANTS})"
            op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")


def _index_dead(which: str) -> None:
    op.drop_index("ix_outbox_dead", table_name="outbox")
    where = sa.text(which)
    op.create_index("ix_outbox_dead", "outbox", ["tenant_id", "settled_ms"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_conversations_team", table_name="conversations")
    _index_dead(_DEAD)
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("dismissed_ms")
    with op.batch_alter_table("handoffs") as batch:
        batch.drop_column("fell_back_ms")
        batch.drop_column("escalated_ms")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("last_staff")
        batch.drop_column("team")
    op.drop_index("ix_waits_tenant", table_name="waits")
    for name in ("waits", "team_counts", "attendance", "queue_members"):
        op.drop_table(name)
