"""Tell versions of flows: who saved a draft, which version a release is of, and who stands on which release."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LIVE = sa.text("status = 'live'")


def upgrade() -> None:
    """Add columns; a release is of the newest version there was when it was made."""
    postgres = op.get_bind().dialect.name == "postgresql"
    op.add_column("flows", sa.Column("saved_by", sa.Text(), nullable=True))
    op.add_column("releases", sa.Column("n", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_runs_live_release",
        "runs",
        ["tenant_id", "release_id"],
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    if postgres:
        # The policies bind the owner of the tables too, and this is about every tenant.
        for name in ("releases", "flow_versions"):
            op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE releases SET n = (SELECT MAX(v.n) FROM flow_versions v WHERE v.tenant_id = releases.tenant_id "
        "AND v.flow_id = releases.flow_id AND v.created_ms <= releases.created_ms)"
    )
    if postgres:
        for name in ("releases", "flow_versions"):
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_runs_live_release", table_name="runs")
    with op.batch_alter_table("releases") as batch:
        batch.drop_column("n")
    with op.batch_alter_table("flows") as batch:
        batch.drop_column("saved_by")
