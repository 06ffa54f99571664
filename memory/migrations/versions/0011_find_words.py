"""Find words, names and numbers by keyed hashes; find a contact's conversations by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
_TENANTS = "COALESCE((SELECT string_to_array(NULLIF(current_setting('app.tenants', true), ''), ',')::uuid[]), '{}')"
_SCOPED = ("search_docs", "search_postings", "search_states", "search_words")


def upgrade() -> None:
    """Add tables, empty: what is there is indexed while the server runs, or by ``frontdesk search fill``."""
    op.create_table(
        "search_states",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("event_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("talks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("people", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("filled_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("filled_to", ID, nullable=True),
        sa.Column("filled", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_search_states")),
    )
    op.create_table(
        "search_docs",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("of_id", ID, nullable=False),
        sa.Column("first_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_no", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "no", name=op.f("pk_search_docs")),
    )
    op.create_index("ix_search_docs_of", "search_docs", ["tenant_id", "kind", "of_id", "last_no"], unique=False)
    op.create_table(
        "search_postings",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("docs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "token", "part", name=op.f("pk_search_postings")),
    )
    op.create_table(
        "search_words",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stem", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("word", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "token", name=op.f("pk_search_words")),
    )
    op.create_index("ix_search_words_stem", "search_words", ["tenant_id", "stem"], unique=False)
    op.create_index("ix_conversations_contact", "conversations", ["tenant_id", "contact_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for name in _SCOPED:
            op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            rule = f"tenant_id = ANY ({_TENANTS})"
            op.execute(f"CREATE POLICY {name}_of_tenant ON {name} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_conversations_contact", table_name="conversations")
    op.drop_index("ix_search_words_stem", table_name="search_words")
    op.drop_table("search_words")
    op.drop_table("search_postings")
    op.drop_index("ix_search_docs_of", table_name="search_docs")
    op.drop_table("search_docs")
    op.drop_table("search_states")
