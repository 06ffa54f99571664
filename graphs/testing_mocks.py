"""The outside of a flow test, as its ``mock`` map says: ``http.<node>``, ``agent.<node>``, ``policy.<check>``."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from core.errors import ModelUnavailable, ToolFailed
from core.policy import OpenHours, Policy
from core.turns import HttpCall, HttpReply, ModelReply, ModelRequest, Passage, PolicyFacts, ToolCall
from graphs.nodes.agent_tools import EXIT, NOTE
from graphs.stand_ins import RecordedStream


class MockedHttp:
    """Replies by node or by connection."""

    def __init__(
        self, mock: Mapping[str, Any], nodes: Mapping[str, Any], stream: RecordedStream, *, lenient: bool = False
    ) -> None:
        self._mock, self._nodes, self._stream, self._lenient = mock, nodes, stream, lenient

    async def call(self, request: HttpCall) -> HttpReply:
        """Return the reply set for the node that asks."""
        node = self._stream.nodes[-1].rsplit("/", 1)[-1] if self._stream.nodes else ""
        said = self._mock.get(f"http.{node}", self._mock.get(f"http.{request.connection}"))
        if said is None and self._lenient and request.write:
            return HttpReply(200, {})
        if said is None:
            raise ToolFailed(f"No reply is mocked for http.{node}.", code="not_mocked")
        if "error" in said:
            raise ToolFailed("Mocked failure.", code=str(said["error"]))
        return HttpReply(int(said.get("status", 200)), said.get("json", said.get("text")))


class MockedModels:
    """Speaks as the ``agent.<node>`` lists say; what they do not say, no model answers."""

    def __init__(self, mock: Mapping[str, Any], stream: RecordedStream) -> None:
        self._mock, self._stream = mock, stream

    def available(self, alias: str = "default") -> bool:
        """Tell whether the case mocks a model at all."""
        return any(key.startswith(("agent.", "route.", "answer.")) or key == "understand" for key in self._mock)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the next reply of the node that asks."""
        node = self._stream.nodes[-1].rsplit("/", 1)[-1] if self._stream.nodes else ""
        match request.purpose:
            case "agent":
                return self._agent(node)
            case "understand":
                return self._understood(request)
            case "route":
                return ModelReply("", parsed={"intent": self._mock.get(f"route.{node}", "none")})
            case "answer" if f"answer.{node}" in self._mock:
                return ModelReply(str(self._mock[f"answer.{node}"]))
            case _:
                raise ModelUnavailable("Not mocked.")

    def _agent(self, node: str) -> ModelReply:
        script = self._mock.get(f"agent.{node}") or []
        if not script:
            raise ModelUnavailable(f"agent.{node} has nothing more to say.")
        said = script.pop(0)
        calls = [
            ToolCall(f"set-{at}", NOTE, {"name": name.split(".", 1)[-1], "value": _plain(value)})
            for at, (name, value) in enumerate((said.get("set") or {}).items())
        ]
        if "exit" in said:
            calls.append(ToolCall("exit", f"{EXIT}{said['exit']}", {}))
        if "tool" in said:
            calls.append(ToolCall("tool", str(said["tool"]), said.get("args") or {}))
        return ModelReply(str(said.get("say", "")), tool_calls=tuple(calls))

    def _understood(self, request: ModelRequest) -> ModelReply:
        told = request.messages[-1].text
        mocked = self._mock.get("understand") or {}
        commands: Any = next((found for text, found in mocked.items() if text in told), ())
        return ModelReply("", parsed={"commands": _plain(commands)})


def _plain(value: Any) -> Any:
    """Return what YAML read as days and moments as a model writes them."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def passages_of(mock: Mapping[str, Any]) -> list[Passage]:
    """Return the mocked knowledge: a list of ``{source, title, text, score}``."""
    return [
        Passage(one.get("source", "kb"), one.get("title", ""), one.get("text", ""), float(one.get("score", 0.9)))
        for one in mock.get("knowledge") or ()
    ]


def policy_of(mock: Mapping[str, Any], now: datetime, last_inbound: datetime | None) -> PolicyFacts:
    """Return the tenant's rules as ``policy.*`` mocks say."""
    hours: tuple[OpenHours, ...] = ()
    if mock.get("policy.business_hours") is False:
        hours = (OpenHours(day=(now.weekday() + 3) % 7, start=time(9), end=time(10)),)
    queues = mock.get("policy.queue_available", {})
    return PolicyFacts(
        policy=Policy(hours=hours, require_consent=bool(mock.get("policy.require_consent", False))),
        opted_out=bool(mock.get("policy.opted_out", False)),
        last_inbound_at=last_inbound,
        queues_available=queues if isinstance(queues, Mapping) else {"default": bool(queues)},
    )
