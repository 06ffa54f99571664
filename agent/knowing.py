"""What events say of a customer by the way: fields of the contact, beside what flows ask for."""

from typing import Any

from core.context import Referral
from core.inbound import Person


def known_of(person: Person) -> dict[str, Any]:
    """Return what the provider says of the sender."""
    known: dict[str, Any] = {}
    if person.name or person.username:
        known["name"] = person.name or person.username
    if person.wa_id and person.wa_id.isdigit():
        known["wa_phone"] = f"+{person.wa_id}"
    return known


def brought_by(referral: Referral | None) -> dict[str, Any]:
    """Return what the customer came from last, in words, for flows and for whoever reads a handoff's brief."""
    return {"came_from": words} if referral is not None and (words := referral.words()) else {}
