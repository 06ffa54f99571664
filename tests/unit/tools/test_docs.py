"""The example that people copy works."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import ToolRetry
from tools import registry
from tools.base import ToolContext

PAGE = Path(registry.__file__).parents[1] / "docs" / "add-a-tool.md"


async def test_that_the_documented_tool_does_what_the_page_says(context: ToolContext) -> None:
    source = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    namespace: dict[str, Any] = {"__name__": "documented"}
    exec(compile(source, str(PAGE), "exec", dont_inherit=True), namespace)
    tool = namespace["QUOTE_PRICE"]
    shown = registry.spec_of(tool).parameters["properties"]
    assert list(shown) == ["service"]
    priced = replace(context, tenant={"prices": {"implant": 18500}})
    outcome = await tool.run(registry.parse_arguments(tool, {"service": "implant"}), priced)
    assert outcome.result == {"price": 18500, "currency": "TRY"}
    with pytest.raises(ToolRetry, match="implant"):
        await tool.run(registry.parse_arguments(tool, {"service": "botox"}), priced)
