"""The human wins: whoever of the business writes holds the conversation until it is given back (invariant 7)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from core.settings import Settings
from simulator import Customer, GraphApi
from tests.fakes.openai_server import FakeOpenAI, Text
from tests.scenarios.agent_flow import agent_flow, become_owner, publish
from tests.scenarios.box import INSTAGRAM, PHONE, Box, until
from tests.scenarios.posting import conversation_of, said_in, sent_to, wait_for_sent

CLAIMS = 50
QUESTION = "Hangi tedavi"
PAUSE = 0.5


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenAI]:
    """A model that takes its time."""
    async with FakeOpenAI(api_key="k") as endpoint:
        endpoint.always(lambda asked: Text(f"Answer {len(endpoint.requests)}.", pause=PAUSE))
        yield endpoint


@pytest.fixture
def settings(settings: Settings, provider: FakeOpenAI) -> Settings:
    """Settings of a server with that model."""
    return settings.model_copy(update={"openai_api_key": SecretStr("k"), "openai_base_url": provider.url})


@pytest.fixture(params=[PHONE, INSTAGRAM])
async def customer(request: pytest.FixtureRequest, meta: GraphApi) -> Customer:
    """Somebody who writes, on WhatsApp and on Instagram."""
    return meta.customer(request.param, "905321112233", name="Ayşe")


async def owner_of(box: Box, conversation: str) -> str:
    """Return who holds a conversation."""
    return str((await box.api("GET", f"conversations/{conversation}"))["owner"])


async def wait_for_owner(box: Box, conversation: str, owner: str) -> None:
    """Wait until somebody holds a conversation."""

    async def held() -> bool:
        return await owner_of(box, conversation) == owner

    await until(held)


async def taken_in(box: Box, conversation: str, text: str) -> None:
    """Wait until the server has kept what a customer wrote, with whatever it decided to do about it."""

    async def kept() -> bool:
        return text in await said_in(box, conversation, "contact")

    await until(kept)


async def test_that_staff_who_write_while_the_model_thinks_have_the_last_word(
    box: Box, provider: FakeOpenAI, customer: Customer
) -> None:
    await publish(box, agent_flow())
    await box.sign_in()
    await customer.says("hello")
    assert await wait_for_sent(box, customer, 1) == ["Answer 1."]
    conversation = await conversation_of(box)
    await customer.says("what does it cost?")
    await until(lambda: len(provider.requests) == 2)
    await box.api("POST", f"conversations/{conversation}/messages", {"text": "I am Deniz.", "idempotency_key": "k1"})
    await taken_in(box, conversation, "what does it cost?")
    await customer.says("are you there?")
    await taken_in(box, conversation, "are you there?")
    assert sent_to(box, customer) == ["Answer 1.", "I am Deniz."]
    assert await said_in(box, conversation, "agent") == ["Answer 1."]
    assert len(provider.requests) == 2
    assert (await owner_of(box, conversation)).startswith("staff:")
    await box.api("POST", f"conversations/{conversation}/hand-back", {})
    await customer.says("thank you")
    words = await wait_for_sent(box, customer, 3)
    assert words[:2] == ["Answer 1.", "I am Deniz."]
    assert words[2].startswith("Answer")


async def test_that_taking_a_conversation_throws_the_answer_away(
    box: Box, provider: FakeOpenAI, meta: GraphApi
) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await publish(box, agent_flow())
    await box.sign_in()
    await customer.says("hello")
    await wait_for_sent(box, customer, 1)
    conversation = await conversation_of(box)
    await customer.says("what does it cost?")
    await until(lambda: len(provider.requests) == 2)
    await box.api("POST", f"conversations/{conversation}/take", {})
    await taken_in(box, conversation, "what does it cost?")
    assert sent_to(box, customer) == ["Answer 1."]
    await box.api("POST", f"conversations/{conversation}/hand-back", {})
    assert len(await wait_for_sent(box, customer, 2)) == 2, "what nobody answered is answered at the hand-back"


async def test_that_a_hand_back_without_a_word_does_not_fetch_a_person_again(box: Box, customer: Customer) -> None:
    await box.sign_in()
    await customer.says("merhaba")
    await wait_for_sent(box, customer, 2)
    conversation = await conversation_of(box)
    await customer.says("operatör")
    await wait_for_owner(box, conversation, "nobody")
    await box.api("POST", f"conversations/{conversation}/take", {})
    await customer.says("bir temsilci lütfen")
    await taken_in(box, conversation, "bir temsilci lütfen")
    said = len(sent_to(box, customer))
    await box.api("POST", f"conversations/{conversation}/hand-back", {})
    await customer.says("menü")
    await until(lambda: any(QUESTION in text for text in sent_to(box, customer)[said:]))
    assert await owner_of(box, conversation) == "agent"
    assert [each["state"] for each in (await box.api("GET", "handoffs"))["items"]] == ["done"]


async def test_that_a_reply_from_the_native_app_silences_the_agent(
    box: Box, customer: Customer, meta: GraphApi
) -> None:
    await box.sign_in()
    await customer.says("merhaba")
    await wait_for_sent(box, customer, 2)
    await meta.settle()
    conversation = await conversation_of(box)
    await meta.staff_replies_in_app(customer, "Ben Deniz, hemen bakıyorum.")
    await wait_for_owner(box, conversation, "app")
    await customer.says("implant")
    await taken_in(box, conversation, "implant")
    assert len(sent_to(box, customer)) == 2
    assert await said_in(box, conversation, "app") == ["Ben Deniz, hemen bakıyorum."]
    await box.api("POST", f"conversations/{conversation}/hand-back", {})
    await wait_for_owner(box, conversation, "agent")
    await customer.says("menü")
    await until(lambda: any(QUESTION in text for text in sent_to(box, customer)[2:]))


async def test_that_our_own_messages_come_back_without_taking_over(
    box: Box, customer: Customer, meta: GraphApi
) -> None:
    """Providers echo what we send; the agent must not fall silent at its own words."""
    await box.sign_in()
    await customer.says("merhaba")
    await wait_for_sent(box, customer, 2)
    await meta.settle()
    conversation = await conversation_of(box)
    await customer.says("menü")
    await wait_for_sent(box, customer, 3)
    assert await owner_of(box, conversation) == "agent"
    assert await said_in(box, conversation, "app") == []


async def test_that_of_fifty_who_claim_one_wins(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("temsilci")
    handoff = await box.waiting_handoff()
    answers = await asyncio.gather(*(claim(box, handoff["id"]) for _ in range(CLAIMS)))
    assert sorted(status for status, _ in answers) == [200] + [409] * (CLAIMS - 1)
    assert {code for status, code in answers if status == 409} == {"already_claimed"}
    conversation = await conversation_of(box)
    assert (await owner_of(box, conversation)).startswith("staff:")
    assert (await box.api("GET", "handoffs?state=waiting"))["items"] == []
    assert len((await box.api("GET", "handoffs?state=claimed"))["items"]) == 1


async def claim(box: Box, handoff: str) -> tuple[int, str]:
    """Claim a handoff; returns the status and the problem's code."""
    url = f"{box.url}/api/v1/handoffs/{handoff}/claim"
    async with box.http.post(url, json={}, headers=box.headers) as reply:
        return reply.status, str((await reply.json()).get("code"))


@pytest.mark.parametrize("word", ["STOP", "İPTAL"])
async def test_that_who_opts_out_hears_it_once_and_is_answered_when_they_write(
    box: Box, meta: GraphApi, word: str
) -> None:
    await become_owner(box)
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await wait_for_sent(box, customer, 2)
    await customer.says_at_once("fiyat nedir", word)
    confirmation = (await wait_for_sent(box, customer, 3))[2]
    contact = (await box.api("GET", "contacts"))["items"][0]
    assert contact["opted_out"] is True
    await customer.says_at_once(word, word)
    await customer.says("implant istiyorum")
    words = await wait_for_sent(box, customer, 4)
    await meta.settle()
    assert words.count(confirmation) == 1, words
    assert (await box.api("GET", "contacts"))["items"][0]["opted_out"] is True


async def test_that_a_handoff_is_announced_once_whoever_asks_again(box: Box, meta: GraphApi) -> None:
    await box.sign_in()
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("temsilci")
    await wait_for_sent(box, customer, 1)
    conversation = (await box.waiting_handoff())["conversation_id"]
    for text in ("orada mısınız", "temsilci"):
        await customer.says(text)
        await taken_in(box, conversation, text)
    await meta.settle()
    assert sum("bağlıyorum" in text for text in sent_to(box, customer)) == 1
    await box.waiting_handoff()
