"""A person who writes while the model still thinks has the last word: nothing of the agent's appears after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect
from pydantic import SecretStr

from core.settings import Settings
from simulator import GraphApi
from tests.browser.conftest import Opener, signed_in
from tests.fakes.openai_server import FakeOpenAI, Text
from tests.scenarios.agent_flow import agent_flow
from tests.scenarios.box import PHONE, Box, until

WORDS = "Implants cost forty thousand lira as you will see"


@pytest.fixture
def answers() -> asyncio.Event:
    """Set: the model answers at once; cleared: once it is set again."""
    event = asyncio.Event()
    event.set()
    return event


@pytest.fixture
async def provider(answers: asyncio.Event) -> AsyncIterator[FakeOpenAI]:
    """A model that answers when it may."""
    async with FakeOpenAI(api_key="k") as endpoint:
        endpoint.always(lambda _: Text(WORDS, after=answers))
        yield endpoint


@pytest.fixture
def settings(settings: Settings, provider: FakeOpenAI) -> Settings:
    """Settings of a server with that model."""
    return settings.model_copy(update={"openai_api_key": SecretStr("k"), "openai_base_url": provider.url})


@pytest.fixture
def flow() -> dict[str, Any]:
    """A flow that leaves the talking to the model."""
    return agent_flow(knowledge=[])


async def test_that_nothing_of_the_agents_appears_once_staff_have_written(
    box: Box, meta: GraphApi, provider: FakeOpenAI, answers: asyncio.Event, visit: Opener
) -> None:
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Implants")
    async with signed_in(visit, box) as page:
        await page.get_by_role("link", name="Ayşe").click()
        thread, reply = page.get_by_role("log"), page.get_by_role("textbox", name="Reply", exact=True)
        await expect(thread.get_by_text(WORDS)).to_have_count(1)
        answers.clear()
        await customer.says("ne kadar?")
        await until(lambda: len(provider.requests) == 2)
        await reply.fill("Ben Deniz.")
        await reply.press("Enter")
        await customer.hears("Ben Deniz.")
        answers.set()
        # The turn that was under way has ended: it took in what the customer had said.
        await expect(thread.get_by_text("ne kadar?", exact=True)).to_be_visible()
        await expect(thread.get_by_text(WORDS)).to_have_count(1)
        await expect(page.locator("header").get_by_text("You hold this")).to_be_visible()
        assert [words for words in customer.heard if "Implants" in words] == [WORDS]
        assert customer.heard[-1] == "Ben Deniz."
