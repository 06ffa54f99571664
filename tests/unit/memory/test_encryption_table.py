"""Every column says how it is protected, and the documentation says the same."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from memory.encryption_table import render
from memory.tables import METADATA, UNSCOPED

PAGE = Path(__file__).parents[3] / "docs" / "encryption.md"
PACKED_NUMBERS = {"search_postings.docs"}
COLUMNS = [column for table in METADATA.sorted_tables for column in table.columns]


def test_that_the_page_is_the_tables_in_print() -> None:
    assert PAGE.read_text() == render(), "run: python -m memory.encryption_table > docs/encryption.md"


def test_that_every_column_says_how_it_is_protected_and_why() -> None:
    for column in COLUMNS:
        assert column.info.get("privacy") in ("sealed", "hashed", "wrapped", "plain"), column
        assert column.info.get("why"), column


def test_that_bytes_are_never_called_plain_and_sealed_is_always_bytes() -> None:
    for column in COLUMNS:
        is_bytes, privacy = isinstance(column.type, sa.LargeBinary), column.info["privacy"]
        assert not (is_bytes and privacy == "plain") or str(column) in PACKED_NUMBERS, column
        assert is_bytes or privacy not in ("sealed", "wrapped"), column


def test_that_tables_without_tenants_hold_no_content_of_customers() -> None:
    sealed = {str(c) for c in COLUMNS if c.table.name in UNSCOPED and c.info["privacy"] == "sealed"}
    of_staff = {"staff.email", "staff.name", "tickets.email", "push_devices.subscription"}
    assert sealed == of_staff | {"master_checks.sealed", "push_keys.private"}


def test_that_names_of_people_and_what_they_say_are_sealed() -> None:
    said = {
        "messages": ("body", "provider_id"), "inbound": ("body",), "outbox": ("body", "address"),
        "contacts": ("name", "fields"), "leads": ("name", "phone", "email", "fields"), "notes": ("body",),
        "handoffs": ("brief",), "facts": ("value",), "runs": ("checkpoint",), "turns": ("trail",),
        "effects": ("result",), "model_journal": ("reply",), "identity_keys": ("value",),
        "conversations": ("last_message", "instruction"), "happenings": ("details",),
        "channel_accounts": ("token",), "connections": ("headers",),
        "checkpoints": ("checkpoint", "metadata"), "checkpoint_writes": ("value",), "reactions": ("emoji",),
        "idempotency": ("response",), "audit": ("details",), "account_events": ("data",),
    }  # fmt: skip
    for table, columns in said.items():
        for column in columns:
            assert METADATA.tables[table].c[column].info["privacy"] == "sealed", f"{table}.{column}"
