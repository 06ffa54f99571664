"""Why the agent said what it said: turns as staff see them, and where they went in the flow."""

from datetime import datetime
from typing import Any, Literal

from core.views import View


class TurnView(View):
    """Why the agent said what it said: one turn with its trail."""

    id: str
    no: int
    outcome: str
    error: str | None = None
    node: str | None = None
    trail: Any = None
    tokens_in: int
    tokens_out: int
    usd: float
    started_at: datetime
    ms: int


class StepView(View):
    """One node's visit within a turn; ``gate`` is where the flow read what had happened."""

    node: str
    title: str
    type: str | None = None
    phase: str
    port: str | None = None
    ms: float
    facts: dict[str, Any]
    changed: dict[str, Any]
    """Variables that got a value."""


class ModelCall(View):
    """One call to a model and what it cost."""

    model: str
    purpose: str
    outcome: str
    tokens_in: int
    tokens_out: int
    usd: float
    ms: int


class FlowNode(View):
    """A node near the way that a turn took."""

    id: str
    title: str
    type: str | None = None
    state: Literal["passed", "current", "beside"]


class FlowEdge(View):
    """A way from one node to another."""

    source: str
    target: str
    port: str | None = None
    taken: bool


class TurnDetail(TurnView):
    """One turn with everything that explains it."""

    steps: list[StepView]
    calls: list[ModelCall]
    nodes: list[FlowNode]
    edges: list[FlowEdge]
