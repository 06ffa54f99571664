"""Capture a lead: who, how to reach them, what they want.

Emits one CaptureLead and a SetContact for each personal detail that is new. Whether the lead merges with an earlier
one is the store's decision; here only the pairs are named that it may merge by.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from core.fold import fold
from core.turns import CaptureLead, Emit, SetContact
from tools.base import BUILDER, Arguments, Tool, ToolContext, ToolOutcome, require_consent
from tools.lead_fields import FieldSpec, Scalar, choose_phone, known_phone, read_email, read_fields


class LeadArguments(Arguments):
    """What is known of the lead."""

    name: Annotated[str, Field(max_length=200)] | None = Field(None, description="The customer's name, as they gave it")
    phone: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="Only a number the customer wrote; leave out to use the one they write from"
    )
    email: Annotated[str, Field(max_length=320)] | None = Field(None, description="Only if the customer wrote it")
    fields: dict[str, Scalar] = Field(default_factory=dict, max_length=50, description="What else is known, by name")
    pipeline: Annotated[str, BUILDER] = "default"
    stage: Annotated[str, BUILDER] = "new"
    dedupe: Annotated[tuple[str, ...], BUILDER] = ()
    """``contact.phone``, ``contact.email`` or names of fields that together tell two leads apart."""
    tags: Annotated[tuple[str, ...], BUILDER] = ()
    specs: Annotated[dict[str, FieldSpec], BUILDER] = Field(default_factory=dict)


async def capture_lead(arguments: LeadArguments, context: ToolContext) -> ToolOutcome:
    """Record the lead; raises ToolRetry where a value does not hold, ToolFailed where consent is missing."""
    require_consent(context)
    fields = read_fields(arguments.fields, arguments.specs, country=context.country, locale=context.locale)
    phone = choose_phone(arguments.phone, context.contact, country=context.country)
    email = read_email(arguments.email) if arguments.email else _text(context.contact.get("email"))
    name = arguments.name or _text(context.contact.get("name"))
    lead = CaptureLead(
        pipeline=arguments.pipeline,
        stage=arguments.stage,
        fields=fields,
        name=name,
        phone=phone,
        email=email,
        dedupe=dedupe_pairs(arguments.dedupe, phone=phone, email=email, fields=fields),
        tags=arguments.tags,
        node=context.node,
        source=context.source,
    )
    result = {"captured": True, "pipeline": lead.pipeline, "stage": lead.stage, "name": name, "phone": phone}
    told = _news(context, name=arguments.name, phone=phone if arguments.phone else None, email=email)
    return ToolOutcome({**result, "email": email, "fields": fields}, (lead, *told))


def dedupe_pairs(
    keys: tuple[str, ...], *, phone: str | None, email: str | None, fields: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Return the (key, value) pairs two leads must share to be one; empty as soon as one value is missing."""
    pairs = []
    for key in keys:
        name = key.rpartition(".")[2]
        match name:
            case "phone":
                value = phone
            case "email":
                value = email.casefold() if email else None
            case _:
                value = fold(str(fields[name])) if fields.get(name) is not None else None
        if not value:
            return ()
        pairs.append((name, value))
    return tuple(pairs)


def _news(context: ToolContext, *, name: str | None, phone: str | None, email: str | None) -> tuple[Emit, ...]:
    """Return what the contact is now known by. The number somebody writes from stays theirs, whatever they add."""
    found = {"name": name, "email": email, "phone": None if known_phone(context.contact) else phone}
    return tuple(
        SetContact(key, value, context.source)
        for key, value in found.items()
        if value and value != context.contact.get(key)
    )


def _text(value: Any) -> str | None:
    return str(value) if value else None


CAPTURE_LEAD = Tool(
    name="capture_lead",
    description=(
        "Record the customer as a lead once they have shown interest. Pass only what they said themselves; never"
        " invent a name, number or address."
    ),
    Arguments=LeadArguments,
    run=capture_lead,
    write=True,
)
