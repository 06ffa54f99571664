"""Nodes that decide: condition, router, set, policy, call, jump."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator, model_validator

from graphs.schema.base import Expression, Key, Model, Target, Variable, Words, widget
from graphs.schema.node_base import NodeBase, Ports
from graphs.schema.say import Say

Operator = Literal[
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "starts_with", "set", "not_set", "between"
]


class Row(Model):
    """One comparison: a variable, an operator, a value or another variable."""

    var: Variable
    op: Operator
    value: JsonValue = None


class Group(Model):
    """Rows of which all, or any, must hold."""

    all: tuple["Row | Group", ...] = ()
    any: tuple["Row | Group", ...] = ()


MAX_GROUPS = 10
"""Of a case, one in another."""


class Case(Model):
    """One way out, taken where its rows or its expression hold."""

    id: Key
    all: tuple[Row | Group, ...] = ()
    any: tuple[Row | Group, ...] = ()
    expr: Expression | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Case":
        if not self.all and not self.any and self.expr is None:
            raise ValueError("a case needs rows or an expression")
        if _depth((*self.all, *self.any)) > MAX_GROUPS:
            raise ValueError(f"groups may be nested {MAX_GROUPS} deep")
        return self


def _depth(rows: tuple[Row | Group, ...]) -> int:
    groups = [row for row in rows if isinstance(row, Group)]
    return 1 + max((_depth((*group.all, *group.any)) for group in groups), default=-1)


class ConditionNode(NodeBase):
    """Take the first case that holds."""

    type: Literal["condition"]
    cases: tuple[Case, ...] = Field(min_length=1, max_length=20, json_schema_extra=widget("cases"))

    def ports(self) -> Ports:
        """Return one per case, and ``else``."""
        return Ports((*(case.id for case in self.cases), "else"))


class Intent(Model):
    """One thing a customer may want."""

    id: Key
    description: str = Field(default="", max_length=400)
    keywords: Words = Field(default_factory=dict)
    examples: Words = Field(default_factory=dict)


class RouterNode(NodeBase):
    """Tell what the customer's last words are about; keywords and examples need no model."""

    type: Literal["router"]
    using: tuple[Literal["keywords", "examples", "llm"], ...] = ("keywords", "examples", "llm")
    intents: tuple[Intent, ...] = Field(min_length=1, max_length=30)
    model: str = Field(default="default", json_schema_extra=widget("model"))
    threshold: float = Field(default=0.6, ge=0, le=1)
    wait: bool = False
    """Wait for the next message where there are no words yet."""

    def ports(self) -> Ports:
        """Return one per intent, ``none``, and ``ambiguous`` where it is drawn."""
        return Ports((*(intent.id for intent in self.intents), "none"), ("ambiguous",))


class Assign(Model):
    """One assignment: a value, an expression, or text with variables."""

    var: Variable
    value: JsonValue = None
    expr: Expression | None = None


class SetNode(NodeBase):
    """Give variables values."""

    type: Literal["set"]
    assign: tuple[Assign, ...] = Field(min_length=1, max_length=30, json_schema_extra=widget("assign"))


POLICY_CHECKS = (
    "consent", "opt_out", "window_24h", "business_hours", "queue_available", "moderation", "rate", "scope"
)  # fmt: skip
Check = Annotated[
    str, Field(pattern=rf"^({'|'.join(POLICY_CHECKS)})(:[A-Za-z0-9_-]{{1,48}})?$", json_schema_extra=widget("check"))
]


class PolicyNode(NodeBase):
    """Ask the tenant's rules; the first check that fails decides."""

    type: Literal["policy"]
    checks: tuple[Check, ...] = Field(min_length=1, max_length=8)

    def ports(self) -> Ports:
        """Return ``pass`` and ``fail``, and one per check where it is drawn."""
        return Ports(("pass", "fail"), tuple(check.split(":", 1)[0] for check in self.checks))


class CallNode(NodeBase):
    """Run a sub-flow; it sees only what is passed in."""

    type: Literal["call"]
    flow: Key = Field(json_schema_extra=widget("flow"))
    inputs: dict[str, JsonValue] = Field(default_factory=dict, alias="in")
    outputs: dict[Variable, str] = Field(default_factory=dict, alias="out")
    outcomes: tuple[Key, ...] = ()

    def ports(self) -> Ports:
        """Return ``done`` and one per outcome of the sub-flow that is drawn."""
        return Ports(("done",), self.outcomes)


class JumpNode(NodeBase):
    """Leave for a node of this flow, or for another flow's start."""

    type: Literal["jump"]
    flow: Key | None = Field(default=None, json_schema_extra=widget("flow"))
    node: Target | None = None

    def ports(self) -> Ports:
        """Return none: the target is the node's own field."""
        return Ports()

    def mentions(self) -> dict[str, str]:
        """Return the node it leads to, where that is of this flow."""
        return {"node": self.node} if self.node and self.flow is None else {}


class Arm(Model):
    """One way of a split, taken by its share of the customers."""

    id: Key
    weight: int = Field(default=1, ge=1, le=1000)


class SplitNode(NodeBase):
    """Send customers different ways by weight; each conversation keeps its way."""

    type: Literal["split"]
    arms: tuple[Arm, ...] = Field(min_length=2, max_length=10)

    @field_validator("arms")
    @classmethod
    def _each_once(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        if len({arm.id for arm in arms}) < len(arms):
            raise ValueError("two arms have one id")
        return arms

    def ports(self) -> Ports:
        """Return one per arm."""
        return Ports(tuple(arm.id for arm in self.arms))


class EmitNode(NodeBase):
    """Record that something happened: in the conversation's history, for those who count it."""

    type: Literal["emit"]
    event: Key
    data: dict[Key, JsonValue] = Field(default_factory=dict, max_length=20)


class AgentBudget(Model):
    """What one visit of an agent may use."""

    turns: int = Field(default=6, ge=1, le=50)
    llm_calls: int = Field(default=10, ge=1, le=100)
    tool_calls: int = Field(default=8, ge=0, le=100)
    seconds: float = Field(default=40, gt=0, le=300)
    usd: float | None = Field(default=None, gt=0)


class AgentNode(NodeBase):
    """Let a model talk, with tools and exits, within a budget."""

    type: Literal["agent"]
    model: str = Field(default="default", json_schema_extra=widget("model"))
    instructions: str = Field(max_length=8000, json_schema_extra=widget("multiline"))
    tools: tuple[str, ...] = Field(default=(), json_schema_extra=widget("tools"))
    knowledge: tuple[str, ...] = Field(default=(), json_schema_extra=widget("knowledge"))
    collect: dict[Variable, str] = Field(default_factory=dict)
    exits: dict[Key, str] = Field(default_factory=dict)
    guards: tuple[str, ...] = ()
    budget: AgentBudget | None = None
    offline: Say = ()
    """What is said where no model is connected and no port ``error`` is drawn."""

    def ports(self) -> Ports:
        """Return one per exit, ``budget`` and ``error``."""
        return Ports(tuple(self.exits), ("budget", "error"))
