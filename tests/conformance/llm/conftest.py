"""A provider, and what our code records of asking it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from agent.llm.openai_models import OpenAIClients, OpenAIModels, OpenAISettings, open_clients
from agent.llm.usage import UsageRecord, UsageScope
from core.secret import Secret
from tests.conformance.llm.twins import CLIENTS, ImpatientClock
from tests.fakes.openai_server import FakeOpenAI


@pytest.fixture
async def fake_openai() -> AsyncIterator[FakeOpenAI]:
    """A provider that must not be asked in the wrong shape."""
    async with FakeOpenAI() as provider:
        yield provider
        assert provider.faults == []


@pytest.fixture(params=CLIENTS)
async def clients(request: pytest.FixtureRequest) -> AsyncIterator[OpenAIClients]:
    """Each of the two clients in its turn."""
    async with aiohttp.ClientSession() as http, open_clients(request.param, http) as opened:
        yield opened


@pytest.fixture
def records() -> list[UsageRecord]:
    """What was recorded."""
    return []


@pytest.fixture
def clock() -> ImpatientClock:
    return ImpatientClock()


@pytest.fixture
def models_with(
    fake_openai: FakeOpenAI, clients: OpenAIClients, records: list[UsageRecord], clock: ImpatientClock
) -> Callable[..., OpenAIModels]:
    """Models of a tenant; aliases as given."""

    async def sink(record: UsageRecord) -> None:
        records.append(record)

    def build(api_key: str = "sk-test", base_url: str | None = None, **aliases: str) -> OpenAIModels:
        settings = OpenAISettings(
            api_key=Secret(api_key),
            aliases=aliases or {"default": "gpt-4.1-mini", "fast": "gpt-4.1-nano"},
            base_url=base_url or fake_openai.url,
        )
        scope = UsageScope("tenant-1", "conversation-1", "run-1", 3)
        return OpenAIModels(settings, clients=clients, sink=sink, scope=scope, clock=clock)

    return build


@pytest.fixture
def models(models_with: Callable[..., OpenAIModels]) -> OpenAIModels:
    return models_with()
