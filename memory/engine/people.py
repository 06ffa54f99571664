"""What a turn learnt of a person: fields, remembered facts, consents, whether they may be written to."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from core.store import TurnWrite
from memory.query import Query, bool_eq, insert_into, mine
from memory.tables import consents, contacts, facts
from memory.tables.conversations import OPTED_OUT_AND_TOLD
from memory.writing import Ledger

CONTACT = Query(
    sa.select(contacts.c.id, contacts.c.fields, contacts.c.opted_out)
    .where(mine(contacts), bool_eq(contacts.c.id, sa.bindparam("contact")))
    .with_for_update(key_share=True)
)
_SET_CONTACT = Query(
    contacts.update()
    .where(mine(contacts), bool_eq(contacts.c.id, sa.bindparam("contact")))
    .values(
        fields=sa.bindparam("new_fields"),
        name=sa.bindparam("new_name"),
        opted_out=sa.bindparam("new_opted_out"),
        version=contacts.c.version + 1,
    )
)
_ADD_CONSENT = Query(insert_into(consents))
_PUT_FACT = Query(
    (_fact := insert_into(facts)).on_conflict_do_update(
        index_elements=[facts.c.tenant_id, facts.c.contact_id, facts.c.name],
        set_={c: _fact.excluded[c] for c in ("value", "source_id", "updated_ms")},
    )
)
_FORGET_FACT = Query(
    facts.delete().where(
        mine(facts),
        bool_eq(facts.c.contact_id, sa.bindparam("contact")),
        bool_eq(facts.c.name, sa.bindparam("fact")),
    )
)


def changes_contact(write: TurnWrite) -> bool:
    """Tell whether a turn changes the contact's own row, which is to be locked and read before."""
    return bool(write.contact_fields) or write.opted_out is not None


def remember_person(
    ledger: Ledger, contact: str, *, row: Any, write: TurnWrite, source: Callable[[str | None], str | None]
) -> None:
    """Store it; ``row`` is the contact's, by ``CONTACT``. ``source`` turns an event's id into that of its message."""
    if row is not None and changes_contact(write):
        _fields(ledger, contact, write, row=row)
    for name, (value, event) in write.facts.items():
        _remember(ledger, contact, name=name, value=value, source=source(event))
    for no, (topic, granted, how) in enumerate(write.consents):
        about = f"{write.turn.id if write.turn else write.consumed}|{no}|{topic}"
        ledger.tx.later(
            _ADD_CONSENT,
            id=ledger.sealer.derive_id("consent", about),
            contact_id=contact,
            topic=topic,
            granted=int(granted),
            source=how,
            at_ms=ledger.now_ms,
        )


def _fields(ledger: Ledger, contact: str, write: TurnWrite, *, row: Any) -> None:
    seal = ledger.sealer
    fields: dict[str, Any] = seal.open_json("contacts.fields", contact, row["fields"]) or {}
    fields |= write.contact_fields
    fields = {name: value for name, value in fields.items() if value is not None}
    ledger.tx.later(
        _SET_CONTACT,
        contact=contact,
        new_fields=seal.seal_json("contacts.fields", contact, fields),
        new_name=seal.seal_text("contacts.name", contact, fields.get("name")),
        new_opted_out=row["opted_out"] if write.opted_out is None else write.opted_out * OPTED_OUT_AND_TOLD,
    )
    ledger.event("contact.updated", contact)


def _remember(ledger: Ledger, contact: str, *, name: str, value: Any, source: str | None) -> None:
    if value is None:
        ledger.tx.later(_FORGET_FACT, contact=contact, fact=name)
        return
    sealed = ledger.sealer.seal_json("facts.value", f"{contact}|{name}", value)
    ledger.tx.later(_PUT_FACT, contact_id=contact, name=name, value=sealed, source_id=source, updated_ms=ledger.now_ms)
