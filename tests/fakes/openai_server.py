"""A language-model provider on this machine: real HTTP, scripted answers, strict about what it is asked.

    async with FakeOpenAI() as provider:
        provider.script(Text("Merhaba"), Calls(("search_knowledge", '{"query": "fiyat"}')), Failure(429, retry_after=1))
        ...  # ask it under provider.url
        assert provider.requests[0].body["model"] == "test-model"

A request in the wrong shape is answered 400 and noted in ``faults``; one that nothing is scripted for, 500.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

KNOWN = frozenset(
    {"model", "messages", "stream", "stream_options", "temperature", "max_tokens", "max_completion_tokens", "tools"}
    | {"tool_choice", "response_format", "reasoning_effort", "n", "stop", "seed", "parallel_tool_calls"}
)
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def last_text(self) -> str:
        """The last message's words."""
        return str(self.body["messages"][-1].get("content") or "")


@dataclass(frozen=True)
class Text:
    """Words; streamed where the request asks for it, ``pause`` seconds before each piece."""

    text: str
    finish: str = "stop"
    usage: tuple[int, int] | None = (100, 20)
    """Tokens in and out; None: the provider does not say."""
    pause: float = 0.0
    cut_after: int | None = None
    """Break the connection off after so many streamed pieces."""
    refusal: bool = False
    after: asyncio.Event | None = None
    """Begin only once this is set."""


class Calls:
    """Tool calls, each a name and its arguments as raw text (which may be broken on purpose)."""

    def __init__(self, *calls: tuple[str, str], text: str = "", usage: tuple[int, int] | None = (120, 15)) -> None:
        self.calls = calls
        self.text = text
        self.usage = usage


@dataclass(frozen=True)
class Failure:
    """An error answer."""

    status: int
    code: str | None = None
    message: str = "scripted failure"
    retry_after: float | None = None


@dataclass(frozen=True)
class Raw:
    """A body that may be anything."""

    body: str
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    """Promise the whole body and break the connection off after so many bytes."""


@dataclass(frozen=True)
class Hang:
    """No answer until the caller gives up."""


Reply = Text | Calls | Failure | Raw | Hang
Script = Reply | Callable[[Asked], Reply]


@dataclass
class FakeOpenAI:
    """An OpenAI-compatible endpoint on a free port."""

    api_key: str = "sk-test"
    knows_schemas: bool = True
    """False: refuses ``response_format``, as older compatible servers do."""
    requests: list[Asked] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    abandoned: int = 0
    """Requests whose caller left before the answer was complete."""
    _replies: deque[Script] = field(default_factory=deque)
    _always: Script | None = None
    _runner: web.AppRunner | None = None
    _url: str = ""

    @property
    def url(self) -> str:
        """The base URL."""
        return self._url

    def script(self, *replies: Script) -> None:
        """Answer the next requests with these, in order."""
        self._replies.extend(replies)

    def forget(self) -> None:
        """Drop the scripted answers that were not asked for."""
        self._replies.clear()

    def always(self, reply: Script | None) -> None:
        """Answer with this whenever nothing else is scripted."""
        self._always = reply

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.api_key}":
            return _error(401, "invalid_api_key", "Incorrect API key provided")
        asked = Asked(await request.json(), dict(request.headers))
        self.requests.append(asked)
        if fault := find_fault(asked.body):
            self.faults.append(fault)
            return _error(400, "invalid_request_error", fault)
        if "response_format" in asked.body and not self.knows_schemas:
            return _error(400, "unsupported_parameter", "Unknown parameter: response_format")
        script = self._replies.popleft() if self._replies else self._always
        if script is None:
            self.faults.append("nothing is scripted for this request")
            return _error(500, "unscripted", self.faults[-1])
        try:
            return await self._answer(request, asked.body, script(asked) if callable(script) else script)
        except (asyncio.CancelledError, ConnectionError):
            self.abandoned += 1
            raise

    async def _answer(self, request: web.Request, body: Mapping[str, Any], reply: Reply) -> web.StreamResponse:
        match reply:
            case Failure():
                headers = {} if reply.retry_after is None else {"Retry-After": str(reply.retry_after)}
                return _error(reply.status, reply.code, reply.message, headers)
            case Raw():
                return await _raw(request, reply)
            case Hang():
                await asyncio.sleep(3600)
                raise AssertionError("nobody waits an hour")
            case Text() | Calls():
                if isinstance(reply, Text) and reply.after is not None:
                    await reply.after.wait()
                if body.get("stream"):
                    return await _stream(request, body, reply)
                await asyncio.sleep(getattr(reply, "pause", 0.0))
                return web.json_response(_whole(body["model"], reply))


async def _raw(request: web.Request, reply: Raw) -> web.StreamResponse:
    if reply.cut_at is None:
        return web.Response(
            text=reply.body, content_type=reply.content_type, status=reply.status, headers=reply.headers
        )
    promised = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body.encode()))}
    response = web.StreamResponse(headers=promised)
    await response.prepare(request)
    await response.write(reply.body.encode()[: reply.cut_at])
    assert request.transport is not None
    request.transport.close()
    return response


def find_fault(body: Any) -> str | None:
    """Return what is wrong with a request's shape."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "you must provide a model parameter"
    if unknown := sorted(set(body) - KNOWN):
        return f"Unrecognized request arguments supplied: {', '.join(unknown)}"
    if "stream_options" in body and not body.get("stream"):
        return "stream_options is only allowed when stream is enabled"
    if "max_tokens" in body and "max_completion_tokens" in body:
        return "max_tokens and max_completion_tokens cannot both be set"
    return _messages_fault(body.get("messages")) or _tools_fault(body.get("tools")) or _format_fault(body)


def _messages_fault(messages: Any) -> str | None:
    if not isinstance(messages, list) or not messages:
        return "messages must be a non-empty array"
    open_calls: set[str] = set()
    for at, message in enumerate(messages):
        role = message.get("role")
        if role == "tool":
            if message.get("tool_call_id") not in open_calls:
                return f"messages[{at}]: a tool message must answer a preceding tool_calls"
            open_calls.discard(message["tool_call_id"])
            continue
        if open_calls:
            return f"messages[{at}]: tool_call_ids without an answer: {sorted(open_calls)}"
        if role not in {"system", "developer", "user", "assistant"}:
            return f"messages[{at}]: unknown role {role!r}"
        if role != "assistant" and not isinstance(message.get("content"), str | list):
            return f"messages[{at}]: content must be text"
        for call in message.get("tool_calls") or ():
            if not isinstance(call["function"]["arguments"], str):
                return f"messages[{at}]: arguments must be text"
            open_calls.add(call["id"])
    return "tool_call_ids without an answer" if open_calls else None


def _tools_fault(tools: Any) -> str | None:
    names = [tool.get("function", {}).get("name", "") for tool in tools or ()]
    if len(set(names)) != len(names):
        return "tool names must be unique"
    for tool, name in zip(tools or (), names, strict=True):
        if tool.get("type") != "function" or not _TOOL_NAME.fullmatch(name):
            return f"invalid tool name {name!r}"
        if tool["function"].get("parameters", {}).get("type") != "object":
            return f"parameters of {name} must be an object schema"
    return None


def _format_fault(body: Mapping[str, Any]) -> str | None:
    asked = body.get("response_format")
    if asked is None:
        return None
    wanted = asked.get("json_schema", {})
    if asked.get("type") != "json_schema" or not wanted.get("name") or not isinstance(wanted.get("schema"), dict):
        return "response_format needs json_schema.name and json_schema.schema"
    if wanted.get("strict") and wanted["schema"].get("additionalProperties") is not False:
        return "a strict schema must set additionalProperties to false"
    return None


def _whole(model: str, reply: Text | Calls) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    finish = "stop"
    if isinstance(reply, Calls):
        finish = "tool_calls"
        message["tool_calls"] = [_call(at, name, arguments) for at, (name, arguments) in enumerate(reply.calls)]
    else:
        finish = reply.finish
        if reply.refusal:
            message |= {"content": None, "refusal": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice]}
    return body if reply.usage is None else body | {"usage": _usage(reply.usage)}


async def _stream(request: web.Request, body: Mapping[str, Any], reply: Text | Calls) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    pause, cut = (reply.pause, reply.cut_after) if isinstance(reply, Text) else (0.0, None)
    for at, delta in enumerate(_deltas(reply)):
        if cut is not None and at >= cut:
            assert request.transport is not None
            request.transport.abort()
            return response
        await asyncio.sleep(pause)
        await _event(response, body["model"], [{"index": 0, "delta": delta, "finish_reason": None}])
    finish = "tool_calls" if isinstance(reply, Calls) else reply.finish
    await _event(response, body["model"], [{"index": 0, "delta": {}, "finish_reason": finish}])
    if reply.usage is not None and body.get("stream_options", {}).get("include_usage"):
        await _event(response, body["model"], [], usage=_usage(reply.usage))
    await response.write(b"data: [DONE]\n\n")
    return response


def _deltas(reply: Text | Calls) -> list[dict[str, Any]]:
    words = re.findall(r"\S+\s*|\s+", reply.text)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *({"content": word} for word in words)]
    if isinstance(reply, Calls):
        for at, (name, arguments) in enumerate(reply.calls):
            deltas.append({"tool_calls": [_call(at, name, "") | {"index": at}]})
            for start in range(0, len(arguments), 7):
                piece = {"index": at, "function": {"arguments": arguments[start : start + 7]}}
                deltas.append({"tool_calls": [piece]})
    return deltas


async def _event(response: web.StreamResponse, model: str, choices: list[Any], **more: Any) -> None:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices}
    await response.write(f"data: {json.dumps(chunk | more)}\n\n".encode())


def _call(at: int, name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{at + 1}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}


def _error(status: int, code: str | None, message: str, headers: Mapping[str, str] | None = None) -> web.StreamResponse:
    body = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    return web.json_response(body, status=status, headers=headers)
