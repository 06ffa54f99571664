"""What an agent may call: the tools its node lists, its exits, and noting what it is to collect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.errors import ToolFailed, ToolRetry
from core.turns import Emit, ToolCall, ToolSpec
from graphs.contract import Visit
from graphs.schema.nodes_logic import AgentNode
from tools.base import Tool, ToolContext
from tools.registry import call_tool, find_tool, render_result, spec_of

EXIT = "exit_"
NOTE = "note_answer"


@dataclass(frozen=True, slots=True)
class Called:
    """What became of one call."""

    told: str
    """Goes back to the model."""
    exit: str | None = None
    emits: tuple[Emit, ...] = ()
    sources: tuple[str, ...] = ()
    refused: bool = False


class AgentTools:
    """The tools of one ``agent`` node."""

    def __init__(self, node: AgentNode) -> None:
        self._node = node
        found = [(name, find_tool(name)) for name in self._names(node)]
        self._tools: dict[str, Tool[Any]] = {tool.name: tool for _, tool in found if tool is not None}
        self._presets = {name: self._preset(tool) for name, tool in self._tools.items()}
        self.specs = (*self._own_specs(), *self._exit_specs(), *self._note_spec())

    async def call(self, call: ToolCall, visit: Visit) -> Called:
        """Run one call; what the model may correct comes back as words."""
        if call.name.startswith(EXIT) and call.name.removeprefix(EXIT) in self._node.exits:
            return Called("ok", exit=call.name.removeprefix(EXIT))
        if call.name == NOTE and self._node.collect:
            return self._noted(call, visit)
        tool = self._tools.get(call.name)
        if tool is None:
            return Called(f"There is no tool {call.name!r}.", refused=True)
        return await self._run(tool, call, visit)

    async def _run(self, tool: Tool[Any], call: ToolCall, visit: Visit) -> Called:
        contact: Mapping[str, Any] = visit.scope.roots.get("contact") or {}
        slots: Mapping[str, Any] = visit.scope.roots.get("slots") or {}
        told = ToolContext.from_turn(visit.turn, node=visit.node, visit=visit.visit, collected=slots)
        context = replace(told, contact=contact, said=visit.said or told.said, locale=visit.locale)
        try:
            outcome = await call_tool(tool.name, call.arguments, context, preset=self._presets[tool.name])
        except ToolRetry as error:
            return Called(error.message, refused=True)
        except ToolFailed as error:
            return Called(f"The tool failed and will fail again: {error.message}")
        return Called(render_result(outcome), emits=outcome.emits, sources=outcome.sources)

    def _noted(self, call: ToolCall, visit: Visit) -> Called:
        given = call.arguments or {}
        names = {name.split(".", 1)[1]: name for name in self._node.collect}
        path, value = names.get(str(given.get("name"))), given.get("value")
        if path is None or value is None:
            return Called(f"Give name (one of {', '.join(names)}) and value.", refused=True)
        visit.scope.set(path, value)
        return Called("noted")

    def _own_specs(self) -> list[ToolSpec]:
        return [spec_of(tool, preset=self._presets[name]) for name, tool in self._tools.items()]

    def _exit_specs(self) -> list[ToolSpec]:
        nothing: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
        return [ToolSpec(EXIT + name, f"Call this when: {when}", nothing) for name, when in self._node.exits.items()]

    def _note_spec(self) -> list[ToolSpec]:
        if not self._node.collect:
            return []
        hints = "; ".join(f"{name.split('.', 1)[1]}: {hint}" for name, hint in self._node.collect.items())
        schema = {
            "type": "object",
            "properties": {
                "name": {"type": "string", "enum": [name.split(".", 1)[1] for name in self._node.collect]},
                "value": {"type": ["string", "number", "boolean"]},
            },
            "required": ["name", "value"],
            "additionalProperties": False,
        }
        return [ToolSpec(NOTE, f"Note what the customer said. {hints}", schema)]

    def _preset(self, tool: Tool[Any]) -> dict[str, Any]:
        if tool.name == "search_knowledge" and self._node.knowledge:
            return {"sources": self._node.knowledge}
        return {}

    @staticmethod
    def _names(node: AgentNode) -> tuple[str, ...]:
        """Knowledge without a tool to search it would be of no use."""
        return (*node.tools, "search_knowledge") if node.knowledge else node.tools
