"""Triggers, handlers, variables and settings of a flow."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from graphs.schema.base import Duration, Key, Locale, Model, Target, Text, Words, widget
from graphs.schema.say import Say

VariableType = Literal[
    "string", "number", "bool", "enum", "date", "datetime", "phone", "email", "list", "object", "media", "location"
]


class VariableSpec(Model):
    """A declared variable."""

    type: VariableType
    values: tuple[str, ...] = ()
    default: JsonValue = None
    label: Text | None = None
    pii: bool = False
    keep: bool = False
    """Slots only: survives the end of its flow."""
    retention: Duration | None = None


class Locales(Model):
    """The languages of a flow and where a missing text is taken from."""

    default: Locale
    supported: tuple[Locale, ...] = Field(min_length=1)
    fallback: dict[Locale, tuple[Locale, ...]] = Field(default_factory=dict)


class Limits(Model):
    """What one turn may use."""

    steps_per_turn: int = Field(default=60, ge=5, le=200)
    same_node_per_turn: int = Field(default=3, ge=1, le=20)
    llm_usd_per_conversation: float | None = Field(default=None, gt=0)


class Settings(Model):
    """How a flow keeps time and limits."""

    timezone: str | None = None
    debounce: Annotated[timedelta, Field(json_schema_extra=widget("duration"))] = timedelta(0)
    idle_end: Duration = timedelta(hours=24)
    limits: Limits = Limits()


class Trigger(Model):
    """Words that move the conversation from anywhere.

    ``hard`` wins over the question being asked, ``soft`` after its options, ``digress`` answers and comes back.
    """

    id: Key
    kind: Literal["hard", "soft", "digress"] = Field(alias="class")
    mode: Literal["exact", "phrase"] = "exact"
    keywords: Words = Field(default_factory=dict)
    examples: Words = Field(default_factory=dict)
    """Templates such as ``[please] (call|phone) me``: understood without a model."""
    intent: str | None = Field(default=None, max_length=400)
    """What a model should look for."""
    do: Literal["goto", "call", "opt_out", "restart"] = "goto"
    to: Target | None = None


class HandlerStep(Model):
    """What is said, and where the flow goes, on one occurrence."""

    after: Duration | None = None
    """no_input: how long after the question."""
    say: Say | None = None
    to: Target | None = None


Steps = Annotated[tuple[HandlerStep, ...], Field(max_length=20)]


class Handlers(Model):
    """What happens when the customer or a node does not do as drawn; what is missing is inherited, then built in."""

    no_match: Steps = ()
    no_input: Steps = ()
    error: Steps = ()
    unsupported: Steps = ()
    timeout: Steps = ()
    stale_tap: Steps = ()
    handback: Steps = ()


class Metrics(Model):
    """What reports count at this node."""

    goal: str | None = None
    funnel: int | None = None


class Ui(Model):
    """Layout, kept out of the hash: moving a box is not a new version."""

    pos: dict[str, tuple[float, float]] = Field(default_factory=dict)
    notes: tuple[dict[str, Any], ...] = ()
    groups: tuple[dict[str, Any], ...] = ()
    i18n: dict[str, dict[str, str]] = Field(default_factory=dict)
