"""Prints ``docs/encryption.md``: how every column is protected at rest, and why (ENGINE rule 33).

``python -m memory.encryption_table > docs/encryption.md``; a test keeps the two the same.
"""

import sys
from collections.abc import Iterator

import sqlalchemy as sa

from memory.tables import METADATA, UNSCOPED

_INTRODUCTION = """\
# What is encrypted at rest

Generated from the tables by `python -m memory.encryption_table`; do not edit by hand.

| protection | what it means |
|---|---|
| sealed | AES-256-GCM under the tenant's data key. Tenant, table, column and the row's immutable key are bound in: \
a value moved to another row does not open. |
| hashed | Keyed hash (BLAKE2b, 128 bits) under the tenant's index key: equal values can be found, nothing can be \
read. `password_hash` is argon2id. |
| wrapped | A key, sealed under the master key, which is not in the store. |
| plain | Readable, for the reason given: ids, times, counts, states, and what the business itself wrote or publishes. |

Destroying a tenant's row in `tenant_keys` makes everything sealed and hashed of that tenant unreadable for good.
Search words and identities are found by their hashes; the master key and the previous one, while rotating, come from
the settings.

## What the search index gives away

Whoever reads the store without a tenant's keys sees of `search_docs`, `search_postings` and `search_words`: how many
different words were said, which sittings of which conversations share a word, how often each stands, and which words
begin with the same three letters; never a word. Frequencies tell something all the same: the commonest token is
probably a greeting, and who knows what one customer wrote can recognise those tokens elsewhere in the same tenant.
Tokens of two tenants have nothing in common. 32 bits are kept of each hash, so that a few words share a token: what is
found is opened and compared before it is shown. Erasing a person takes their tokens out, and every word that then
stands nowhere.
"""


def render() -> str:
    """Return the whole page."""
    scoped = [table for table in _tables() if table.name not in UNSCOPED]
    others = [table for table in _tables() if table.name in UNSCOPED]
    lines = [_INTRODUCTION, "## Tables of tenants", "", "On PostgreSQL each is under forced row-level security.", ""]
    lines += _rows(scoped)
    lines += ["", "## Tables read before a tenant is known", "", "No content of customers.", ""]
    lines += _rows(others)
    return "\n".join(lines) + "\n"


def _tables() -> list[sa.Table]:
    return sorted(METADATA.tables.values(), key=lambda table: table.name)


def _rows(tables: list[sa.Table]) -> Iterator[str]:
    yield "| table | column | protection | why |"
    yield "|---|---|---|---|"
    for table in tables:
        for column in table.columns:
            why = str(column.info["why"]).replace("|", "\\|")
            yield f"| {table.name} | {column.name} | {column.info['privacy']} | {why} |"


if __name__ == "__main__":
    sys.stdout.write(render())
