"""Every tool there is, and the ways to call one: by a flow, by a model, as a LangChain tool."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from core.errors import ToolFailed, ToolRetry
from core.turns import ToolSpec
from tools.base import ByBuilder, Tool, ToolContext, ToolOutcome
from tools.call_http import CALL_HTTP
from tools.capture_lead import CAPTURE_LEAD
from tools.check_policy import CHECK_POLICY
from tools.remember_fact import REMEMBER_FACT
from tools.request_handoff import REQUEST_HANDOFF
from tools.search_knowledge import SEARCH_KNOWLEDGE

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

TOOLS: Mapping[str, Tool[Any]] = {
    "call_http": CALL_HTTP,
    "capture_lead": CAPTURE_LEAD,
    "check_policy": CHECK_POLICY,
    "remember_fact": REMEMBER_FACT,
    "request_handoff": REQUEST_HANDOFF,
    "search_knowledge": SEARCH_KNOWLEDGE,
}

ALIASES: Mapping[str, str] = {"kb.search": "search_knowledge"}
"""Names that flow documents use for a tool besides its own."""


def find_tool(name: str) -> Tool[Any] | None:
    """Return the tool of that name or alias; None where there is none."""
    return TOOLS.get(ALIASES.get(name, name))


def spec_of(
    tool: Tool[Any], *, preset: Mapping[str, Any] | None = None, name: str | None = None, description: str | None = None
) -> ToolSpec:
    """Return what a model is told of ``tool``: its schema without the builder's arguments and those in ``preset``.

    ``name`` and ``description`` replace the tool's own, so that one tool can be offered twice with other presets.
    """
    hidden = builder_arguments(tool) | set(preset or {})
    return ToolSpec(name or tool.name, description or tool.description, _model_schema(tool, hidden))


def builder_arguments(tool: Tool[Any]) -> frozenset[str]:
    """Return the arguments that only a builder may set."""
    fields = tool.Arguments.model_fields
    return frozenset(key for key, info in fields.items() if any(isinstance(mark, ByBuilder) for mark in info.metadata))


async def call_tool(
    name: str, raw: Mapping[str, Any] | None, context: ToolContext, *, preset: Mapping[str, Any] | None = None
) -> ToolOutcome:
    """Call a tool with what a caller gave (``raw``) and what the builder fixed (``preset``, which wins).

    Raises:
        ToolRetry: The arguments do not fit; the message says which and why.
        ToolFailed: There is no such tool, or it could not do its work.
    """
    tool = find_tool(name)
    if tool is None:
        raise ToolFailed(f"There is no tool “{name}”.", code="unknown_tool")
    return await tool.run(parse_arguments(tool, raw, preset=preset), context)


def parse_arguments(tool: Tool[Any], raw: Mapping[str, Any] | None, *, preset: Mapping[str, Any] | None = None) -> Any:
    """Validate arguments; raises ToolRetry in words that a model can act on."""
    if raw is None:
        raise ToolRetry("The arguments are not valid JSON. Call the tool again with one JSON object.")
    fixed = preset or {}
    if trespassed := sorted(set(raw) & (builder_arguments(tool) | set(fixed))):
        raise ToolRetry(f"These arguments cannot be set here: {', '.join(trespassed)}.", fields=trespassed)
    try:
        return tool.Arguments.model_validate({**raw, **fixed})
    except ValidationError as error:
        faults = {_place(item["loc"]): item["msg"].removeprefix("Value error, ") for item in error.errors()}
        told = "; ".join(f"{place}: {fault}" for place, fault in faults.items())
        raise ToolRetry(f"The arguments were refused: {told}.", fields=sorted(faults)) from error


def langchain_tool(
    tool: Tool[Any], context: ToolContext, *, preset: Mapping[str, Any] | None = None, spec: ToolSpec | None = None
) -> "StructuredTool":
    """Return ``tool`` as LangChain knows tools, bound to this turn.

    Its content is the result as JSON, its artifact the ``ToolOutcome`` whose emits the caller commits. Drawing up a
    ``spec`` costs milliseconds: who binds a tool again and again keeps it.
    """

    async def run(**raw: Any) -> tuple[str, ToolOutcome]:
        outcome = await call_tool(tool.name, raw, context, preset=preset)
        return render_result(outcome), outcome

    return offered_tool(spec or spec_of(tool, preset=preset), run)


def offered_tool(
    spec: ToolSpec, run: Callable[..., Awaitable[tuple[str, ToolOutcome]]] | None = None
) -> "StructuredTool":
    """Return a LangChain tool of this name and schema; without ``run``, who offers it answers its calls."""
    from langchain_core.tools import StructuredTool

    return StructuredTool(
        name=spec.name,
        description=spec.description,
        args_schema=dict(spec.parameters),
        coroutine=run,
        response_format="content_and_artifact",
    )


def render_result(outcome: ToolOutcome) -> str:
    """Return a result as the JSON text that goes back to a model."""
    return json.dumps(outcome.result, ensure_ascii=False, default=str, separators=(",", ":"))


def _model_schema(tool: Tool[Any], hidden: frozenset[str]) -> dict[str, Any]:
    schema = tool.Arguments.model_json_schema()
    shown = {key: _bare(value) for key, value in schema.get("properties", {}).items() if key not in hidden}
    kept = {
        "type": "object",
        "properties": shown,
        "required": [key for key in schema.get("required", []) if key not in hidden],
        "additionalProperties": False,
    }
    definitions = {key: _bare(value) for key, value in schema.get("$defs", {}).items()}
    return {**kept, "$defs": definitions} if "$ref" in json.dumps(shown) else kept


def _bare(schema: Any) -> Any:
    """Leave out pydantic's titles: a model pays for every one and learns nothing."""
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _bare(value) for name, value in inner.items()} if key == "properties" else _bare(inner)
        for key, inner in schema.items()
        if not (key == "title" and isinstance(inner, str))
    }


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) or "arguments"
