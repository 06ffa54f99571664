"""How tools are offered and called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from core.errors import ToolFailed, ToolRetry
from core.turns import CaptureLead
from tools import registry
from tools.base import ToolContext
from tools.registry import ALIASES, TOOLS, builder_arguments, call_tool, find_tool, langchain_tool, spec_of

FOLDER = Path(registry.__file__).parent
SHARED = {"__init__", "base", "registry", "brief", "lead_fields", "policy_checks", "titles"}


def test_that_every_tool_has_a_file_and_a_row_of_its_name() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - SHARED == set(TOOLS)
    assert all(tool.name == name for name, tool in TOOLS.items())
    assert set(ALIASES.values()) <= set(TOOLS)


@pytest.mark.parametrize("name", TOOLS)
def test_that_a_model_is_told_a_valid_schema_without_the_builders_arguments(name: str) -> None:
    spec = spec_of(TOOLS[name])
    jsonschema.Draft202012Validator.check_schema(dict(spec.parameters))
    assert spec.parameters["additionalProperties"] is False
    assert not builder_arguments(TOOLS[name]) & set(spec.parameters["properties"])
    assert '"title"' not in json.dumps(spec.parameters)
    assert len(spec.description) > 40


def test_that_every_argument_the_model_sees_is_explained_or_plain() -> None:
    undocumented = [
        f"{name}.{key}"
        for name, tool in TOOLS.items()
        for key, schema in spec_of(tool).parameters["properties"].items()
        if "description" not in schema
    ]
    assert undocumented == []


def test_that_a_preset_argument_disappears_from_the_offer_and_wins() -> None:
    assert "query" not in spec_of(TOOLS["search_knowledge"], preset={"query": "hours"}).parameters["properties"]


async def test_that_a_model_cannot_set_what_belongs_to_the_builder(context: ToolContext) -> None:
    with pytest.raises(ToolRetry, match="connection"):
        await call_tool("call_http", {"connection": "cn_other"}, context, preset={"path": "/slots"})
    with pytest.raises(ToolRetry, match="stage"):
        await call_tool("capture_lead", {"stage": "won"}, context)


async def test_that_wrong_arguments_are_refused_in_words_that_name_them(context: ToolContext) -> None:
    with pytest.raises(ToolRetry) as caught:
        await call_tool("search_knowledge", {"quary": "hours"}, context)
    assert "query" in caught.value.message
    assert "quary" in caught.value.message
    assert caught.value.facts["fields"] == ["quary", "query"]


async def test_that_unreadable_arguments_are_asked_for_again(context: ToolContext) -> None:
    with pytest.raises(ToolRetry, match="not valid JSON"):
        await call_tool("search_knowledge", None, context)


async def test_that_an_unknown_tool_is_a_failure_and_not_a_retry(context: ToolContext) -> None:
    with pytest.raises(ToolFailed) as caught:
        await call_tool("rm_rf", {}, context)
    assert caught.value.facts["code"] == "unknown_tool"
    assert find_tool("rm_rf") is None


async def test_that_an_alias_reaches_its_tool(context: ToolContext) -> None:
    assert (await call_tool("kb.search", {"query": "implant"}, context)).result["found"] is False


async def test_that_a_langchain_tool_does_the_same_and_hands_over_the_emits(
    changed: Callable[..., ToolContext],
) -> None:
    context = changed(contact={"phone": "+905321234567"})
    tool = langchain_tool(TOOLS["capture_lead"], context, preset={"pipeline": "clinic"})
    call: dict[str, Any] = {"name": tool.name, "args": {"name": "Ali Can"}, "id": "call-1", "type": "tool_call"}
    answer = await tool.ainvoke(call)
    assert json.loads(answer.content)["pipeline"] == "clinic"
    assert isinstance(answer.artifact.emits[0], CaptureLead)


async def test_that_a_langchain_tool_offers_exactly_what_our_spec_says(context: ToolContext) -> None:
    from langchain_core.utils.function_calling import convert_to_openai_tool

    spec = spec_of(TOOLS["search_knowledge"])
    offered = convert_to_openai_tool(langchain_tool(TOOLS["search_knowledge"], context))["function"]
    assert offered["name"] == spec.name
    assert offered["parameters"]["properties"] == spec.parameters["properties"]
