"""Between our words and LangChain's: requests out, replies in. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.llm.schema import find_fault, is_strict
from core.errors import ModelMisbehaved, ModelRefused
from core.turns import ModelMessage, ModelRequest, ToolCall

ANSWER = "answer"
"""Name of the schema, or of the one tool that stands in for it."""

_REASONING = ("o1", "o3", "o4", "gpt-5")
REASONING_HEADROOM = 1024
"""Tokens such a model may think with before the answer that ``max_tokens`` is for."""


def to_messages(messages: Sequence[ModelMessage]) -> list[BaseMessage]:
    """Return messages as LangChain knows them."""
    return [_to_message(message) for message in messages]


def to_options(request: ModelRequest, model: str, *, schema_by_tool: bool) -> dict[str, Any]:
    """Return what the call is made with besides its messages and tools."""
    options: dict[str, Any] = {"max_tokens": request.max_tokens}
    if thinks(model):
        options["max_tokens"] += REASONING_HEADROOM
    else:
        options["temperature"] = request.temperature
    if request.schema is not None:
        options |= _by_tool(request.schema) if schema_by_tool else _by_format(request.schema)
    return options


def thinks(model: str) -> bool:
    """Tell whether a model reasons before it answers: it takes no temperature and spends tokens unseen."""
    return model.startswith(_REASONING) and "chat" not in model


def read_tool_calls(message: AIMessage) -> tuple[ToolCall, ...]:
    """Return what the model wants called, in order; arguments that are no JSON object come back as None.

    Streamed calls are read from their raw pieces: LangChain completes cut-off JSON, and half an argument is wrong.
    """
    if isinstance(message, AIMessageChunk):
        pieces = [(piece["id"], piece["name"], piece["args"] or "") for piece in message.tool_call_chunks]
    else:
        good = [(call["id"], call["name"], json.dumps(call["args"], ensure_ascii=False)) for call in message.tool_calls]
        pieces = [*good, *((bad["id"], bad["name"], bad["args"] or "") for bad in message.invalid_tool_calls)]
    return tuple(
        ToolCall(id=identity or f"call_{at}", name=name or "", arguments=read_arguments(raw), raw=raw)
        for at, (identity, name, raw) in enumerate(pieces)
    )


def read_arguments(raw: str) -> Mapping[str, Any] | None:
    """Return a JSON object; None where the text is none. No text at all means no arguments."""
    try:
        value = json.loads(raw or "{}")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def check_finish(message: AIMessage, calls: tuple[ToolCall, ...]) -> None:
    """Raise where the model refused or said nothing."""
    reason = message.response_metadata.get("finish_reason")
    if refusal := message.additional_kwargs.get("refusal"):
        raise ModelRefused(code="refusal", words=str(refusal)[:200])
    if reason == "content_filter":
        raise ModelRefused(code="content_filter")
    if not message.text and not calls:
        raise ModelMisbehaved("The language model said nothing.", code="length" if reason == "length" else "empty")


def read_parsed(text: str, calls: tuple[ToolCall, ...], schema: Mapping[str, Any]) -> Any:
    """Return the asked JSON, from the text or from the tool that stands in for it; raises ModelMisbehaved."""
    raw = next((call.raw for call in calls if call.name == ANSWER), text)
    try:
        value = json.loads(_unfenced(raw))
    except ValueError as error:
        raise ModelMisbehaved("The language model's answer is not JSON.", code="not_json") from error
    if fault := find_fault(value, schema):
        raise ModelMisbehaved("The language model's answer has another shape.", code="wrong_shape", fault=fault)
    return value


def _to_message(message: ModelMessage) -> BaseMessage:
    match message.role:
        case "system":
            return SystemMessage(message.text)
        case "user":
            return HumanMessage(message.text)
        case "tool":
            return ToolMessage(message.text, tool_call_id=message.tool_call_id or "")
        case "assistant":
            return _assistant(message)


def _assistant(message: ModelMessage) -> AIMessage:
    """Give an earlier call back as it was; a malformed one as an empty object, for endpoints that parse it."""
    calls = [
        {"id": call.id, "name": call.name, "args": dict(call.arguments or {}), "type": "tool_call"}
        for call in message.tool_calls
    ]
    return AIMessage(content=message.text, tool_calls=calls)


def _by_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    asked = {"name": ANSWER, "schema": dict(schema), "strict": is_strict(dict(schema))}
    return {"response_format": {"type": "json_schema", "json_schema": asked}}


def _by_tool(schema: Mapping[str, Any]) -> dict[str, Any]:
    function = {"name": ANSWER, "description": "Give the answer in this form.", "parameters": dict(schema)}
    choice = {"type": "function", "function": {"name": ANSWER}}
    return {"tools": [{"type": "function", "function": function}], "tool_choice": choice}


def _unfenced(text: str) -> str:
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        return bare.removesuffix("```").partition("\n")[2]
    return bare
