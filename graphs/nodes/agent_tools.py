"""What an agent may call: the tools its node lists, its exits, and noting what it is to collect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import ToolFailed, ToolRetry
from core.turns import Emit, ToolCall, ToolOffer, ToolSpec
from graphs.contract import Visit
from graphs.schema.nodes_logic import AgentNode
from tools.base import Tool, ToolContext, ToolOutcome
from tools.registry import find_tool, langchain_tool, offered_tool, parse_arguments, spec_of

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

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
        self._specs = {name: spec_of(tool, preset=self._presets[name]) for name, tool in self._tools.items()}
        self._answered_here = tuple(offered_tool(spec) for spec in (*self._exit_specs(), *self._note_spec()))

    def offer(self, visit: Visit) -> tuple[ToolOffer, ...]:
        """Return what the model may call, as LangChain tools bound to this turn."""
        return (*(self._bound(tool, visit) for tool in self._tools.values()), *self._answered_here)

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
        asked = {"type": "tool_call", "id": call.id, "name": tool.name, "args": dict(call.arguments or {})}
        try:
            # Judged before LangChain sees them: it keeps arguments named `config` or `self` for itself.
            parse_arguments(tool, call.arguments, preset=self._presets[tool.name])
            answer = await self._bound(tool, visit).ainvoke(asked)
        except ToolRetry as error:
            return Called(error.message, refused=True)
        except ToolFailed as error:
            doubt = visit.doubt(str(error.facts.get("code")), tool.name)
            return Called(f"The tool failed and will fail again: {error.message}", emits=doubt)
        outcome: ToolOutcome = answer.artifact
        return Called(answer.text, emits=outcome.emits, sources=outcome.sources)

    def _bound(self, tool: Tool[Any], visit: Visit) -> "StructuredTool":
        contact: Mapping[str, Any] = visit.scope.roots.get("contact") or {}
        slots: Mapping[str, Any] = visit.scope.roots.get("slots") or {}
        told = ToolContext.from_turn(visit.turn, node=visit.node, visit=visit.visit, collected=slots)
        context = replace(told, contact=contact, said=visit.said or told.said, locale=visit.locale)
        return langchain_tool(tool, context, preset=self._presets[tool.name], spec=self._specs[tool.name])

    def _noted(self, call: ToolCall, visit: Visit) -> Called:
        given = call.arguments or {}
        names = {name.split(".", 1)[1]: name for name in self._node.collect}
        path, value = names.get(str(given.get("name"))), given.get("value")
        if path is None or value is None:
            return Called(f"Give name (one of {', '.join(names)}) and value.", refused=True)
        visit.scope.set(path, value)
        return Called("noted")

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
