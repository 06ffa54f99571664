"""Leads: one per pipeline and dedupe key, merged as more is learnt."""

from typing import Any

import orjson
import sqlalchemy as sa

from core.turns import CaptureLead
from memory.query import Query, bool_eq, insert_into, mine
from memory.tables import leads
from memory.writing import Ledger

_this = bool_eq(leads.c.id, sa.bindparam("lead"))
_ADD = Query(
    insert_into(leads).on_conflict_do_nothing().returning(leads.c.id),
    columns=(
        "tenant_id", "id", "contact_id", "conversation_id", "pipeline", "stage", "dedupe_hash", "source_message_id",
        "created_ms", "updated_ms",
    ),
)  # fmt: skip
_LOCK = Query(
    sa.select(leads.c.name, leads.c.phone, leads.c.email, leads.c.fields, leads.c.tags)
    .where(mine(leads), _this)
    .with_for_update()
)
_SET = Query(
    leads.update()
    .where(mine(leads), _this)
    .values(
        name=sa.bindparam("new_name"),
        phone=sa.bindparam("new_phone"),
        email=sa.bindparam("new_email"),
        fields=sa.bindparam("new_fields"),
        tags=sa.bindparam("new_tags"),
        updated_ms=sa.bindparam("now_ms"),
        version=leads.c.version + 1,
    )
    .returning(leads.c.version)
)


async def capture_lead(ledger: Ledger, lead: CaptureLead, *, contact_id: str, source_message_id: str | None) -> None:
    """Store a lead, or merge it into the one with the same key: new values win, known ones are kept.

    Its id is derived from the key, so that two conversations that bring the same lead at once mean one row and what is
    sealed for it opens whoever was first (ENGINE rule 33). The row is made, locked, then filled: neither loses a value.
    """
    tx, seal = ledger.tx, ledger.sealer
    digest = seal.hash("lead", _key(lead, contact_id))
    lead_id = seal.derive_id("lead", f"{lead.pipeline}|{digest}")
    await tx.first(
        _ADD,
        id=lead_id,
        contact_id=contact_id,
        conversation_id=ledger.conversation_id,
        pipeline=lead.pipeline,
        stage=lead.stage,
        dedupe_hash=digest,
        source_message_id=source_message_id,
        created_ms=ledger.now_ms,
        updated_ms=ledger.now_ms,
    )
    old = await tx.first(_LOCK, lead=lead_id)
    if old is None:
        raise LookupError(lead_id)
    fields: dict[str, Any] = seal.open_json("leads.fields", lead_id, old["fields"]) or {}
    words = {
        name: getattr(lead, name) or seal.open_text(f"leads.{name}", lead_id, old[name])
        for name in ("name", "phone", "email")
    }
    row = await tx.first(
        _SET,
        lead=lead_id,
        **{f"new_{name}": seal.seal_text(f"leads.{name}", lead_id, value) for name, value in words.items()},
        new_fields=seal.seal_json("leads.fields", lead_id, {**fields, **lead.fields}),
        new_tags=orjson.dumps([*dict.fromkeys([*orjson.loads(old["tags"]), *lead.tags])]).decode(),
        now_ms=ledger.now_ms,
    )
    ledger.event("lead.captured", lead_id, row["version"] if row is not None else 0)


def _key(lead: CaptureLead, contact_id: str) -> str:
    """Return what makes two captures the same lead; an empty or incomplete key never leaves its contact."""
    if lead.dedupe and all(value for _, value in lead.dedupe):
        return orjson.dumps(sorted(lead.dedupe), default=str).decode()
    return f"contact={contact_id}"
