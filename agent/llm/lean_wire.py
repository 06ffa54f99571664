"""The wire of OpenAI-compatible endpoints for ``lean_chat``: LangChain's messages out, results and chunks in. Pure.

Says what ChatOpenAI says and reads what it reads; decision 0015 names what is left out.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.output_parsers.openai_tools import make_invalid_tool_call, parse_tool_call
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

_PROVIDER = {"model_provider": "openai"}
_TAKES_DEVELOPER = re.compile(r"o\d")
_DEARER = frozenset({"priority", "flex"})
"""Service tiers whose tokens are counted apart."""


def render_body(model: str, messages: Sequence[BaseMessage], options: Mapping[str, Any], *, stream: bool) -> bytes:
    """Return a request's body; what is None among the options is left out."""
    body = {"model": model, "stream": stream, **{name: value for name, value in options.items() if value is not None}}
    if "max_tokens" in body:
        body["max_completion_tokens"] = body.pop("max_tokens")
    system = "developer" if _TAKES_DEVELOPER.match(model) else "system"
    body["messages"] = [_render_message(message, system) for message in messages]
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_result(body: bytes) -> ChatResult:
    """Return a whole answer; raises ValueError, TypeError or KeyError where it is none."""
    data = _object(json.loads(body))
    if data.get("error"):
        raise ValueError("an answer that is an error")
    usage, tier = data.get("usage"), data.get("service_tier")
    choices = [_read_choice(choice, usage, tier) for choice in data["choices"]]
    if not choices:
        raise ValueError("an answer without a choice")
    told = {name: data[name] for name in ("id", "service_tier") if data.get(name)}
    known = {"model_name": data.get("model"), "system_fingerprint": data.get("system_fingerprint")}
    return ChatResult(generations=choices, llm_output={"token_usage": usage, **_PROVIDER, **known, **told})


def read_chunk(data: Mapping[str, Any]) -> ChatGenerationChunk | None:
    """Return one piece of a streamed answer, None for one without a delta."""
    usage = read_usage(data["usage"], data.get("service_tier")) if data.get("usage") else None
    choices = data.get("choices")
    if not choices:
        return ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))
    choice = choices[0]
    delta = choice.get("delta")
    if delta is None:
        return None
    message = AIMessageChunk(
        content=delta.get("content") or "",
        tool_call_chunks=[_read_piece(call) for call in delta.get("tool_calls") or ()],
        usage_metadata=usage,
        response_metadata=dict(_PROVIDER),
    )
    return ChatGenerationChunk(message=message, generation_info=_told_by(choice, data) or None)


def read_usage(usage: Mapping[str, Any], tier: str | None) -> UsageMetadata:
    """Return what an answer cost, as LangChain counts it."""
    tokens_in, tokens_out = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    inside, outside = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    named = f"{tier}_" if tier in _DEARER else ""
    details_in = {
        "audio": inside.get("audio_tokens"),
        f"{named}cache_read": inside.get("cached_tokens"),
        f"{named}cache_creation": inside.get("cache_write_tokens"),
    }
    details_out = {"audio": outside.get("audio_tokens"), f"{named}reasoning": outside.get("reasoning_tokens")}
    if named and tier:
        details_in[tier] = tokens_in - (inside.get("cached_tokens") or 0)
        details_out[tier] = tokens_out - (outside.get("reasoning_tokens") or 0)
    total = usage.get("total_tokens")
    return UsageMetadata(
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        total_tokens=tokens_in + tokens_out if total is None else total,
        input_token_details=cast("InputTokenDetails", _known(details_in)),
        output_token_details=cast("OutputTokenDetails", _known(details_out)),
    )


class EventReader:
    """Splits a body into the data of its server-sent events, however it is cut into pieces."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._at_return = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take more of the body; return the data of the events that are whole now."""
        if self._at_return:
            piece = piece.removeprefix(b"\n")  # the second half of a line's end
        self._at_return = piece.endswith(b"\r")
        self._rest += piece
        if b"\n" not in piece and b"\r" not in piece:
            return
        lines = bytes(self._rest).splitlines(keepends=True)
        self._rest = bytearray() if lines[-1].endswith((b"\n", b"\r")) else bytearray(lines.pop())
        for line in lines:
            yield from self._line(line.rstrip(b"\r\n"))

    def _line(self, line: bytes) -> Iterator[bytes]:
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
        elif not line and self._data:
            whole, self._data = b"\n".join(self._data), []
            yield whole


def _render_message(message: BaseMessage, system: str) -> dict[str, Any]:
    """Return a message as the wire knows it; content in blocks goes as it is."""
    match message:
        case ToolMessage():
            return {"role": "tool", "content": message.content, "tool_call_id": message.tool_call_id}
        case AIMessage():
            return _named(message, "assistant") | _render_calls(message)
        case HumanMessage():
            return _named(message, "user")
        case SystemMessage():
            return _named(message, system)
        case _:
            raise TypeError(f"{type(message).__name__} has no role on this wire")


def _named(message: BaseMessage, role: str) -> dict[str, Any]:
    rendered: dict[str, Any] = {"role": role, "content": message.content}
    return rendered if message.name is None else rendered | {"name": message.name}


def _render_calls(message: AIMessage) -> dict[str, Any]:
    good = [(call["id"], call["name"], json.dumps(call["args"], ensure_ascii=False)) for call in message.tool_calls]
    calls = [*good, *((bad["id"], bad["name"], bad["args"]) for bad in message.invalid_tool_calls)]
    if not calls:
        return {}
    rendered = [
        {"type": "function", "id": identity, "function": {"name": name, "arguments": arguments}}
        for identity, name, arguments in calls
    ]
    return {"tool_calls": rendered, "content": message.content or None}


def _read_choice(choice: Mapping[str, Any], usage: Mapping[str, Any] | None, tier: str | None) -> ChatGeneration:
    given = choice["message"]
    if given["role"] != "assistant":
        raise ValueError("an answer that is not the assistant's")
    calls: list[Any] = []
    broken: list[Any] = []
    for call in given.get("tool_calls") or ():
        try:
            calls.append(parse_tool_call(call))
        except ValueError as error:
            broken.append(make_invalid_tool_call(call, str(error)))
    message = AIMessage(
        content=given.get("content") or "",
        tool_calls=calls,
        invalid_tool_calls=broken,
        usage_metadata=read_usage(usage, tier) if usage else None,
        additional_kwargs=_known({"refusal": given.get("refusal")}),
    )
    told = _known({"finish_reason": choice.get("finish_reason"), "logprobs": choice.get("logprobs")})
    return ChatGeneration(message=message, generation_info=told)


def _told_by(choice: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if reason := choice.get("finish_reason"):
        named = {"model_name": data.get("model")}
        named |= {name: data.get(name) for name in ("system_fingerprint", "service_tier")}
        told = {"finish_reason": reason, **{name: value for name, value in named.items() if value}}
    return told | ({"logprobs": choice["logprobs"]} if choice.get("logprobs") else {})


def _read_piece(call: Mapping[str, Any]) -> Any:
    function = call["function"]
    return tool_call_chunk(
        name=function.get("name"), args=function.get("arguments"), id=call.get("id"), index=call.get("index")
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("an answer that is no JSON object")
    return value


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
