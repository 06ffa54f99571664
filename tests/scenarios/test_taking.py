"""Taking a conversation while the agent's words are on their way out (ENGINE rules 24, 25 and 37)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from core.settings import Settings
from simulator import Customer, GraphApi, Slow
from tests.fakes.openai_server import FakeOpenAI, Text
from tests.scenarios.agent_flow import agent_flow, publish
from tests.scenarios.box import PHONE, Box, until
from tests.scenarios.posting import conversation_of, said_in, sent_to, wait_for_sent
from tests.scenarios.visitor import WidgetVisitor

LATE = 2.0
"""Seconds that the provider takes to answer."""

LONG = "An implant costs forty thousand lira and the crown is part of that price as you will see."


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenAI]:
    """A model that speaks slowly."""
    async with FakeOpenAI(api_key="k") as endpoint:
        endpoint.always(lambda _: Text(LONG, pause=0.15))
        yield endpoint


@pytest.fixture
def settings(settings: Settings, provider: FakeOpenAI) -> Settings:
    """Settings of a server with that model."""
    return settings.model_copy(update={"openai_api_key": SecretStr("k"), "openai_base_url": provider.url})


async def at_the_door(box: Box, meta: GraphApi, customer: Customer) -> str:
    """Let the agent answer in two messages, the first of which the provider is slow to take; returns the talk."""
    await box.sign_in()
    meta.fail_next(Slow(LATE), account=PHONE)
    await customer.says("merhaba")
    await until(lambda: len(meta.simulation.faults) == 0)
    return await conversation_of(box)


async def take(box: Box, conversation: str, *, many: bool) -> dict[str, Any]:
    """Take it by itself, or as the list does it: among others."""
    if not many:
        return dict(await box.api("POST", f"conversations/{conversation}/take", {}))
    done = await box.api("POST", "conversations/bulk", {"ids": [conversation], "action": "take"})
    return dict(done["results"][0])


@pytest.mark.parametrize("many", [False, True])
async def test_that_taking_waits_for_what_is_at_the_door_and_says_that_it_got_out(
    box: Box, meta: GraphApi, customer: Customer, *, many: bool
) -> None:
    conversation = await at_the_door(box, meta, customer)
    assert sent_to(box, customer) == []
    taken = await take(box, conversation, many=many)
    first = sent_to(box, customer)
    messages = (await box.api("GET", f"conversations/{conversation}/messages"))["items"]
    (out,) = [message for message in messages if message["id"] in taken["on_its_way"]]
    assert [out["text"]] == first
    assert out["delivery"] not in ("queued", "sending")
    await box.api("POST", f"conversations/{conversation}/messages", {"text": "Ben Deniz."})
    await wait_for_sent(box, customer, 2)
    await meta.settle()
    assert sent_to(box, customer) == [*first, "Ben Deniz."]
    assert {m["delivery"] for m in messages if m["author"] == "agent" and m["id"] != out["id"]} == {"cancelled"}


async def test_that_words_of_staff_wait_for_those_at_the_door(box: Box, meta: GraphApi, customer: Customer) -> None:
    conversation = await at_the_door(box, meta, customer)
    body = {"text": "Ben Deniz."}
    writing = box.api("POST", f"conversations/{conversation}/messages", body)
    took, _ = await asyncio.gather(box.api("POST", f"conversations/{conversation}/take", {}), writing)
    assert len(took["on_its_way"]) == 1
    first, *rest = await wait_for_sent(box, customer, 2)
    await meta.settle()
    assert (first != "Ben Deniz.", rest) == (True, ["Ben Deniz."])
    assert sent_to(box, customer) == [first, *rest]


async def test_that_a_takeover_amid_an_answer_leaves_what_the_visitor_saw_of_it(box: Box, provider: FakeOpenAI) -> None:
    await publish(box, agent_flow())
    await box.sign_in()
    visitor = WidgetVisitor(box)
    await visitor.open()
    await visitor.says("hello")
    await visitor.hears("implant")
    async with visitor.listening() as frames:
        await visitor.says("and how much is it?")
        began = len(provider.requests)

        def words() -> str:
            shown = [f.data for f in frames if f.kind == "message.delta" and f.data["draft"] not in known]
            return "".join(delta["text"] for delta in shown)

        known = {f.data["draft"] for f in frames if f.kind == "message.delta"}
        await until(lambda: words().startswith("An implant costs"))
        conversation = await conversation_of(box)
        await box.api("POST", f"conversations/{conversation}/take", {})

        async def cut() -> bool:
            return len(await said_in(box, conversation, "agent")) == 2

        await until(cut)
        _, left = await said_in(box, conversation, "agent")
        assert left
        assert left == words() != LONG, "it ends where the visitor saw it end"
        assert len(provider.requests) == max(began, 2)
        await until(lambda: any(f.kind == "message" and f.data["text"] == left for f in frames))
        messages = (await visitor.open())["messages"]
        assert [m["text"] for m in messages if m["author"] == "agent"] == [LONG, left]
