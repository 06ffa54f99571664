"""CPU per model call: our lean client against ChatOpenAI, whole answers and streamed ones, over the same endpoint."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from agent.llm.openai_models import OpenAIModels, OpenAISettings, open_clients
from agent.llm.usage import UsageScope, discard_usage
from bench.wire import free_port, wait_for
from core.secret import Secret
from core.turns import ModelMessage, ModelRequest
from tools.registry import TOOLS, offered_tool, spec_of

CLIENTS = ("langchain-openai", "lean")
CALLS = 20
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Milliseconds of CPU per call, medians over rounds."""

    what: str
    openai_ms: float
    lean_ms: float

    @property
    def ratio(self) -> float:
        """Return the lean client's share of ChatOpenAI's CPU."""
        return self.lean_ms / self.openai_ms


async def measure_models() -> list[ModelFigures]:
    """Interleave the two clients, so that a noisy machine is noisy for both."""
    figures: list[ModelFigures] = []
    async with _provider() as url, AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        settings = OpenAISettings(Secret("sk-test"), {"default": "gpt-4.1-mini"}, url)
        both = [
            OpenAIModels(
                settings,
                clients=await stack.enter_async_context(open_clients(name, http)),
                sink=discard_usage,
                scope=UsageScope("bench"),
            )
            for name in CLIENTS
        ]
        for what, request in (("model call", _request()), ("streamed model call", _request(streamed=True))):
            rounds = [[await _round(models, request) for models in both] for _ in range(ROUNDS + 1)]
            medians = [statistics.median(column) for column in zip(*rounds[1:], strict=True)]
            figures.append(ModelFigures(what, *medians))
    return figures


async def _round(models: OpenAIModels, request: ModelRequest) -> float:
    started = time.process_time()
    for _ in range(CALLS):
        await models.complete(request)
    return (time.process_time() - started) * 1000 / CALLS


def _request(*, streamed: bool = False) -> ModelRequest:
    """Return what an agent node asks: its prompt, twelve messages, the tools."""

    async def listen(text: str) -> None:
        """Hear the words and do nothing."""

    talk = [ModelMessage("user" if i % 2 else "assistant", "What does an implant cost, and when?") for i in range(12)]
    return ModelRequest(
        alias="default",
        messages=(ModelMessage("system", "Answer in short, kind words. " * 40), *talk),
        tools=tuple(offered_tool(spec_of(tool)) for tool in TOOLS.values()),
        on_delta=listen if streamed else None,
    )


@asynccontextmanager
async def _provider() -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.provider", str(port), "0")
    try:
        await wait_for(port, "/ready")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        await process.wait()
