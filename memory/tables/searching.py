"""The blind index behind search: which words stand where, as keyed hashes (ENGINE rule 34)."""

import sqlalchemy as sa

from memory.tables.base import flag, moment, number, ref, sealed, table, text


def _token(name: str, *, primary: bool = False) -> sa.Column[int]:
    """Declare 32 bits of a keyed hash of a word, or of its beginning."""
    info = {"privacy": "hashed", "why": "look-up, 32 bits"}
    return sa.Column(name, sa.Integer, primary_key=primary, nullable=False, autoincrement=False, info=info)


search_states = table(
    "search_states",
    number("event_no", "count"),
    number("talks", "count"),
    number("people", "count"),
    number("filled_ms", "time"),
    ref("filled_to"),
    flag("filled", "state"),
    number("version", "count"),
)
"""How far the index has come, and the lock of whoever changes it."""

search_docs = table(
    "search_docs",
    text("kind", "talk | person", primary=True),
    number("no", "count", primary=True),
    ref("of_id", null=False),
    number("first_no", "count"),
    number("last_no", "count"),
    moment("started_ms"),
    sa.Column("tokens", sa.LargeBinary, nullable=False, info={"privacy": "hashed", "why": "look-up, 32 bits each"}),
    sa.Index("ix_search_docs_of", "tenant_id", "kind", "of_id", "last_no"),
)
"""What is found: one sitting of a conversation (its messages from one number to another), or a person."""

search_postings = table(
    "search_postings",
    _token("token", primary=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False, info={"privacy": "plain", "why": "count"}),
    sa.Column("docs", sa.LargeBinary, nullable=False, info={"privacy": "plain", "why": "numbers in search_docs"}),
)
"""Where a word stands: the numbers of a part's documents, two bytes each."""

search_words = table(
    "search_words",
    _token("token", primary=True),
    _token("stem"),
    sealed("word", null=False),
    sa.Index("ix_search_words_stem", "tenant_id", "stem"),
)
"""The words that stand anywhere, by how they begin: what a beginning is completed from."""
