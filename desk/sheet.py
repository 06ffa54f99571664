"""Leads as a table for spreadsheets. Pure.

A cell that a spreadsheet would take for a formula gets an apostrophe before it: what customers wrote stays words.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from core.views import LeadView

COLUMNS = (
    "name", "phone", "email", "pipeline", "stage", "owner", "value", "currency", "channel", "tags", "created",
    "details",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def render_sheet(leads: Iterable[LeadView]) -> bytes:
    """Return CSV as spreadsheets read it: UTF-8 with its mark, every cell quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for lead in leads:
        writer.writerow([_cell(value) for value in _row(lead)])
    return out.getvalue().encode("utf-8-sig")


def _row(lead: LeadView) -> tuple[Any, ...]:
    told = "; ".join(f"{name}: {value}" for name, value in lead.fields.items())
    return (
        lead.name or lead.contact.name,
        lead.phone,
        lead.email,
        lead.pipeline,
        lead.stage,
        lead.owner.name if lead.owner else None,
        "" if lead.value is None else f"{lead.value:.2f}",
        lead.currency,
        lead.channel,
        ", ".join(lead.tags),
        lead.created_at.isoformat(timespec="seconds"),
        told,
    )


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
