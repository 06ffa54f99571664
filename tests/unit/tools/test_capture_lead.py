"""A lead holds what the customer said, in a form that can be called and counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import ToolFailed, ToolRetry
from core.policy import Policy
from core.turns import CaptureLead, PolicyFacts, SetContact
from tools.base import ToolContext
from tools.registry import call_tool


async def capture(context: ToolContext, raw: dict[str, Any], **preset: Any) -> tuple[CaptureLead, list[SetContact]]:
    outcome = await call_tool("capture_lead", raw, context, preset=preset)
    lead, *facts = outcome.emits
    assert isinstance(lead, CaptureLead)
    return lead, [fact for fact in facts if isinstance(fact, SetContact)]


@pytest.mark.parametrize(
    "typed", ["0532 123 45 67", "+90 (532) 123-45-67", "905321234567", "٠٥٣٢١٢٣٤٥٦٧", "00905321234567"]
)
async def test_that_a_number_as_typed_becomes_e164(context: ToolContext, typed: str) -> None:
    lead, facts = await capture(context, {"name": "Ali Can", "phone": typed})
    assert lead.phone == "+905321234567"
    assert SetContact("phone", "+905321234567", "inbound-7") in facts


@pytest.mark.parametrize("typed", ["123", "yarın ararım", "+90 111 111 11 11"])
async def test_that_an_impossible_number_is_asked_for_again(context: ToolContext, typed: str) -> None:
    with pytest.raises(ToolRetry):
        await capture(context, {"phone": typed})


@pytest.mark.parametrize("wa_id", ["5215512345678", "+5215512345678"])
async def test_that_the_number_whatsapp_knows_is_never_rewritten(
    changed: Callable[..., ToolContext], wa_id: str
) -> None:
    context = changed(contact={"phone": wa_id}, country="MX")
    assert (await capture(context, {}))[0].phone == "+5215512345678"
    assert (await capture(context, {"phone": "+52 1 55 1234 5678"}))[0].phone == "+5215512345678"


async def test_that_another_number_goes_to_the_lead_and_leaves_the_contacts_own(
    changed: Callable[..., ToolContext],
) -> None:
    lead, facts = await capture(changed(contact={"phone": "+905321234567"}), {"phone": "0533 765 43 21"})
    assert lead.phone == "+905337654321"
    assert facts == []


async def test_that_an_address_is_checked_offline_and_normalised(context: ToolContext) -> None:
    lead, facts = await capture(context, {"email": " Ali.Can@ORNEK.com.tr "})
    assert lead.email == "Ali.Can@ornek.com.tr"
    assert facts == [SetContact("email", "Ali.Can@ornek.com.tr", "inbound-7")]
    with pytest.raises(ToolRetry, match="e-mail"):
        await capture(context, {"email": "ali@ornek"})


async def test_that_fields_take_their_declared_types(context: ToolContext) -> None:
    specs = {
        "service": {"type": "choice", "values": ["implant", "ortho"]},
        "budget": {"type": "number"},
        "urgent": {"type": "bool"},
        "when": {"type": "datetime"},
    }
    raw = {"fields": {"service": "İMPLANT", "budget": "25.000,50", "urgent": "evet", "when": "2026-03-05T10:00"}}
    lead, _ = await capture(context, raw, specs=specs)
    assert lead.fields == {"service": "implant", "budget": 25000.5, "urgent": True, "when": "2026-03-05T10:00:00"}


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"service": "botox"}, "implant"), ({"colour": "red"}, "colour"), ({}, "service"), ({"service": ""}, "service")],
)
async def test_that_fields_outside_the_declaration_are_refused(
    context: ToolContext, fields: dict[str, str], word: str
) -> None:
    specs = {"service": {"type": "choice", "values": ["implant"], "required": True}}
    with pytest.raises(ToolRetry, match=word):
        await capture(context, {"fields": fields}, specs=specs)


async def test_that_leads_merge_by_the_values_the_builder_named(context: ToolContext) -> None:
    raw = {"phone": "0532 123 45 67", "email": "Ali@Ornek.com", "fields": {"plate": "34 ABC 12"}}
    lead, _ = await capture(context, raw, dedupe=["contact.phone", "contact.email", "slots.plate"])
    assert lead.dedupe == (("phone", "+905321234567"), ("email", "ali@ornek.com"), ("plate", "34 abc 12"))


@pytest.mark.parametrize("keys", [["contact.phone"], ["contact.email", "contact.phone"], ["slots.plate"], []])
async def test_that_a_missing_value_never_merges_leads(context: ToolContext, keys: list[str]) -> None:
    lead, _ = await capture(context, {"email": "ali@ornek.com"}, dedupe=keys)
    assert lead.dedupe == ()


async def test_that_the_lead_remembers_who_said_so_and_where(context: ToolContext) -> None:
    lead, _ = await capture(context, {}, pipeline="clinic", stage="qualified", tags=["bot"])
    assert (lead.pipeline, lead.stage, lead.tags) == ("clinic", "qualified", ("bot",))
    assert (lead.node, lead.source) == ("booking", "inbound-7")


async def test_that_nothing_is_kept_without_consent_where_it_is_asked(changed: Callable[..., ToolContext]) -> None:
    facts = PolicyFacts(policy=Policy(require_consent=True))
    with pytest.raises(ToolFailed) as caught:
        await capture(changed(policy=facts), {"name": "Ali"})
    assert caught.value.facts["code"] == "consent_missing"
    lead, _ = await capture(changed(policy=facts, contact={"consent": True}), {"name": "Ali"})
    assert lead.name == "Ali"


async def test_that_what_is_known_already_is_not_told_again(changed: Callable[..., ToolContext]) -> None:
    context = changed(contact={"name": "Ali Can", "email": "ali@ornek.com"})
    lead, facts = await capture(context, {"name": "Ali Can"})
    assert (lead.name, lead.email, facts) == ("Ali Can", "ali@ornek.com", [])
