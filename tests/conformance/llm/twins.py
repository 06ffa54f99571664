"""Both clients against one provider: each is asked the same, and what each said and heard is laid side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from agent.llm.openai_errors import EXPECTED, to_model_error
from agent.llm.openai_models import OpenAIModels, OpenAISettings, open_clients
from agent.llm.usage import UsageRecord, UsageScope
from core.errors import AppError
from core.secret import Secret
from core.turns import ModelReply, ModelRequest
from tests.fakes.openai_server import FakeOpenAI, Script

CLIENTS = ("langchain-openai", "lean")


@dataclass
class Told:
    """What one client made of an answer, and what it asked."""

    outcome: Any
    bodies: list[Any]
    heard: list[str]
    records: list[Any]


class ImpatientClock:
    """Sleeps are remembered, not slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> Any:
        raise AssertionError("nobody asks the time here")

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Twins:
    """ChatOpenAI and the lean client, in this order."""

    def __init__(self, provider: FakeOpenAI, chats: tuple[Any, ...]) -> None:
        self.provider = provider
        self._clients = chats

    async def complete(self, *script: Script, request: ModelRequest, **aliases: str) -> Told:
        """Ask both through the port; return what they agree on."""
        first, second = [await self._complete(clients, script, request, aliases) for clients in self._clients]
        agree(first, second)
        return second

    async def invoke(self, *script: Script, ask: Callable[[BaseChatModel], Any]) -> Any:
        """Ask both chat models themselves; return what they agree on, and the body they asked with."""
        told = []
        for chat in self.chats():
            self.provider.script(*script)
            asked = len(self.provider.requests)
            told.append((await _outcome(ask(chat)), [one.body for one in self.provider.requests[asked:]]))
            self.provider.forget()
        agree(*told)
        return told[1]

    def chats(self, model: str = "gpt-4.1-mini", base_url: str | None = None) -> list[BaseChatModel]:
        """Return the two chat models."""
        settings = OpenAISettings(Secret("sk-test"), {"default": model}, base_url or self.provider.url)
        return [clients.chat(settings, model) for clients in self._clients]

    async def _complete(
        self, clients: Any, script: tuple[Script, ...], request: ModelRequest, aliases: dict[str, str]
    ) -> Told:
        self.provider.script(*script)
        asked = len(self.provider.requests)
        told = Told(None, [], [], [])

        async def sink(record: UsageRecord) -> None:
            told.records.append(replace(record, usage=replace(record.usage, ms=0.0)))

        async def hear(text: str) -> None:
            told.heard.append(text)
            if request.on_delta is not None:
                await request.on_delta(text)

        settings = OpenAISettings(Secret("sk-test"), aliases or {"default": "gpt-4.1-mini"}, self.provider.url)
        models = OpenAIModels(
            settings, clients=clients, sink=sink, scope=UsageScope("tenant-1"), clock=ImpatientClock()
        )
        heeding = replace(request, on_delta=hear) if request.on_delta is not None else request
        told.outcome = await _outcome(models.complete(heeding))
        told.bodies = [one.body for one in self.provider.requests[asked:]]
        self.provider.forget()
        return told


@asynccontextmanager
async def open_twins(provider: FakeOpenAI) -> AsyncIterator[Twins]:
    """Open both clients."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Twins(provider, tuple([await stack.enter_async_context(open_clients(name, http)) for name in CLIENTS]))


def agree(first: Any, second: Any) -> None:
    """Fail unless two things are the same but for what ``plain`` leaves out."""
    theirs, ours = plain(first), plain(second)
    assert ours == theirs, f"ChatOpenAI: {theirs!r:.3000}\n\nlean: {ours!r:.3000}"


def plain(value: Any) -> Any:
    """Return a value without what may differ: ids drawn at random, and None for what the provider did not send."""
    match value:
        case Told():
            return plain([value.outcome, value.bodies, value.heard, value.records])
        case ModelReply():
            return replace(value, usage=replace(value.usage, ms=0.0))
        case BaseMessage():
            return plain(value.model_dump(exclude={"id"}))
        case dict():
            return {name: plain(inner) for name, inner in value.items() if inner is not None}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case _:
            return value


async def _outcome(asking: Any) -> Any:
    """Return an answer, or what its error means: kind, facts but for the exception's name, and when to ask again."""
    try:
        async with asyncio.timeout(20):
            return await asking
    except AppError as error:
        found = error
    except EXPECTED as error:
        found = to_model_error(error)
    facts = {name: fact for name, fact in found.facts.items() if name != "kind"}
    return type(found).__name__, found.message, facts, getattr(found, "retry_after", None)


async def streamed(chunks: AsyncIterator[Any]) -> list[Any]:
    """Return what came of a stream, one piece after the other."""
    return [chunk async for chunk in chunks]
