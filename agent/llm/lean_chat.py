"""A lean chat model for OpenAI-compatible endpoints: LangChain's interface over a shared aiohttp session, no SDK.

It is asked, answers and fails as ChatOpenAI does, at a fraction of the CPU; see decision 0015. It never tries again by
itself, takes nothing from the environment, and knows the asynchronous calls alone.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

import aiohttp
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, SecretStr

from agent.llm.lean_wire import EventReader, read_chunk, read_result, render_body
from agent.llm.openai_errors import EndpointFailed, EndpointRefused, cut_off, filtered

TO_CONNECT = 5.0
AT_MOST = 600.0
"""Seconds of a whole call; a turn's own deadline is shorter."""
TO_END = 0.5
"""Seconds that an endpoint has to end its body after its last event, so that the connection can be used again."""


class LeanChat(BaseChatModel):
    """One endpoint, key and model."""

    model_name: str
    base_url: str = Field(repr=False)
    api_key: SecretStr = Field(exclude=True)
    session: aiohttp.ClientSession = Field(exclude=True, repr=False)
    """Shared, and closed by whoever opened it."""
    reasoning_effort: str | None = None
    timeout: aiohttp.ClientTimeout = Field(
        default=aiohttp.ClientTimeout(total=AT_MOST, sock_connect=TO_CONNECT), exclude=True, repr=False
    )

    @property
    def _llm_type(self) -> str:
        return "lean-openai-chat"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return this model with tools on offer; ``tool_choice`` is a tool's name, or what the wire knows."""
        offered = _offered(tools, strict=strict)
        if tool_choice:
            kwargs["tool_choice"] = _render_choice(tool_choice, {tool["function"]["name"] for tool in offered})
        return super().bind(tools=offered, **kwargs)

    async def ask(self, messages: list[BaseMessage], *, tools: Sequence[Any] = (), **options: Any) -> AIMessage:
        """Answer as ``bind_tools(tools).ainvoke(messages)`` does, without LangChain's callbacks and tracing.

        They take as long as all else of a call. For callers to whom nobody listens.
        """
        result = await self._agenerate(messages, **_with_tools(tools, options))
        answer = result.generations[0]
        return cast(AIMessage, _told(answer.message, {**(result.llm_output or {}), **(answer.generation_info or {})}))

    async def ask_in_pieces(
        self, messages: list[BaseMessage], *, tools: Sequence[Any] = (), **options: Any
    ) -> AsyncGenerator[AIMessageChunk]:
        """Answer as ``bind_tools(tools).astream(messages)`` does, without LangChain's callbacks and tracing."""
        piece = None
        async with aclosing(self._astream(messages, **_with_tools(tools, options))) as pieces:
            async for piece in pieces:
                yield cast(AIMessageChunk, _told(piece.message, piece.generation_info))
        if piece is None:
            raise ValueError("a stream without a piece")
        # Only then are the arguments of tools read as whole JSON, not as the beginning of some.
        yield AIMessageChunk(content="", chunk_position="last")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        async with self._asked(messages, {**kwargs, "stop": stop}, stream=False) as response:
            body = await response.read()
        result = read_result(body)
        if "response_format" in kwargs:
            _check_whole(result.generations[0].generation_info)
        return result

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[ChatGenerationChunk]:
        options = {**kwargs, "stop": stop, "stream_options": {"include_usage": True}}
        async with self._asked(messages, options, stream=True) as response:
            async for data in _events(response):
                chunk = read_chunk(_checked(json.loads(data)))
                if chunk is None:
                    continue
                if "response_format" in kwargs:
                    _check_whole(chunk.generation_info)
                yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("LeanChat answers asynchronous calls alone: use ainvoke or astream.")

    @asynccontextmanager
    async def _asked(
        self, messages: list[BaseMessage], options: dict[str, Any], *, stream: bool
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, and hang up at the end of the block unless the whole answer was read."""
        options.setdefault("reasoning_effort", self.reasoning_effort)
        body = render_body(self.model_name, messages, options, stream=stream)
        headers = {
            "Authorization": f"Bearer {self.api_key.get_secret_value()}",
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if stream else "application/json",
        }
        url = f"{self.base_url}/chat/completions"
        async with self.session.post(url, data=body, headers=headers, timeout=self.timeout) as response:
            try:
                if not 200 <= response.status < 300:
                    raise EndpointRefused.read(response.status, await response.read(), headers=response.headers)
                yield response
            finally:
                if not response.content.at_eof():
                    response.close()


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Return the data of a streamed answer's events, up to its last one."""
    reader = EventReader()
    async for piece in response.content.iter_any():
        for data in reader.feed(piece):
            if data.startswith(b"[DONE]"):
                with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                    async with asyncio.timeout(TO_END):
                        await response.content.read()
                return
            yield data


def _checked(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError("an event that is no JSON object")
    if data.get("error"):
        raise EndpointFailed
    return data


def _check_whole(told: dict[str, Any] | None) -> None:
    """Raise where an answer by schema ended early: half a document is none."""
    reason = (told or {}).get("finish_reason")
    if reason == "length":
        raise cut_off()
    if reason == "content_filter":
        raise filtered()


def _offered(tools: Sequence[Any], *, strict: bool | None = None) -> list[dict[str, Any]]:
    return [convert_to_openai_tool(tool, strict=strict) for tool in tools]


def _with_tools(tools: Sequence[Any], options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "tools": _offered(tools)} if tools else options


def _told(message: BaseMessage, info: dict[str, Any] | None) -> BaseMessage:
    """Return the message with what LangChain copies into it."""
    message.response_metadata = {**(info or {}), **message.response_metadata}
    return message


def _render_choice(choice: str | dict[str, Any] | bool, names: set[str]) -> str | dict[str, Any]:
    if isinstance(choice, str) and choice in names:
        return {"type": "function", "function": {"name": choice}}
    return "required" if isinstance(choice, bool) or choice == "any" else choice
