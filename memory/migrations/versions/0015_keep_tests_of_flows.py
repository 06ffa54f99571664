"""Keep the tests of each flow."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_SCOPED = ("flow_tests",)
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"


def upgrade() -> None:
    """Add a table; nothing that exists changes."""
    op.create_table(
        "flow_tests",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=True),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "flow_id", name=op.f("pk_flow_tests")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "flow_id"], ["flows.tenant_id", "flows.id"], name=op.f("fk_flow_tests_tenant_id_flow_id")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        rule = f"tenant_id = ANY ({_TENANTS})"
        op.execute("ALTER TABLE flow_tests ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE flow_tests FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY flow_tests_of_tenant ON flow_tests USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("flow_tests")
