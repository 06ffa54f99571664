"""Nodes that get something done: knowledge, http, lead, handoff, template."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, JsonValue

from graphs.schema.base import Duration, Key, Model, Template, Variable, widget
from graphs.schema.node_base import NodeBase, Ports
from graphs.schema.say import Say


class KnowledgeNode(NodeBase):
    """Answer from imported knowledge: with a model in its own words, without one by the passage itself."""

    type: Literal["knowledge"]
    sources: tuple[str, ...] = Field(default=(), json_schema_extra=widget("knowledge"))
    min_score: float = Field(default=0.5, ge=0, le=1)
    cite: bool = True
    model: str = Field(default="default", json_schema_extra=widget("model"))
    say_not_found: Say = ()

    def ports(self) -> Ports:
        """Return ``answered`` and ``not_found``."""
        return Ports(("answered", "not_found"))


class HttpRetry(Model):
    """When a request is tried again."""

    max: int = Field(default=0, ge=0, le=3)
    on: tuple[Literal["timeout", "5xx", "429"], ...] = ("timeout", "5xx")


class HttpNode(NodeBase):
    """Call one of the tenant's connections; there are no free addresses."""

    type: Literal["http"]
    connection: Key = Field(json_schema_extra=widget("connection"))
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Template = "/"
    body: JsonValue = Field(default=None, alias="json", json_schema_extra=widget("json-template"))
    timeout_s: float = Field(default=10, gt=0, le=30)
    retry: HttpRetry = HttpRetry()
    effect: Literal["read", "write"] | None = None
    """Unset: GET reads, everything else writes."""
    repeatable: bool = False
    """The service knows an ``Idempotency-Key``: a write that may have been done already is asked for again."""
    map: dict[Variable, str] = Field(default_factory=dict)
    """Variable to JMESPath over ``{status, body}``."""

    @property
    def writes(self) -> bool:
        """Tell whether the request changes something outside."""
        return self.effect == "write" if self.effect else self.method != "GET"

    def ports(self) -> Ports:
        """Return ``ok``, ``error``, and finer errors where they are drawn."""
        return Ports(("ok", "error"), ("4xx", "5xx", "timeout"))


class LeadNode(NodeBase):
    """Record the contact as a lead."""

    type: Literal["lead"]
    pipeline: Key = Field(default="default", json_schema_extra=widget("pipeline"))
    stage: Key = Field(default="new", json_schema_extra=widget("stage"))
    dedupe: tuple[Variable, ...] = ()
    fields: dict[Key, JsonValue] = Field(default_factory=dict, json_schema_extra=widget("fields"))
    tags: tuple[str, ...] = ()
    owner: str | None = None

    def ports(self) -> Ports:
        """Return ``ok``, and ``error`` where it is drawn."""
        return Ports(("ok",), ("error",))


class Summary(Model):
    """How the brief for staff is made."""

    model: str | None = Field(default=None, json_schema_extra=widget("model"))
    include: tuple[str, ...] = ("slots", "last:12")


class Unavailable(Model):
    """What is said where nobody can take the conversation."""

    say: Say


class HandoffNode(NodeBase):
    """Pass the conversation to a person, with a notice and a brief; waits until it comes back."""

    type: Literal["handoff"]
    queue: Key = Field(default="default", json_schema_extra=widget("queue"))
    skill: str | None = None
    priority: int | Template = 0
    summary: Summary = Summary()
    say: Say = ()
    unavailable: Unavailable | None = None
    sla: Duration | None = None

    def ports(self) -> Ports:
        """Return the ways a conversation comes back."""
        return Ports((), ("resolved", "returned", "timeout", "unavailable"))


class TemplateLimit(Model):
    """How often one contact may get this template."""

    per_contact: int = Field(default=1, ge=1, le=100)
    per: Duration = timedelta(days=7)


class WhenOpen(Model):
    """What is said instead while free messages are allowed."""

    say: Say


class TemplateNode(NodeBase):
    """Write first: an approved template, or plain words while the reply window is open."""

    type: Literal["template"]
    template: str = Field(min_length=1, max_length=200, json_schema_extra=widget("message-template"))
    language: str | None = None
    params: tuple[Template, ...] = ()
    when_window_open: WhenOpen | None = None
    limit: TemplateLimit | None = None

    def ports(self) -> Ports:
        """Return ``sent``, and ``blocked`` and ``error`` where they are drawn."""
        return Ports(("sent", "blocked"), ("error",))
