"""A form behind a model, from the customer's words to what is kept: several fields of one message, and a correction."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from core.settings import Settings
from simulator import Customer, GraphApi
from tests.fakes.openai_server import FakeOpenAI, Text
from tests.scenarios.agent_flow import become_owner, publish, turns_of, usage_of
from tests.scenarios.box import Box, open_box
from tests.scenarios.flows import clinic_flow

FORM: dict[str, Any] = {
    "schema": "flow/1",
    "key": "clinic",
    "locales": {"default": "en", "supported": ["en"]},
    "entry": "form",
    "variables": {"slots.name": {"type": "string", "pii": True}, "slots.day": {"type": "date"},
                  "slots.people": {"type": "number"}},
    "nodes": {
        "form": {"type": "form", "to": {"ok": "done"}, "fields": [
            {"save": "slots.name", "say": {"en": "Your name?"}, "expect": {"type": "text"}},
            {"save": "slots.day", "say": {"en": "Which day?"}, "expect": {"type": "date"}},
            {"save": "slots.people", "say": {"en": "How many people?"}, "expect": {"type": "number", "max": 12}},
        ]},
        "done": {"type": "end", "say": {"en": "{{ slots.name }}, {{ slots.day }}, {{ slots.people }}."}},
    },
}  # fmt: skip


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenAI]:
    """The model's endpoint."""
    async with FakeOpenAI(api_key="k") as endpoint:
        yield endpoint


@pytest.fixture
async def box(settings: Settings, meta: GraphApi, provider: FakeOpenAI) -> AsyncIterator[Box]:
    """The running server with a model, and a form that answers."""
    with_model = settings.model_copy(update={"openai_api_key": SecretStr("k"), "openai_base_url": provider.url})
    async with open_box(with_model, clinic_flow(), meta) as opened:
        await publish(opened, FORM)
        await become_owner(opened)
        yield opened


def commands(**values: Any) -> Text:
    """Return what a model answers that heard these values."""
    told = [{"cmd": "set", "slot": f"slots.{name}", "value": value} for name, value in values.items()]
    return Text(orjson.dumps({"commands": told}).decode())


async def test_that_a_model_fills_a_form_and_mends_it(box: Box, provider: FakeOpenAI, customer: Customer) -> None:
    await customer.says("hi")
    await customer.hears("Your name?")
    provider.script(commands(name="Ada", day="2027-03-05", people=40))
    await customer.says("it is Ada, and we would come on the fifth of March 2027")
    await customer.hears("How many people?")
    provider.script(commands(name="Ada King"))
    await customer.says("oh, and write Ada King there")
    await customer.hears("Ada King")
    await customer.says("yes")
    await customer.says("4")
    await customer.hears("Ada King, 2027-03-05, 4.")
    assert len(provider.requests) == 2
    assert not provider.faults
    assert provider.requests[0].body["response_format"]["type"] == "json_schema"
    assert "Ada" not in provider.requests[1].last_text.partition("<customer>")[0], "what is known is not sent along"
    assert {row["purpose"] for row in await usage_of(box)} == {"understand"}
    told = [step["port"] for turn in await turns_of(box) for step in turn["trail"] if step["node"] == "gate"]
    assert told.count("understand") == 2
