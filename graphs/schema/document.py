"""The ``flow/1`` document: parse it, bring it into canonical form, hash it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from core.channel_types import ChannelType
from core.errors import InvalidFlow
from graphs.schema.base import Key, Model, Variable
from graphs.schema.issues import Issue, pointer
from graphs.schema.nodes_form import FormNode
from graphs.schema.nodes_logic import (
    AgentNode,
    CallNode,
    ConditionNode,
    EmitNode,
    JumpNode,
    PolicyNode,
    RouterNode,
    SetNode,
    SplitNode,
)
from graphs.schema.nodes_talk import AskNode, EndNode, LanguageNode, MessageNode, NoteNode, WaitNode
from graphs.schema.nodes_work import HandoffNode, HttpNode, KnowledgeNode, LeadNode, TemplateNode
from graphs.schema.parts import Handlers, Locales, Settings, Trigger, Ui, VariableSpec

Node = Annotated[
    MessageNode
    | AskNode
    | FormNode
    | LanguageNode
    | EndNode
    | NoteNode
    | WaitNode
    | ConditionNode
    | RouterNode
    | SetNode
    | SplitNode
    | EmitNode
    | PolicyNode
    | CallNode
    | JumpNode
    | AgentNode
    | KnowledgeNode
    | HttpNode
    | LeadNode
    | HandoffNode
    | TemplateNode,
    Field(discriminator="type"),
]


class Flow(Model):
    """One flow: logic only; layout lies in ``ui``."""

    schema_: Literal["flow/1"] = Field(alias="schema")
    id: str | None = None
    key: Key
    name: str = Field(default="", max_length=200)
    kind: Literal["main", "sub"] = "main"
    channels: tuple[ChannelType, ...] = tuple(ChannelType)
    locales: Locales
    settings: Settings = Settings()
    inputs: tuple[Variable, ...] = ()
    outputs: tuple[Variable, ...] = ()
    variables: dict[Variable, VariableSpec] = Field(default_factory=dict, max_length=500)
    entry: Key
    triggers: tuple[Trigger, ...] = Field(default=(), max_length=200)
    handlers: Handlers = Handlers()
    nodes: dict[Key, Node] = Field(min_length=1, max_length=400)
    ui: Ui = Ui()


def parse_flow(document: Mapping[str, Any]) -> Flow:
    """Read a document; raises InvalidFlow with one issue per fault, each with its JSON pointer."""
    try:
        return Flow.model_validate(document)
    except ValidationError as error:
        raise InvalidFlow([_issue(fault) for fault in error.errors()]) from error


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document in its one canonical form: shorthands written out, defaults left out."""
    return dict(parse_flow(document).model_dump(mode="json", by_alias=True, exclude_defaults=True))


def flow_hash(flow: Flow | Mapping[str, Any]) -> str:
    """Return the version of a flow: the hash of its logic, whatever its layout and its stored id."""
    read = flow if isinstance(flow, Flow) else parse_flow(flow)
    logic = read.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"ui", "id"})
    text = json.dumps(logic, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_TAGS = {"message", "ask", "form", "language", "end", "note", "wait", "condition", "router", "set", "split", "emit"}
_TAGS |= {"policy", "call", "jump", "agent", "knowledge", "http", "lead", "handoff", "template"}
_TAGS |= {"text", "image", "location", "card", "carousel"}


def _issue(fault: Any) -> Issue:
    path = [part for index, part in enumerate(fault["loc"]) if not _is_tag(fault["loc"], index)]
    kind = fault["type"]
    if kind == "extra_forbidden":
        return Issue(pointer(*path), "unknown_key", "error", f"Unknown key {path[-1]!r}.", "Remove it, or correct it.")
    if kind == "missing":
        return Issue(pointer(*path), "missing_key", "error", f"{path[-1]!r} is missing.", "Add it.")
    if kind == "union_tag_invalid":
        named, tag, known = (str(fault["ctx"][name]) for name in ("discriminator", "tag", "expected_tags"))
        words = f"Unknown {named.strip(chr(39))} {tag!r}."
        return Issue(pointer(*path), "bad_value", "error", words, f"Take one of {known}.")
    return Issue(pointer(*path), "bad_value", "error", f"{fault['msg']}.", "Correct the value.")


def _is_tag(path: tuple[Any, ...], index: int) -> bool:
    """Pydantic names the member of a union in its path; the document does not have it."""
    part = path[index]
    if not isinstance(part, str) or index == 0:
        return False
    before = path[index - 1]
    after_node = index == 2 and path[0] == "nodes"
    return part in _TAGS and (after_node or isinstance(before, int))
