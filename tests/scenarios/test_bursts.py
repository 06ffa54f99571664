"""Messages that belong together are answered together, and none is lost (DESIGN invariant 4, ENGINE rule 11)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from core.settings import Settings
from simulator import Customer, GraphApi
from simulator.state import Json
from simulator.webhooks import encode
from tests.fakes.openai_server import Asked, FakeOpenAI, Text
from tests.scenarios.agent_flow import agent_flow, become_owner, publish
from tests.scenarios.box import PHONE, Box, open_box, until
from tests.scenarios.flows import clinic_flow
from tests.scenarios.posting import (
    conversation_of,
    post,
    post_copies,
    said_in,
    sent_to,
    turns_of,
    wait_for_sent,
    whatsapp,
    whatsapp_text,
    written,
)

FIVE = ("my tooth hurts", "since yesterday", "on the left", "can you help", "today if possible")
THINKING = 0.6


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenAI]:
    """A model that answers with the number of the request."""
    async with FakeOpenAI(api_key="k") as endpoint:
        endpoint.always(lambda asked: Text(f"Answer {len(endpoint.requests)}."))
        yield endpoint


@pytest.fixture
def settings(settings: Settings, provider: FakeOpenAI) -> Settings:
    """Settings of a server with that model."""
    return settings.model_copy(update={"openai_api_key": SecretStr("k"), "openai_base_url": provider.url})


@pytest.fixture
async def box(settings: Settings, meta: GraphApi) -> AsyncIterator[Box]:
    """The server, with the model's flow published."""
    async with open_box(settings, clinic_flow(), meta) as opened:
        await publish(opened, agent_flow())
        await become_owner(opened)
        yield opened


@pytest.fixture
async def customer(meta: GraphApi) -> Customer:
    """Somebody who writes."""
    return meta.customer(PHONE, "905321112233", name="Ayşe")


def slow(provider: FakeOpenAI) -> None:
    """Let the model think for a while."""
    provider.always(lambda asked: Text(f"Answer {len(provider.requests)}.", pause=THINKING))


def asked(request: Asked) -> str:
    """Return everything a request holds of the customer."""
    return "\n".join(str(message["content"]) for message in request.body["messages"] if message["role"] == "user")


async def check_usage(box: Box, provider: FakeOpenAI) -> None:
    """Check that every answer is on the bill, those nobody saw as well."""

    async def billed() -> bool:
        rows = (await box.api("GET", "usage"))["items"]
        return sum(row["calls"] for row in rows) == len(provider.requests)

    await until(billed)
    rows = (await box.api("GET", "usage"))["items"]
    assert sum(row["tokens_in"] for row in rows) == 100 * len(provider.requests)


async def test_that_five_messages_at_once_are_answered_once(box: Box, provider: FakeOpenAI, customer: Customer) -> None:
    assert await post_copies(box, [written(customer, text) for text in FIVE]) == {200}
    answers = await wait_for_sent(box, customer, 1)
    seen = asked(provider.requests[-1])
    assert all(text in seen for text in FIVE), seen
    assert answers == [f"Answer {len(provider.requests)}."]
    await customer.says("thank you")
    await wait_for_sent(box, customer, 2)
    conversation = await conversation_of(box)
    assert sorted((await said_in(box, conversation, "contact"))[:5]) == sorted(FIVE)
    assert len(await turns_of(box, conversation)) == 2
    assert len(sent_to(box, customer)) == 2
    await check_usage(box, provider)


async def test_that_messages_while_the_model_thinks_are_answered_with_the_first(
    box: Box, provider: FakeOpenAI, customer: Customer
) -> None:
    slow(provider)
    await customer.says(FIVE[0])
    await until(lambda: len(provider.requests) == 1)
    for text in FIVE[1:]:
        await customer.says(text)
    assert await wait_for_sent(box, customer, 1) == ["Answer 2."]
    seen = asked(provider.requests[1])
    assert [text for text in FIVE if text in seen] == list(FIVE)
    conversation = await conversation_of(box)
    assert await said_in(box, conversation, "contact") == list(FIVE)
    assert await said_in(box, conversation, "agent") == ["Answer 2."]
    turns = await turns_of(box, conversation)
    assert [turn["outcome"] for turn in turns] == ["answered"]
    await check_usage(box, provider)


async def test_that_five_messages_a_fifth_of_a_second_apart_get_one_answer_from_a_model_that_takes_a_second(
    box: Box, provider: FakeOpenAI, customer: Customer
) -> None:
    """By the real clock: what a customer who writes line by line gets."""
    provider.always(lambda asked: Text(f"Answer {len(provider.requests)}.", pause=1.0))
    for text in FIVE:
        await customer.says(text)
        await asyncio.sleep(0.2)
    (answer,) = await wait_for_sent(box, customer, 1)
    conversation = await conversation_of(box)
    assert await said_in(box, conversation, "contact") == list(FIVE)
    assert await said_in(box, conversation, "agent") == [answer] == [f"Answer {len(provider.requests)}."]
    assert [text for text in FIVE if text in asked(provider.requests[-1])] == list(FIVE)
    assert [turn["outcome"] for turn in await turns_of(box, conversation)] == ["answered"]
    assert len(provider.requests) > 1, "nothing was thrown away: the first call saw all five"
    await check_usage(box, provider)


async def test_that_somebody_who_never_stops_writing_is_answered(
    box: Box, provider: FakeOpenAI, customer: Customer
) -> None:
    """Two answers are thrown away at most; what comes while the third is made belongs to the next turn."""
    slow(provider)
    for number, text in enumerate(FIVE[:4]):
        await customer.says(text)
        await until(lambda n=number: len(provider.requests) > min(n, 3))
    assert (await wait_for_sent(box, customer, 2))[0] == "Answer 3."
    conversation = await conversation_of(box)
    assert await said_in(box, conversation, "contact") == list(FIVE[:4])
    assert len(await turns_of(box, conversation)) == 2
    assert FIVE[2] in asked(provider.requests[2])
    assert FIVE[3] not in asked(provider.requests[2])
    assert FIVE[3] in asked(provider.requests[3])
    await check_usage(box, provider)


async def test_that_a_burst_answers_question_after_question(box: Box, customer: Customer) -> None:
    flow = clinic_flow()
    await publish(box, flow)
    answers = ("merhaba", "implant", "Ayşe Yılmaz", "0532 111 22 33")
    await customer.says_at_once(*answers)
    words = await wait_for_sent(box, customer, 3)
    lead = await box.lead()
    assert (lead["name"], lead["fields"]["service"]) == ("Ayşe Yılmaz", "implant")
    conversation = await conversation_of(box)
    assert await said_in(box, conversation, "contact") == list(answers)
    assert len(await turns_of(box, conversation)) == 1
    assert not [text for text in words if "?" in text], words
    assert sum("bağlıyorum" in text for text in words) == 1


async def test_that_the_flows_own_patience_gathers_a_slow_writer(
    box: Box, provider: FakeOpenAI, customer: Customer
) -> None:
    document = agent_flow()
    document["settings"] = {"debounce": "PT2S"}
    await publish(box, document)
    for text in FIVE:
        await customer.says(text)
    assert await wait_for_sent(box, customer, 1) == [f"Answer {len(provider.requests)}."]
    assert [text for text in FIVE if text in asked(provider.requests[-1])] == list(FIVE)
    assert len(await turns_of(box, await conversation_of(box))) == 1


def changed(customer: Customer, change: str, original: str) -> Json:
    """Return a customer's change to a message, as WhatsApp reports it."""
    content: dict[str, Any] = {"original_message_id": original}
    if change == "edit":
        content["message"] = {"type": "text", "text": {"body": "on the right"}}
    return {**whatsapp_text(customer.id, "", f"wamid.{change}"), "type": change, change: content}


@pytest.mark.parametrize("change", ["edit", "revoke"])
@pytest.mark.parametrize("first", [True, False], ids=["after", "before"])
async def test_that_a_change_in_the_same_burst_is_not_lost(
    box: Box, provider: FakeOpenAI, customer: Customer, change: str, first: bool
) -> None:
    """Providers promise no order: a change may come together with its message, or even before it."""
    shown, _ = customer.compose("text", {"text": "on the left"}, {"body": "on the left"}, {})
    message, late = whatsapp_text(customer.id, "on the left", shown.id), changed(customer, change, shown.id)
    other = whatsapp_text(customer.id, "can you help", "wamid.other")
    await post(box, encode(whatsapp(*([message, late] if first else [late, message]), other)))
    await wait_for_sent(box, customer, 1)
    said = await said_in(box, await conversation_of(box), "contact")
    assert said == {"edit": ["on the right", "can you help"], "revoke": ["", "can you help"]}[change]
    seen = asked(provider.requests[-1])
    assert "on the left" not in seen
    assert ("on the right" in seen) is (change == "edit")


async def test_that_two_people_who_write_at_once_are_answered_each(
    box: Box, provider: FakeOpenAI, meta: GraphApi
) -> None:
    slow(provider)
    people = [meta.customer(PHONE, f"90532111224{number}") for number in range(5)]
    await asyncio.gather(*(person.says(f"hello from {person.id}") for person in people))
    for person in people:
        await wait_for_sent(box, person, 1)
    assert len(provider.requests) == len(people)
    for request in provider.requests:
        assert sum(person.id in asked(request) for person in people) == 1
