"""Remember something lasting about the customer, with the message that said so."""

import re
from typing import Annotated

from pydantic import Field

from core.errors import ToolRetry
from core.turns import SetContact
from tools.base import BUILDER, Arguments, Tool, ToolContext, ToolOutcome, require_consent

RESERVED = frozenset(
    {"consent", "opted_out", "phone", "email", "wa_id", "id", "tenant_id", "language", "identities", "keys"}
)
"""Consent is the customer's to give, numbers and addresses go through capture_lead, which checks them."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class FactArguments(Arguments):
    """One fact."""

    name: str = Field(description="A short name in English: allergy, preferred_day, company")
    value: Annotated[str, Field(max_length=500)] | bool | int | float = Field(description="What the customer said")
    allowed: Annotated[tuple[str, ...], BUILDER] = ()
    """The only names that may be remembered; empty allows every name that is not reserved."""


async def remember_fact(arguments: FactArguments, context: ToolContext) -> ToolOutcome:
    """Keep the fact; raises ToolRetry for names that are not to be set, ToolFailed where consent is missing."""
    require_consent(context)
    name = arguments.name.removeprefix("contact.").lower()
    if not _NAME.fullmatch(name):
        raise ToolRetry("A name is made of small letters, digits and underscores, 40 at most.", fields=["name"])
    if name in RESERVED:
        raise ToolRetry(f"“{name}” cannot be set this way.", fields=["name"])
    if arguments.allowed and name not in arguments.allowed:
        raise ToolRetry(f"Only these can be remembered: {', '.join(arguments.allowed)}.", fields=["name"])
    if isinstance(arguments.value, str) and not arguments.value:
        raise ToolRetry("There is nothing to remember.", fields=["value"])
    if context.contact.get(name) == arguments.value:
        return ToolOutcome({"remembered": True, "name": name, "known_already": True})
    return ToolOutcome({"remembered": True, "name": name}, (SetContact(name, arguments.value, context.source),))


REMEMBER_FACT = Tool(
    name="remember_fact",
    description="Remember something the customer said about themselves that will matter in later conversations.",
    Arguments=FactArguments,
    run=remember_fact,
    write=True,
)
