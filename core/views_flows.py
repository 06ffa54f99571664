"""What builders see of a flow beside its draft: what was published, how two of its states differ, what it may name."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from core.views import View

Change = Literal["added", "removed", "changed"]


class VersionView(View):
    """A published version. ``conversations`` are under way on it, and stay there."""

    n: int
    hash: str
    note: str | None = None
    author: str | None = None
    author_name: str | None = None
    at: datetime
    live: bool
    conversations: int
    release_id: str | None = None
    """Its newest release: what a rollback names."""


class VersionDocument(View):
    """What a version says."""

    n: int
    document: dict[str, Any]


class FieldChange(View):
    """A value that differs; ``path`` is a JSON pointer within what changed."""

    path: str
    before: Any = None
    after: Any = None


class TextChange(View):
    """Words that differ, in one language."""

    path: str
    locale: str
    before: str | None = None
    after: str | None = None


class PortChange(View):
    """An exit that leads elsewhere; None: nowhere."""

    port: str
    before: str | None = None
    after: str | None = None


class NodeChange(View):
    """A node that differs."""

    key: str
    type: str
    title: str
    change: Change
    fields: list[FieldChange]
    texts: list[TextChange]
    ports: list[PortChange]


class PartChange(View):
    """A variable or a trigger that differs."""

    key: str
    change: Change
    fields: list[FieldChange]
    texts: list[TextChange]


class FlowDiff(View):
    """How two states of a flow differ in what they do; layout is left out."""

    same: bool
    nodes: list[NodeChange]
    variables: list[PartChange]
    triggers: list[PartChange]
    fields: list[FieldChange]
    """Of the flow itself: entry, languages, settings, handlers."""
    texts: list[TextChange]


class KeyedOption(View):
    """Something a flow names by its key."""

    key: str
    name: str


class PipelineOption(View):
    """A pipeline, with its stages in order."""

    key: str
    name: str
    stages: list[KeyedOption]


class TemplateOption(View):
    """A message template, with its words by language."""

    name: str
    bodies: dict[str, str]
    params: int


class ToolOption(View):
    """What a model may be given."""

    key: str
    title: dict[str, str]
    description: str


class VariableOption(View):
    """A variable that a sub-flow takes or gives."""

    name: str
    type: str


class FlowOption(View):
    """Another flow that may be called or jumped to."""

    key: str
    name: str
    kind: str
    published: bool
    inputs: list[VariableOption]
    outputs: list[VariableOption]
    outcomes: list[str]


class FlowCatalog(View):
    """What a tenant's flows may refer to."""

    connections: list[str]
    knowledge: list[KeyedOption]
    assets: list[str]
    queues: list[KeyedOption]
    pipelines: list[PipelineOption]
    templates: list[TemplateOption]
    tools: list[ToolOption]
    models: list[str]
    guards: list[str]
    tenant: list[str]
    """Names of ``tenant.*`` variables."""
    flows: list[FlowOption]
    require_consent: bool


Needed = Literal[
    "connection", "knowledge", "asset", "queue", "pipeline", "stage", "template", "tool", "model", "guard", "variable",
    "flow",
]  # fmt: skip


class Requirement(View):
    """Something of the business's that a flow names."""

    kind: Needed
    name: str
    of: str | None = None
    """Of a stage: its pipeline."""


class RequirementState(Requirement):
    """Whether the business has it; ``fix`` says how to add it."""

    present: bool
    fix: str


class Requirements(View):
    """Everything that a flow needs of a business."""

    items: list[RequirementState]


class FlowTemplateView(View):
    """A flow to begin with. ``needs`` is what the business lacks for it."""

    key: str
    title: dict[str, str]
    text: dict[str, str]
    languages: list[str]
    steps: int
    tests: int
    needs: list[RequirementState]


class Tried(View):
    """What an expression, a text or rows come to for the variables given."""

    ok: bool
    value: Any = None
    error: str | None = None
    reads: dict[str, Any] = Field(default_factory=dict)
    """The variables it reads, with the values they had; None where there was none."""
    rows: list[bool] | None = None
    """Each row by itself."""


class FlowTests(View):
    """A flow's tests as they were written: YAML."""

    text: str = ""
    etag: str = "0"
    saved_by: str | None = None
    updated_at: datetime | None = None


class CaseDraft(View):
    """A conversation as a test: one case, and the flow's tests with it in place. Nothing is stored."""

    flow_id: str
    case: str
    text: str
    etag: str
    """Of the tests that ``text`` adds to; goes into If-Match."""


class StepOutcome(View):
    """What one step of a case led to."""

    did: str
    said: list[str]
    at: str | None
    path: list[str]
    failures: list[str]


class CaseOutcome(View):
    """How a case went, with its transcript."""

    name: str
    ok: bool
    failures: list[str]
    steps: list[StepOutcome]


class TestReport(View):
    """How a flow's tests went, and which of its exits they take."""

    ok: bool
    cases: list[CaseOutcome]
    taken: dict[str, int]
    """``flow/node:port`` → how often."""
    untaken: list[str]
    """The exits that lead somewhere and that no case takes."""
