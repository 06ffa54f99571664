"""Models behind any OpenAI-compatible endpoint, through langchain-openai or our own lean client.

One HTTP client for all tenants (each further base URL would otherwise cost megabytes), no retries inside the SDK: a
turn has a deadline, so whether to ask again is decided here, once, and only within it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import aiohttp
import openai
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.tools import BaseTool
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from agent.llm.lean_chat import LeanChat
from agent.llm.openai_errors import EXPECTED, refuses_schemas, to_model_error
from agent.llm.openai_wire import check_finish, read_parsed, read_tool_calls, thinks, to_messages, to_options
from agent.llm.prices import PRICES, Price, cost, estimate_request, estimate_tokens, find_price
from agent.llm.usage import UsageRecord, UsageScope, UsageSink
from core.clock import Clock, SystemClock
from core.errors import AppError, ModelError, ModelUnavailable
from core.secret import Secret
from core.turns import ModelReply, ModelRequest, ModelUsage

LONGEST_PATIENCE = timedelta(seconds=2)
"""A customer waits: a server that wants more than this before another attempt has failed for this turn."""
CLIENTS_KEPT = 256
OPENAI_URL = "https://api.openai.com/v1"
_NOT_CHARGED = frozenset({"rate_limited", "insufficient_quota", "bad_key", "bad_request", "connection", "server"})


@dataclass(frozen=True, slots=True)
class OpenAISettings:
    """Where a tenant's models are. An alias that is not named means ``default``."""

    api_key: Secret
    aliases: Mapping[str, str]
    """``{"default": "gpt-5-mini", "fast": "gpt-5-nano"}``"""
    base_url: str | None = None
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)

    def model_of(self, alias: str) -> str | None:
        """Return the model an alias stands for."""
        return self.aliases.get(alias) or self.aliases.get("default")


class OpenAIClients:
    """The chat objects, built on one shared HTTP client; one per process."""

    def __init__(self, build: Callable[[OpenAISettings, str], BaseChatModel]) -> None:
        self._build = build
        self._chats: OrderedDict[tuple[Secret, str | None, str], BaseChatModel] = OrderedDict()
        self.without_schemas: set[tuple[str | None, str]] = set()
        """Endpoints and models that were found to refuse ``response_format``."""

    def chat(self, settings: OpenAISettings, model: str) -> BaseChatModel:
        """Return the chat object of an endpoint, key and model, built on first use."""
        key = (settings.api_key, settings.base_url, model)
        if key not in self._chats:
            self._chats[key] = self._build(settings, model)
            if len(self._chats) > CLIENTS_KEPT:
                self._chats.popitem(last=False)
        self._chats.move_to_end(key)
        return self._chats[key]


@asynccontextmanager
async def open_clients(client: str, http: aiohttp.ClientSession) -> AsyncIterator[OpenAIClients]:
    """Open what all tenants' models share; ``client`` is ``langchain-openai``, or ``lean``, which uses ``http``."""
    if client == "lean":
        yield OpenAIClients(lambda settings, model: _lean_chat(settings, model, http))
        return
    with openai.DefaultHttpxClient() as sync_http:
        async with openai.DefaultAsyncHttpxClient() as async_http:
            shared: dict[str, Any] = {"http_client": sync_http, "http_async_client": async_http}
            yield OpenAIClients(lambda settings, model: _openai_chat(settings, model, shared))


def _lean_chat(settings: OpenAISettings, model: str, http: aiohttp.ClientSession) -> LeanChat:
    return LeanChat(
        model_name=model,
        api_key=SecretStr(settings.api_key.reveal()),
        base_url=settings.base_url or OPENAI_URL,
        session=http,
        reasoning_effort="low" if thinks(model) else None,
    )


def _openai_chat(settings: OpenAISettings, model: str, shared: Mapping[str, Any]) -> ChatOpenAI:
    return ChatOpenAI(
        model_name=model,
        openai_api_key=SecretStr(settings.api_key.reveal()),
        openai_api_base=settings.base_url or OPENAI_URL,
        max_retries=0,
        stream_usage=True,
        stream_chunk_timeout=None,
        reasoning_effort="low" if thinks(model) else None,
        use_responses_api=False,
        **shared,
    )


@dataclass(slots=True)
class _Attempt:
    """One call in the making: what has come so far, for the bill of one that ends early."""

    model: str
    started: float
    text: str = ""


class OpenAIModels:
    """``core.turns.Models`` for one turn; cheap to make."""

    def __init__(
        self,
        settings: OpenAISettings,
        *,
        clients: OpenAIClients,
        sink: UsageSink,
        scope: UsageScope,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._sink = sink
        self._scope = scope
        self._clock = clock or SystemClock()

    def available(self, alias: str = "default") -> bool:
        return bool(self._settings.api_key) and self._settings.model_of(alias) is not None

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask, and once more where the server says that it will shortly do better and nothing was shown yet."""
        deadline = time.monotonic() + request.timeout.total_seconds()
        shown = _Shown(request)
        try:
            return await self._attempt(shown.request, deadline)
        except ModelUnavailable as error:
            wait = error.retry_after
            if wait is None or wait > LONGEST_PATIENCE or shown.any:
                raise
            if time.monotonic() + wait.total_seconds() >= deadline:
                raise
        await self._clock.sleep(wait.total_seconds())
        return await self._attempt(shown.request, deadline)

    async def _attempt(self, request: ModelRequest, deadline: float) -> ModelReply:
        model = self._settings.model_of(request.alias)
        if model is None or not self._settings.api_key:
            raise ModelUnavailable("No language model is connected.", code="offline")
        attempt = _Attempt(model, time.monotonic())
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline - time.monotonic()):
                message = await self._ask(request, attempt)
        except TimeoutError as error:
            late = ModelUnavailable("The language model did not answer in time.", code="timeout")
            await self._record(request, attempt, outcome="timeout")
            raise late from error
        except asyncio.CancelledError:
            await asyncio.shield(self._record(request, attempt, outcome="cancelled"))
            raise
        except AppError as error:  # a model's, or that of whoever listens to its words
            await self._record(request, attempt, outcome=str(error.facts.get("code", error.code)))
            raise
        return await self._judge(request, attempt, message)

    async def _ask(self, request: ModelRequest, attempt: _Attempt) -> AIMessage:
        endpoint = (self._settings.base_url, attempt.model)
        try:
            try:
                return await self._call(request, attempt, schema_by_tool=endpoint in self._clients.without_schemas)
            except EXPECTED as error:
                if request.schema is None or not refuses_schemas(error):
                    raise
            self._clients.without_schemas.add(endpoint)
            return await self._call(request, attempt, schema_by_tool=True)
        except EXPECTED as error:
            raise to_model_error(error) from error

    async def _call(self, request: ModelRequest, attempt: _Attempt, *, schema_by_tool: bool) -> AIMessage:
        chat = self._clients.chat(self._settings, attempt.model)
        options = to_options(request, attempt.model, schema_by_tool=schema_by_tool)
        messages = to_messages(request.messages)
        is_whole = request.on_delta is None or request.schema is not None
        pieces: AsyncGenerator[AIMessageChunk]
        if isinstance(chat, LeanChat):
            options = {"tools": request.tools, **options}
            if is_whole:
                return await chat.ask(messages, **options)
            pieces = chat.ask_in_pieces(messages, **options)
        else:
            offering = chat.bind_tools(cast("Sequence[BaseTool]", request.tools)) if request.tools else chat
            if is_whole:
                return await offering.ainvoke(messages, **options)
            pieces = cast("AsyncGenerator[AIMessageChunk]", offering.astream(messages, **options))
        return await self._add_up(pieces, request, attempt)

    async def _add_up(
        self, pieces: AsyncGenerator[AIMessageChunk], request: ModelRequest, attempt: _Attempt
    ) -> AIMessage:
        chunks: list[AIMessageChunk] = []
        async with aclosing(pieces):  # whoever listens may leave
            async for chunk in pieces:
                chunks.append(chunk)
                if chunk.text and request.on_delta is not None:
                    attempt.text += chunk.text
                    await request.on_delta(chunk.text)
        whole = add_ai_message_chunks(*chunks) if chunks else None  # once: adding one by one is quadratic
        if whole is None or "finish_reason" not in whole.response_metadata:
            raise ModelUnavailable("The language model broke off its answer.", code="stream_cut")
        return whole

    async def _judge(self, request: ModelRequest, attempt: _Attempt, message: AIMessage) -> ModelReply:
        """Read the answer and record what it cost: a bad answer was paid for too."""
        try:
            reply = _read(request, message)
        except ModelError as error:
            await self._record(request, attempt, outcome=str(error.facts.get("code", error.code)), message=message)
            raise
        return replace(reply, usage=await self._record(request, attempt, outcome="ok", message=message))

    async def _record(
        self, request: ModelRequest, attempt: _Attempt, *, outcome: str, message: AIMessage | None = None
    ) -> ModelUsage:
        told = message.usage_metadata if message is not None else None
        free = outcome in _NOT_CHARGED and not attempt.text
        if told is not None:
            tokens_in, tokens_out = told["input_tokens"], told["output_tokens"]
        elif free:
            tokens_in = tokens_out = 0
        else:
            tokens_in = estimate_request(request)
            tokens_out = estimate_tokens(message.text if message is not None else attempt.text)
        prices = self._settings.prices
        usage = ModelUsage(
            model=attempt.model,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            usd=cost(attempt.model, tokens_in, tokens_out, prices),
            ms=(time.monotonic() - attempt.started) * 1000,
        )
        estimated = told is None and not free
        priced = find_price(attempt.model, prices) is not None
        await self._sink(
            UsageRecord(self._scope, request.purpose, request.alias, usage, outcome, estimated=estimated, priced=priced)
        )
        return usage


def _read(request: ModelRequest, message: AIMessage) -> ModelReply:
    calls = read_tool_calls(message)
    check_finish(message, calls)
    if request.schema is None or (request.tools and calls):
        return ModelReply(message.text, calls)
    return ModelReply(message.text, parsed=read_parsed(message.text, calls, request.schema))


class _Shown:
    """A request whose deltas are noticed: words that were shown are not asked for again."""

    def __init__(self, request: ModelRequest) -> None:
        self.any = False
        self._pass_on = request.on_delta
        self.request = request if request.on_delta is None else replace(request, on_delta=self._delta)

    async def _delta(self, text: str) -> None:
        self.any = True
        if self._pass_on is not None:
            await self._pass_on(text)
